/** Gets a pinned npm package's files with the ordinary npm client, or without one; none of its scripts is run. */
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors'
import { describeNetworkError } from './download'
import { explainDownloadFailure, type Tool } from './find-tools'
import type { PackagePin } from './pins'
import { runTool } from './run-tool'
import { readPinnedTarball } from './tarball'

/** The name that `npm pack` gives its file: "@scope/name" becomes "scope-name". */
export function packedFileName(pin: PackagePin): string {
  return `${pin.name.replace('@', '').replace('/', '-')}-${pin.version}.tgz`
}

/** Where the registry keeps a package's tarball; npm's own variable names another registry. */
export function tarballUrl(pin: PackagePin, environment: NodeJS.ProcessEnv = process.env): string {
  const { npm_config_registry: lower, NPM_CONFIG_REGISTRY: upper } = environment
  const registry = (lower || upper || 'https://registry.npmjs.org').replace(/\/+$/, '')
  return `${registry}/${pin.name}/-/${pin.name.split('/').at(-1)!}-${pin.version}.tgz`
}

/**
 * The package's files by path, from `folder` or from the registry.
 *
 * @param npm knows people's mirrors and proxies; null where there is none (a packaged app): then the registry is asked
 *   directly, for the same pinned checksum
 * @throws AppError 'backend-unavailable' (no network), 'bad-file' (another checksum), 'no-space'
 */
export async function fetchPackage(
  npm: Tool | null,
  pin: PackagePin,
  folder: string,
  signal?: AbortSignal,
): Promise<Map<string, Buffer>> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, packedFileName(pin))
  if (existsSync(path)) {
    try {
      return await readPinnedTarball(path, pin)
    } catch {
      await rm(path, { force: true }) // half a download of an earlier run
    }
  }
  await (npm === null ? fetchTarball(pin, path, signal) : packTarball(npm, pin, folder, path, signal))
  return readPinnedTarball(path, pin)
}

async function packTarball(
  npm: Tool,
  pin: PackagePin,
  folder: string,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const what = `${pin.name} ${pin.version}`
  const args = [...npm.first, 'pack', `${pin.name}@${pin.version}`, '--pack-destination', folder, '--loglevel', 'error']
  const packed = await runTool(npm.program, args, { folder, timeoutMs: 300_000, signal })
  if (packed.code !== 0 || !existsSync(path)) throw explainDownloadFailure('npm', what, packed)
}

async function fetchTarball(pin: PackagePin, path: string, signal?: AbortSignal): Promise<void> {
  const url = tarballUrl(pin)
  const what = `${pin.name} ${pin.version}`
  let packed: Buffer
  try {
    const response = await fetch(url, { signal })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    packed = Buffer.from(await response.arrayBuffer())
  } catch (error) {
    signal?.throwIfAborted()
    throw new AppError(
      'backend-unavailable',
      `${new URL(url).host} did not give ${what} (${describeNetworkError(error)}).`,
      { hint: 'Check the network, then run the setup again; npm_config_registry names another registry.' },
    )
  }
  await writeFile(path, packed, { signal })
}
