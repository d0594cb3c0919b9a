/** Loads TensorFlow's native library: the one that Earmark's setup built, or tfjs's own packages where they work. */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { addonFile } from '../native/build-addon'
import { nativeFolder } from '../native/native-folder'
import { findLibraries, recallProof, rememberProof } from '../native/native-manifest'
import {
  nativeEnvironment,
  proofKey,
  proveLibrary,
  readNvidiaDriver,
  resolvePackage,
  type Proof,
  type ProofSubject,
} from '../native/prove-library'
import { registerNativeGradients } from './native-gradients'
import { holdYoungGeneration } from './young-generation'

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']

export interface Candidate {
  subject: ProofSubject
  /** What it is called in a reason. */
  label: string
  /** The addon, whose change asks for a new proof. */
  addon: string
  /** Whether it was built to use a GPU. */
  isForGpu: boolean
}

/** Set once a library is in this process: a second one, of another version, would clash with it. */
let device: string | null = null

/**
 * Loads the native library and selects it, after a proof in a child process (see chooseLibrary for which).
 *
 * @returns where it runs, for people: "GPU (TensorFlow 2.21.0)", "CPU (TensorFlow 2.21.0, 8 threads)"
 * @throws Error whose message says, for each library found, why it cannot be used
 */
export async function loadTensorflow(): Promise<string> {
  if (device === null) {
    const failures: string[] = []
    const { candidate, proof } = await chooseLibrary(findCandidates(failures), failures, readNvidiaDriver() !== '')
    for (const [name, value] of Object.entries(nativeEnvironment)) process.env[name] ??= value
    holdYoungGeneration()
    open(candidate)
    registerNativeGradients()
    device = describeDevice(proof, candidate.isForGpu)
  }
  if (!(await tf.setBackend('tensorflow'))) throw new Error('its backend did not start')
  return device
}

function findCandidates(failures: string[]): Candidate[] {
  const candidates: Candidate[] = []
  for (const { folder, manifest, ...rest } of findLibraries(nativeFolder())) {
    const label = `the library in ${folder}`
    if (manifest === null) failures.push(`${label} cannot be used: ${'reason' in rest ? rest.reason : ''}`)
    else {
      const subject = { kind: 'folder', target: folder } as const
      candidates.push({ subject, label, addon: join(folder, addonFile), isForGpu: manifest.variant === 'gpu' })
    }
  }
  for (const name of packages) {
    const main = resolvePackage(name)
    const addon = main === null ? null : join(dirname(dirname(main)), 'lib', 'napi-v8', 'tfjs_binding.node')
    if (addon === null) continue
    candidates.push({
      subject: { kind: 'package', target: name },
      label: name,
      addon,
      isForGpu: name.endsWith('-gpu'),
    })
  }
  return candidates
}

/**
 * Chooses among libraries by their proofs. With a GPU driver on this machine Google's prebuilt one is tried first, then
 * Earmark's, and the first that computes on the GPU is taken; where none does, or without a driver, Earmark's newer one
 * comes before Google's.
 *
 * @param failures gets a line for each that cannot be used
 * @throws Error that says why none can
 */
export async function chooseLibrary(
  candidates: Candidate[],
  failures: string[],
  hasGpu: boolean,
  proveWith: (candidate: Candidate) => Promise<Proof> = prove,
): Promise<{ candidate: Candidate; proof: Proof }> {
  const isGoogles = ({ subject, isForGpu }: Candidate): boolean => subject.kind === 'package' && isForGpu
  const others = candidates.filter((one) => !isGoogles(one))
  let second: { candidate: Candidate; proof: Proof } | null = null
  for (const candidate of hasGpu ? [...candidates.filter(isGoogles), ...others] : candidates) {
    try {
      const proof = await proveWith(candidate)
      if (proof.isUsingGpu || !hasGpu) return { candidate, proof }
      if (second === null || (second.candidate.subject.kind === 'package' && candidate.subject.kind === 'folder'))
        second = { candidate, proof }
    } catch (error) {
      failures.push(`${candidate.label} ${describeLoadFailure(error)}`)
    }
  }
  if (second !== null) return second
  const found = failures.length === 0 ? 'no native library is installed' : failures.join('; ')
  throw new Error(`${found}; npm run setup:tensorflow builds one`)
}

/** Throws where there is no addon, with the loader's own words; else proves in a child process, once for each addon. */
async function prove({ subject, addon }: Candidate): Promise<Proof> {
  let key: string
  try {
    key = proofKey(addon)
  } catch {
    throw new Error(`is installed without its native library (${addon} is missing)`)
  }
  // A package's folder belongs to npm.
  const memory = subject.kind === 'folder' ? subject.target : nativeFolder()
  const known = recallProof(memory, key)
  if (known !== null) return known
  const proof = await proveLibrary(subject)
  rememberProof(memory, key, proof)
  return proof
}

/** Brings a proved library into this process, on this process's tfjs-core. */
function open({ subject, label }: Candidate): void {
  const require = createRequire(import.meta.url)
  restoreRemovedFunctions(require('node:util') as Record<string, unknown>)
  try {
    if (subject.kind === 'folder') (require(subject.target) as (core: typeof tf) => unknown)(tf)
    else require(subject.target)
  } catch (error) {
    throw new Error(`${label} ${describeLoadFailure(error)}`, { cause: error })
  }
  if (tf.findBackendFactory('tensorflow') === null)
    throw new Error(`${label} was loaded, but brought its own copy of tfjs-core`)
}

/** tfjs-node 4.22 calls two functions that Node 23 removed from node:util. */
export function restoreRemovedFunctions(util: Record<string, unknown>): void {
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  util.isArray ??= Array.isArray
}

/** Why a library cannot be used, in one line: without its addon, or what the loader or the proof said. */
export function describeLoadFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const firstLine = message.split('\n', 1)[0]!
  if (/^(is|does|gave|crashed|ended) /.test(firstLine)) return firstLine
  if (firstLine.includes('tfjs_binding.node') && /could not be found|can not be found|Cannot find/.test(firstLine))
    return `is installed without its native library (${firstLine})`
  return `does not load (${firstLine})`
}

/** TensorFlow falls back to the CPU without a word; the proof asked the library itself for its devices. */
export function describeDevice(proof: Proof, isForGpu: boolean, threads = countThreads()): string {
  if (proof.isUsingGpu) return `GPU (TensorFlow ${proof.version})`
  const word = threads === 1 ? 'one thread' : `${threads} threads`
  return `CPU (TensorFlow ${proof.version}, ${word}${isForGpu ? '; its form for CUDA found no GPU it can use' : ''})`
}

/** As many as the machine has, unless TensorFlow's own variable says otherwise. */
function countThreads(environment: NodeJS.ProcessEnv = process.env): number {
  const asked = Number(environment.TF_NUM_INTRAOP_THREADS)
  return asked > 0 ? asked : availableParallelism()
}
