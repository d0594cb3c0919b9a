/** The setup of the native TensorFlow as a job: its progress is that of the whole, in percent. */
import type { SetupManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import type { SetupProgress } from './native/setup-progress'
import { setupTensorflow } from './native/setup-tensorflow'
import { throttleProgress } from './throttle-progress'

const percent = 100

/**
 * Runs the setup. A plea to end (SIGTERM, which cancelling sends) ends the programs that it runs and removes what is
 * half-built; what a process that dies at once leaves, the next setup removes.
 *
 * @throws AppError as setupTensorflow
 */
export async function runSetupJob({ variant }: SetupManifest, tell: (event: WorkerEvent) => void): Promise<void> {
  const cancelling = new AbortController()
  process.once('SIGTERM', () => cancelling.abort())
  const progress = throttleProgress(tell, percent)
  const { manifest } = await setupTensorflow({
    variant,
    isForced: false,
    signal: cancelling.signal,
    tell: (step) => progress(Math.min(percent - 1, Math.floor(step.share * percent)), describeStep(step)),
  })
  const device = manifest.proof.isUsingGpu ? 'the GPU' : 'the CPU'
  progress(percent, `TensorFlow ${manifest.tensorflow} works on ${device}`)
}

/** One line for the job tray: "Downloading tensorflow_cpu 2.21.0: 120 of 274 MB". */
export function describeStep({ step, text, doneBytes, totalBytes }: Omit<SetupProgress, 'share'>): string {
  const short = text.replace(/(\w+)-([\w.]+)-\S+\.whl/, '$1 $2')
  if (!doneBytes || !totalBytes) return short
  const verb = step === 'unpack' ? 'Unpacking' : 'Downloading'
  return `${verb} ${short}: ${Math.floor(doneBytes / 1e6)} of ${Math.round(totalBytes / 1e6)} MB`
}
