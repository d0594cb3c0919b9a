import { createHash } from 'node:crypto'
import { createReadStream, rmdirSync, rmSync } from 'node:fs'
import { mkdir, open, readdir, rename, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError, toAppError } from '../../shared/errors'

/**
 * Lets `write` fill a folder beside `out` that becomes `out` when it is complete: readers see all of it or
 * nothing. On a failure, and when the process is told to end, what was written is removed. What a process that was
 * killed has left under the same attempt's name is handed to `write` again.
 * @param attempt eight hexadecimal digits, as `nameAttempt` gives them
 * @throws AppError conflict where `out` is a file or a folder with something in it; what `write` throws.
 */
export async function withPartialFolder<T>(
  out: string,
  attempt: string,
  write: (folder: string) => Promise<T>,
): Promise<T> {
  const target = resolve(out)
  await refuseOccupied(target)
  const parent = dirname(target)
  const firstMade = await mkdir(parent, { recursive: true })
  const partial = `${target}.partial-${attempt}`
  const clean = (): void => {
    rmSync(partial, { recursive: true, force: true })
    if (firstMade !== undefined) removeEmpty(parent, firstMade)
  }
  const onEnd = (): void => {
    clean()
    process.exit(143)
  }
  process.once('SIGTERM', onEnd)
  try {
    await mkdir(partial, { recursive: true })
    const result = await write(partial)
    // Empty or not there: refused above otherwise. Windows does not rename onto an empty folder.
    await rmdir(target).catch(ignoreMissing)
    await rename(partial, target)
    await syncFolder(parent)
    return result
  } catch (thrown) {
    clean()
    throw thrown
  } finally {
    process.off('SIGTERM', onEnd)
  }
}

/** Eight digits that are the same for the same clips, with the same labels, and the same choices. */
export async function nameAttempt({ clipsFile, ...rest }: { clipsFile: string }): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(rest))
  for await (const piece of createReadStream(clipsFile)) hash.update(piece as Buffer)
  return hash.digest('hex').slice(0, 8)
}

/** Removes the folders from `deepest` up to `first` that were made for the export, as far as they are empty. */
function removeEmpty(deepest: string, first: string): void {
  try {
    for (let folder = deepest; folder.startsWith(first); folder = dirname(folder)) rmdirSync(folder)
  } catch {
    // Somebody else uses it by now.
  }
}

async function refuseOccupied(target: string): Promise<void> {
  const info = await stat(target).catch(ignoreMissing)
  if (!info) return
  const hint = 'Choose a folder that does not exist yet.'
  if (!info.isDirectory()) throw new AppError('conflict', `${target} is a file.`, { hint })
  if ((await readdir(target)).length > 0) throw new AppError('conflict', `${target} is not empty.`, { hint })
}

function ignoreMissing(thrown: unknown): undefined {
  if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw toAppError(thrown)
}

/** Writes a file and waits until the disk has it; its folder is made where it is missing. */
export async function writeDurably(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'wx')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder, and in the folders in it, durable; Windows has no such call and needs none. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncTree(join(folder, entry.name))
  }
  await syncFolder(folder)
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
