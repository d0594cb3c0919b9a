/** From what was found and what was proved to a verdict and one line of advice. Pure, so that machines can be fixtures. */
import type { BackendStatus, MachineDiagnosis, MachineFindings, Verdict } from '../../../../shared/job/diagnosis'
import { formatMilliseconds } from '../../../../shared/job/describe-diagnosis'
import { minimalComputeCapability, minimalDriver } from './cuda-files'
import { compareVersions, hasVendor, isOnGpu, listChecks } from './list-checks'

const setup = 'npm run setup:tensorflow'

/** Never throws. */
export function diagnose(findings: MachineFindings, backends: readonly BackendStatus[]): MachineDiagnosis {
  return { findings, checks: listChecks(findings, backends), verdict: judge(findings, backends) }
}

function judge(findings: MachineFindings, backends: readonly BackendStatus[]): Verdict {
  const best = findFastest(backends)
  const working = backends.filter(isOnGpu)
  const fastest = describeFastest(best)
  if (working.length > 0) {
    const names = working.map(({ name, device }) => `${name} (${device})`).join(' and ')
    return { kind: 'gpu-works', title: `The GPU works: ${names}`, advice: adviseWorking(findings, backends, best) }
  }
  if (!hasVendor(findings, 'nvidia', 'amd', 'intel', 'apple') && !isGpuPromised(findings))
    return { kind: 'no-gpu', title: `No GPU; ${fastest}`, advice: adviseCpu(findings, backends, best) }
  const what = hasVendor(findings, 'nvidia', 'amd', 'intel', 'apple')
    ? 'There is a GPU, but nothing computes on it'
    : 'This container asks for a GPU and has none'
  return { kind: 'gpu-blocked', title: `${what}; ${fastest}`, advice: adviseBlocked(findings, backends) }
}

/** A container's runtime says that it gave a GPU to it. */
function isGpuPromised({ nvidia }: MachineFindings): boolean {
  return nvidia.visibleDevices !== null && !['', 'none', 'void'].includes(nvidia.visibleDevices)
}

function findFastest(backends: readonly BackendStatus[]): BackendStatus | null {
  const proved = backends.filter(({ proof }) => proof !== null)
  return proved.sort((a, b) => a.proof!.stepMs - b.proof!.stepMs)[0] ?? null
}

function describeFastest(best: BackendStatus | null): string {
  return best === null
    ? 'nothing here passes its proof'
    : `${best.name} is the fastest, ${formatMilliseconds(best.proof!.stepMs)} a proof step`
}

function nothingToDo(best: BackendStatus | null): string {
  return best === null
    ? 'Install the packages again with npm ci: not even WebAssembly passes its proof.'
    : `Nothing to do: --backend auto trains on ${best.name}, ${formatMilliseconds(best.proof!.stepMs)} a proof step.`
}

function adviseWorking(
  findings: MachineFindings,
  backends: readonly BackendStatus[],
  best: BackendStatus | null,
): string {
  const tensorflow = backends.find(({ name }) => name === 'tensorflow')
  const canBuild = isSetupBuilt(findings, 'gpu') && hasVendor(findings, 'nvidia')
  if (canBuild && tensorflow !== undefined && !isOnGpu(tensorflow)) {
    const cause = findNvidiaCause(findings, backends)
    if (cause !== null) return `It trains on WebGPU. For CUDA as well: ${cause}`
  }
  if (best !== null && !isOnGpu(best))
    return `Nothing to do: --backend auto trains on ${best.name}, which is faster here (${formatMilliseconds(best.proof!.stepMs)} a proof step) than the GPU.`
  return nothingToDo(best)
}

function adviseCpu(findings: MachineFindings, backends: readonly BackendStatus[], best: BackendStatus | null): string {
  const tensorflow = backends.find(({ name }) => name === 'tensorflow')
  const inside =
    findings.container === null
      ? ''
      : ' If the machine outside has a GPU, give it to this container (docker run --gpus all).'
  if (tensorflow?.available === true || best === null) return nothingToDo(best) + inside
  return adviseSetup(findings, tensorflow, 'cpu') + inside
}

/** What stands before TensorFlow's library on this machine. */
function adviseSetup(findings: MachineFindings, tensorflow: BackendStatus | undefined, variant: 'cpu' | 'gpu'): string {
  const { platform, architecture, cpu, glibc, tools } = findings
  const command = variant === 'gpu' ? `${setup} -- --gpu` : setup
  if (!isSetupBuilt(findings, variant))
    return `Nothing to do: the setup of TensorFlow is not built for ${platform}-${architecture}; docs/gpu.md says what there is.`
  if (cpu.hasAvx === false) return 'Nothing to do: this CPU lacks AVX, which TensorFlow’s library needs.'
  if (glibc === null || compareVersions(glibc, '2.27') < 0)
    return `Nothing to do: TensorFlow’s library needs glibc 2.27, and this system has ${glibc ?? 'another C library'}.`
  const broken = findings.native.find((library) => library.variant === variant || variant === 'cpu')
  if (broken !== undefined && broken.tensorflow !== null && tensorflow !== undefined)
    return `Run ${command} -- --force: TensorFlow’s library is built, but ${tensorflow.reason}.`.replace(
      '-- --gpu -- --force',
      '-- --gpu --force',
    )
  if (tools?.pip === null) return `Install Python with pip (sudo apt install python3-pip), then run ${command}.`
  if (tools?.compiler === null) return `Install a C++ compiler (sudo apt install g++), then run ${command}.`
  return variant === 'gpu'
    ? `Run ${command}: it builds TensorFlow with CUDA 12 and cuDNN 9 (3.3 GB to download).`
    : `Run ${command}: it builds TensorFlow’s own library, which trains faster than WebAssembly (274 MB to download).`
}

