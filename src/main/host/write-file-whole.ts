import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

/** Writes a file so that it is there whole or not at all, also after a crash: beside it, synced, renamed. */
export function writeFileWhole(file: string, content: string | Uint8Array): void {
  const partial = `${file}.${process.pid}.partial`
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
