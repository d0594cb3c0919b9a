/** Holds what was found against what is wanted, one line for each thing. Pure. */
import type { BackendStatus, Check, CheckState, MachineFindings } from '../../../../shared/job/diagnosis'
import { cuda12Files, minimalComputeCapability, minimalDriver } from './cuda-files'

type Line = Omit<Check, 'area' | 'file' | 'matters'> & Partial<Pick<Check, 'file' | 'matters'>>

/** Whether a backend computes on a graphics processor, not on a processor that plays one. */
export function isOnGpu({ available, device }: BackendStatus): boolean {
  return available && device.startsWith('GPU')
}

export function hasVendor(findings: MachineFindings, ...wanted: string[]): boolean {
  const isNvidia = findings.nvidia.driver !== null || (findings.nvidia.smi?.gpus.length ?? 0) > 0
  return findings.gpus.some(({ vendor }) => wanted.includes(vendor)) || (isNvidia && wanted.includes('nvidia'))
}

/** @returns what stands in the way first, and else in the order of machine, drivers, libraries, setup */
export function listChecks(findings: MachineFindings, backends: readonly BackendStatus[]): Check[] {
  const area = (name: Check['area'], lines: Line[]): Check[] =>
    lines.map((line) => ({ area: name, file: null, matters: line.state !== 'ok', ...line }))
  const all = [
    ...area('Machine', listMachine(findings)),
    ...area('NVIDIA', listNvidia(findings)),
    ...area('CUDA', [...listCuda(findings), ...listGoogle(findings)]),
    ...area('Vulkan', listVulkan(findings)),
    ...area('TensorFlow', listTensorflow(findings, backends)),
    ...area('Setup', listTools(findings)),
  ]
  return [...all.filter((check) => check.matters), ...all.filter((check) => !check.matters)]
}

function listMachine(findings: MachineFindings): Line[] {
  const { cpu, glibc, platform, gpus, container, isWsl, nvidia } = findings
  const names = nvidia.smi?.gpus.length ? nvidia.smi.gpus.map((gpu) => gpu.name) : gpus.map(describeGpu)
  const where = [isWsl ? 'WSL 2' : '', container === null ? '' : `in a container (${container})`].filter((part) => part)
  const isUnknowable = platform === 'win32' && names.length === 0
  const lines: Line[] = [
    {
      what: 'Graphics processor',
      wanted: 'any, for training that is faster than on the CPU',
      found: [names.join(', ') || (isUnknowable ? 'not asked for on Windows' : 'none'), ...where].join('; '),
      state: names.length > 0 ? 'ok' : isUnknowable ? 'unknown' : 'missing',
      matters: false,
    },
    {
      what: 'Processor',
      wanted: 'AVX, for TensorFlow on x64',
      found: `${cpu.model}, ${cpu.threads} threads${cpu.hasAvx === true ? (cpu.hasFma ? ', AVX2 and FMA' : ', AVX') : ''}`,
      state: cpu.hasAvx === false ? 'wrong' : 'ok',
    },
  ]
  if (platform === 'linux')
    lines.push({
      what: 'C library',
      wanted: 'glibc 2.27 or newer',
      found: glibc === null ? 'not glibc' : `glibc ${glibc}`,
      state: glibc !== null && compareVersions(glibc, '2.27') >= 0 ? 'ok' : 'wrong',
    })
  return lines
}

function describeGpu({ vendor, name }: MachineFindings['gpus'][number]): string {
  const vendors = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel', apple: 'Apple', other: '' }
  return name.startsWith(vendors[vendor]) ? name : `${vendors[vendor]} (${name})`
}

