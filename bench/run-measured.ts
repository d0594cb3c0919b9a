import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Measured {
  tookMs: number
  /** Of its threads, without its children's: what else the machine does changes it little. */
  processorMs: number
  /** The most resident memory that it and its children had together. */
  peakBytes: number
}

/**
 * Runs a program to its end, and looks at it twenty times a second; what the system does not tell is 0.
 * @param input for its standard input
 * @throws Error where it fails
 */
export async function runMeasured(
  program: string,
  args: string[],
  { env = process.env, input = '' }: { env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Measured> {
  const start = performance.now()
  const child = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.end(input)
  const measured = { tookMs: 0, processorMs: 0, peakBytes: 0 }
  const timer = setInterval(() => {
    measured.peakBytes = Math.max(measured.peakBytes, readMemory(child.pid!))
    measured.processorMs = Math.max(measured.processorMs, readProcessorMs(child.pid!))
  }, 50)
  const code = await new Promise((done) => child.once('exit', done))
  clearInterval(timer)
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${String(code)}`)
  return { ...measured, tookMs: performance.now() - start }
}

/** Processor time of a process, by the kernel's clock of 100 Hz. */
function readProcessorMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return 10 * (Number(fields[11]) + Number(fields[12]))
  } catch {
    return 0
  }
}

/** Resident bytes of a process and its children; 0 where the system does not tell. */
function readMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const own = 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    )
    return children.reduce((sum, child) => sum + readMemory(Number(child)), own)
  } catch {
    return 0
  }
}
