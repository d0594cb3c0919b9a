import { accessSync, constants, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, normalize } from 'node:path'
import type { CatalogInfo } from '../../../shared/contract/workspace'
import { AppError, toAppError } from '../../../shared/errors'
import { sweepUnfinished } from '../../disk/unfinished-files'
import { backupDatabase } from './backup'
import { rotateBackups } from './backup-names'
import { readCounts } from './catalog-counts'
import { type Database, isEmptyDatabase, openDatabase } from './database'

export const databaseName = 'earmark.db'
const folders = ['cache', 'runs', 'backups'] as const

/** An open catalog: its folder and its database. */
export interface CatalogFolder {
  path: string
  name: string
  database: Database
}

/** Whether a catalog is where nothing can be written: a disk that is read-only, a folder of somebody else. */
export function isReadOnly(given: string): boolean {
  const path = requireAbsolute(given)
  const file = join(path, databaseName)
  if (!existsSync(file)) return false
  try {
    for (const each of [path, file]) accessSync(each, constants.W_OK)
    return false
  } catch {
    return true
  }
}

/** @throws AppError 'invalid-argument' for a relative path */
export function requireAbsolute(path: string): string {
  if (!isAbsolute(path))
    throw new AppError('invalid-argument', `${path} is not an absolute path.`, {
      hint: 'Give the whole path, from the root.',
    })
  const plain = normalize(path)
  return plain.length > 1 ? plain.replace(/[\\/]+$/, '') : plain
}

/** What a process that ended while it made a catalog has left: nothing that anybody could miss. */
function isLeftOver(path: string, name: string): boolean {
  const inner = join(path, name)
  if ([databaseName, `${databaseName}-wal`, `${databaseName}-shm`].includes(name))
    return isEmptyDatabase(join(path, databaseName))
  return folders.some((own) => own === name) && statSync(inner).isDirectory() && readdirSync(inner).length === 0
}

/** Makes a catalog in a folder that is new or empty. @throws AppError 'conflict', 'no-permission', 'no-space' */
export function createCatalog(given: string, log: (line: string) => void): CatalogFolder {
  const path = requireAbsolute(given)
  const isNew = !existsSync(path)
  if (!isNew) {
    if (!statSync(path).isDirectory())
      throw new AppError('conflict', `${path} is a file.`, { hint: 'Choose another name.' })
    if (existsSync(join(path, databaseName)) && !isEmptyDatabase(join(path, databaseName)))
      throw new AppError('conflict', `${path} is a catalog already.`, { hint: 'Open it instead.' })
    if (readdirSync(path).some((name) => !isLeftOver(path, name)))
      throw new AppError('conflict', `${path} has other things in it.`, {
        hint: 'A catalog wants a folder of its own.',
      })
  }
  try {
    mkdirSync(path, { recursive: true })
    for (const folder of folders) mkdirSync(join(path, folder), { recursive: true })
    const database = openDatabase(join(path, databaseName), { create: true, log })
    database.run(`INSERT INTO meta (key, value) VALUES ('created_at', ?)`, new Date().toISOString())
    return describe(path, database)
  } catch (error) {
    // Nothing half-made stays; a folder that was there before stays, empty as it was.
    if (isNew) rmSync(path, { recursive: true, force: true })
    else for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true })
    throw error
  }
}

/**
 * Opens a catalog, migrating an older one after a copy.
 * @throws AppError 'not-found', 'not-a-catalog', 'catalog-newer', 'catalog-older', 'catalog-damaged'
 */
export function openCatalog(given: string, log: (line: string) => void): CatalogFolder {
  const path = requireAbsolute(given)
  if (!existsSync(path)) throw new AppError('not-found', `${path} does not exist.`, { hint: 'Check the path.' })
  const file = join(path, databaseName)
  if (!existsSync(file))
    throw new AppError('not-a-catalog', `${path} is not a catalog: it has no ${databaseName}.`, {
      hint: 'Choose a catalog’s folder, or make a new one.',
    })
  const backups = join(path, 'backups')
  const database = openWithRoom(path, () =>
    openDatabase(file, {
      create: false,
      log,
      beforeMigrating(old, version) {
        backupDatabase(old, backups, new Date(), `before-v${version + 1}`)
        rotateBackups(backups)
      },
    }),
  )
  try {
    for (const folder of folders) mkdirSync(join(path, folder), { recursive: true })
    // What a restoring, a copying or a drawing of pictures that was ended has left.
    sweepUnfinished(path, databaseName)
    for (const folder of [backups, join(path, 'cache')]) sweepUnfinished(folder)
  } catch (error) {
    // A folder that cannot be written is no reason not to open the catalog.
    log(`folders of ${path}: ${String(error)}`)
  }
  return describe(path, database)
}

/** On a full disk SQLite finds no room for what it keeps beside a database, and calls that an I/O error. */
function openWithRoom(path: string, open: () => Database): Database {
  try {
    return open()
  } catch (cause) {
    if (toAppError(cause).code !== 'no-space') throw cause
    throw new AppError('no-space', `${path} cannot be opened: its disk is full.`, {
      hint: 'Free some space on this disk and try again; the catalog is as it was.',
      cause,
    })
  }
}

function describe(path: string, database: Database): CatalogFolder {
  const real = realpathSync(path)
  return { path: real, name: basename(real), database }
}

export function readCatalogInfo({ path, name, database }: CatalogFolder): CatalogInfo {
  return { path, name, ...readCounts(database) }
}
