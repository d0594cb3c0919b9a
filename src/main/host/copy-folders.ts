import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isMarkAlive, ownerMark } from '../disk/process-owner'

/** Copies of catalogs that are only read stand in the system's temporary folder, named by who has them open. */
const prefix = 'earmark-copy-'

/** Makes the folder of a copy. @param origin the catalog's own @returns where it goes, and what to remove with it */
export function makeCopyFolder(origin: string): { copy: string; folder: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `${prefix}${ownerMark()}-`)))
  const copy = join(folder, basename(origin))
  for (const name of ['cache', 'runs', 'backups']) mkdirSync(join(copy, name), { recursive: true })
  return { copy, folder }
}

/** Lets a copy use the models of a catalog on a disk on which nothing can be written. */
export function borrowRuns(origin: string, copy: string): void {
  const runs = join(copy, 'runs')
  try {
    rmdirSync(runs)
    symlinkSync(join(origin, 'runs'), runs, 'junction')
  } catch {
    // Without them there is no predicting.
    mkdirSync(runs, { recursive: true })
  }
}

/** Removes the copies that killed processes have left. */
export function sweepCopyFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const mark = name.startsWith(prefix) ? /^\d+-[0-9a-f]{8}(?=-)/.exec(name.slice(prefix.length))?.[0] : undefined
    if (mark !== undefined && !isMarkAlive(mark)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}
