import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { makeFolder, projectFolder } from './data'

export interface HeadlessHost {
  /** The printed address, with its token. */
  url: string
  /** Scheme, host and port, without the token. */
  origin: string
  userFolder: string
  process: ChildProcess
  /** What it has printed so far, both streams. */
  output(): string
  /** Sends a signal and waits for the end; resolves with the exit code, null when the signal ended it. */
  kill(signal?: NodeJS.Signals): Promise<number | null>
  /** Asks it to end, as Ctrl-C would. */
  close(): Promise<void>
}

export interface HeadlessOptions {
  catalog?: string
  /** A fresh one by default. */
  userFolder?: string
  env?: Record<string, string>
}

/** Starts the built headless host on a free port. */
export async function launchHeadless(options: HeadlessOptions = {}): Promise<HeadlessHost> {
  const userFolder = options.userFolder ?? makeFolder('user')
  const args = [
    join(projectFolder, 'out/main/headless.js'),
    '--port',
    '0',
    ...(options.catalog ? [options.catalog] : []),
  ]
  const child = spawn(process.execPath, args, {
    cwd: projectFolder,
    env: { ...process.env, ...options.env, EARMARK_USER_FOLDER: userFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stderr.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  const url = await new Promise<string>((found, failed) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed += `${line}\n`
      const match = /https?:\/\/\S+/.exec(line)
      if (match) found(match[0])
    })
    child.once('exit', (code) => failed(new Error(`The headless host ended with ${code}:\n${printed}`)))
  })
  const kill = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    child.kill(signal)
    const [code] = (await once(child, 'exit')) as [number | null]
    return code
  }
  return {
    url,
    origin: new URL(url).origin,
    userFolder,
    process: child,
    output: () => printed,
    kill,
    close: async () => void (await kill('SIGINT')),
  }
}
