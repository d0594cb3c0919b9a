import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ToolResult } from '../run-tool'
import { listVariables, readMachineState } from './machine-state'
import type { Place } from './place'
import { probeMachine, readCpuFlags } from './probes'

const notThere: ToolResult = { code: null, signal: null, startError: 'ENOENT', stdout: '', stderr: '' }
const cpuInfo = 'processor\t: 0\nflags\t\t: fpu sse2 avx avx2 fma\n'

describe('the probes', () => {
  let root: string
  let tools: Record<string, Partial<ToolResult>>
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'earmark-machine-'))
    tools = {}
    write('proc/cpuinfo', cpuInfo)
  })
  afterEach(() => rmSync(root, { recursive: true }))
  const write = (path: string, text = ''): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const place = (change: Partial<Place> = {}): Place => ({
    root,
    environment: { EARMARK_NATIVE_FOLDER: join(root, 'native'), PATH: process.env.PATH },
    platform: 'linux',
    architecture: 'x64',
    run: (program) =>
      Promise.resolve(tools[program] ? { ...notThere, startError: null, code: 0, ...tools[program] } : notThere),
    ...change,
  })
  const addGpu = (address: string, vendor: string, device: string, kind = '0x030000'): void => {
    for (const [name, text] of Object.entries({ vendor, device, class: kind }))
      write(`sys/bus/pci/devices/${address}/${name}`, `${text}\n`)
  }

  it('find nothing on a bare machine', async () => {
    const found = await probeMachine(place())
    expect(found).toMatchObject({
      gpus: [],
      container: null,
      isWsl: false,
      cpu: { hasAvx: true, hasFma: true },
      nvidia: { driver: null, smi: null, libcuda: null, devices: [], visibleDevices: null },
      vulkan: { loader: null, drivers: [], renderDevices: [] },
      native: [],
    })
    expect(found.packages.find(({ name }) => name === '@tensorflow/tfjs-core')?.version).toMatch(/^\d+\.\d+/)
  })

  it('find an NVIDIA machine: bus, driver, library, device files, nvidia-smi', async () => {
    addGpu('0000:01:00.0', '0x10de', '0x2684')
    addGpu('0000:02:00.0', '0x8086', '0x1533', '0x020000') // a network card
    write(
      'proc/driver/nvidia/version',
      'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.03  Release Build\nGCC version: 12\n',
    )
    write('usr/lib/x86_64-linux-gnu/libcuda.so.580.159.03')
    symlinkSync('libcuda.so.580.159.03', join(root, 'usr/lib/x86_64-linux-gnu/libcuda.so.1'))
    for (const name of ['nvidia0', 'nvidiactl', 'nvidia-uvm', 'null']) write(`dev/${name}`)
    tools['nvidia-smi'] = { stdout: 'NVIDIA H200, 580.159.03, 9.0, 143771 MiB\n' }
    const { gpus, nvidia } = await probeMachine(place())
    expect(gpus).toEqual([{ vendor: 'nvidia', name: 'PCI 10de:2684 at 0000:01:00.0' }])
    expect(nvidia).toMatchObject({
      driver: '580.159.03',
      libcuda: join(root, 'usr/lib/x86_64-linux-gnu/libcuda.so.1'),
      smi: { gpus: [{ name: 'NVIDIA H200', driver: '580.159.03', computeCapability: '9.0', memory: '143771 MiB' }] },
    })
    expect(nvidia.devices.map(({ path }) => path)).toEqual(['/dev/nvidia-uvm', '/dev/nvidia0', '/dev/nvidiactl'])
  })

  it('tell an nvidia-smi that fails by its own words, and a link into nothing as no library', async () => {
    mkdirSync(join(root, 'usr/lib'), { recursive: true })
    symlinkSync('libcuda.so.470', join(root, 'usr/lib/libcuda.so.1'))
    tools['nvidia-smi'] = { code: 18, stdout: 'Failed to initialize NVML: Driver/library version mismatch\n' }
    const { nvidia } = await probeMachine(place())
    expect(nvidia.smi).toEqual({ gpus: [], error: 'Failed to initialize NVML: Driver/library version mismatch' })
    expect(nvidia.libcuda).toBeNull()
  })

  it('find Vulkan: loader, manifests, whether their libraries are there, whose the devices are', async () => {
    addGpu('0000:03:00.0', '0x1002', '0x744c')
    write('opt/lib/libvulkan.so.1')
    write('usr/share/vulkan/icd.d/radeon_icd.json', '{"ICD":{"library_path":"libvulkan_radeon.so"}}')
    write('usr/share/vulkan/icd.d/lvp_icd.json', '{"ICD":{"library_path":"../lib/libvulkan_lvp.so"}}')
    write('usr/share/vulkan/lib/libvulkan_lvp.so')
    write('etc/vulkan/icd.d/broken.json', '{"ICD":')
    write('dev/dri/renderD128')
    write('etc/group', `render:x:${process.getgid?.() ?? 0}:\n`)
    const environment = { ...place().environment, LD_LIBRARY_PATH: '/opt/lib', VK_LOADER_DRIVERS_DISABLE: 'x' }
    const { vulkan } = await probeMachine(place({ environment }))
    expect(vulkan.loader).toBe(join(root, 'opt/lib/libvulkan.so.1'))
    expect(vulkan.variables).toEqual({ VK_LOADER_DRIVERS_DISABLE: 'x' })
    const lavapipe = join(root, 'usr/share/vulkan/lib/libvulkan_lvp.so')
    expect(vulkan.drivers).toEqual([
      { manifest: '/etc/vulkan/icd.d/broken.json', library: '', path: null, isSoftware: false },
      {
        manifest: '/usr/share/vulkan/icd.d/lvp_icd.json',
        library: '../lib/libvulkan_lvp.so',
        path: lavapipe,
        isSoftware: true,
      },
      {
        manifest: '/usr/share/vulkan/icd.d/radeon_icd.json',
        library: 'libvulkan_radeon.so',
        path: null,
        isSoftware: false,
      },
    ])
    expect(vulkan.renderDevices).toEqual([{ path: '/dev/dri/renderD128', isUsable: true, group: 'render' }])

    const only = { ...environment, VK_ICD_FILENAMES: '/usr/share/vulkan/icd.d/lvp_icd.json' }
    const narrowed = await probeMachine(place({ environment: only }))
    expect(narrowed.vulkan.drivers.map(({ manifest }) => manifest)).toEqual(['/usr/share/vulkan/icd.d/lvp_icd.json'])
  })

  it('find the file that a CUDA form lacks', async () => {
    const folder = 'native/tensorflow-2.21.0-gpu-linux-x64-tfjs-4.22.0'
    const manifest = { schema: 1, machine: 'linux-x64', variant: 'gpu', tensorflow: '2.21.0', files: [], builtAt: '' }
    write(`${folder}/manifest.json`, JSON.stringify(manifest))
    write(`${folder}/nvidia/cublas/lib/libcublas.so.12`)
    const { native, tools: asked } = await probeMachine(place())
    // Where a library is built, the setup's tools are not asked for.
    expect(asked).toBeNull()
    expect(native).toMatchObject([{ variant: 'gpu', tensorflow: '2.21.0', reason: '' }])
    expect(native[0]!.cuda.find(({ file }) => file === 'libcublas.so.12')?.path).toBe(
      join(root, folder, 'nvidia/cublas/lib/libcublas.so.12'),
    )
    expect(native[0]!.cuda.find(({ file }) => file === 'libcudnn.so.9')).toEqual({ file: 'libcudnn.so.9', path: null })
  })

  it('know a container, WSL, and a processor without AVX', async () => {
    write('.dockerenv')
    write('proc/version', 'Linux version 5.15.153.1-microsoft-standard-WSL2')
    const found = await probeMachine(place())
    expect(found).toMatchObject({ container: 'Docker', isWsl: true })
    expect(readCpuFlags('flags : fpu sse2')).toEqual({ hasAvx: false, hasFma: false })
    expect(readCpuFlags('Features : fp asimd')).toEqual({ hasAvx: null, hasFma: null })
  })

  it('change the state’s word with a driver, a library or a variable, and with nothing else', () => {
    const before = readMachineState(place())
    expect(readMachineState(place())).toBe(before)
    const seen = new Set([before])
    const differs = (change: Partial<Place> = {}): void => {
      const word = readMachineState(place(change))
      expect(seen).not.toContain(word)
      seen.add(word)
    }
    differs({ environment: { ...place().environment, VK_ICD_FILENAMES: '/x.json' } })
    write('proc/driver/nvidia/version', 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun\n')
    differs()
    write('dev/nvidia0')
    differs()
    write('native/tensorflow-2.21.0-cpu-linux-x64-tfjs-4.22.0/manifest.json', '{}')
    differs()
    expect(listVariables({ EARMARK_DEBUG: '1', HOME: '/', TF_NUM_INTRAOP_THREADS: '2' })).toEqual([
      ['TF_NUM_INTRAOP_THREADS', '2'],
    ])
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'see a device that is not this user’s',
    async () => {
      write('dev/dri/renderD128')
      chmodSync(join(root, 'dev/dri/renderD128'), 0o000)
      const { vulkan } = await probeMachine(place())
      expect(vulkan.renderDevices).toMatchObject([{ path: '/dev/dri/renderD128', isUsable: false }])
    },
  )
})
