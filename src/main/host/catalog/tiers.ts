import { standardTiers, type Tier } from '../../../shared/contract/annotations'
import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import type { Recorder } from './recorder'

/** Every tier that has segments or is locked, and those that are always offered, which come first. */
export function listTiers(database: Database): Tier[] {
  const counts = new Map(
    database
      .all<{ tier: string; count: number }>('SELECT tier, count(*) AS count FROM annotations GROUP BY tier')
      .map(({ tier, count }) => [tier, count]),
  )
  const locks = new Map(
    database
      .all<{ tier: string; author: string }>('SELECT tier, author FROM tier_locks')
      .map(({ tier, author }) => [tier, author]),
  )
  const others = [...new Set([...counts.keys(), ...locks.keys()])]
    .filter((name) => !(standardTiers as readonly string[]).includes(name))
    .sort((a, b) => a.localeCompare(b, 'en'))
  return [...standardTiers, ...others].map((name) => ({
    name,
    count: counts.get(name) ?? 0,
    lockedBy: locks.get(name) ?? null,
  }))
}

/** Locks a tier against edits by hand, or opens it again. */
export function lockTier(
  database: Database,
  recorder: Recorder,
  input: { tier: string; isLocked: boolean },
  author: string,
): { title: string } {
  const { tier, isLocked } = input
  const wasLocked = database.get('SELECT 1 FROM tier_locks WHERE tier = ?', tier) !== undefined
  if (isLocked && !wasLocked) recorder.insert('tier_locks', { tier, author, at: new Date().toISOString() })
  if (!isLocked && wasLocked) recorder.remove('tier_locks', [tier])
  return { title: `${isLocked ? 'Lock' : 'Unlock'} the tier “${tier}”` }
}

/** @throws AppError 'conflict' where the tier takes no edits by hand */
export function refuseLockedTier(database: Database, tier: string): void {
  const lock = database.get<{ author: string }>('SELECT author FROM tier_locks WHERE tier = ?', tier)
  if (lock)
    throw new AppError('conflict', `The tier “${tier}” is locked by ${lock.author}.`, {
      hint: 'Unlock it in Annotate, or copy the segment to another tier.',
    })
}
