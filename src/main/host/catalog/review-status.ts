import type { Database } from './database'
import type { Recorder } from './recorder'

/** Sets an accepted clip back to done, because what was accepted is no longer what it says. @returns whether it was */
export function reopenAccepted(database: Database, recorder: Recorder, clipKey: number): boolean {
  const status = database.get<{ status: string }>('SELECT status FROM clips WHERE key = ?', clipKey)?.status
  if (status !== 'accepted') return false
  recorder.update('clips', [clipKey], { status: 'done' })
  return true
}

/** What an edit's title adds where accepted clips went back to done. */
export function sayReopened(count: number): string {
  return count === 0 ? '' : ` (${count} accepted clip${count === 1 ? '' : 's'} back to done)`
}