function listNvidia(findings: MachineFindings): Line[] {
  const { nvidia, platform } = findings
  if (platform === 'darwin') return []
  const isHere = hasVendor(findings, 'nvidia')
  const { driver, smi, devices } = nvidia
  const isTooOld = driver !== null && Number.parseInt(driver, 10) < minimalDriver
  const blocked = devices.filter((device) => !device.isUsable)
  const lines: Line[] = [
    {
      what: 'Driver',
      wanted: `${minimalDriver} or newer (for CUDA 12)`,
      found: driver ?? 'none',
      state: driver === null ? 'missing' : isTooOld ? 'wrong' : 'ok',
      matters: isHere && (driver === null || isTooOld),
    },
  ]
  if (smi !== null)
    lines.push({
      what: 'nvidia-smi',
      wanted: 'a GPU that it lists',
      found: smi.gpus.map((gpu) => `${gpu.name}, ${gpu.memory}`).join('; ') || smi.error,
      state: smi.gpus.length > 0 ? 'ok' : 'wrong',
      matters: smi.gpus.length === 0 && isHere,
    })
  for (const { name, computeCapability } of smi?.gpus ?? []) {
    const capability = Number.parseFloat(computeCapability)
    if (Number.isNaN(capability)) continue
    const isOld = capability < minimalComputeCapability
    lines.push({
      what: 'Compute capability',
      wanted: `${minimalComputeCapability}.0 or newer (for TensorFlow)`,
      found: `${computeCapability} (${name})`,
      state: isOld ? 'wrong' : 'ok',
    })
  }
  if (!isHere || platform !== 'linux') return lines
  const first = findings.isWsl ? '/dev/dxg' : '/dev/nvidia0'
  lines.push({
    what: 'Device files',
    wanted: `${first}, open to this user`,
    found: describeDevices(devices) || 'none',
    state: devices.length === 0 ? 'missing' : blocked.length > 0 ? 'wrong' : 'ok',
    file: devices.length === 0 ? first : (blocked[0]?.path ?? null),
  })
  lines.push({
    what: 'Driver’s library',
    wanted: 'libcuda.so.1',
    found: nvidia.libcuda ?? 'nowhere',
    state: nvidia.libcuda === null ? 'missing' : 'ok',
    file: nvidia.libcuda === null ? 'libcuda.so.1' : null,
  })
  return lines
}

function describeDevices(devices: MachineFindings['nvidia']['devices']): string {
  return devices
    .map(({ path, isUsable, group }) => `${path}${isUsable ? '' : ` (not for this user; group ${group ?? 'unknown'})`}`)
    .join(', ')
}

/** One line for each NVIDIA package of a CUDA form that is built. */
function listCuda(findings: MachineFindings): Line[] {
  const isHere = hasVendor(findings, 'nvidia')
  const libraries = findings.native.filter((library) => library.cuda.length > 0)
  return libraries.flatMap((library) =>
    cuda12Files.map(({ wheel, files }): Line => {
      const found = library.cuda.filter(({ file }) => files.includes(file))
      const absent = found.filter(({ path }) => path === null).map(({ file }) => file)
      return {
        what: libraries.length === 1 ? wheel : `${wheel} for ${library.folder}`,
        wanted: files.join(', '),
        found: absent.length === 0 ? (found[0]?.path ?? '') : `without ${absent.join(', ')}`,
        state: absent.length === 0 ? 'ok' : 'missing',
        file: absent[0] ?? null,
        matters: absent.length > 0 && isHere,
      }
    }),
  )
}

/** Google's own package matters only where nothing better is built. */
function listGoogle(findings: MachineFindings): Line[] {
  const isBuilt = findings.native.some((library) => library.tensorflow !== null)
  return findings.google.map((one) => {
    const absent = one.cuda.filter(({ path }) => path === null).map(({ file }) => file)
    const wanted = one.cuda.length > 0 ? 'its library, CUDA 11 and cuDNN 8' : 'its library'
    const found = one.hasAddon
      ? absent.length > 0
        ? `its library, without ${absent.join(', ')}`
        : 'all of it'
      : 'installed without its library'
    const state: CheckState = one.hasAddon && absent.length === 0 ? 'ok' : one.hasAddon ? 'wrong' : 'missing'
    return {
      what: `${one.name} ${one.version} (Google’s own)`,
      wanted,
      found,
      state,
      file: one.hasAddon ? (absent[0] ?? null) : 'tfjs_binding.node',
      matters: state !== 'ok' && !isBuilt && one.hasAddon && hasVendor(findings, 'nvidia'),
    }
  })
}

