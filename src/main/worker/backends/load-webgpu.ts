/** Starts tfjs's WebGPU backend in Node on Dawn: any vendor's GPU, through Vulkan, Metal or Direct3D 12. */
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import type { GuardedWebgpuBackend } from './webgpu-backend'
import { probeWebgpu, type WebgpuAdapter } from './webgpu-probe'

export { probeWebgpu, type WebgpuAdapter, type WebgpuProbe } from './webgpu-probe'

/** Kept while the process lives: Dawn's instance ends with the last reference to it. */
let opened: { backend: GuardedWebgpuBackend; gpu: GPU; label: string } | null = null

/**
 * Opens the fastest GPU that Dawn finds and selects it, after a try in a child process. A second call selects the
 * device that is open.
 *
 * @returns where it runs, for people: "GPU (Apple M2, Metal, WebGPU)", "CPU (SwiftShader …, software Vulkan, WebGPU)"
 * @throws Error that says why there is none; AppError 'training-failed' when the open device has failed
 */
export async function loadWebgpu(): Promise<string> {
  opened ??= await open()
  opened.backend.checkFault()
  if (!(await tf.setBackend('webgpu'))) throw new Error('its backend did not start')
  return opened.label
}

async function open(): Promise<NonNullable<typeof opened>> {
  const { adapters, reason } = await probeWebgpu()
  if (reason !== '') throw new Error(reason)
  const found = adapters.find((adapter) => adapter.isChosen)!
  const { create, globals } = await import('webgpu')
  // tfjs asks `instanceof GPUBuffer` and reads the usages' names from the global scope, as in a browser.
  Object.assign(globalThis, globals)
  const gpu = create([])
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) throw new Error(`${found.name} was there a moment ago, and is gone`)
  const device = await adapter.requestDevice({ requiredLimits: ownLimits(adapter) })
  // Exiting while the GPU still works crashed 5 processes of 25 (SwiftShader); with this, none of 25.
  process.once('exit', () => device.destroy())

  // Imported only now, for it reads the globals; and before `navigator.gpu` is there, or it registers a backend itself.
  const { GuardedWebgpuBackend } = await import('./webgpu-backend')
  const backend = withNavigatorGpu(gpu, () => new GuardedWebgpuBackend(device, adapter.info, found.name))
  tf.registerBackend('webgpu', () => backend)
  const { registerWebgpuKernels } = await import('./webgpu-kernels')
  registerWebgpuKernels()
  return { backend, gpu, label: describeAdapter(found) }
}

/** All that the adapter can do: WebGPU's defaults stop at buffers of 256 MB. */
function ownLimits(adapter: GPUAdapter): Record<string, number> {
  const limits: Record<string, number> = {}
  // They are getters of the prototype, which only `in` lists.
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits]
    if (typeof value === 'number') limits[name] = value
  }
  return limits
}

/**
 * tfjs only asks whether `navigator.gpu` is there. It goes again at once: Node ends when nothing else is left, and
 * other libraries do not take this process for a browser.
 */
function withNavigatorGpu<T>(gpu: GPU, run: () => T): T {
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true })
  try {
    return run()
  } finally {
    Reflect.deleteProperty(globalThis.navigator, 'gpu')
  }
}

const apiNames: Record<string, string> = {
  vulkan: 'Vulkan',
  metal: 'Metal',
  d3d12: 'Direct3D 12',
  d3d11: 'Direct3D 11',
}

/** "GPU (NVIDIA H200, Vulkan, WebGPU)", or for a software renderer "CPU (…, software Vulkan, WebGPU)". */
export function describeAdapter({ name, backend, isSoftware }: WebgpuAdapter): string {
  const api = apiNames[backend] ?? backend
  // "SwiftShader Device (Subzero)", "llvmpipe (LLVM 15.0.6, 256 bits)": the rest is for the doctor.
  const short = name.replace(/ ?\(.*\)/, '')
  return isSoftware ? `CPU (${short}, software ${api}, WebGPU)` : `GPU (${short}, ${api}, WebGPU)`
}
