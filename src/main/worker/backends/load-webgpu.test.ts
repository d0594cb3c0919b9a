/** The way to a GPU: what the probe says of this machine and of others, and what a failing device does to a run. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors'
import { describeAdapter, loadWebgpu } from './load-webgpu'
import { useSoftwareVulkan } from './testing/software-vulkan'
import type { GuardedWebgpuBackend } from './webgpu-backend'
import { probeWebgpu, readProbe, type WebgpuAdapter } from './webgpu-probe'

const driver = useSoftwareVulkan()

describe('the probe', () => {
  it.skipIf(driver === null)('names what it found, and that it is software', async () => {
    const probe = await probeWebgpu()
    expect(probe).toMatchObject({ reason: '', vulkanLoaderError: '', vulkan: { missing: [] } })
    expect(probe.adapters[0]).toMatchObject({ isChosen: true, isSoftware: true, backend: 'vulkan' })
    expect(probe.adapters.filter((adapter) => adapter.isChosen)).toHaveLength(1)
    for (const { name, description } of probe.adapters) expect(name !== '' && description !== '').toBe(true)
  })

  it.skipIf(process.platform !== 'linux')('says in one line that a driver is not there', async () => {
    const probe = await probeWebgpu({ ...process.env, VK_DRIVER_FILES: '', VK_ICD_FILENAMES: '/nonexistent/icd.json' })
    expect(probe.adapters).toEqual([])
    expect(probe.reason).toBe(
      probe.vulkanLoaderError === ''
        ? 'VK_ICD_FILENAMES names a Vulkan driver that is not there (/nonexistent/icd.json)'
        : expect.stringContaining('libvulkan.so.1'),
    )
  })
})

/** What the child process and the machine would say, for machines that are not here. */
function probeOf(answer: object, options: { stderr?: string; files?: string[]; folders?: string[] } = {}) {
  const empty = { adapters: [], dawnError: '', computeError: '', vulkanLoaderError: '' }
  const stdout = `noise\nEARMARK-WEBGPU ${JSON.stringify({ ...empty, ...answer })}\n`
  const { stderr = '', files = [], folders = ['/usr/share/vulkan/icd.d'] } = options
  const result = { code: 0, signal: null, startError: null, stdout, stderr }
  return readProbe(result, { files, missing: [], folders, variable: '' })
}

const card: WebgpuAdapter = {
  name: 'NVIDIA H200',
  backend: 'vulkan',
  vendor: 'nvidia',
  architecture: 'hopper',
  device: 'nvidia-h200',
  description: 'NVIDIA: 570.86 570.86.15',
  isSoftware: false,
  isChosen: true,
}

describe('the reason', () => {
  it('is none where a GPU computes', () => {
    expect(probeOf({ adapters: [card] })).toMatchObject({ reason: '', adapters: [{ name: 'NVIDIA H200' }] })
  })
  it('is the missing loader', () => {
    const vulkanLoaderError = 'libvulkan.so.1: cannot open shared object file: No such file or directory'
    const { reason } = probeOf({ vulkanLoaderError })
    expect(reason).toContain('Vulkan’s loader is missing (libvulkan.so.1: cannot open')
    expect(reason).toContain('libvulkan1')
  })
  it('is the missing driver, with the folders that were searched', () => {
    expect(probeOf({}).reason).toContain('no Vulkan driver is installed (no manifest in /usr/share/vulkan/icd.d)')
  })
  it('is what Dawn misses in the devices of the drivers that are there', () => {
    const stderr =
      'error: XDG_RUNTIME_DIR is invalid or not set in the environment.\n' +
      'Warning: Vulkan shaderUniform*ArrayDynamicIndexing required.\n - While initializing adapter\n\n' +
      'Warning: Vulkan shaderUniform*ArrayDynamicIndexing required.\n'
    const { reason } = probeOf({}, { files: ['/usr/share/vulkan/icd.d/lvp_icd.json'], stderr })
    expect(reason).toBe(
      'Dawn can use no device of the Vulkan drivers /usr/share/vulkan/icd.d/lvp_icd.json (Vulkan shaderUniform*ArrayDynamicIndexing required.)',
    )
  })
  it('is a GPU that is listed and does not compute', () => {
    const { reason } = probeOf({ adapters: [card], computeError: 'Device lost' })
    expect(reason).toBe('NVIDIA H200 does not compute (Device lost)')
  })
  it('is Electron, where plain Node can', () => {
    const { reason } = probeOf({ adapters: [card], computeError: 'External buffers are not allowed' })
    expect(reason).toContain('NVIDIA H200 is there, but Electron does not let Dawn share its memory')
  })
  it('is Dawn itself: no binary for the platform, a glibc that is too old', () => {
    const missing = probeOf({ dawnError: "Cannot find module '/app/node_modules/webgpu/dist/linux-arm/dawn.node'" })
    expect(missing.reason).toContain(`the package webgpu has no Dawn for ${process.platform}-${process.arch}`)
    const dawnError = "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by dawn.node)"
    expect(probeOf({ dawnError }).reason).toBe(`Dawn does not load (${dawnError})`)
  })
  it('is a driver that crashed the process that tried it', () => {
    const crashed = { code: null, signal: 'SIGSEGV' as const, startError: null, stdout: '', stderr: '' }
    expect(readProbe(crashed, null)).toMatchObject({ reason: expect.stringContaining('crashed'), adapters: [] })
  })
})