function listVulkan(findings: MachineFindings): Line[] {
  const { vulkan, platform } = findings
  if (platform !== 'linux') return []
  const isHere = hasVendor(findings, 'nvidia', 'amd', 'intel')
  const forGpu = vulkan.drivers.filter((driver) => !driver.isSoftware)
  const lines: Line[] = [
    {
      what: 'Loader',
      wanted: 'libvulkan.so.1',
      found: vulkan.loader ?? 'nowhere',
      state: vulkan.loader === null ? 'missing' : 'ok',
      file: vulkan.loader === null ? 'libvulkan.so.1' : null,
      matters: vulkan.loader === null && isHere,
    },
  ]
  if (forGpu.length === 0)
    lines.push({
      what: 'Drivers',
      wanted: 'a GPU’s manifest in /usr/share/vulkan/icd.d or /etc/vulkan/icd.d',
      found: vulkan.drivers.length === 0 ? 'none' : 'only drivers that compute on the CPU',
      state: 'missing',
      matters: isHere,
    })
  for (const { manifest, library, path, isSoftware } of vulkan.drivers)
    lines.push({
      what: `Driver ${manifest.split('/').at(-1)}`,
      wanted: library || 'a library_path in the manifest',
      found: `${path ?? (library === '' ? 'none' : 'nowhere')}${isSoftware ? ' (computes on the CPU)' : ''}`,
      state: path === null ? 'missing' : 'ok',
      file: path === null ? library || manifest : null,
      matters: path === null && isHere && !isSoftware,
    })
  for (const [name, value] of Object.entries(vulkan.variables))
    lines.push({
      what: name,
      wanted: 'not set, or drivers of this machine',
      found: value,
      state: 'unknown',
      matters: false,
    })
  const blocked = vulkan.renderDevices.filter((device) => !device.isUsable)
  if (vulkan.renderDevices.length > 0)
    lines.push({
      what: 'Render devices',
      wanted: 'open to this user',
      found: describeDevices(vulkan.renderDevices),
      state: blocked.length > 0 ? 'wrong' : 'ok',
      file: blocked[0]?.path ?? null,
    })
  return lines
}

function listTensorflow(findings: MachineFindings, backends: readonly BackendStatus[]): Line[] {
  const status = backends.find(({ name }) => name === 'tensorflow')
  if (findings.native.length === 0)
    return [
      {
        what: 'Native library',
        wanted: 'one that npm run setup:tensorflow builds',
        found: status?.available ? status.device : 'none',
        state: status?.available ? 'ok' : 'missing',
      },
    ]
  return findings.native.map((library): Line => {
    const missing = nameMissingFile(status?.reason ?? '') ?? nameMissingFile(library.reason)
    const isWrong = library.tensorflow === null || (status !== undefined && !status.available)
    return {
      what: `Native library, ${library.variant === 'gpu' ? 'with CUDA' : 'on the CPU'}`,
      wanted: 'one that loads and passes its proof',
      found:
        library.tensorflow === null
          ? `${library.folder}: ${library.reason}`
          : `TensorFlow ${library.tensorflow} in ${library.folder}${isWrong ? `: ${status?.reason ?? ''}` : ''}`,
      state: isWrong ? 'wrong' : 'ok',
      file: isWrong ? missing : null,
    }
  })
}

/** The file in what a loader or a manifest's check says. */
export function nameMissingFile(reason: string): string | null {
  return (
    /([\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(reason)?.[1] ??
    /(\S+) is missing/.exec(reason)?.[1] ??
    null
  )
}

function listTools(findings: MachineFindings): Line[] {
  if (findings.tools === null) return []
  const tool = (what: string, wanted: string, version: string | null): Line => ({
    what,
    wanted,
    found: version ?? 'none',
    state: version === null ? 'missing' : 'ok',
  })
  return [
    tool('Python', 'pip, which downloads TensorFlow', findings.tools.pip),
    tool('C++ compiler', 'g++ or clang++, which builds its addon', findings.tools.compiler),
  ]
}

/** Below 0 when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number)
  const right = b.split('.').map(Number)
  for (let part = 0; part < Math.max(left.length, right.length); part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
