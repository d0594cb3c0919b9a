/** Gets a pinned wheel: pip says where it lies (its index, mirror and settings apply), the download can be continued. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors'
import { acceptDownload, download, isWhole, type DownloadOptions } from './download'
import { explainDownloadFailure, type Tool } from './find-tools'
import type { WheelPin } from './pins'
import { runTool, type ToolOptions, type ToolResult } from './run-tool'

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
 * Reads the report of `pip install --dry-run --report` (version 1 of pip's installation report).
 *
 * @returns null when there is no report to read
 * @throws AppError 'bad-file' when pip chose another file than the pinned one, or one of another checksum
 */
export function readPipReport(text: string, pin: WheelPin): WheelPlace | null {
  let report: { install?: { download_info?: { url?: string; archive_info?: { hashes?: { sha256?: string } } } }[] }
  try {
    report = JSON.parse(text) as typeof report
  } catch {
    return null
  }
  const place = report.install?.[0]?.download_info
  if (place?.url === undefined) return null
  return checkPlace({ url: place.url, sha256: place.archive_info?.hashes?.sha256 ?? null }, pin)
}

/** "Found link URL#sha256=… (from …)", as `pip -vvv` says of every file that would do. Null for every other line. */
export function readFoundLink(line: string, pin: WheelPin): WheelPlace | null {
  const [, url] = /^Found link (https?:\/\/\S+)/.exec(line) ?? []
  if (url === undefined || fileOf(url) !== pin.file) return null
  const [, sha256 = null] = /#(?:.*&)?sha256=([0-9a-f]{64})/.exec(url) ?? []
  return checkPlace({ url: url.split('#', 1)[0]!, sha256 }, pin)
}

const fileOf = (url: string): string => decodeURIComponent(new URL(url).pathname.split('/').at(-1)!)

function checkPlace(place: WheelPlace, pin: WheelPin): WheelPlace {
  const file = fileOf(place.url)
  if (file !== pin.file) throw otherFile(file, pin)
  if (place.sha256 !== null && place.sha256 !== pin.sha256)
    throw new AppError('bad-file', `pip’s index gives ${pin.file} the checksum ${place.sha256}, not ${pin.sha256}.`, {
      hint: 'The index serves another file than PyPI; it was not downloaded.',
    })
  return place
}

const otherFile = (file: string, pin: WheelPin): AppError =>
  new AppError('bad-file', `pip offers ${file} for this machine, not ${pin.file}.`, {
    hint: 'A wheel of another platform or build does not fit; check what pip config list names as its index.',
  })

/**
 * Puts the wheel into `folder`, or finds it there.
 *
 * @returns its path
 * @throws AppError 'backend-unavailable' (no network, not offered), 'bad-file' (another file), 'no-space'
 */
export async function fetchWheel(pip: Tool, pin: WheelPin, folder: string, options: DownloadOptions): Promise<string> {
  const target = join(folder, pin.file)
  if (await isWhole(target, pin)) return target
  await mkdir(folder, { recursive: true })
  const place = await (canReport(pip.version) ? askForReport : listenForLink)(pip, pin, folder, options.signal)
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
  const args = ['download', '--dest', folder, ...selectionArguments(pin)]
  const downloaded = await runPip(pip, args, { signal: options.signal })
  if (downloaded.code !== 0) throw explainDownloadFailure('pip', pin.file, downloaded)
  await acceptDownload(target, target, pin)
  return target
}

/** From 23.3 on pip reports without downloading the wheel, where the index has its metadata beside it, as PyPI has. */
export function canReport(version: string): boolean {
  const [, major, minor] = /^pip (\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) > 23 || (Number(major) === 23 && Number(minor) >= 3)
}

function runPip(pip: Tool, args: string[], options: ToolOptions): Promise<ToolResult> {
  const environment = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' }
  return runTool(pip.program, [...pip.first, ...args], { ...options, environment })
}

async function askForReport(
  pip: Tool,
  pin: WheelPin,
  folder: string,
  signal?: AbortSignal,
): Promise<WheelPlace | null> {
  const path = join(folder, `report-${process.pid}.json`)
  const where = ['install', '--dry-run', '--ignore-installed', '--target', join(folder, 'none'), '--report', path]
  try {
    const answer = await runPip(pip, [...where, ...selectionArguments(pin)], { signal })
    if (answer.code !== 0) throw explainDownloadFailure('pip', pin.file, answer)
    return readPipReport(await readFile(path, 'utf8'), pin)
  } finally {
    await rm(path, { force: true })
  }
}

/** Older ones fetch the whole wheel for their report, or know none: they are ended as soon as they name its place. */
async function listenForLink(
  pip: Tool,
  pin: WheelPin,
  folder: string,
  signal?: AbortSignal,
): Promise<WheelPlace | null> {
  const none = join(folder, `none-${process.pid}`)
  const heard = new AbortController()
  let place: WheelPlace | null = null
  const onLine = (line: string): void => {
    if (heard.signal.aborted) return
    const [, other] = /^(?:Downloading|Using cached) (\S+\.whl)/.exec(line) ?? []
    try {
      place = readFoundLink(line, pin)
      if (place !== null) heard.abort()
      else if (other !== undefined) throw otherFile(other.split('/').at(-1)!, pin)
    } catch (error) {
      heard.abort(error)
    }
  }
  const signals = signal === undefined ? [heard.signal] : [heard.signal, signal]
  const args = ['download', '-vvv', '--dest', none, ...selectionArguments(pin)]
  try {
    const answer = await runPip(pip, args, { signal: AbortSignal.any(signals), onLine })
    throw explainDownloadFailure('pip', pin.file, answer)
  } catch (error) {
    signal?.throwIfAborted()
    if (place !== null) return place
    throw error
  } finally {
    await rm(none, { recursive: true, force: true })
  }
}
