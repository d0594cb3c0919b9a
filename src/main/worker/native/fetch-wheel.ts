/** Gets a pinned wheel: pip says where it lies (its index, mirror and settings apply), the download can be continued. */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors'
import { acceptDownload, download, isWhole, type DownloadOptions } from './download'
import { explainDownloadFailure, type Tool } from './find-tools'
import type { WheelPin } from './pins'
import { runTool, type ToolOptions, type ToolResult } from './run-tool'

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

/** "Found link URL#sha256=… (from …)", as `pip -vvv` says of every file that would do. Null for every other line. */
export function readFoundLink(line: string, pin: WheelPin): string | null {
  const [, url] = /^Found link (https?:\/\/\S+)/.exec(line) ?? []
  if (url === undefined || fileOf(url) !== pin.file) return null
  const [, sha256 = null] = /#(?:.*&)?sha256=([0-9a-f]{64})/.exec(url) ?? []
  if (sha256 !== null && sha256 !== pin.sha256)
    throw new AppError('bad-file', `pip’s index gives ${pin.file} the checksum ${sha256}, not ${pin.sha256}.`, {
      hint: 'The index serves another file than PyPI; it was not downloaded.',
    })
  return url.split('#', 1)[0]!
}

/** The file's name in an address, or in a name. */
const fileOf = (url: string): string => decodeURIComponent(url.split(/[?#]/, 1)[0]!.split('/').at(-1)!)

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
  const url = await askForPlace(pip, pin, folder, options.signal)
  if (url !== null) {
    const isReached = await download(url, target, pin, options).then(
      () => true,
      // A proxy or a certificate that only pip knows: pip may still get it, whole.
      (error: unknown) => {
        if (error instanceof AppError && error.code === 'backend-unavailable' && !existsSync(`${target}.part`))
          return false
        throw error
      },
    )
    if (isReached) return target
    const downloaded = await runPip(pip, ['download', '--dest', folder], pin, folder, { signal: options.signal })
    if (downloaded.code !== 0) throw explainDownloadFailure('pip', pin.file, downloaded)
  }
  await acceptDownload(target, target, pin)
  return target
}

async function runPip(
  pip: Tool,
  args: string[],
  pin: WheelPin,
  folder: string,
  options: ToolOptions,
): Promise<ToolResult> {
  // On the same disk, whose room was checked; and what a pip that is ended leaves is removed.
  const temporary = join(folder, `pip-${process.pid}`)
  await mkdir(temporary, { recursive: true })
  const environment = {
    ...process.env,
    ...{ PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', TMPDIR: temporary },
  }
  try {
    const all = [...pip.first, ...args, ...selectionArguments(pin)]
    return await runTool(pip.program, all, { ...options, environment })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/**
 * pip's index (whatever mirrors and settings it has) names the wheel's place. pip has no command that says so without
 * fetching the wheel (`--dry-run` does fetch it, before 23.3 or where the index keeps no metadata beside it), so it is
 * heard while it looks, and ended as soon as it has found the place.
 *
 * @returns the place, or null when pip has downloaded the wheel into `folder` without having named it
 */
async function askForPlace(pip: Tool, pin: WheelPin, folder: string, signal?: AbortSignal): Promise<string | null> {
  const heard = new AbortController()
  let url: string | null = null
  const onLine = (line: string): void => {
    if (heard.signal.aborted) return
    const [, other] = /^(?:Downloading|Using cached) (\S+\.whl)/.exec(line) ?? []
    try {
      url = readFoundLink(line, pin)
      if (url !== null) heard.abort()
      else if (other !== undefined && fileOf(other) !== pin.file) throw otherFile(fileOf(other), pin)
    } catch (error) {
      heard.abort(error)
    }
  }
  const signals = signal === undefined ? [heard.signal] : [heard.signal, signal]
  const options = { signal: AbortSignal.any(signals), onLine }
  try {
    const answer = await runPip(pip, ['download', '-vvv', '--dest', folder], pin, folder, options)
    if (answer.code !== 0) throw explainDownloadFailure('pip', pin.file, answer)
    return null
  } catch (error) {
    signal?.throwIfAborted()
    if (url !== null) return url
    throw error
  }
}
