import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

/** What is left of a process that was killed while it wrote; nobody writes to one file for so long. */
const abandonedMs = 24 * 3600 * 1000

/**
 * A folder of computed files that may be thrown away, of which the ones that were not used for longest go when they
 * are more than `maxBytes` together. Several processes may share it: use is kept as the files' own time.
 */
export class BoundedFolder {
  constructor(
    readonly path: string,
    private readonly maxBytes: number,
  ) {}

  place(name: string): string {
    return join(this.path, name)
  }

  /** Notes that a file is used. @returns whether it is there */
  touch(name: string): boolean {
    try {
      const now = new Date()
      utimesSync(this.place(name), now, now)
      return true
    } catch {
      return false
    }
  }

  /**
   * Makes room for a file that is to be written. One that is larger than the bound is let in alone.
   * @param neededBytes its expected size
   */
  makeRoom(neededBytes: number): void {
    mkdirSync(this.path, { recursive: true })
    const files = readdirSync(this.path).flatMap((name) => {
      const stats = statSync(this.place(name), { throwIfNoEntry: false })
      return stats?.isFile() ? [{ name, sizeBytes: stats.size, usedMs: stats.mtimeMs }] : []
    })
    let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    for (const { name, sizeBytes, usedMs } of files.sort((a, b) => a.usedMs - b.usedMs)) {
      const isPartial = name.endsWith('.partial')
      if (isPartial ? Date.now() - usedMs < abandonedMs : total + neededBytes <= this.maxBytes) continue
      try {
        rmSync(this.place(name), { force: true })
        total -= sizeBytes
      } catch {
        // Another process has it open, on a system that minds: the next one goes instead.
      }
    }
  }
}
