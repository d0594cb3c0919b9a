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
import { unfinishedName } from '../../disk/unfinished-files'
import { type Database, openReader } from './database'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
const pattern = /^earmark-(\d{8}T\d{6})(?:-(before-v\d+|before-restore|by-hand))?\.db$/

/** How many hours, days and weeks keep the newest copy of each; and how many copies are kept of each reason for making one. */
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

/**
 * The file that a copy of this moment gets: one second, one copy, and later than those of the same minutes, so that
 * the newest has the latest name. @param reason why it is made, when not by the clock
 */
export function nameBackup(folder: string, at: Date, reason: Backup['reason']): string {
  const time = Math.max(at.getTime(), (newestBackup(folder, at) ?? -Infinity) + 1000)
  return join(folder, `earmark-${stamp(new Date(time))}${reason === null ? '' : `-${reason}`}.db`)
}

/** Made when the clock was wrong: it says nothing of what is older or newer than it. */
const isOfFuture = (time: number, now: Date): boolean => time > now.getTime() + hourMs

/**
 * Copies a database into a file, whole or not at all, and without the room that deleted rows have left; writers are not
 * held up. The copy is read back and checked before it gets its name.
 * @throws AppError 'catalog-damaged' when the copy is not sound
 */
export function copyDatabase(source: Database, file: string): void {
  const partial = unfinishedName(file)
  mkdirSync(join(file, '..'), { recursive: true })
  try {
    source.sqlite.prepare('VACUUM INTO ?').run(partial)
    requireSound(partial)
    syncFile(partial)
    renameSync(partial, file)
  } catch (error) {
    for (const name of [partial, `${partial}-journal`]) rmSync(name, { force: true })
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
 * Keeps the newest copy of each of the last hours, days and weeks that have one, and of those made for a reason the
 * newest of each; the newest of all always stays. Copies of the future, which a wrong clock has made, are counted by
 * themselves. @returns the names of those that were removed
 */
export function rotateBackups(folder: string, now = new Date()): string[] {
  const names = listBackups(folder).reverse()
  const future = names.filter((name) => isOfFuture(readStamp(name), now))
  const keep = new Set([...chooseKept(future), ...chooseKept(names.filter((name) => !future.includes(name)))])
  const dropped = names.filter((name) => !keep.has(name))
  for (const name of dropped) rmSync(join(folder, name), { force: true })
  return dropped
}

/** @param names newest first */
function chooseKept(names: string[]): Set<string> {
  const reasonOf = (name: string): string | undefined => pattern.exec(name)![2]?.replace(/\d+$/, '')
  const regular = names.filter((name) => reasonOf(name) === undefined)
  const keep = new Set<string>()
  for (const reason of ['by-hand', 'before-restore', 'before-v'])
    for (const name of names.filter((each) => reasonOf(each) === reason).slice(0, kept.special)) keep.add(name)
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
  return keep
}

/** Whether the newest copy, or the catalog itself when it has none, is older than this. */
export function isBackupDue(folder: string, createdAt: string, now = new Date(), afterMs = dayMs): boolean {
  return now.getTime() - (newestBackup(folder, now) ?? Date.parse(createdAt)) > afterMs
}

/** When the newest copy was made, in milliseconds since 1970, but for those of the future; null where there is none. */
export function newestBackup(folder: string, now = new Date()): number | null {
  const times = listBackups(folder).map(readStamp)
  return times.filter((time) => !isOfFuture(time, now)).at(-1) ?? null
}

function readStamp(name: string): number {
  const text = pattern.exec(name)![1]!
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/.exec(text)!
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}
