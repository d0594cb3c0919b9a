/** One setup at a time in a folder: a lock file that names its owner, taken over when the owner has died. */
import { readFileSync } from 'node:fs'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { AppError } from '../../../shared/errors'

/**
 * Runs while holding the lock.
 *
 * @throws AppError 'conflict' when another setup holds it
 */
export async function underLock<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
  await takeLock(path)
  try {
    return await run()
  } finally {
    await rm(path, { force: true })
  }
}

async function takeLock(path: string): Promise<void> {
  const mine = `${process.pid} ${readStart(process.pid)}`
  const take = (): Promise<void> => writeFile(path, mine, { flag: 'wx' })
  try {
    return await take()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const owner = await readOwner(path)
  if (isAlive(owner)) throw conflict(owner)
  // Moved aside before it is removed: of two that find the same dead owner, the second must not remove the first's lock.
  const aside = `${path}.${process.pid}-dead`
  await rename(path, aside).catch(ignoreMissing)
  const moved = await readFile(aside, 'utf8').catch(() => owner)
  if (moved !== owner) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
  await take().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw conflict(await readOwner(path))
    throw error
  })
}

/** A lock that is empty is being written at this moment, or its writer died in it. */
async function readOwner(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  if (text !== '') return text
  await setTimeout(100)
  return readFile(path, 'utf8').catch(() => '')
}

const conflict = (owner: string): AppError =>
  new AppError('conflict', `Another setup is running (process ${owner.split(' ')[0]}).`, {
    hint: 'Wait until it is ready.',
  })

/** A process id that came again belongs to another process: the time of its start tells them apart. */
function isAlive(owner: string): boolean {
  const [id, started] = owner.split(' ')
  const processId = Number(id)
  if (!(processId > 0)) return false
  try {
    process.kill(processId, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = readStart(processId)
  return !started || now === '' || now === started
}

/** When a process began, in ticks since the machine's start (field 22 of /proc/PID/stat); empty outside Linux. */
function readStart(processId: number): string {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8')
    // The command's name, in brackets, may hold spaces and brackets itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!
  } catch {
    return ''
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
