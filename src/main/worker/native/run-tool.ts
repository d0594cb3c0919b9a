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
  /** Hears every line that it prints to stderr while it runs. */
  onLine?: (line: string) => void
}

/** Runs a program to its end. Never throws: what went wrong is in the result. */
export function runTool(program: string, args: string[], options: ToolOptions = {}): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.folder,
      env: options.environment ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      windowsHide: true,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      if (options.onLine) for (const line of text.split(/[\r\n]+/)) if (line.trim() !== '') options.onLine(line.trim())
    })
    child.on('error', (error) => {
      resolve({
        code: null,
        signal: null,
        startError: (error as NodeJS.ErrnoException).code ?? error.message,
        stdout,
        stderr,
      })
    })
    child.on('close', (code, signal) => resolve({ code, signal, startError: null, stdout, stderr }))
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