function isSetupBuilt({ platform, architecture }: MachineFindings, variant: 'cpu' | 'gpu'): boolean {
  return platform === 'linux' && (architecture === 'x64' || (architecture === 'arm64' && variant === 'cpu'))
}

function adviseBlocked(findings: MachineFindings, backends: readonly BackendStatus[]): string {
  const webgpu = backends.find(({ name }) => name === 'webgpu')
  const said = webgpu === undefined || webgpu.available ? 'WebGPU found no adapter for it' : webgpu.reason
  if (findings.platform === 'darwin') return `WebGPU is what uses Apple’s GPU, on Metal, and it says: ${said}.`
  if (findings.platform === 'win32')
    return `Update the GPU’s driver for WebGPU (${said}), or use CUDA in WSL 2; TensorFlow has no CUDA on Windows.`
  if (hasVendor(findings, 'nvidia') || isGpuPromised(findings))
    return findNvidiaCause(findings, backends) ?? `The driver and its libraries are there; WebGPU says: ${said}.`
  return findVulkanCause(findings) ?? `Vulkan’s loader and driver are there, but WebGPU says: ${said}.`
}

/** The first thing in the way of CUDA, as advice; null when nothing is. */
function findNvidiaCause(findings: MachineFindings, backends: readonly BackendStatus[]): string | null {
  const { nvidia, container, isWsl } = findings
  const { driver, devices, libcuda, smi } = nvidia
  const blocked = devices.find((device) => !device.isUsable)
  if (container !== null && devices.length === 0)
    return `Start the container with its GPU (docker run --gpus all, with the NVIDIA Container Toolkit outside): ${isWsl ? '/dev/dxg' : '/dev/nvidia0'} is missing in it.`
  if (driver === null && smi?.error)
    return `NVIDIA’s driver does not run (${smi.error}): restart the machine, or install the driver again.`
  if (driver === null) return `Install NVIDIA’s driver, ${minimalDriver} or newer, and restart the machine.`
  if (Number.parseInt(driver, 10) < minimalDriver)
    return `Update NVIDIA’s driver from ${driver} to ${minimalDriver} or newer: CUDA 12 needs it.`
  if (blocked !== undefined)
    return `Let this user open ${blocked.path}: sudo usermod -aG ${blocked.group ?? 'video'} $USER, then log in again.`
  if (libcuda === null)
    return container === null
      ? 'Install NVIDIA’s driver whole: libcuda.so.1 is missing.'
      : 'Start the container with NVIDIA_DRIVER_CAPABILITIES=compute,utility: libcuda.so.1 is missing in it.'
  const old = smi?.gpus.find(({ computeCapability }) => Number.parseFloat(computeCapability) < minimalComputeCapability)
  if (old !== undefined)
    return `Nothing to do for CUDA: ${old.name} has compute capability ${old.computeCapability}, and TensorFlow needs ${minimalComputeCapability}.0; WebGPU may still use it.`
  const built = findings.native.find((library) => library.variant === 'gpu')
  const tensorflow = backends.find(({ name }) => name === 'tensorflow')
  if (built === undefined) return adviseSetup(findings, tensorflow, 'gpu')
  const absent = built.cuda.find(({ path }) => path === null)
  if (absent !== undefined)
    return `Run ${setup} -- --gpu --force: ${absent.file} is missing, so TensorFlow stays on the CPU.`
  if (built.tensorflow === null) return `Run ${setup} -- --gpu: ${built.reason}.`
  if (tensorflow !== undefined && !isOnGpu(tensorflow))
    return `Every file is there, but TensorFlow says: ${tensorflow.available ? tensorflow.device : tensorflow.reason}.`
  return null
}

/** The first thing in the way of Vulkan, as advice; null when nothing is. */
function findVulkanCause({ vulkan, container }: MachineFindings): string | null {
  const forGpu = vulkan.drivers.filter((driver) => !driver.isSoftware)
  const blocked = vulkan.renderDevices.find((device) => !device.isUsable)
  if (container !== null && vulkan.renderDevices.length === 0)
    return 'Start the container with its GPU (docker run --device /dev/dri): /dev/dri is missing in it.'
  if (blocked !== undefined)
    return `Let this user open ${blocked.path}: sudo usermod -aG ${blocked.group ?? 'render'} $USER, then log in again.`
  if (vulkan.loader === null) return 'Install Vulkan’s loader (sudo apt install libvulkan1): libvulkan.so.1 is missing.'
  const only = vulkan.variables.VK_DRIVER_FILES ?? vulkan.variables.VK_ICD_FILENAMES
  if (forGpu.length === 0 && only !== undefined)
    return `Unset VK_DRIVER_FILES and VK_ICD_FILENAMES, which hide the GPU’s driver (they name ${only}).`
  if (forGpu.length === 0)
    return 'Install the GPU’s Vulkan driver (sudo apt install mesa-vulkan-drivers): no manifest of one was found.'
  const absent = forGpu.filter(({ path }) => path === null)
  if (absent.length === forGpu.length)
    return `Install the Vulkan driver again (sudo apt install --reinstall mesa-vulkan-drivers): ${absent[0]!.manifest} names ${absent[0]!.library || 'no library'}, which is missing.`
  return null
}
