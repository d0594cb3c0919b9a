import { join } from 'node:path'
import { MediaPool } from '../media/media-pool'

/** Where a catalog keeps long compressed recordings decoded, seen from the folder of one of its runs. */
export const decodedFolderOf = (runFolder: string): string => join(runFolder, '..', '..', 'cache', 'sound')

/** What decodes and hashes for a job: the pool of media threads, or in tests the tasks themselves. */
export type MediaRunner = Pick<MediaPool, 'run'>

/** Runs `body` with the given runner, else with a pool of its own that is closed afterwards, come what may. */
export async function withMediaPool<T>(
  threads: number,
  given: MediaRunner | undefined,
  body: (media: MediaRunner) => Promise<T>,
): Promise<T> {
  if (given) return body(given)
  // An import and an export read every file once: nothing is worth keeping decoded.
  const pool = new MediaPool({ threads, cacheBytes: 0 })
  try {
    return await body(pool)
  } finally {
    await pool.close()
  }
}
