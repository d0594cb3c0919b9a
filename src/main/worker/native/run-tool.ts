/** Runs a tool of the machine (pip, npm, a compiler) and hears it out. */
import { spawn } from 'node:child_process'

export interface ToolResult {
  /** Null when it did not start or was ended by a signal. */
  code: number | null
  signal: NodeJS.Signals | null
  /** The system's word when it did not start: "ENOENT". */
  startError: string | null
  stdout: string
  stderr: string
}

export interface ToolOptions {
  environment?: NodeJS.ProcessEnv
  folder?: string
  timeoutMs?: number
  /** Hears every line that it prints to stdout while it runs. */
  onLine?: (line: string) => void
  /** Ends the program, and what it has started itself. */
  signal?: AbortSignal
}

const hasGroups = process.platform !== 'win32'

/**
 * Runs a program to its end. What went wrong with it is in the result; it throws only when `signal` is aborted, and
 * then after the program is gone.
 */
export function runTool(program: string, args: string[], options: ToolOptions = {}): Promise<ToolResult> {
  const { signal, timeoutMs } = options
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const child = spawn(program, args, {
      cwd: options.folder,
      env: options.environment ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a compiler's or a shim's own children end with it.
      detached: hasGroups,
      windowsHide: true,
    })
    const kill = (): void => {
      try {
        if (hasGroups && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
        else child.kill('SIGKILL')
      } catch {
        // It is gone already.
      }
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs)
    signal?.addEventListener('abort', kill, { once: true })
    // A group of its own would outlive this process.
    process.once('exit', kill)
    const settle = (result: Omit<ToolResult, 'stdout' | 'stderr'>): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', kill)
      process.off('exit', kill)
      if (signal?.aborted) reject(signal.reason as Error)
      else resolve({ ...result, stdout, stderr })
    }
    let stdout = ''
    let stderr = ''
    let heard = 0
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      for (let end = stdout.indexOf('\n', heard); options.onLine && end >= 0; end = stdout.indexOf('\n', heard)) {
        options.onLine(stdout.slice(heard, end).trim())
        heard = end + 1
      }
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle({ code: null, signal: null, startError: error.code ?? error.message }),
    )
    child.on('close', (code, endedBy) => settle({ code, signal: endedBy, startError: null }))
  })
}

/** The line of a tool's output that says most: its last one with "error", else its last. */
export function tellingLine(result: ToolResult): string {
  const lines = `${result.stdout}\n${result.stderr}`
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const line = lines.findLast((one) => /error/i.test(one)) ?? lines.at(-1)
  return (
    line ?? (result.signal === null ? `exit code ${result.code ?? result.startError}` : `ended by ${result.signal}`)
  )
}
