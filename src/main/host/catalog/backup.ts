import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import type { Backup } from '../../../shared/contract/backups'
import { AppError } from '../../../shared/errors'
import { unfinishedName } from '../../disk/unfinished-files'
import { listBackups, nameBackup, readBackupName } from './backup-names'
import { type Database, openDatabase, openReader } from './database'

/** Hears how much of something long is done. */
type OnProgress = (done: number, total: number) => void

/** The copies with what is in them, newest first; one that cannot be read says why. What is in them is not checked. */
export function describeBackups(folder: string): Backup[] {
  return listBackups(folder)
    .reverse()
    .map((name) => {
      const { time, reason } = readBackupName(name)
      const facts = { name, at: new Date(time).toISOString(), reason }
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
        return { ...facts, bytes, counts: null, problem: `It cannot be read: ${(error as Error).message}.` }
      }
    })
}

/** Reads every copy from end to end. @returns what is wrong, by name; those that are as they were written are not in it */
export function checkBackups(folder: string, onProgress: OnProgress = () => undefined): Record<string, string> {
  const names = listBackups(folder)
  const sizes = names.map((name) => statSync(join(folder, name)).size)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let before = 0
  const problems: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const problem = findProblem(join(folder, name), (done) => onProgress(before + done, total))
    if (problem !== null) problems[name] = problem
    before += sizes[index]!
  }
  return problems
}

/** @throws AppError 'catalog-damaged' when a copy is not what was written when it was made */
export function requireWhole(file: string): void {
  const problem = findProblem(file)
  if (problem !== null)
    throw new AppError('catalog-damaged', `The copy ${basename(file)} is damaged. ${problem}`, {
      hint: 'Nothing was changed. Choose another copy.',
    })
}

/** A sentence; null for a copy that is as it was written. */
function findProblem(file: string, onRead: (bytes: number) => void = () => undefined): string | null {
  try {
    const { digest } = readBackupName(basename(file))
    if (digest !== null && hashFile(file, onRead) !== digest)
      return 'Its content is not what was written when it was made.'
    requireSound(file)
    return null
  } catch (error) {
    if ((error as AppError).code === 'cancelled') throw error
    return `It cannot be read: ${(error as Error).message}`
  }
}

/** The first 16 hexadecimal digits of a file's SHA-256. */
function hashFile(file: string, onRead: (bytes: number) => void = () => undefined): string {
  const hash = createHash('sha256')
  const handle = openSync(file, 'r')
  try {
    const piece = Buffer.alloc(1 << 20)
    for (let at = 0, count = 0; (count = readSync(handle, piece, 0, piece.length, at)) > 0; at += count) {
      hash.update(piece.subarray(0, count))
      onRead(at + count)
    }
  } finally {
    closeSync(handle)
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * Copies a database into a file, whole or not at all, and without the room that deleted rows have left; writers are not
 * held up. The copy is read back and checked before it gets its name.
 * @throws AppError 'catalog-damaged' when the copy is not sound
 */
export function copyDatabase(source: Database, file: string): void {
  copyTo(dirname(file), basename(file), source, () => file)
}

/**
 * As `copyDatabase`, into the backups folder.
 * @param reason why it is made, when not by the clock
 * @returns the copy's name, which says what is in it
 */
export function backupDatabase(
  database: Database,
  folder: string,
  at = new Date(),
  reason: Backup['reason'] = null,
): string {
  return basename(
    copyTo(folder, 'earmark.db', database, (partial) => nameBackup(folder, at, reason, hashFile(partial))),
  )
}

function copyTo(folder: string, name: string, source: Database, placeOf: (partial: string) => string): string {
  const partial = unfinishedName(join(folder, name))
  mkdirSync(folder, { recursive: true })
  try {
    source.sqlite.prepare('VACUUM INTO ?').run(partial)
    requireSound(partial)
    syncFile(partial)
    const file = placeOf(partial)
    renameSync(partial, file)
    return file
  } catch (error) {
    for (const each of [partial, `${partial}-journal`]) rmSync(each, { force: true })
    throw error
  }
}

/**
 * Copies a database that lies where nothing can be written, and so cannot be opened there: its file, and the log of what
 * is not in the file yet.
 * @throws AppError 'catalog-damaged' when what was copied is not sound: somebody may be writing it from elsewhere
 */
export function copyReadOnly(from: string, to: string): void {
  for (const part of ['', '-wal']) {
    if (!existsSync(from + part)) continue
    copyFileSync(from + part, to + part)
    chmodSync(to + part, 0o600)
  }
  const copy = openDatabase(to, { create: false })
  copy.close()
  requireSound(to)
}

/** @throws AppError 'catalog-damaged' */
function requireSound(file: string): void {
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
