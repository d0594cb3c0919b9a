/** Who is at work on something that lies on the disk, so that others can tell when nobody is any more. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export interface Owner {
  pid: number
  /** When the process began, in the system's own terms; '' where it cannot be told. */
  started: string
}

/** This process, as a job's row names it. */
export function currentOwner(): Owner {
  return { pid: process.pid, started: readProcess(process.pid)?.started ?? '' }
}

/** Whether the process that owns something still lives. A pid that came again belongs to another process. */
export function isAlive(owner: Owner): boolean {
  return hasProcess(owner.pid, (started) => owner.started === '' || started === owner.started)
}

/** Names this process in a file's name: its pid, and eight digits for when it began, which in containers tells more. */
export function ownerMark(): string {
  const { pid, started } = currentOwner()
  return `${pid}-${digest(started)}`
}

/** Whether the process that an `ownerMark` names still lives. */
export function isMarkAlive(mark: string): boolean {
  const [pid, digits] = mark.split('-')
  return hasProcess(Number(pid), (started) => digits === digest(started))
}

function digest(started: string): string {
  return createHash('sha256').update(started).digest('hex').slice(0, 8)
}

function hasProcess(pid: number, isIt: (started: string) => boolean): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const found = readProcess(pid)
  // Ended, and only not yet looked after by its parent.
  if (found?.state === 'Z' || found?.state === 'X') return false
  return found === null || isIt(found.started)
}

/**
 * Linux tells the state of a process and when it began (/proc/PID/stat, fields 3 and 22, ticks since boot); with the
 * boot's id that is unique. Null where it is not told.
 */
function readProcess(pid: number): { state: string; started: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name, in brackets, may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return { state: fields[0]!, started: `${fields[19]!}@${boot}` }
  } catch {
    return null
  }
}
