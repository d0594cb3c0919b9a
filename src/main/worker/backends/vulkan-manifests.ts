/** The driver manifests that Vulkan's loader reads on Linux (its LoaderDriverInterface document). */
import { readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface VulkanManifests {
  /** Manifests that exist. */
  files: string[]
  /** What the environment names and is not there. */
  missing: string[]
  /** Where the loader looks when the environment does not say. */
  folders: string[]
  /** The variable that replaces the search, or an empty text. */
  variable: string
}

/** Where the loader looks, and what is there. A variable of the loader's replaces the search. */
export function findVulkanManifests(environment: NodeJS.ProcessEnv = process.env): VulkanManifests {
  const variable = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'].find((name) => environment[name]) ?? ''
  const folders = searchFolders(environment)
  const files: string[] = []
  const missing: string[] = []
  for (const place of variable === '' ? folders : splitPaths(environment[variable])) {
    const found = manifestsAt(place)
    if (found === null && variable !== '') missing.push(place)
    files.push(...(found ?? []))
  }
  return { files, missing, folders, variable }
}

/** A manifest itself, or those in a folder; null when there is nothing. */
function manifestsAt(place: string): string[] | null {
  try {
    if (!statSync(place).isDirectory()) return [place]
    const names = readdirSync(place).filter((name) => name.endsWith('.json'))
    return names.sort().map((name) => join(place, name))
  } catch {
    return null
  }
}

function searchFolders(environment: NodeJS.ProcessEnv): string[] {
  const home = environment.HOME ?? homedir()
  const roots = [
    environment.XDG_CONFIG_HOME ?? join(home, '.config'),
    ...splitPaths(environment.XDG_CONFIG_DIRS ?? '/etc/xdg'),
    '/etc',
    environment.XDG_DATA_HOME ?? join(home, '.local', 'share'),
    ...splitPaths(environment.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share'),
  ]
  return [...new Set(roots.map((root) => join(root, 'vulkan', 'icd.d')))]
}

function splitPaths(list: string | undefined): string[] {
  return (list ?? '').split(':').filter((path) => path !== '')
}
