import type { SplitLock } from '../../../shared/contract/splits'
import { AppError } from '../../../shared/errors'
import type { Database, SqlValue } from './database'

/** The lock of the test set, null while it is open. */
export function readLock(database: Database): SplitLock | null {
  return database.get<SplitLock>(`SELECT author, at FROM split_locks WHERE split = 'test'`) ?? null
}

/** @throws AppError 'conflict' when one of the parts is locked */
export function refuseLocked(database: Database, parts: readonly (SqlValue | undefined)[]): void {
  if (!parts.includes('test')) return
  const lock = readLock(database)
  if (lock)
    throw new AppError('conflict', `The test set is locked (by ${lock.author}): no clip is moved in or out of it.`, {
      hint: 'Unlock it in Splits, or with “earmark split --unlock”.',
    })
}
