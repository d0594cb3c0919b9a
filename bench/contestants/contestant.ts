/** A process that trains networks on request, whichever language it is written in. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { ModelSpec } from '../../src/zoo/model-spec'

export interface BuildRequest {
  spec: ModelSpec
  /** Pictures a step. */
  batch: number
  classes: number
}

export interface BuildAnswer {
  /** What computes, with its version. */
  name: string
  remark: string
  /** Weights that are trained. */
  parameters: number
}

export interface StepsRequest {
  steps: number
}

export interface StepsAnswer {
  /** Milliseconds of a step on the clock. */
  wall: number
  /** Milliseconds that all threads of the process computed for a step. */
  processor: number
  loss: number
}

/** One line to the process for each request, one line back for each answer. */
export class Contestant {
  readonly #child: ChildProcess
  readonly #lines: Interface
  #errors = ''

  constructor(command: string, args: string[], environment: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    })
    this.#lines = createInterface({ input: this.#child.stdout! })
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-2000)
    })
    // A write to a process that has ended is answered by its end.
    this.#child.stdin!.on('error', () => undefined)
  }

  build(request: BuildRequest): Promise<BuildAnswer> {
    return this.#ask(request) as Promise<BuildAnswer>
  }

  step(request: StepsRequest): Promise<StepsAnswer> {
    return this.#ask(request) as Promise<StepsAnswer>
  }

  stop(): void {
    this.#child.kill()
  }

  #ask(request: BuildRequest | StepsRequest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        const lines = this.#errors.trim().split('\n')
        reject(new Error(`it ended: ${lines.at(-1) ?? 'without a word'}`))
      }
      if (this.#child.exitCode !== null) return end()
      this.#child.once('error', reject)
      this.#child.once('close', end)
      this.#lines.once('line', (line) => {
        this.#child.off('error', reject)
        this.#child.off('close', end)
        resolve(JSON.parse(line))
      })
      this.#child.stdin!.write(`${JSON.stringify(request)}\n`)
    })
  }
}
