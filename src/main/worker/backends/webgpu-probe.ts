/**
 * What Dawn (the npm package `webgpu`) finds on this machine, asked in a process of its own: a graphics driver that
 * crashes takes nothing else down, and what Dawn and Vulkan's loader print becomes part of the reason.
 */
import { runTool, type ToolResult } from '../native/run-tool'
import { findVulkanManifests, type VulkanManifests } from './vulkan-manifests'

export interface WebgpuAdapter {
  /** Its own name: "Apple M2", "NVIDIA H200", "SwiftShader Device (Subzero)". */
  name: string
  /** 'vulkan', 'metal', 'd3d12', …: what Dawn reaches it through. */
  backend: string
  /** Dawn's words in small letters: vendor "nvidia", architecture "hopper"; empty where Dawn does not know. */
  vendor: string
  architecture: string
  device: string
  /** The driver's own line, with its version. */
  description: string
  /** Whether it computes on the processor: SwiftShader, llvmpipe, WARP. */
  isSoftware: boolean
  /** Whether training would run on it. */
  isChosen: boolean
}

export interface WebgpuProbe {
  adapters: WebgpuAdapter[]
  /** The exact reason why training cannot run on WebGPU here; an empty text when it can. */
  reason: string
  /** The loader's complaint when libvulkan.so.1 cannot be loaded; empty when it can, or off Linux. */
  vulkanLoaderError: string
  /** The driver manifests that Vulkan's loader reads; null off Linux. */
  vulkan: VulkanManifests | null
  /** What Dawn and the drivers printed, one line each. */
  warnings: string[]
}

/** What the child process says. */
interface ChildAnswer {
  adapters: WebgpuAdapter[]
  dawnError: string
  computeError: string
  vulkanLoaderError: string
}

const timeoutMs = 20_000
/** SwiftShader crashed or hung in about one process of thirty on a busy machine, once also twice in a row. */
const attempts = 4
const marker = 'EARMARK-WEBGPU '
/** Renderers that compute on the processor, as they name themselves. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render|\bwarp\b/i

/**
 * Run with `node -e`: root of `require`. An adapter's name that does not exist makes Dawn list those that do. The
 * shader doubles four numbers: a driver may list a GPU and still fail to compile for it.
 */
const probeSource = `
const own = require('node:module').createRequire(process.argv[1])
const answer = { adapters: [], dawnError: '', computeError: '', vulkanLoaderError: '' }
const firstLine = (error) => String(error && error.message || error).split('\\n', 1)[0]
const compute = async (adapter) => {
  const device = await adapter.requestDevice()
  let fault = ''
  device.addEventListener('uncapturederror', (event) => { event.preventDefault(); fault ||= firstLine(event.error) })
  const code = '@group(0) @binding(0) var<storage, read_write> x: array<f32>;' +
    '@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] = 2.0 * x[id.x]; }'
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code }), entryPoint: 'main' } })
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage
  const values = device.createBuffer({ size: 16, usage: STORAGE | COPY_SRC | COPY_DST })
  const out = device.createBuffer({ size: 16, usage: COPY_DST | MAP_READ })
  device.queue.writeBuffer(values, 0, new Float32Array([1, 2, 3, 4]))
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: values } }] }))
  pass.dispatchWorkgroups(1)
  pass.end()
  encoder.copyBufferToBuffer(values, 0, out, 0, 16)
  device.queue.submit([encoder.finish()])
  await out.mapAsync(GPUMapMode.READ)
  const doubled = [...new Float32Array(out.getMappedRange())].join()
  if (fault === '' && doubled !== '2,4,6,8') fault = 'twice 1, 2, 3, 4 came out as ' + doubled
  device.destroy()
  return fault
}
const describe = ({ backend, name }, info, isChosen) => ({
  name, backend, vendor: info.vendor, architecture: info.architecture, device: info.device,
  description: info.description, isSoftware: info.isFallbackAdapter === true, isChosen,
})
;(async () => {
  if (process.platform === 'linux')
    try { process.dlopen({ exports: {} }, 'libvulkan.so.1') }
    catch (error) { if (!/self-register/.test(error.message)) answer.vulkanLoaderError = firstLine(error) }
  let dawn
  try { dawn = await import(require('node:url').pathToFileURL(own.resolve('webgpu')).href) }
  catch (error) { answer.dawnError = firstLine(error); return }
  Object.assign(globalThis, dawn.globals)
  const listed = []
  try { await dawn.create(['adapter=?']).requestAdapter() }
  catch (error) {
    for (const [, backend, name] of String(error.message).matchAll(/backend: '(.*)', name: '(.*)'$/gm)) listed.push({ backend, name })
  }
  const best = await dawn.create([]).requestAdapter({ powerPreference: 'high-performance' })
  const spell = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  if (best) {
    const own = listed.find(({ name }) => spell(name) === best.info.device) || { backend: listed[0]?.backend || '', name: best.info.device }
    answer.adapters.push(describe(own, best.info, true))
    try { answer.computeError = await compute(best) } catch (error) { answer.computeError = firstLine(error) || error.name }
  }
  for (const { backend, name } of listed) {
    if (answer.adapters.some((one) => one.name === name && one.backend === backend)) continue
    const other = await dawn.create(['backend=' + backend, 'adapter=' + name]).requestAdapter().catch(() => null)
    if (other) answer.adapters.push(describe({ backend, name }, other.info, false))
  }
})().catch((error) => { answer.dawnError ||= firstLine(error) })
  .then(() => process.stdout.write('\\n${marker}' + JSON.stringify(answer) + '\\n'))
`

