import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from './database'

const keep = 5
const dayMs = 24 * 60 * 60 * 1000
const pattern = /^earmark-(\d{8}T\d{6})(?:-before-v\d+)?\.db$/

/** Names of the copies in a backups folder, oldest first. */
export function listBackups(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
}

const stamp = (at: Date): string =>
  at
    .toISOString()
    .replace(/[-:]|\.\d+Z/g, '')
    .slice(0, 15)

/** Copies the database into the backups folder, whole or not at all, and drops all but the newest five. */
export function backupDatabase(database: Database, folder: string, at = new Date(), suffix = ''): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `earmark-${stamp(at)}${suffix}.db`)
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  try {
    database.run('VACUUM INTO ?', partial)
    renameSync(partial, file)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
  for (const old of listBackups(folder).slice(0, -keep)) rmSync(join(folder, old), { force: true })
  return file
}

/** Whether the newest copy, or the catalog itself when it has none, is older than a day. */
export function isBackupDue(folder: string, createdAt: string, now = new Date()): boolean {
  const newest = listBackups(folder).at(-1)
  const last = newest ? readStamp(newest) : Date.parse(createdAt)
  return now.getTime() - last > dayMs
}

function readStamp(name: string): number {
  const text = pattern.exec(name)![1]!
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/.exec(text)!
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}
