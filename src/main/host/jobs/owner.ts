import { readFileSync } from 'node:fs'

export interface Owner {
  pid: number
  /** When the process began, in the system's own terms; '' where it cannot be told. */
  started: string
}

/** This process, as a job's row names it. */
export function currentOwner(): Owner {
  return { pid: process.pid, started: readProcessStart(process.pid) ?? '' }
}

/** Whether the process that owns a job still lives. A pid that came again belongs to another process. */
export function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const started = readProcessStart(owner.pid)
  return started === null || owner.started === '' || started === owner.started
}

/** Linux tells when a process began (ticks since boot, field 22 of /proc/PID/stat); with the boot's id that is unique. */
function readProcessStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name, in brackets, may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${fields[19]!}@${boot}`
  } catch {
    return null
  }
}