/** Asks Dawn for its adapters and lets the first compute, in a child process. Never throws. */
export async function probeWebgpu(environment: NodeJS.ProcessEnv = process.env): Promise<WebgpuProbe> {
  const vulkan = process.platform === 'linux' ? findVulkanManifests(environment) : null
  for (let attempt = 1; ; attempt++) {
    const result = await runTool(process.execPath, ['-e', probeSource, import.meta.url], {
      // In Electron the executable is Electron's, which this turns into plain Node.
      environment: { ...environment, ELECTRON_RUN_AS_NODE: '1' },
      timeoutMs,
    })
    const probe = readProbe(result, vulkan)
    // A process that a signal ended said nothing; one that answered is believed.
    if (probe.reason === '' || result.signal === null || attempt === attempts) return probe
  }
}

/** What the child process said and how it ended, as a probe with one exact reason. */
export function readProbe(result: ToolResult, vulkan: VulkanManifests | null): WebgpuProbe {
  const warnings = readWarnings(result.stderr)
  const line = result.stdout.split('\n').find((one) => one.startsWith(marker))
  if (line === undefined) {
    const reason = describeEnd(result)
    return { adapters: [], reason, vulkanLoaderError: '', vulkan, warnings }
  }
  const answer = JSON.parse(line.slice(marker.length)) as ChildAnswer
  const adapters = answer.adapters.map((adapter) => ({ ...adapter, isSoftware: isSoftware(adapter) }))
  const reason = explain({ ...answer, adapters }, vulkan, warnings)
  return { adapters, reason, vulkanLoaderError: answer.vulkanLoaderError, vulkan, warnings }
}

function isSoftware({ isSoftware, name, description, architecture }: WebgpuAdapter): boolean {
  return isSoftware || softwareNames.test(`${name} ${description} ${architecture}`)
}

function describeEnd({ signal, code, startError }: ToolResult): string {
  if (signal === 'SIGKILL') return `Dawn gave no answer in ${timeoutMs / 1000} s, or was ended by the system`
  if (signal !== null) return `Dawn or a graphics driver crashed the process that tried it (${signal})`
  return `the process that tries Dawn ended without an answer (${startError ?? `exit code ${code}`})`
}

function explain(
  { adapters, dawnError, computeError, vulkanLoaderError }: ChildAnswer,
  vulkan: VulkanManifests | null,
  warnings: string[],
): string {
  if (dawnError !== '') return describeDawnError(dawnError)
  const chosen = adapters.find((adapter) => adapter.isChosen)
  if (chosen !== undefined) return computeError === '' ? '' : describeComputeError(computeError, chosen.name)
  if (vulkan === null) return `Dawn found no GPU${listOf(warnings)}`
  if (vulkanLoaderError !== '')
    return `Vulkan’s loader is missing (${vulkanLoaderError}); it is in the package libvulkan1 (Debian, Ubuntu) or vulkan-loader (Fedora)`
  if (vulkan.missing.length > 0 && vulkan.files.length === 0)
    return `${vulkan.variable} names a Vulkan driver that is not there (${vulkan.missing.join(', ')})`
  if (vulkan.files.length === 0)
    return `no Vulkan driver is installed (no manifest in ${vulkan.folders.join(', ')}); an NVIDIA driver brings its own, mesa-vulkan-drivers has those for AMD and Intel`
  return `Dawn can use no device of the Vulkan drivers ${vulkan.files.join(', ')}${listOf(warnings)}`
}

/** Dawn hands the GPU's memory to JavaScript, which Electron's V8 forbids (its "memory cage"); plain Node allows it. */
function describeComputeError(message: string, name: string): string {
  return /external buffers/i.test(message)
    ? `${name} is there, but Electron does not let Dawn share its memory (${message}); the command line and npm start -- --headless, which run on Node, can use it`
    : `${name} does not compute (${message})`
}

/** The loader's words name the file: a platform without a binary, a missing library, a glibc that is too old. */
function describeDawnError(message: string): string {
  const platform = `${process.platform}-${process.arch}`
  if (/Cannot find (module|package)/.test(message))
    return message.includes('dawn.node')
      ? `the package webgpu has no Dawn for ${platform} (${message})`
      : `the package webgpu is not installed (${message})`
  return `Dawn does not load (${message})`
}

function listOf(warnings: string[]): string {
  return warnings.length === 0 ? '' : ` (${warnings.join('; ')})`
}

/** Dawn's and the loader's own lines; what an absent window system makes them say has nothing to do with computing. */
function readWarnings(stderr: string): string[] {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => /^(?:Warning|Error): (.+)$/.exec(line.trim())?.[1] ?? '')
    .filter((line) => line !== '' && !/XDG_RUNTIME_DIR|eglInitialize|No \w+ display/i.test(line))
  return [...new Set(lines)]
}
