/** Asks the machine, each question in a worker process of its own, which may crash or hang for it. */
import { AppError, toAppError } from '../../../shared/errors'
import type { BackendStatus, MachineDiagnosis } from '../../../shared/job/diagnosis'
import type { BackendName, ProbeManifest } from '../../../shared/job/manifest'
import type { WorkerEvent } from '../../../shared/job/worker-event'
import type { LaunchWorker } from '../../../shared/job/worker-process'
import { runWorker, type WorkerEnd, type WorkerHandle } from '../jobs/run-worker'

export interface ProbeOptions {
  launchWorker: LaunchWorker
  /** Processes that end with the host. */
  helpers: Set<WorkerHandle>
}

interface Outcome extends WorkerEnd {
  events: WorkerEvent[]
  isHung: boolean
}

/** A library's first load on a GPU compiles for it; the proof of a library in its own child has its limit below this. */
const backendLimitMs: Record<BackendName, number> = { tensorflow: 240_000, webgpu: 120_000, wasm: 90_000 }
const questionLimitMs = 60_000
/** What a backend says of a child process in which it tries a library first. */
const crashed = /crashed the process|gave no (?:proof|answer)/

/**
 * Proves and times a backend. A crash or a hang is its result, which is not certain to come again.
 *
 * @throws AppError 'cancelled' when the host closes
 */
export async function proveBackend(
  options: ProbeOptions,
  name: BackendName,
  limitMs = backendLimitMs[name],
): Promise<{ status: BackendStatus; isCertain: boolean }> {
  const outcome = await ask(options, { kind: 'probe', subject: 'backend', backend: name }, limitMs)
  for (const event of outcome.events)
    if (event.type === 'proof' && event.backend.name === name)
      return { status: event.backend, isCertain: !crashed.test(event.backend.reason) }
  const reason = describeFailure(outcome, limitMs)
  return { status: { name, available: false, reason, device: '', proof: null }, isCertain: false }
}

/** @throws AppError with what went wrong */
export async function askMachine(options: ProbeOptions, backends: BackendStatus[]): Promise<MachineDiagnosis> {
  const outcome = await ask(options, { kind: 'probe', subject: 'machine', backends }, questionLimitMs)
  for (const event of outcome.events) if (event.type === 'machine') return event.machine
  throw explain(outcome, 'The machine could not be looked at')
}

/** @throws AppError with what went wrong */
export async function askState(options: ProbeOptions): Promise<string> {
  const outcome = await ask(options, { kind: 'probe', subject: 'state' }, questionLimitMs)
  for (const event of outcome.events) if (event.type === 'machine-state') return event.key
  throw explain(outcome, 'The state of the machine could not be read')
}

async function ask(
  { launchWorker, helpers }: ProbeOptions,
  manifest: ProbeManifest,
  limitMs: number,
): Promise<Outcome> {
  const events: WorkerEvent[] = []
  let isHung = false
  let worker: WorkerHandle
  try {
    worker = runWorker(launchWorker, manifest, (event) => void events.push(event))
  } catch (thrown) {
    return { events, isHung, error: toAppError(thrown), code: null, signal: null }
  }
  helpers.add(worker)
  const timer = setTimeout(() => {
    isHung = true
    worker.kill()
  }, limitMs)
  const end = await worker.exited
  clearTimeout(timer)
  helpers.delete(worker)
  // Ended by nobody's fault, without having concluded: the host is closing.
  const hasConcluded = events.some(({ type }) => type === 'done' || type === 'failed')
  if (!hasConcluded && !isHung && end.error === null) throw new AppError('cancelled', 'The probe was cancelled.')
  return { ...end, events, isHung }
}

/** Why there is no proof, as the end of "tensorflow: …". */
function describeFailure({ events, isHung, error, code, signal }: Outcome, limitMs: number): string {
  if (isHung) return `gave no proof in ${limitMs / 1000} s and was ended`
  for (const event of events) if (event.type === 'failed') return event.error.message.replace(/\.$/, '')
  if (signal !== null) return `crashed the process that tried it (${signal})`
  if (code !== null && code !== 0) return `crashed the process that tried it (exit code ${code})`
  return error === null ? 'ended without a proof' : error.message.replace(/\.$/, '')
}

function explain(outcome: Outcome, what: string): AppError {
  return new AppError('worker-died', `${what}: the process ${describeFailure(outcome, questionLimitMs)}.`)
}
