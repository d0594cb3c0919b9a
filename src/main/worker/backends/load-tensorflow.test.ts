/**
 * The whole way to a native library, with stand-ins in its place: folders as the setup builds them whose way in
 * registers tfjs's plain-JavaScript kernels under TensorFlow's name, or crashes, or computes wrongly.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addonFile } from '../native/build-addon'
import { describeMachine } from '../native/native-folder'
import { writeManifest } from '../native/native-manifest'
import { proveLibrary, readProof } from '../native/prove-library'
import { chooseLibrary, loadTensorflow, type Candidate } from './load-tensorflow'

const cpu = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-cpu')
/** Which value the stand-in's matrix products are off by. */
const standIn = (error: number): string => `
module.exports = (tf) => {
  const { MathBackendCPU } = require(${JSON.stringify(cpu)})
  for (const kernel of tf.getKernelsForBackend('cpu')) {
    const isProduct = kernel.kernelName === 'BatchMatMul'
    const kernelFunc = (given) => {
      const result = kernel.kernelFunc(given)
      if (isProduct) given.backend.data.get(result.dataId).values.forEach((value, at, all) => { all[at] = value + ${error} })
      return result
    }
    tf.registerKernel({ ...kernel, backendName: 'tensorflow', kernelFunc })
  }
  tf.registerBackend('tensorflow', () => Object.assign(new MathBackendCPU(), { isUsingGpuDevice: false }))
  return { version: '2.99.0', isUsingGpu: false }
}`

describe('a native library', () => {
  let parent = ''
  const before = process.env.EARMARK_NATIVE_FOLDER
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'earmark-load-'))
    process.env.EARMARK_NATIVE_FOLDER = parent
  })
  afterAll(async () => {
    if (before === undefined) delete process.env.EARMARK_NATIVE_FOLDER
    else process.env.EARMARK_NATIVE_FOLDER = before
    await rm(parent, { recursive: true })
  })

  async function makeLibrary(name: string, source: string): Promise<string> {
    const folder = join(parent, name)
    await mkdir(dirname(join(folder, addonFile)), { recursive: true })
    await writeFile(join(folder, addonFile), 'no addon')
    await writeFile(join(folder, 'package.json'), '{ "main": "index.cjs" }')
    await writeFile(join(folder, 'index.cjs'), source)
    await writeManifest(folder, {
      schema: 1,
      machine: describeMachine(),
      variant: name.includes('-gpu-') ? 'gpu' : 'cpu',
      tensorflow: '2.99.0',
      addon: { package: 'addon', version: '4.22.0', sha256: '' },
      wheels: [],
      compiler: 'none',
      files: [{ path: addonFile, bytes: 8 }],
      builtAt: '2026-01-01T00:00:00Z',
      proof: { version: '2.99.0', isUsingGpu: false, loadMs: 0, productMs: 0, convolutionMs: 0 },
    })
    return folder
  }

  it('that is not there is said so, with the way to get one', async () => {
    await expect(loadTensorflow()).rejects.toThrow(/npm run setup:tensorflow builds one/)
  })

  it('that crashes, computes wrongly or ends its process takes nothing down', async () => {
    const prove = async (source: string): Promise<string> => {
      const target = await makeLibrary('tensorflow-2.98.0-cpu-x', source)
      return proveLibrary({ kind: 'folder', target }).then(
        () => 'proved',
        (error: Error) => error.message,
      )
    }
    expect(await prove('process.abort()')).toBe('crashed the process that tried it (SIGABRT)')
    expect(await prove(standIn(0.5))).toMatch(/^does not load \(a matrix product came out as 19\.5, /)
    expect(await prove('module.exports = () => process.exit(0)')).toBe(
      'ended the process that tried it before its proof',
    )
    expect(await prove('process.dlopen(module, __filename)')).toMatch(
      /^does not load \(.*(invalid ELF|file too short|not a mach-o|not a valid)/i,
    )
    await rm(join(parent, 'tensorflow-2.98.0-cpu-x'), { recursive: true })
  })

  it('is passed over when it crashes, for one that works, which is proved once', async () => {
    const machine = describeMachine()
    await makeLibrary(`tensorflow-2.21.0-gpu-${machine}-tfjs-4.22.0`, 'process.abort()')
    await expect(loadTensorflow()).rejects.toThrow(/crashed the process that tried it \(SIGABRT\)/)
    const working = await makeLibrary(`tensorflow-2.21.0-cpu-${machine}-tfjs-4.22.0`, standIn(0))
    expect(await loadTensorflow()).toMatch(/^CPU \(TensorFlow 2\.99\.0, (one thread|\d+ threads)\)$/)
    expect(tf.getBackend()).toBe('tensorflow')
    const proofs = (await readdir(working)).filter((name) => name.startsWith('proof-'))
    expect(proofs).toHaveLength(1)
    // It stays with the library that is in the process.
    await rm(working, { recursive: true })
    expect(await loadTensorflow()).toContain('2.99.0')
  })

  it('without a proof in time is said so', () => {
    const ended = { code: null, signal: 'SIGKILL', startError: null, stdout: '', stderr: '' } as const
    expect(() => readProof(ended)).toThrow(/gave no proof in 180 s/)
  })
})

