/** A place for setups in tests: a folder, an index, and an environment in which only they are found. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SetupPins } from '../pins'
import type { SetupProgress } from '../setup-progress'
import { setupTensorflow, type SetupResult } from '../setup-tensorflow'
import { openFakeIndex, type FakeIndex } from './fake-index'
import { compilerPath, pythonPath } from './small-tensorflow'

export interface SetupBench {
  root: string
  /** The folder of the native libraries. */
  parent: string
  index: FakeIndex
  /** A folder that is all of the path: with what a compiler needs, and no npm, python or compiler by its name. */
  bin: string
  setup(
    pins: SetupPins,
    options?: { signal?: AbortSignal; tell?: (progress: SetupProgress) => void },
  ): Promise<SetupResult>
  /** Names in the folder of the libraries; downloads are looked into. */
  left(): string[]
  /** Writes a program into `bin`. */
  program(name: string, shell: string): string
  close(): Promise<void>
}

const variables = ['PATH', 'PYTHON', 'CXX', 'EARMARK_NATIVE_FOLDER', 'npm_execpath', 'npm_config_cache']

/** @param name of the folder of the libraries */
export async function openSetupBench(name = 'native'): Promise<SetupBench> {
  const root = mkdtempSync(join(tmpdir(), 'earmark-setup-'))
  const index = await openFakeIndex()
  const before = new Map([...variables, ...Object.keys(index.environment)].map((key) => [key, process.env[key]]))
  const bin = join(root, 'bin')
  const parent = join(root, name)
  mkdirSync(bin)
  for (const tool of ['as', 'ld', 'sh', 'sleep'])
    for (const folder of ['/usr/bin', '/bin'])
      if (existsSync(join(folder, tool)) && !existsSync(join(bin, tool)))
        symlinkSync(join(folder, tool), join(bin, tool))
  Object.assign(process.env, index.environment, { PATH: bin, PYTHON: pythonPath, CXX: compilerPath, npm_execpath: '' })
  process.env.EARMARK_NATIVE_FOLDER = parent
  process.env.npm_config_cache = join(root, 'npm-cache')
  return {
    ...{ root, parent, index, bin },
    setup: (pins, options = {}) =>
      setupTensorflow({ variant: 'cpu', isForced: false, tell: () => undefined, parent, pins, ...options }),
    left() {
      if (!existsSync(parent)) return []
      const names = readdirSync(parent).filter((one) => one !== 'downloads')
      const downloads = join(parent, 'downloads')
      return [...names, ...(existsSync(downloads) ? readdirSync(downloads) : [])].sort()
    },
    program(file, shell) {
      const path = join(bin, file)
      writeFileSync(path, `#!/bin/sh\n${shell}\n`, { mode: 0o755 })
      return path
    },
    async close() {
      for (const [key, value] of before)
        if (value === undefined) Reflect.deleteProperty(process.env, key)
        else process.env[key] = value
      await index.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Whether a process lives whose command line holds this text. */
export function isRunning(text: string): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .some((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(text)
      } catch {
        return false
      }
    })
}
