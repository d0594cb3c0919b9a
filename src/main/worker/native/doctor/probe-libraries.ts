/** The TensorFlow libraries of this machine, and the CUDA files that each would open. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { GooglePackageFindings, NativeLibraryFindings } from '../../../../shared/job/diagnosis'
import { nativeFolder } from '../native-folder'
import { findLibraries } from '../native-manifest'
import { resolvePackage } from '../prove-library'
import { cuda11Files, cuda12Files } from './cuda-files'
import type { FindLibrary } from './find-shared-library'

/** Those below the native folder, usable or not. */
export function probeNative(environment: NodeJS.ProcessEnv, findLibrary: FindLibrary): NativeLibraryFindings[] {
  return findLibraries(nativeFolder(environment)).map((found) => {
    const { folder, manifest } = found
    const name = /-(cpu|gpu)-/.exec(basename(folder))?.[1] as 'cpu' | 'gpu' | undefined
    const variant = manifest?.variant ?? name ?? 'unknown'
    return {
      folder,
      variant,
      tensorflow: manifest?.tensorflow ?? null,
      reason: 'reason' in found ? found.reason : '',
      cuda: variant === 'gpu' ? listCuda(folder, findLibrary) : [],
    }
  })
}

/** As TensorFlow's own run path has it: the wheels' folders first, then the system's. */
function listCuda(folder: string, findLibrary: FindLibrary): NativeLibraryFindings['cuda'] {
  return cuda12Files.flatMap(({ wheel, files }) => {
    const own = join(folder, 'nvidia', wheel.replaceAll('-', '_'), 'lib')
    return files.map((file) => ({ file, path: findLibrary(file, [own]) }))
  })
}

/** tfjs's own packages, where npm installed them. */
export function probeGoogle(findLibrary: FindLibrary): GooglePackageFindings[] {
  return ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'].flatMap((name) => {
    const main = resolvePackage(name)
    if (main === null) return []
    const folder = dirname(dirname(main))
    const own = [join(folder, 'deps/lib'), join(folder, 'lib/napi-v8')]
    const files = name.endsWith('-gpu') ? cuda11Files : []
    return {
      name,
      version: readVersion(folder) ?? 'unknown',
      hasAddon: existsSync(join(folder, 'lib/napi-v8/tfjs_binding.node')),
      cuda: files.map((file) => ({ file, path: findLibrary(file, own) })),
    }
  })
}

/** The installed version of a package, or null. */
export function findPackageVersion(name: string): string | null {
  const main = resolvePackage(name)
  for (let folder = main === null ? null : dirname(main); folder !== null;) {
    if (folder.replaceAll('\\', '/').endsWith(`/${name}`)) return readVersion(folder)
    const parent = dirname(folder)
    folder = parent === folder ? null : parent
  }
  return null
}

function readVersion(folder: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : null
  } catch {
    return null
  }
}
