import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { AppError, toAppError } from '../../../shared/errors'
import { unfinishedName } from '../../disk/unfinished-files'
import { backupDatabase, requireWhole, syncFile } from './backup'
import { listBackups, rotateBackups } from './backup-names'
import { openReader } from './database'

/**
 * Puts a catalog that is not open back to one of its copies, whole or not at all. What it is now becomes a copy first;
 * a database too damaged to be copied is kept as a file beside, as it is.
 * @param path the catalog's folder
 * @param databaseName the file of the database in it
 * @returns the name of the copy of the present state; null when it was kept as a file
 * @throws AppError 'not-found', 'catalog-damaged' for a copy that is not sound, 'conflict' while another process has it
 */
export function restoreBackup(path: string, databaseName: string, name: string): { kept: string | null } {
  const folder = join(path, 'backups')
  if (!listBackups(folder).includes(name))
    throw new AppError('not-found', `${folder} has no copy ${name}.`, {
      hint: '"earmark backups ls" lists the copies.',
    })
  const copy = join(folder, name)
  requireWhole(copy)
  const file = join(path, databaseName)
  const kept = existsSync(file) ? keepPresent(file, folder) : null
  if (kept !== null) takeAlone(file)
  const partial = unfinishedName(file)
  try {
    copyFileSync(copy, partial)
    syncFile(partial)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
  for (const log of [`${file}-wal`, `${file}-shm`]) rmSync(log, { force: true })
  renameSync(partial, file)
  // After the copy stands: the one that was restored is not dropped before it was read.
  rotateBackups(folder)
  return { kept }
}

function keepPresent(file: string, folder: string): string | null {
  try {
    const present = openReader(file)
    try {
      return backupDatabase(present, folder, new Date(), 'before-restore')
    } finally {
      present.close()
    }
  } catch (error) {
    const { code } = toAppError(error)
    if (code === 'no-space' || code === 'no-permission') throw error
    // As damaged as it is, it may be all there is of the last hours; and so may its log.
    const stamp = new Date().toISOString().replace(/[-:]|\.\d+Z/g, '')
    for (const part of ['', '-wal'])
      if (existsSync(file + part)) copyFileSync(file + part, join(folder, '..', `damaged-${stamp}.db${part}`))
    return null
  }
}

/** Takes the log into the file and away, which SQLite allows to the only connection. @throws AppError 'conflict' */
function takeAlone(file: string): void {
  const sqlite = new Sqlite(file, { fileMustExist: true, timeout: 500 })
  try {
    sqlite.pragma('journal_mode = DELETE')
  } catch (cause) {
    throw new AppError('conflict', `${file} is open in another Earmark process.`, {
      hint: 'Close it there first.',
      cause,
    })
  } finally {
    sqlite.close()
  }
}
