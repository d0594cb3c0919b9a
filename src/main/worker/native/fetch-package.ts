/** Gets a pinned npm package's files with the ordinary npm client; none of its scripts is run. */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { explainDownloadFailure, type Tool } from './find-tools'
import type { PackagePin } from './pins'
import { runTool } from './run-tool'
import { readPinnedTarball } from './tarball'

/** The name that `npm pack` gives its file: "@scope/name" becomes "scope-name". */
export function packedFileName(pin: PackagePin): string {
  return `${pin.name.replace('@', '').replace('/', '-')}-${pin.version}.tgz`
}

/**
 * The package's files by path, from `folder` or from the registry.
 *
 * @throws AppError 'backend-unavailable' (no network), 'bad-file' (another checksum), 'no-space'
 */
export async function fetchPackage(npm: Tool, pin: PackagePin, folder: string): Promise<Map<string, Buffer>> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, packedFileName(pin))
  if (existsSync(path)) {
    try {
      return await readPinnedTarball(path, pin)
    } catch {
      await rm(path, { force: true }) // half a download of an earlier run
    }
  }
  const what = `${pin.name} ${pin.version}`
  const args = [...npm.first, 'pack', `${pin.name}@${pin.version}`, '--pack-destination', folder, '--loglevel', 'error']
  const packed = await runTool(npm.program, args, { folder, timeoutMs: 300_000 })
  if (packed.code !== 0 || !existsSync(path)) throw explainDownloadFailure('npm', what, packed)
  return readPinnedTarball(path, pin)
}
