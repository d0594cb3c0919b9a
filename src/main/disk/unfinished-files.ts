/**
 * Files that are being written stand beside their places under a name of their own until they are complete. The name
 * says which process writes, so that what a killed one has left can be told from what another is still at.
 */
import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isMarkAlive, ownerMark } from './process-owner'

/** With what SQLite puts beside a database that it writes; older versions did not say who writes. */
const pattern = /\.(?:(\d+-[0-9a-f]{8})-\d+\.)?partial(?:-journal|-wal|-shm)?$/

let count = 0

/** Where a file is written until it is complete: a new name at each call. */
export function unfinishedName(file: string): string {
  return `${file}.${ownerMark()}-${++count}.partial`
}

/** Whether a name is that of an unfinished file, whoever writes it. */
export function isUnfinished(name: string): boolean {
  return pattern.test(name)
}

/**
 * Removes from a folder, and not from those in it, the unfinished files of processes that are gone; where that is not
 * allowed they stay.
 * @param of only those of this file
 */
export function sweepUnfinished(folder: string, of?: string): void {
  for (const name of listNames(folder)) {
    const match = pattern.exec(name)
    if (!match || (of !== undefined && name.slice(0, match.index) !== basename(of))) continue
    if (match[1] !== undefined && isMarkAlive(match[1])) continue
    try {
      rmSync(join(folder, name), { force: true })
    } catch {
      // A disk that cannot be written: they do no harm.
    }
  }
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
