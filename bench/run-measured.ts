import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/**
 * Runs a script with this Node to its end.
 * @returns how long it took, and the most resident memory that it and its children had together (looked at ten times a
 * second; 0 where the system does not tell)
 * @throws Error where it fails
 */
export async function runMeasured(
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ tookMs: number; peakBytes: number }> {
  const start = performance.now()
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' })
  let peakBytes = 0
  const timer = setInterval(() => (peakBytes = Math.max(peakBytes, readMemory(child.pid!))), 100)
  const code = await new Promise((done) => child.once('exit', done))
  clearInterval(timer)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}`)
  return { tookMs: performance.now() - start, peakBytes }
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
