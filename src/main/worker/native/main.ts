/**
 * `npm run setup:tensorflow [-- --gpu] [--json] [--force]`. Progress goes to stderr for people; with --json every line
 * of stdout is one JSON object: progress, and at the end the result or the error.
 */
import { parseArgs } from 'node:util'
import { toAppError } from '../../../shared/errors'
import type { SetupProgress } from './setup-progress'
import { setupTensorflow } from './setup-tensorflow'

/** @returns the exit code: 0 when the library is there and proved, 1 when not, 2 for wrong arguments, 130 when it was cancelled */
export async function runSetup(args: string[]): Promise<number> {
  let options: { gpu?: boolean; json?: boolean; force?: boolean }
  try {
    const flag = { type: 'boolean' } as const
    options = parseArgs({ args, options: { gpu: flag, json: flag, force: flag } }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nUsage: npm run setup:tensorflow -- [--gpu] [--json] [--force]\n`)
    return 2
  }
  const print = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`)
  const tell = options.json ? throttle(print) : throttle(tellTerminal)
  // Its programs run in groups of their own, which Ctrl-C in a terminal does not reach.
  const cancelling = new AbortController()
  const cancel = (): void => cancelling.abort()
  process.once('SIGINT', cancel).once('SIGTERM', cancel)
  const { signal } = cancelling
  try {
    const started = performance.now()
    const variant = options.gpu ? 'gpu' : 'cpu'
    const { folder, manifest, isNew } = await setupTensorflow({
      variant,
      isForced: options.force === true,
      signal,
      tell,
    })
    const seconds = Math.round((performance.now() - started) / 1000)
    if (options.json) print({ step: 'done', folder, isNew, seconds, manifest })
    else {
      const device = manifest.proof.isUsingGpu ? 'a GPU' : 'the CPU'
      process.stderr.write(`TensorFlow ${manifest.tensorflow} works on ${device} (${seconds} s). It is in ${folder}\n`)
      if (variant === 'gpu' && !manifest.proof.isUsingGpu)
        process.stderr.write('The form with CUDA found no GPU that it can use: see docs/gpu.md.\n')
    }
    return 0
  } catch (thrown) {
    const error = toAppError(thrown)
    if (options.json) print({ step: 'failed', error: error.toData() })
    else process.stderr.write(`${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}\n`)
    return signal.aborted ? 130 : 1
  }
}

/** Bytes are told at most every quarter of a second; whatever names a new thing is told at once. */
function throttle(tell: (progress: SetupProgress) => void): (progress: SetupProgress) => void {
  let last = 0
  return (progress) => {
    const isBytes = (progress.doneBytes ?? 0) > 0
    const now = performance.now()
    if (isBytes && now - last < 250 && progress.doneBytes !== progress.totalBytes) return
    last = now
    tell(progress)
  }
}

function tellTerminal({ text, doneBytes, totalBytes }: SetupProgress): void {
  const isBytes = doneBytes !== undefined && doneBytes > 0 && totalBytes !== undefined
  if (!isBytes) process.stderr.write(`${text} …\n`)
  else if (process.stderr.isTTY) {
    const percent = Math.floor((100 * doneBytes) / totalBytes)
    process.stderr.write(`\r  ${percent} %${doneBytes >= totalBytes ? '\n' : ''}`)
  }
}
