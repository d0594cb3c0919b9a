import type { Recipe } from '../../../dsp/recipe'
import { AppError, toAppError } from '../../../shared/errors'
import type { BackendStatus, Diagnosis } from '../../../shared/job/diagnosis'
import type { BackendChoice, BackendName, BackendRank } from '../../../shared/job/manifest'
import type { HostOptions } from '../host-options'
import { DiagnosisFile } from './diagnosis-file'
import { askMachine, askState, proveBackend, type ProbeOptions } from './probe-processes'

export interface ComputeDeskOptions extends ProbeOptions, Pick<HostOptions, 'version' | 'userFolder' | 'log'> {
  /** Told which backend is being proved, and null at the end. */
  onMeasuring(backend: BackendName | null): void
}

export type Probing = 'when-changed' | 'always' | 'never'

const names: BackendName[] = ['tensorflow', 'webgpu', 'wasm']
/** Solved in double precision by plain code: no measure of a backend says anything about it. */
const withoutBackend: Recipe['model']['kind'][] = ['mfcc-logistic']

/** Knows what this machine trains on, and asks it again only when something has changed. */
export class ComputeDesk {
  private readonly file: DiagnosisFile
  private running: Promise<Diagnosis> | null = null
  /** A measure that is not worth keeping for another day: a probe hung (a busy machine) or crashed (seldom twice). */
  private unkept: { key: string; diagnosis: Diagnosis } | null = null

  constructor(private readonly options: ComputeDeskOptions) {
    this.file = new DiagnosisFile(options.userFolder, options.log)
  }

  /** See the contract's `compute.diagnose`. @throws AppError 'not-found', 'cancelled', 'worker-died' */
  async diagnose(probing: Probing): Promise<Diagnosis> {
    // Whoever asks while it is being measured hears of that.
    if (this.running !== null && probing !== 'never') return this.running
    const key = await this.readKey()
    const last = this.unkept ?? this.file.read()
    const isCurrent = last !== null && last.key === key
    if (probing === 'never') {
      if (last !== null) return { ...last.diagnosis, isCurrent }
      throw new AppError('not-found', 'The backends have not been measured on this machine yet.', {
        hint: 'earmark backends measures them.',
      })
    }
    if (probing === 'when-changed' && isCurrent) return { ...last.diagnosis, isCurrent }
    this.running ??= this.measure(key).finally(() => {
      this.running = null
      this.options.onMeasuring(null)
    })
    return this.running
  }

  /**
   * Every backend as it was measured here, the fastest first, for a job with `auto`; undefined for one that does not
   * choose, or when nothing could be measured: then the worker goes by its usual order and says so.
   */
  async findOrder(choice: BackendChoice, recipe: Recipe): Promise<BackendRank[] | undefined> {
    if (choice !== 'auto' || withoutBackend.includes(recipe.model.kind)) return undefined
    try {
      const { backends } = await this.diagnose('when-changed')
      return backends.map(({ name, available, reason, proof }) => ({
        name,
        stepMs: proof?.stepMs ?? null,
        reason: available ? '' : reason,
      }))
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.code === 'cancelled') throw error
      this.options.log(`the backends could not be measured: ${error.message}`)
      return undefined
    }
  }

  /** Null when even this process fails: then nothing that was kept counts. */
  private async readKey(): Promise<string | null> {
    try {
      return `${this.options.version} ${await askState(this.options)}`
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.code === 'cancelled') throw error
      this.options.log(`the state of this machine could not be read: ${error.message}`)
      return null
    }
  }

  /** One after the other, so that none is timed beside another. */
  private async measure(key: string | null): Promise<Diagnosis> {
    const backends: BackendStatus[] = []
    let isCertain = true
    for (const name of names) {
      this.options.onMeasuring(name)
      const { status, isCertain: isSure } = await proveBackend(this.options, name)
      backends.push(status)
      isCertain &&= isSure
    }
    backends.sort(compareSpeed)
    const machine = await askMachine(this.options, backends)
    const diagnosis: Diagnosis = { backends, ...machine, measuredAt: new Date().toISOString(), isCurrent: true }
    this.unkept = key !== null && !isCertain ? { key, diagnosis } : null
    if (key !== null && isCertain) this.file.write({ key, diagnosis })
    return diagnosis
  }
}

/** The fastest first; those without a proof stay in their order behind. */
export function compareSpeed(a: BackendStatus, b: BackendStatus): number {
  return (a.proof?.stepMs ?? Infinity) === (b.proof?.stepMs ?? Infinity)
    ? 0
    : (a.proof?.stepMs ?? Infinity) - (b.proof?.stepMs ?? Infinity)
}
