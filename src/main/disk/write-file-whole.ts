import { FileSet } from './file-set'

/**
 * Writes a file so that it is there whole or not at all, also after a crash: beside it, synced, renamed. What was left
 * of it by a process that was killed goes.
 */
export function writeFileWhole(file: string, content: string | Uint8Array): void {
  const files = new FileSet()
  try {
    files.add(file, content)
    files.finish()
  } catch (error) {
    files.abandon()
    throw error
  }
}
