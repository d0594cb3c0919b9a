import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectFolder } from './data'

export interface CommandOutcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs `earmark …` as a person would, from a clone, and waits for it. */
export function earmark(args: string[], options: { userFolder?: string; signalAfter?: RegExp } = {}) {
  return new Promise<CommandOutcome>((resolve, reject) => {
    const child = spawn('node', [join(projectFolder, 'bin/earmark.mjs'), ...args], {
      env: { ...process.env, ...(options.userFolder ? { EARMARK_USER_FOLDER: options.userFolder } : {}) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    let isSignalled = false
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
      if (options.signalAfter?.test(stderr) && !isSignalled) {
        isSignalled = true
        child.kill('SIGINT')
      }
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** As `earmark`, for commands that must succeed and print JSON; the last line of stdout is read. */
export async function earmarkJson<T>(args: string[], options: { userFolder?: string } = {}): Promise<T> {
  const outcome = await earmark([...args, '--json'], options)
  if (outcome.code !== 0) throw new Error(`earmark ${args.join(' ')} ended with ${outcome.code}\n${outcome.stderr}`)
  const lines = outcome.stdout.trim().split('\n')
  // Pretty-printed documents span lines; streams have one value a line.
  try {
    return JSON.parse(outcome.stdout) as T
  } catch {
    return JSON.parse(lines.at(-1)!) as T
  }
}
