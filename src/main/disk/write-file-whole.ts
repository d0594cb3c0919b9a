import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { sweepUnfinished, unfinishedName } from './unfinished-files'

/**
 * Writes a file so that it is there whole or not at all, also after a crash: beside it, synced, renamed. What was left
 * of it by a process that was killed goes.
 */
export function writeFileWhole(file: string, content: string | Uint8Array): void {
  sweepUnfinished(dirname(file), file)
  const partial = unfinishedName(file)
  try {
    const handle = openSync(partial, 'w')
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      for (let offset = 0; offset < bytes.length;) offset += writeSync(handle, bytes, offset)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(partial, file)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}
