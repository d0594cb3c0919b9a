/** Chooses what the arithmetic runs on, and says why. */
import * as tf from '@tensorflow/tfjs-core'
import { AppError } from '../../../shared/errors'
import type { BackendStatus } from '../../../shared/job/diagnosis'
import { formatMilliseconds } from '../../../shared/job/describe-diagnosis'
import type { BackendChoice, BackendName, BackendRank } from '../../../shared/job/manifest'
import { loadTensorflow } from './load-tensorflow'
import { loadWasm } from './load-wasm'
import { loadWebgpu } from './load-webgpu'
import { measureBackend } from './measure-backend'

export interface BackendReport {
  name: BackendName
  available: boolean
  /** Why it can or cannot be used, for people. */
  reason: string
  /** What it runs on; an empty text when it is not available. */
  device: string
}

export interface SelectedBackend {
  name: BackendName
  reason: string
  device: string
}

/** Starts a backend, makes it the current one and returns its device; throws with the reason when it cannot. */
type Loader = () => Promise<string>

/** Every backend in the usual order of `auto`, for where none was measured. */
const loaders: Record<BackendName, Loader> = {
  tensorflow: loadTensorflow,
  webgpu: loadWebgpu,
  wasm: loadWasm,
}
const usual: BackendName[] = ['tensorflow', 'webgpu', 'wasm']

/**
 * Makes a backend the current one of tfjs, after a small proof that it computes and differentiates.
 *
 * @param choice 'auto' takes the first of `order` that passes; the reason says what was passed over and why
 * @param order every backend as it was proved on this machine, the fastest first; without it, auto takes TensorFlow's
 *   native library, a GPU through WebGPU, or WebAssembly, whichever works first
 * @throws AppError 'backend-unavailable' with the reason when the chosen one (or none) can be used
 */
export async function selectBackend(choice: BackendChoice, order?: BackendRank[]): Promise<SelectedBackend> {
  const ranks = (choice === 'auto' && order) || []
  const measured = ranks.filter((rank) => rank.stepMs !== null)
  const unmeasured = (): BackendName[] => (choice === 'auto' ? usual : [choice])
  const names = measured.length > 0 ? measured.map((rank) => rank.name) : unmeasured()
  const failures: string[] = []
  for (const name of names) {
    const report = await tryBackend(name, loaders[name])
    // Nobody would choose a processor that plays a GPU; where it was measured, its time speaks for itself.
    if (report.available && choice === 'auto' && measured.length === 0 && isSoftwareGpu(report)) {
      failures.push(`${name}: ${report.device} is no GPU`)
    } else if (report.available) {
      const chosen = choice === 'auto' ? describeChoice(name, ranks) : `${name} was asked for`
      return { name, reason: [...failures, chosen].join('; '), device: report.device }
    } else failures.push(`${name}: ${report.reason}`)
  }
  throw new AppError('backend-unavailable', `The backend ${choice} cannot be used. ${failures.join('; ')}.`, {
    hint: choice === 'wasm' || choice === 'auto' ? 'Install the packages again with npm ci.' : 'Choose auto or wasm.',
  })
}

const isSoftwareGpu = ({ name, device }: BackendReport): boolean => name === 'webgpu' && !device.startsWith('GPU')

/** "using tensorflow: 8.1 ms a proof step; wasm 21 ms; webgpu: no adapter found" */
function describeChoice(name: BackendName, ranks: BackendRank[]): string {
  const own = ranks.find((rank) => rank.name === name)
  if (own === undefined || own.stepMs === null) return `using ${name}, the first of the usual order (none was measured)`
  const others = ranks
    .filter((rank) => rank.name !== name)
    .map((rank) =>
      rank.stepMs === null ? `${rank.name}: ${rank.reason}` : `${rank.name} ${formatMilliseconds(rank.stepMs)}`,
    )
  return [`using ${name}: ${formatMilliseconds(own.stepMs)} a proof step`, ...others].join('; ')
}

/** The full proof of one backend in this process; never throws. */
export async function probeBackend(name: BackendName): Promise<BackendStatus> {
  const report = await tryBackend(name, loaders[name])
  if (!report.available) return { ...report, proof: null }
  try {
    return { ...report, proof: await measureBackend() }
  } catch (error) {
    return { name, available: false, reason: describeFault(error), device: '', proof: null }
  }
}

/** Loads a backend and proves it; never throws. */
export async function tryBackend(name: BackendName, load: Loader): Promise<BackendReport> {
  try {
    const device = await load()
    await proveBackend()
    return { name, available: true, reason: 'computes and differentiates correctly', device }
  } catch (error) {
    return { name, available: false, reason: describeFault(error), device: '' }
  }
}

function describeFault(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
}

/**
 * Multiplies two matrices and differentiates a convolution on the current backend, against values worked out by
 * hand. Throws Error when an operation is missing or wrong.
 */
export async function proveBackend(): Promise<void> {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])))
  // dW of the sum of a 'valid' convolution is, per weight, the sum of the inputs it touched.
  const gradient = tf.tidy(() => {
    const picture = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])
    return tf.grad((filter: tf.Tensor) => tf.sum(tf.conv2d(picture, filter as tf.Tensor4D, 1, 'valid')))(
      tf.ones([2, 2, 1, 1]),
    )
  })
  try {
    expectValues('a matrix product', await product.data(), [19, 22, 43, 50])
    expectValues('the gradient of a convolution', await gradient.data(), [12, 16, 24, 28])
  } finally {
    tf.dispose([product, gradient])
  }
}

function expectValues(what: string, actual: ArrayLike<number>, expected: number[]): void {
  const isRight = expected.every((value, index) => Math.abs(actual[index]! - value) < 1e-3)
  if (!isRight) throw new Error(`${what} came out as ${Array.from(actual).join(', ')}, not ${expected.join(', ')}`)
}
