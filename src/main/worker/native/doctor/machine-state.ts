/** What proofs depend on, in one word, without starting anything: when it changes, they are made again. */
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { nativeFolder } from '../native-folder'
import { findLibraries } from '../native-manifest'
import { openLibrarySearch } from './find-shared-library'
import { listNames, thisMachine, type Place } from './place'
import { findPackageVersion, probeGoogle } from './probe-libraries'
import { readDriver } from './probe-nvidia'
import { probeVulkan } from './probe-vulkan'
import { computePackages } from './probes'

/** Variables of Earmark that change nothing about what computes. */
const indifferent = ['EARMARK_USER_FOLDER', 'EARMARK_DEBUG', 'EARMARK_CHROMIUM', 'EARMARK_TEST_DATA']

/** @returns 16 hexadecimal digits over versions, processor, drivers, libraries and variables */
export function readMachineState(place: Place = thisMachine): string {
  const findLibrary = openLibrarySearch(place)
  const vulkan = probeVulkan(place, findLibrary)
  const facts = [
    computePackages.map((name) => `${name} ${findPackageVersion(name)}`),
    [process.versions.node, process.versions.electron ?? '', place.platform, place.architecture, release()],
    [cpus()[0]?.model ?? '', cpus().length],
    [readDriver(place), findLibrary('libcuda.so.1'), vulkan.loader, ...stamp(place, vulkan.loader)],
    vulkan.drivers.flatMap(({ manifest, path }) => [manifest, path, ...stamp(place, path)]),
    [...listNames(place, 'dev'), ...listNames(place, 'dev/dri')].filter((name) => /^(nvidia|renderD|dxg)/.test(name)),
    findLibraries(nativeFolder(place.environment)).map((found) => [
      found.folder,
      found.manifest?.builtAt ?? ('reason' in found ? found.reason : ''),
    ]),
    probeGoogle(findLibrary).map(({ name, version, hasAddon }) => [name, version, hasAddon]),
    listVariables(place.environment),
  ]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)
}

export function listVariables(environment: NodeJS.ProcessEnv): [string, string][] {
  return Object.entries(environment)
    .filter(([name]) => /^(EARMARK|VK|TF|CUDA|NVIDIA|MESA|DAWN|XLA)_|^LD_LIBRARY_PATH$/.test(name))
    .filter(([name]) => !indifferent.includes(name))
    .map(([name, value]): [string, string] => [name, value ?? ''])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

function stamp(place: Place, path: string | null): number[] {
  if (path === null) return []
  const found = statSync(path.startsWith(place.root) ? path : join(place.root, path), { throwIfNoEntry: false })
  return found === undefined ? [] : [found.size, found.mtimeMs]
}
