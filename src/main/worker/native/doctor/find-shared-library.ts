/** Finds a shared library as the system's loader would, without loading it. */
import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { listNames, readText, type Place } from './place'

/** Where a library lies, or null; `first` are folders that are looked into before the system's (a run path). */
export type FindLibrary = (file: string, first?: string[]) => string | null

/** Also where CUDA's installer and WSL put theirs, which their own packages tell the loader of. */
const usualFolders = [
  ...['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/local/lib', '/usr/local/lib64'],
  ...['/usr/local/cuda/lib64', '/usr/local/nvidia/lib64', '/usr/local/nvidia/lib', '/usr/lib/wsl/lib'],
]
const triplets: Record<string, string> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

/** Reads the loader's settings once: LD_LIBRARY_PATH, /etc/ld.so.conf.d, the usual folders. */
export function openLibrarySearch(place: Place): FindLibrary {
  const { root, environment, architecture } = place
  const triplet = triplets[architecture]
  const configured = listNames(place, 'etc/ld.so.conf.d')
    .flatMap((name) => (readText(place, join('etc/ld.so.conf.d', name)) ?? '').split('\n'))
    .map((line) => line.trim())
    .filter((line) => line.startsWith('/'))
  const system = [
    ...(environment.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== ''),
    ...configured,
    ...(triplet === undefined ? [] : [`/lib/${triplet}`, `/usr/lib/${triplet}`]),
    ...usualFolders,
  ].map((folder) => join(root, folder))
  return (file, first = []) => {
    if (isAbsolute(file)) return existing(join(root, file))
    for (const folder of [...first, ...system]) {
      const path = existing(join(folder, file))
      if (path !== null) return path
    }
    return null
  }
}

/** The path when it leads to a file: a link whose target was removed is no library. */
function existing(path: string): string | null {
  try {
    return statSync(realpathSync(path)).isFile() ? path : null
  } catch {
    return null
  }
}
