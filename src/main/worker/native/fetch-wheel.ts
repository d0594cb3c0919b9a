/** Gets a pinned wheel: pip says where it lies (its index, mirror and settings apply), the download can be continued. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors'
import { acceptDownload, download, isWhole, type DownloadOptions } from './download'
import { explainDownloadFailure, type Tool } from './find-tools'
import type { WheelPin } from './pins'
import { runTool, type ToolResult } from './run-tool'

export interface WheelPlace {
  url: string
  sha256: string | null
}

/** pip's words for "this file, for that machine, whatever Python runs pip". */
export function selectionArguments(pin: WheelPin): string[] {
  const python = [
    '--only-binary=:all:',
    '--python-version',
    '3.12',
    '--implementation',
    'cp',
    '--abi',
    'cp312',
    '--abi',
    'none',
  ]
  return ['--no-deps', ...python, '--platform', pin.platform, `${pin.project}==${pin.version}`]
}

/**
 * Reads `pip install --dry-run --report -` (pip ≥ 22.2; its installation report, version 1).
 *
 * @returns null when there is no report to read
 * @throws AppError 'bad-file' when pip chose another file than the pinned one, or one of another checksum
 */
export function readPipReport(stdout: string, pin: WheelPin): WheelPlace | null {
  let report: { install?: { download_info?: { url?: string; archive_info?: { hashes?: { sha256?: string } } } }[] }
  try {
    report = JSON.parse(stdout) as typeof report
  } catch {
    return null
  }
  const place = report.install?.[0]?.download_info
  if (place?.url === undefined) return null
  const file = decodeURIComponent(new URL(place.url).pathname.split('/').at(-1)!)
  if (file !== pin.file)
    throw new AppError('bad-file', `pip offers ${file} for this machine, not ${pin.file}.`, {
      hint: 'A wheel of another platform or build does not fit; check what pip config list names as its index.',
    })
  const sha256 = place.archive_info?.hashes?.sha256 ?? null
  if (sha256 !== null && sha256 !== pin.sha256)
    throw new AppError('bad-file', `pip’s index gives ${pin.file} the checksum ${sha256}, not ${pin.sha256}.`, {
      hint: 'The index serves another file than PyPI; it was not downloaded.',
    })
  return { url: place.url, sha256 }
}

/**
 * Puts the wheel into `folder`, or finds it there.
 *
 * @returns its path
 * @throws AppError 'backend-unavailable' (no network, not offered), 'bad-file' (another file), 'no-space'
 */
export async function fetchWheel(pip: Tool, pin: WheelPin, folder: string, options: DownloadOptions): Promise<string> {
  const { signal } = options
  const target = join(folder, pin.file)
  if (await isWhole(target, pin)) return target
  await mkdir(folder, { recursive: true })
  const environment = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' }
  const ask = (args: string[]): Promise<ToolResult> =>
    runTool(pip.program, [...pip.first, ...args], { environment, signal })
  const where = [
    'install',
    '--quiet',
    '--dry-run',
    '--ignore-installed',
    '--target',
    join(folder, 'none'),
    '--report',
    '-',
  ]
  const answer = await ask([...where, ...selectionArguments(pin)])
  const isOld = /no such option/i.test(answer.stderr)
  if (answer.code !== 0 && !isOld) throw explainDownloadFailure('pip', pin.file, answer)
  const place = isOld ? null : readPipReport(answer.stdout, pin)
  if (place !== null && /^https?:/.test(place.url)) {
    const isReached = await download(place.url, target, pin, options).then(
      () => true,
      // A proxy or a certificate that only pip knows: pip may still get it, whole.
      (error: unknown) => {
        if (error instanceof AppError && error.code === 'backend-unavailable' && !existsSync(`${target}.part`))
          return false
        throw error
      },
    )
    if (isReached) return target
  }
  const downloaded = await ask(['download', '--quiet', '--dest', folder, ...selectionArguments(pin)])
  if (downloaded.code !== 0) throw explainDownloadFailure('pip', pin.file, downloaded)
  await acceptDownload(target, target, pin)
  return target
}
