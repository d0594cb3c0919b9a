/**
 * Proves a native library in a process of its own: an addon that crashes at load, or a library that ends its process
 * because a symbol is missing, takes nothing else down.
 */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { runTool, tellingLine, type ToolResult } from './run-tool'

export interface Proof {
  /** TensorFlow's own word for its version. */
  version: string
  /** Whether the library itself lists a GPU and computes on it. */
  isUsingGpu: boolean
  /** From the start of the process's own work to the first right results. */
  loadMs: number
  /** Of one product of 512 × 512 matrices, and of one 3 × 3 convolution with both gradients; null when not timed. */
  productMs: number | null
  convolutionMs: number | null
}

/** What `require` loads: a folder that the setup built, or tfjs's own package. */
export interface ProofSubject {
  kind: 'folder' | 'package'
  /** The folder, or the package's name. */
  target: string
}

const timeoutMs = 180_000
const marker = 'EARMARK-PROOF '

/** Environment for every process that loads TensorFlow: a GPU's memory is taken as needed, chatter stays out. */
export const nativeEnvironment: Readonly<Record<string, string>> = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  TF_CPP_MIN_LOG_LEVEL: '1',
}

/** Run with `node -e`: root of `require`, kind, target, 'timed'. The values expected are worked out by hand. */
const proofSource = `
const [root, kind, target, timed] = process.argv.slice(1)
const own = require('node:module').createRequire(root)
const util = require('node:util')
util.isNullOrUndefined ??= (value) => value === null || value === undefined
util.isArray ??= Array.isArray
const started = performance.now()
const tf = own('@tensorflow/tfjs-core')
own('@tensorflow/tfjs-layers')
let opened
if (kind === 'folder') opened = require(target)(tf)
else own(target)
const expect = (what, actual, expected) => {
  if (!expected.every((value, index) => Math.abs(actual[index] - value) < 1e-3))
    throw new Error(what + ' came out as ' + Array.from(actual).join(', ') + ', not ' + expected.join(', '))
}
const time = (run) => { if (timed !== 'timed') return null; run(); const from = performance.now(); run(); return Math.round((performance.now() - from) * 10) / 10 }
;(async () => {
  if (!(await tf.setBackend('tensorflow'))) throw new Error('its backend did not start')
  const backend = tf.backend()
  expect('a matrix product', tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])).dataSync(), [19, 22, 43, 50])
  const picture = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])
  const gradient = tf.grad((filter) => tf.sum(tf.conv2d(picture, filter, 1, 'valid')))(tf.ones([2, 2, 1, 1]))
  expect('the gradient of a convolution', gradient.dataSync(), [12, 16, 24, 28])
  const loadMs = performance.now() - started
  const productMs = time(() => tf.tidy(() => tf.matMul(tf.ones([512, 512]), tf.ones([512, 512])).dataSync()))
  const convolutionMs = time(() => tf.tidy(() => {
    const gradients = tf.grads((x, filter) => tf.sum(tf.conv2d(x, filter, 1, 'same')))
    for (const one of gradients([tf.ones([8, 64, 64, 16]), tf.ones([3, 3, 16, 32])])) one.dataSync()
  }))
  const proof = {
    version: opened ? opened.version : String(backend.binding.TF_Version),
    isUsingGpu: backend.isUsingGpuDevice === true,
    loadMs: Math.round(loadMs), productMs, convolutionMs,
  }
  process.stdout.write('\\n${marker}' + JSON.stringify(proof) + '\\n')
})().catch((error) => { process.stderr.write('\\nError: ' + String(error.message).split('\\n', 1)[0] + '\\n'); process.exit(1) })
`

/**
 * Loads the library in a child process, multiplies and differentiates.
 *
 * @param isTimed also times larger products and convolutions, for the setup's record
 * @throws Error that says what happened: not loading, wrong values, ended by a signal, no answer in time
 */
export async function proveLibrary(subject: ProofSubject, isTimed = false, signal?: AbortSignal): Promise<Proof> {
  const args = ['-e', proofSource, import.meta.url, subject.kind, subject.target, isTimed ? 'timed' : 'quick']
  const result = await runTool(process.execPath, args, {
    // In Electron the executable is Electron's, which this turns into plain Node.
    environment: { ...process.env, ...nativeEnvironment, ELECTRON_RUN_AS_NODE: '1' },
    timeoutMs,
    signal,
  })
  return readProof(result)
}

/** @throws Error that says why there is no proof */
export function readProof(result: ToolResult): Proof {
  const line = result.stdout.split('\n').find((one) => one.startsWith(marker))
  if (line !== undefined) return JSON.parse(line.slice(marker.length)) as Proof
  if (result.signal === 'SIGKILL') throw new Error(`gave no proof in ${timeoutMs / 1000} s, or was ended by the system`)
  if (result.signal !== null) throw new Error(`crashed the process that tried it (${result.signal})`)
  if (result.code === 0) throw new Error('ended the process that tried it before its proof')
  throw new Error(`does not load (${tellingLine(result).replace(/^Error: /, '')})`)
}

/**
 * What a proof holds for: this file, this Node or Electron, this GPU driver. Any of them changes, and it is proved again.
 */
export function proofKey(addon: string, driver = readNvidiaDriver()): string {
  const { size, mtimeMs } = statSync(addon)
  const runtime = `${process.versions.node} ${process.versions.electron ?? ''} ${process.platform} ${process.arch}`
  return createHash('sha256').update(`${addon} ${size} ${mtimeMs} ${runtime} ${driver}`).digest('hex').slice(0, 16)
}

/** The NVIDIA driver's own line, or an empty text where there is none (Linux; elsewhere it is not known). */
export function readNvidiaDriver(): string {
  try {
    return readFileSync('/proc/driver/nvidia/version', 'utf8').split('\n', 1)[0]!
  } catch {
    return ''
  }
}

/** Where a package's files lie, or null when it is not installed. */
export function resolvePackage(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch {
    return null
  }
}
