/** Where the native libraries that Earmark built for itself are kept: per user, per version, per form. */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The form of TensorFlow: without CUDA, or with it. */
export type NativeVariant = 'cpu' | 'gpu'

/**
 * The folder above all versions. It is a cache, apart from the person's settings: a gigabyte that can be made again.
 * EARMARK_NATIVE_FOLDER overrides it; with EARMARK_USER_FOLDER it lies in that folder.
 */
export function nativeFolder(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (environment.EARMARK_NATIVE_FOLDER) return environment.EARMARK_NATIVE_FOLDER
  if (environment.EARMARK_USER_FOLDER) return join(environment.EARMARK_USER_FOLDER, 'native')
  const home = homedir()
  if (platform === 'win32') return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'earmark', 'native')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'earmark', 'native')
  return join(environment.XDG_CACHE_HOME ?? join(home, '.cache'), 'earmark', 'native')
}

/** One folder for each pair of versions, so that two of them lie side by side and neither touches the other. */
export function libraryFolderName(
  versions: { tensorflow: string; addon: string },
  variant: NativeVariant,
  machine: string,
): string {
  return `tensorflow-${versions.tensorflow}-${variant}-${machine}-tfjs-${versions.addon}`
}

/** "linux-x64": what a compiled library is for. */
export function describeMachine(platform: string = process.platform, architecture: string = process.arch): string {
  return `${platform}-${architecture}`
}
