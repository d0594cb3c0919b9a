import { AppError } from '../../shared/errors'
import type { ImportIssue } from '../../shared/job/worker-event'
import type { DatasetFolder } from './import-plan'
import { decodeText } from './read-csv'

/**
 * Reads annotation files of which there may be thousands: one that cannot be read is an issue, and the rest is taken.
 * @throws AppError of the first where none can be read
 */
export async function readEach(
  folder: DatasetFolder,
  paths: readonly string[],
  issues: ImportIssue[],
  read: (text: string, path: string) => void,
): Promise<void> {
  let first: AppError | null = null
  let taken = 0
  for (const path of paths) {
    try {
      read(decodeText(await folder.readBytes(path), path), path)
      taken++
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      first ??= thrown
      issues.push({ file: path, row: null, reason: thrown.message })
    }
  }
  if (taken === 0 && first) throw first
}
