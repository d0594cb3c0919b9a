import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Backup } from '../../../shared/contract/backups'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

/** Copies of older versions have no digits at the end. */
const pattern = /^earmark-(\d{8}T\d{6})(?:-(before-v\d+|before-restore|by-hand))?(?:-([0-9a-f]{16}))?\.db$/

/** How many hours, days and weeks keep the newest copy of each; and how many copies are kept of each reason for making one. */
const kept = { hours: 6, days: 7, weeks: 4, special: 3 }

export interface BackupName {
  /** Milliseconds since 1970. */
  time: number
  /** As `Backup` has it. */
  reason: string | null
  /** The first 16 hexadecimal digits of the SHA-256 of what was written; null in copies of older versions. */
  digest: string | null
}

/** What the name of a copy says. */
export function readBackupName(name: string): BackupName {
  const [, stamped, reason, digest] = pattern.exec(name)!
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/.exec(stamped!)!
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return { time, reason: reason ?? null, digest: digest ?? null }
}

const timeOf = (name: string): number => readBackupName(name).time

/** Names of the copies in a backups folder, oldest first. */
export function listBackups(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
}

/**
 * The file that a copy of this moment gets: one second, one copy, and later than those of the same minutes, so that
 * the newest has the latest name.
 * @param reason why it is made, when not by the clock
 * @param digest 16 hexadecimal digits of what is in it
 */
export function nameBackup(folder: string, at: Date, reason: Backup['reason'], digest: string): string {
  const time = new Date(Math.max(at.getTime(), (newestBackup(folder, at) ?? -Infinity) + 1000))
  const stamp = time
    .toISOString()
    .replace(/[-:]|\.\d+Z/g, '')
    .slice(0, 15)
  return join(folder, `earmark-${stamp}${reason === null ? '' : `-${reason}`}-${digest}.db`)
}

/** Made when the clock was wrong: it says nothing of what is older or newer than it. */
const isOfFuture = (time: number, now: Date): boolean => time > now.getTime() + hourMs

/**
 * Keeps the newest copy of each of the last hours, days and weeks that have one, and of those made for a reason the
 * newest of each; the newest of all always stays. Copies of the future, which a wrong clock has made, are counted by
 * themselves. @returns the names of those that were removed
 */
export function rotateBackups(folder: string, now = new Date()): string[] {
  const names = listBackups(folder).reverse()
  const future = names.filter((name) => isOfFuture(timeOf(name), now))
  const keep = new Set([...chooseKept(future), ...chooseKept(names.filter((name) => !future.includes(name)))])
  const dropped = names.filter((name) => !keep.has(name))
  for (const name of dropped) rmSync(join(folder, name), { force: true })
  return dropped
}

/** @param names newest first */
function chooseKept(names: string[]): Set<string> {
  const reasonOf = (name: string): string | undefined => readBackupName(name).reason?.replace(/\d+$/, '')
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
      const span = Math.floor(timeOf(name) / spanMs)
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
  const times = listBackups(folder).map(timeOf)
  return times.filter((time) => !isOfFuture(time, now)).at(-1) ?? null
}
