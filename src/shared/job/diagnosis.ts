/** What a machine has for training: what its probes found, what each backend proved, and what follows from both. */
import type { BackendStatus } from './backend'

export type { BackendProof, BackendStatus } from './backend'

/** A file that a library opens by its name, and where it is; null where it is nowhere. */
export interface FoundFile {
  file: string
  path: string | null
}

export interface GpuDevice {
  vendor: 'nvidia' | 'amd' | 'intel' | 'apple' | 'other'
  /** The model where it is known, else the PCI identifiers. */
  name: string
}

/** A device file, and whether this process may read and write it. */
export interface DeviceFile {
  path: string
  isUsable: boolean
  /** The group that may use it, where that is known. */
  group: string | null
}

export interface NvidiaFindings {
  /** The loaded kernel module's version, as "580.159.03". */
  driver: string | null
  /** What nvidia-smi lists; null when it is not there, with its complaint when it fails. */
  smi: { gpus: { name: string; driver: string; computeCapability: string; memory: string }[]; error: string } | null
  /** libcuda.so.1, the driver's part that every CUDA program opens. */
  libcuda: string | null
  devices: DeviceFile[]
  /** NVIDIA_VISIBLE_DEVICES, which a container runtime sets; null when it is not set. */
  visibleDevices: string | null
}

export interface VulkanFindings {
  /** libvulkan.so.1 (vulkan-1.dll, libvulkan.dylib). */
  loader: string | null
  /** Environment variables that say which drivers the loader takes. */
  variables: Record<string, string>
  drivers: { manifest: string; library: string; path: string | null; isSoftware: boolean }[]
  renderDevices: DeviceFile[]
}

/** A TensorFlow that the setup built. */
export interface NativeLibraryFindings {
  folder: string
  variant: 'cpu' | 'gpu' | 'unknown'
  /** Null when the folder cannot be used. */
  tensorflow: string | null
  reason: string
  /** For the CUDA form: what TensorFlow opens at run time. */
  cuda: FoundFile[]
}

/** Google's own package of tfjs with TensorFlow. */
export interface GooglePackageFindings {
  name: string
  version: string
  hasAddon: boolean
  /** TensorFlow 2.9's CUDA 11 libraries, for the form with a GPU. */
  cuda: FoundFile[]
}

/** Everything that was looked at; the verdict is a pure function of this and the proofs. */
export interface MachineFindings {
  platform: string
  architecture: string
  /** Kernel or system version. */
  release: string
  isWsl: boolean
  /** "docker", "podman", … or null. */
  container: string | null
  glibc: string | null
  node: string
  packages: { name: string; version: string | null }[]
  cpu: { model: string; threads: number; hasAvx: boolean | null; hasFma: boolean | null }
  gpus: GpuDevice[]
  nvidia: NvidiaFindings
  vulkan: VulkanFindings
  native: NativeLibraryFindings[]
  google: GooglePackageFindings[]
  /** Versions of what the setup needs, null when missing; not asked for where a library is built already. */
  tools: { pip: string | null; compiler: string | null } | null
}

export type CheckState = 'ok' | 'missing' | 'wrong' | 'unknown'

/** One thing that was looked at. */
export interface Check {
  area: 'Machine' | 'NVIDIA' | 'CUDA' | 'Vulkan' | 'TensorFlow' | 'Setup'
  what: string
  wanted: string
  found: string
  state: CheckState
  /** The file that is missing or wrong, where there is one. */
  file: string | null
  /** Whether training is slower without it; what is merely absent on a machine that does not need it is not. */
  matters: boolean
}

export type MachineKind = 'no-gpu' | 'gpu-blocked' | 'gpu-works'

export interface Verdict {
  kind: MachineKind
  /** In a few words: "No GPU; TensorFlow runs on the CPU". */
  title: string
  /** One line: what to do, or that there is nothing to do. */
  advice: string
}

/** What `earmark backends` and Settings show. */
export interface Diagnosis {
  /** Fastest first, then those that cannot be used. */
  backends: BackendStatus[]
  findings: MachineFindings
  checks: Check[]
  verdict: Verdict
  /** When the backends were proved, ISO 8601. */
  measuredAt: string
  /** Whether the machine is still as it was then. */
  isCurrent: boolean
}

/** What a probe's process says of the machine: everything but when, and whether that still holds. */
export type MachineDiagnosis = Pick<Diagnosis, 'findings' | 'checks' | 'verdict'>
