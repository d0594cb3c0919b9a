/** Looks at this machine: what could train on it, and what stands in the way. Loads no driver and no library. */
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import type { GpuDevice, MachineFindings } from '../../../../shared/job/diagnosis'
import { findCompiler, findPip } from '../find-tools'
import { openLibrarySearch } from './find-shared-library'
import { isThere, listNames, readText, thisMachine, type Place } from './place'
import { findPackageVersion, probeGoogle, probeNative } from './probe-libraries'
import { probeNvidia } from './probe-nvidia'
import { probeVulkan } from './probe-vulkan'

/** The packages that compute; a change of one asks for new proofs. */
export const computePackages = [
  ...['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-backend-wasm'],
  ...['@tensorflow/tfjs-backend-webgpu', 'webgpu'],
]

/** Gathers everything that the verdict goes by. Never throws: what cannot be read is found as missing or unknown. */
export async function probeMachine(place: Place = thisMachine): Promise<MachineFindings> {
  const findLibrary = openLibrarySearch(place)
  const native = probeNative(place.environment, findLibrary)
  const isBuilt = native.some((library) => library.tensorflow !== null)
  const cpuInfo = readText(place, 'proc/cpuinfo') ?? ''
  return {
    platform: place.platform,
    architecture: place.architecture,
    release: release(),
    isWsl: /microsoft/i.test(readText(place, 'proc/version') ?? ''),
    container: findContainer(place),
    glibc: readGlibc(),
    node: process.versions.node,
    packages: computePackages.map((name) => ({ name, version: findPackageVersion(name) })),
    cpu: { model: cpus()[0]?.model.trim() ?? 'unknown', threads: cpus().length, ...readCpuFlags(cpuInfo) },
    gpus: listGpus(place),
    nvidia: await probeNvidia(place, findLibrary),
    vulkan: probeVulkan(place, findLibrary),
    native,
    google: probeGoogle(findLibrary),
    tools: isBuilt || place.platform !== 'linux' ? null : await probeTools(place.environment),
  }
}

const vendors: Record<string, GpuDevice['vendor']> = {
  '0x10de': 'nvidia',
  '0x1002': 'amd',
  '0x8086': 'intel',
  '0x106b': 'apple',
}

/** Display controllers on the PCI bus, which show a GPU even where no driver knows it. */
export function listGpus(place: Place): GpuDevice[] {
  if (place.platform === 'darwin')
    return place.architecture === 'arm64' ? [{ vendor: 'apple', name: 'Apple silicon' }] : []
  const bus = 'sys/bus/pci/devices'
  return listNames(place, bus).flatMap((address) => {
    const read = (name: string): string => readText(place, join(bus, address, name))?.trim() ?? ''
    const vendor = vendors[read('vendor')]
    // Class 03: display; emulated graphics of virtual machines have other vendors and compute nothing.
    if (!read('class').startsWith('0x03') || vendor === undefined) return []
    return { vendor, name: `PCI ${read('vendor').slice(2)}:${read('device').slice(2)} at ${address}` }
  })
}

function findContainer(place: Place): string | null {
  if (isThere(place, '.dockerenv')) return 'Docker'
  if (isThere(place, 'run/.containerenv')) return 'Podman'
  if (place.environment.KUBERNETES_SERVICE_HOST) return 'Kubernetes'
  return place.environment.container ?? null
}

/** The C library of this process (Linux), or null. */
function readGlibc(): string | null {
  try {
    // Without it the report looks up names of network addresses, which takes seconds.
    Object.assign(process.report, { excludeNetwork: true })
    const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
    return header?.glibcVersionRuntime ?? null
  } catch {
    return null
  }
}

/** Of x86; null where the system does not list them. */
export function readCpuFlags(cpuInfo: string): { hasAvx: boolean | null; hasFma: boolean | null } {
  const line = /^flags\s*:(.*)$/m.exec(cpuInfo)
  if (line === null) return { hasAvx: null, hasFma: null }
  const flags = new Set(line[1]!.trim().split(/\s+/))
  return { hasAvx: flags.has('avx'), hasFma: flags.has('avx2') && flags.has('fma') }
}

async function probeTools(environment: NodeJS.ProcessEnv): Promise<MachineFindings['tools']> {
  const version = (found: Promise<{ version: string }>): Promise<string | null> =>
    found.then(
      (tool) => tool.version,
      () => null,
    )
  return { pip: await version(findPip(environment)), compiler: await version(findCompiler(environment)) }
}