describe('a device’s name', () => {
  it('says truthfully where it computes', () => {
    expect(describeAdapter(card)).toBe('GPU (NVIDIA H200, Vulkan, WebGPU)')
    expect(describeAdapter({ ...card, name: 'Apple M2', backend: 'metal' })).toBe('GPU (Apple M2, Metal, WebGPU)')
    // Dawn calls llvmpipe no fallback on every system; its name gives it away.
    const name = 'llvmpipe (LLVM 19.1.7, 256 bits)'
    const [llvmpipe] = probeOf({ adapters: [{ ...card, name }] }).adapters
    expect(describeAdapter(llvmpipe!)).toBe('CPU (llvmpipe, software Vulkan, WebGPU)')
  })
})

/** Node takes TypeScript as it is, once it finds files without their ending. */
const resolver = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module'
import { existsSync } from 'node:fs'
registerHooks({ resolve(name, context, next) {
  const file = name.startsWith('.') ? new URL(name + '.ts', context.parentURL) : null
  return file !== null && existsSync(file) ? next(file.href, context) : next(name, context)
} })`)}`

interface ChildEnd {
  code: number | null
  signal: string | null
  output: string
}

/**
 * Runs a script beside the sources in a process of its own. SwiftShader hangs now and then on a busy machine, in its own
 * locks: such a child is run once more; one that crashes is not.
 */
async function runChild(script: string): Promise<ChildEnd> {
  const end = await runChildOnce(script)
  return end.signal === 'SIGKILL' ? runChildOnce(script) : end
}

function runChildOnce(script: string): Promise<ChildEnd> {
  return new Promise((resolve) => {
    const cwd = fileURLToPath(new URL('.', import.meta.url))
    const args = ['--no-warnings', '--import', resolver, '--input-type=module-typescript', '-e', script]
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
    child.on('close', (code, signal) => resolve({ code, signal, output }))
  })
}

const trainABit = `
import * as tf from '@tensorflow/tfjs-core'
import { loadWebgpu } from './load-webgpu'
console.log(await loadWebgpu())
const weight = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]))
const optimizer = tf.train.adam(0.1)
for (let step = 0; step < 5; step++) {
  const loss = optimizer.minimize(() => tf.sum(tf.square(tf.matMul(weight, weight))), true)
  console.log('loss', (await loss.data())[0].toFixed(2))
  loss.dispose()
}
console.log('gpu in navigator', 'gpu' in navigator)`

describe.skipIf(driver === null)('a process of its own', { timeout: 90_000 }, () => {
  it('ends by itself when its work is done, two at once', async () => {
    const both = await Promise.all([runChild(trainABit), runChild(trainABit)])
    for (const { code, signal, output } of both) {
      expect({ code, signal, output }).toMatchObject({ code: 0, signal: null })
      // (7, 10, 15, 22): 49 + 100 + 225 + 484.
      expect(output).toContain('loss 858.00')
      expect(output).toContain('gpu in navigator false')
    }
  })

  it('ends with its own code in the middle of work, as the worker does', async () => {
    const work = `${trainABit}\nvoid tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).data()\nprocess.exit(7)`
    const { code, signal, output } = await runChild(work)
    expect({ code, signal, output }).toMatchObject({ code: 7, signal: null })
  })

  it('says why there is no backend, and lives', async () => {
    const { code, output } = await runChild(`
process.env.VK_ICD_FILENAMES = '/nonexistent/icd.json'
const { selectBackend } = await import('./select-backend')
console.log(await selectBackend('webgpu').catch((error) => error.code + ' ' + error.message))
console.log((await selectBackend('wasm')).name)`)
    expect(output).toContain('backend-unavailable The backend webgpu cannot be used')
    expect(output).toMatch(/VK_ICD_FILENAMES names a Vulkan driver that is not there|libvulkan\.so\.1/)
    expect(output.trimEnd().endsWith('wasm')).toBe(true)
    expect(code).toBe(0)
  })
})

describe.skipIf(driver === null)('the device of this process', () => {
  let device = ''
  beforeAll(async () => {
    device = await loadWebgpu()
  })

  it('is opened once', async () => {
    const backend = tf.backend()
    expect(device).toMatch(/^CPU \(.+, software Vulkan, WebGPU\)$/)
    expect(await loadWebgpu()).toBe(device)
    expect(tf.backend()).toBe(backend)
    expect(tf.getBackend()).toBe('webgpu')
  })

  it('has the adapter’s own limits', () => {
    const { limits } = (tf.backend() as GuardedWebgpuBackend).device
    // WebGPU's defaults are 128 MiB and 256 MiB.
    expect(limits.maxStorageBufferBindingSize).toBeGreaterThan(2 ** 27)
    expect(limits.maxBufferSize).toBeGreaterThan(2 ** 28)
  })

  it('does not read without waiting', async () => {
    const sum = tf.sum(tf.ones([3000]))
    expect(() => sum.dataSync()).toThrow('await data()')
    expect((await sum.data())[0]).toBe(3000)
    expect(sum.dataSync()[0]).toBe(3000)
    sum.dispose()
  })

  it('fails the step that reads after an operation was refused, and every later one', async () => {
    const backend = tf.backend() as GuardedWebgpuBackend
    const good = tf.fill([100, 100], 2)
    const huge = tf.fill([backend.device.limits.maxBufferSize], 1)
    const failure: unknown = await tf
      .sum(huge)
      .data()
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AppError)
    expect(failure).toMatchObject({
      code: 'training-failed',
      message: expect.stringContaining('exceeds the max buffer size'),
    })
    await expect(tf.sum(good).data()).rejects.toBe(failure)
    await expect(loadWebgpu()).rejects.toBe(failure)
  })
})
