import type { Snapshot } from '../../shared/contract/snapshots'
import { AppError } from '../../shared/errors'

/** The snapshot of a name, or whose hash begins so (with four digits or more). @throws AppError 'not-found' */
export function pickSnapshot(snapshots: Snapshot[], wanted: string): Snapshot {
  const named = snapshots.find(({ name }) => name === wanted)
  const hashed = snapshots.filter(({ contentHash }) => wanted.length >= 4 && contentHash.startsWith(wanted))
  const found = named ?? (hashed.length === 1 ? hashed[0] : undefined)
  if (found) return found
  throw new AppError('not-found', `There is no snapshot ${wanted}.`, {
    hint: `There are: ${snapshots.map(({ name, contentHash }) => name ?? contentHash.slice(0, 12)).join(', ') || 'none'}.`,
  })
}
