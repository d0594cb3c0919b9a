/** What there is of NVIDIA's driver. */
import { join } from 'node:path'
import type { NvidiaFindings } from '../../../../shared/job/diagnosis'
import { tellingLine } from '../run-tool'
import type { FindLibrary } from './find-shared-library'
import { isThere, listNames, readDevice, readText, type Place } from './place'

const smiArguments = ['--query-gpu=name,driver_version,compute_cap,memory.total', '--format=csv,noheader']

export async function probeNvidia(place: Place, findLibrary: FindLibrary): Promise<NvidiaFindings> {
  const { platform, environment } = place
  const smi = await askSmi(place)
  const names = listNames(place, 'dev').filter((name) => /^nvidia(\d+|ctl|-uvm)$/.test(name) || name === 'dxg')
  return {
    driver: readDriver(place) ?? smi?.gpus[0]?.driver ?? null,
    smi,
    libcuda: platform === 'win32' ? findNvcuda(place) : findLibrary('libcuda.so.1'),
    devices: names.map((name) => readDevice(place, `/dev/${name}`)).filter((device) => device !== null),
    visibleDevices: environment.NVIDIA_VISIBLE_DEVICES ?? null,
  }
}

/** "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.159.03  …", "… Open Kernel Module for x86_64  570.86 …" */
export function readDriver(place: Place): string | null {
  const line = readText(place, 'proc/driver/nvidia/version')?.split('\n', 1)[0] ?? ''
  return /\s(\d+\.\d+(?:\.\d+)?)\s/.exec(`${line} `)?.[1] ?? null
}

async function askSmi(place: Place): Promise<NvidiaFindings['smi']> {
  if (place.platform === 'darwin') return null
  let result = await place.run('nvidia-smi', smiArguments)
  // WSL keeps it off the path.
  if (result.startError !== null && isThere(place, 'usr/lib/wsl/lib/nvidia-smi'))
    result = await place.run(join(place.root, 'usr/lib/wsl/lib/nvidia-smi'), smiArguments)
  if (result.startError !== null) return null
  if (result.signal !== null) return { gpus: [], error: `nvidia-smi was ended by ${result.signal}` }
  if (result.code !== 0) return { gpus: [], error: tellingLine(result) }
  const gpus = result.stdout
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length >= 4)
    .map(([name, driver, computeCapability, memory]) => ({
      name: name!,
      driver: driver!,
      computeCapability: computeCapability!,
      memory: memory!,
    }))
  return { gpus, error: gpus.length === 0 ? tellingLine(result) : '' }
}

function findNvcuda(place: Place): string | null {
  const path = join(place.environment.SystemRoot ?? 'C:\\Windows', 'System32', 'nvcuda.dll')
  return isThere({ ...place, root: '' }, path) ? path : null
}
