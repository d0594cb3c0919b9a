/** The Vulkan loader, the drivers that it would find, and the device files that they open. */
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { VulkanFindings } from '../../../../shared/job/diagnosis'
import type { FindLibrary } from './find-shared-library'
import { isThere, listNames, readDevice, readText, type Place } from './place'

const variableNames = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES', 'VK_LOADER_DRIVERS_DISABLE']

export function probeVulkan(place: Place, findLibrary: FindLibrary): VulkanFindings {
  const { environment, platform } = place
  const variables: Record<string, string> = {}
  for (const name of variableNames) if (environment[name]) variables[name] = environment[name]
  return {
    loader: findLoader(place, findLibrary),
    variables,
    drivers: platform === 'linux' ? listManifests(place).map((path) => readManifest(place, path, findLibrary)) : [],
    renderDevices: listNames(place, 'dev/dri')
      .filter((name) => /^renderD\d+$/.test(name))
      .map((name) => readDevice(place, `/dev/dri/${name}`))
      .filter((device) => device !== null),
  }
}

/** Only Linux needs one: elsewhere WebGPU runs on Metal or Direct3D 12. */
function findLoader(place: Place, findLibrary: FindLibrary): string | null {
  if (place.platform === 'linux') return findLibrary('libvulkan.so.1')
  if (place.platform !== 'win32') return null
  const path = join(place.environment.SystemRoot ?? 'C:\\Windows', 'System32', 'vulkan-1.dll')
  return isThere({ ...place, root: '' }, path) ? path : null
}

/** The manifests in the loader's own order: those that a variable names instead of all others, else its folders. */
function listManifests(place: Place): string[] {
  const { environment } = place
  const split = (text: string | undefined): string[] => (text ?? '').split(':').filter((part) => part !== '')
  const only = environment.VK_DRIVER_FILES || environment.VK_ICD_FILENAMES
  if (only) return split(only).flatMap((path) => expandFolder(place, path))
  const folders = [
    ...split(environment.XDG_CONFIG_HOME || join(homedir(), '.config')),
    ...split(environment.XDG_CONFIG_DIRS || '/etc/xdg'),
    '/etc',
    ...split(environment.XDG_DATA_HOME || join(homedir(), '.local/share')),
    ...split(environment.XDG_DATA_DIRS || '/usr/local/share:/usr/share'),
  ].map((folder) => join(folder, 'vulkan/icd.d'))
  const added = split(environment.VK_ADD_DRIVER_FILES)
  return [...new Set([...added, ...folders].flatMap((path) => expandFolder(place, path)))]
}

/** A manifest itself, or those in a folder. */
function expandFolder(place: Place, path: string): string[] {
  if (path.endsWith('.json')) return [path]
  return listNames(place, path)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(path, name))
}

function readManifest(place: Place, manifest: string, findLibrary: FindLibrary): VulkanFindings['drivers'][number] {
  let library = ''
  try {
    const parsed = JSON.parse(readText(place, manifest) ?? '') as { ICD?: { library_path?: unknown } }
    if (typeof parsed.ICD?.library_path === 'string') library = parsed.ICD.library_path
  } catch {
    // A manifest that cannot be read names no library, and is told as that.
  }
  // A bare name is for the loader; a relative path counts from the manifest.
  const isRelative = library.includes('/') && !library.startsWith('/')
  const path = library === '' ? null : findLibrary(isRelative ? join(dirname(manifest), library) : library)
  return { manifest, library, path, isSoftware: /lvp|llvmpipe|swiftshader|mock/i.test(`${manifest} ${library}`) }
}
