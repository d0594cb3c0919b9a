import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { Backup } from '../../../shared/contract/backups'
import { AppError } from '../../../shared/errors'
import { type Database, openReader } from './database'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
const pattern = /^earmark-(\d{8}T\d{6})(?:-(before-v\d+|before-restore|by-hand))?\.db$/

/** How many hours, days and weeks keep the newest copy of each; and how many copies made for a reason are kept. */
const kept = { hours: 6, days: 7, weeks: 4, special: 3 }

/** Names of the copies in a backups folder, oldest first. */
export function listBackups(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
}

/** The copies with what is in them, newest first; one that cannot be read says why. */
export function describeBackups(folder: string): Backup[] {
  return listBackups(folder)
    .reverse()
    .map((name) => {
      const [, , reason] = pattern.exec(name)!
      const facts = { name, at: new Date(readStamp(name)).toISOString(), reason: reason ?? null }
      const file = join(folder, name)
      const bytes = statSync(file).size
      try {
        const database = openReader(file)
        try {
          const count = (table: string): number =>
            database.get<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)!.count
          const counts = { clips: count('clips'), labels: count('clip_labels'), annotations: count('annotations') }
          return { ...facts, bytes, counts, problem: null }
        } finally {
          database.close()
        }
      } catch (error) {
        return { ...facts, bytes, counts: null, problem: String((error as Error).message) }
      }
    })
}

const stamp = (at: Date): string =>
  at
    .toISOString()
    .replace(/[-:]|\.\d+Z/g, '')
    .slice(0, 15)

/** The file that a copy of this moment gets: one second, one copy. @param reason why it is made, when not by the clock */
export function nameBackup(folder: string, at: Date, reason: Backup['reason']): string {
  const own = listBackups(folder)
  let time = at
  while (own.some((name) => name.includes(stamp(time)))) time = new Date(time.getTime() + 1000)
  return join(folder, `earmark-${stamp(time)}${reason === null ? '' : `-${reason}`}.db`)
}

/**
 * Copies a database into a file, whole or not at all, and without the room that deleted rows have left; writers are not
 * held up. The copy is read back and checked before it gets its name.
 * @throws AppError 'catalog-damaged' when the copy is not sound
 */
export function copyDatabase(source: Database, file: string): void {
  const partial = `${file}.partial`
  mkdirSync(join(file, '..'), { recursive: true })
  rmSync(partial, { force: true })
  try {
    source.sqlite.prepare('VACUUM INTO ?').run(partial)
    requireSound(partial)
    syncFile(partial)
    renameSync(partial, file)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}

/** @throws AppError 'catalog-damaged' */
export function requireSound(file: string): void {
  const copy = openReader(file)
  try {
    const [first] = copy.sqlite.pragma('integrity_check(1)') as { integrity_check: string }[]
    if (first?.integrity_check !== 'ok')
      throw new AppError('catalog-damaged', `${basename(file)} is damaged: ${first?.integrity_check}.`)
  } finally {
    copy.close()
  }
}

export function syncFile(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Copies the database into the backups folder at once, and drops what the rule does not keep. */
export function backupDatabase(
  database: Database,
  folder: string,
  at = new Date(),
  reason: Backup['reason'] = null,
): string {
  const file = nameBackup(folder, at, reason)
  copyDatabase(database, file)
  rotateBackups(folder)
  return file
}

/**
 * Keeps the newest copy of each of the last hours, days and weeks that have one, and the newest made for a reason; the
 * newest of all always stays. @returns the names of those that were removed
 */
export function rotateBackups(folder: string): string[] {
  const names = listBackups(folder).reverse()
  const regular = names.filter((name) => pattern.exec(name)![2] === undefined)
  const keep = new Set(names.filter((name) => !regular.includes(name)).slice(0, kept.special))
  for (const [spanMs, count] of [
    [hourMs, kept.hours],
    [dayMs, kept.days],
    [7 * dayMs, kept.weeks],
  ] as const) {
    const spans = new Map<number, string>()
    for (const name of regular) {
      const span = Math.floor(readStamp(name) / spanMs)
      if (!spans.has(span)) spans.set(span, name)
    }
    for (const name of [...spans.values()].slice(0, count)) keep.add(name)
  }
  const dropped = names.filter((name) => !keep.has(name))
  for (const name of dropped) rmSync(join(folder, name), { force: true })
  return dropped
}

/** Whether the newest copy, or the catalog itself when it has none, is older than this. */
export function isBackupDue(folder: string, createdAt: string, now = new Date(), afterMs = dayMs): boolean {
  const newest = listBackups(folder).at(-1)
  const last = newest ? readStamp(newest) : Date.parse(createdAt)
  return now.getTime() - last > afterMs
}

function readStamp(name: string): number {
  const text = pattern.exec(name)![1]!
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/.exec(text)!
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}