describe('of several libraries', () => {
  const own = (variant: string): Candidate => ({
    subject: { kind: 'folder', target: `/native/${variant}` },
    label: `Earmark’s for ${variant}`,
    addon: '',
    isForGpu: variant === 'gpu',
  })
  const google = (name: string): Candidate => ({
    subject: { kind: 'package', target: name },
    label: name,
    addon: '',
    isForGpu: name.endsWith('-gpu'),
  })
  const [gpu, cpu] = [own('gpu'), own('cpu')]
  const [googleGpu, googleCpu] = [google('@tensorflow/tfjs-node-gpu'), google('@tensorflow/tfjs-node')]

  /** Which is taken, and which were proved for it; a library computes on 'gpu' or 'cpu', or fails with other words. */
  async function choose(all: [Candidate, string][], hasGpu: boolean): Promise<[string, string[]]> {
    const proved: string[] = []
    const failures: string[] = []
    const { candidate } = await chooseLibrary(
      all.map(([one]) => one),
      failures,
      hasGpu,
      async (one) => {
        proved.push(one.label)
        const how = all.find(([other]) => other === one)![1]
        if (how !== 'gpu' && how !== 'cpu') throw new Error(how)
        return { version: '2', isUsingGpu: how === 'gpu', loadMs: 0, productMs: null, convolutionMs: null }
      },
    )
    return [candidate.label, proved]
  }

  it('Google’s prebuilt one comes first where the machine’s GPU suits it', async () => {
    const all: [Candidate, string][] = [
      [gpu, 'gpu'],
      [cpu, 'cpu'],
      [googleGpu, 'gpu'],
      [googleCpu, 'cpu'],
    ]
    expect(await choose(all, true)).toEqual([googleGpu.label, [googleGpu.label]])
    // Without a GPU nobody waits for its proof: Earmark's is the newer TensorFlow.
    expect(await choose(all, false)).toEqual([gpu.label, [gpu.label]])
  })

  it('Earmark’s is taken where Google’s does not find the GPU, crashes or is not whole', async () => {
    for (const how of ['cpu', 'crashed the process that tried it (SIGSEGV)', 'is installed without its native library'])
      expect((await choose([[gpu, 'gpu'], [cpu, 'cpu'], [googleGpu, how]], true))[0]).toBe(gpu.label) // prettier-ignore
  })

  it('Earmark’s newer one computes on the CPU where none finds the GPU', async () => {
    const [label, proved] = await choose([[gpu, 'cpu'], [googleGpu, 'cpu'], [googleCpu, 'cpu']], true) // prettier-ignore
    expect(label).toBe(gpu.label)
    expect(proved).toEqual([googleGpu.label, gpu.label, googleCpu.label])
    expect((await choose([[gpu, 'does not load'], [googleGpu, 'cpu']], true))[0]).toBe(googleGpu.label) // prettier-ignore
  })

  it('each that fails is named', async () => {
    const all: [Candidate, string][] = [[gpu, 'crashed the process that tried it (SIGABRT)'], [googleGpu, 'gave no proof']] // prettier-ignore
    await expect(choose(all, true)).rejects.toThrow(
      '@tensorflow/tfjs-node-gpu gave no proof; Earmark’s for gpu crashed the process that tried it (SIGABRT); npm run setup:tensorflow builds one',
    )
  })
})
