/** Sets TensorFlow's native library up: download, check, unpack, compile, prove, and only then take it into use. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors'
import { addonFile, buildAddon, writeJavaScript } from './build-addon'
import { hashFile } from './download'
import { fetchPackage } from './fetch-package'
import { fetchWheel } from './fetch-wheel'
import { askTool, findCompiler, findNpm, findPip } from './find-tools'
import { describeMachine, libraryFolderName, nativeFolder, type NativeVariant } from './native-folder'
import { manifestSchema, readLibrary, rememberProof, writeManifest, type NativeManifest } from './native-manifest'
import { findPins, findWheels, tensorflowVersion, type SetupPins, type WheelPin } from './pins'
import { proofKey, proveLibrary } from './prove-library'
import { underLock } from './setup-lock'
import { measureShare, type SetupProgress, type TellStep } from './setup-progress'
import { expectSpace, formatMegabytes } from './setup-space'
import { listArchive, unpackEntries } from './wheel-archive'

export interface SetupOptions {
  variant: NativeVariant
  /** Builds again what is there already. */
  isForced: boolean
  parent?: string
  machine?: string
  /** Ends it: programs that it runs end at once, what has been downloaded stays, nothing half-built does. */
  signal?: AbortSignal
  /** What is fetched instead of the versions that Earmark knows. */
  pins?: SetupPins
  tell: (progress: SetupProgress) => void
}

/** One setup under way. */
interface Site {
  folder: string
  parent: string
  machine: string
  variant: NativeVariant
  pins: SetupPins
  tell: TellStep
  signal: AbortSignal | undefined
}

export interface SetupResult {
  folder: string
  manifest: NativeManifest
  /** False when a finished library was there and proved itself. */
  isNew: boolean
}

/**
 * @throws AppError with one clear line: 'backend-unavailable' (no network, no Python, no compiler, unsupported
 *   machine, failed proof), 'bad-file' (checksum, half or wrong file), 'no-space', 'conflict' (another setup runs)
 */
export async function setupTensorflow(options: SetupOptions): Promise<SetupResult> {
  const { variant, signal } = options
  const machine = options.machine ?? describeMachine()
  const parent = options.parent ?? nativeFolder()
  const pins = options.pins ?? findPins(machine, variant)
  if (pins === null) throw unsupported(machine, variant)
  const versions = { tensorflow: pins.tensorflow, addon: pins.addon.version }
  const folder = join(parent, libraryFolderName(versions, variant, machine))
  const tell = measureShare(pins, options.tell)
  const site: Site = { folder, parent, machine, variant, pins, tell, signal }
  try {
    await mkdir(parent, { recursive: true })
    return await underLock(join(parent, 'setup.lock'), async () => {
      await removeUnfinished(parent)
      const present = options.isForced ? null : await provePresent(site)
      if (present !== null) return { folder, manifest: present, isNew: false }
      return { folder, manifest: await build(site), isNew: true }
    })
  } catch (error) {
    if (signal?.aborted)
      throw new AppError('cancelled', 'The setup was cancelled.', {
        hint: 'What was downloaded is kept; a later setup goes on from there.',
      })
    throw explainSystemError(error, parent)
  }
}

/** What a setup that was ended in the middle has left; only its downloads are of use to the next. */
async function removeUnfinished(parent: string): Promise<void> {
  for (const name of await readdir(parent))
    if (/^tensorflow-.*\.partial(-\d+)?$/.test(name)) await rm(join(parent, name), { recursive: true, force: true })
}

function explainSystemError(error: unknown, parent: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  const hint = 'Set EARMARK_NATIVE_FOLDER to a folder that can be written.'
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code ?? ''))
    return new AppError('no-permission', `${parent} cannot be written (${code}).`, { hint, cause: error })
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('no-space', `The disk of ${parent} is full.`, {
      hint: 'Free some space, or set EARMARK_NATIVE_FOLDER to a folder on another disk; the setup goes on from there.',
      cause: error,
    })
  return error
}

function unsupported(machine: string, variant: NativeVariant): AppError {
  const other = variant === 'gpu' && findWheels(machine, 'cpu') !== null
  return new AppError(
    'backend-unavailable',
    `There is no setup of TensorFlow ${tensorflowVersion}${variant === 'gpu' ? ' with CUDA' : ''} for ${machine}.`,
    { hint: other ? 'Without --gpu it can be set up here.' : 'docs/gpu.md says what there is; wasm works everywhere.' },
  )
}

async function provePresent({ folder, tell, signal }: Site): Promise<NativeManifest | null> {
  const found = readLibrary(folder)
  if (found.manifest === null) return null
  tell({ step: 'prove', text: `TensorFlow ${found.manifest.tensorflow} is set up already; proving it` })
  try {
    await proveLibrary({ kind: 'folder', target: folder }, false, signal)
    return found.manifest
  } catch (error) {
    signal?.throwIfAborted()
    tell({ step: 'prove', text: `It ${(error as Error).message}; building it anew` })
    return null
  }
}

async function build(site: Site): Promise<NativeManifest> {
  const { folder, parent, pins, tell, signal } = site
  // All tools first: nobody waits for a download to hear that there is no compiler.
  const ask = askTool(signal)
  const pip = await findPip(process.env, ask)
  const npm = await findNpm(process.env, ask)
  const compiler = await findCompiler(process.env, ask)
  const names = [pip.version.replace(/ from .*/, ''), npm && `npm ${npm.version}`, compiler.version]
  tell({ step: 'tools', text: `Using ${names.filter((name) => name !== null).join(', ')}` })
  const downloads = join(parent, 'downloads')
  await expectSpace(parent, pins.wheels)

  const paths: string[] = []
  for (const pin of pins.wheels) {
    const label = `${pin.file} (${formatMegabytes(pin.bytes)})`
    tell({ step: 'download', text: `Downloading ${label}`, doneBytes: 0, totalBytes: pin.bytes })
    const onBytes = (doneBytes: number, totalBytes: number): void =>
      tell({ step: 'download', text: pin.file, doneBytes, totalBytes })
    paths.push(await fetchWheel(pip, pin, downloads, { onBytes, signal }))
  }
  const sources = await fetchPackage(npm, pins.addon, downloads, signal)
  const headers = await fetchPackage(npm, pins.headers, downloads, signal)

  // Of this process: what one that was killed still writes goes elsewhere.
  const partial = `${folder}.partial-${process.pid}`
  try {
    const unpacked: string[] = []
    for (const [index, pin] of pins.wheels.entries())
      unpacked.push(...(await unpack(paths[index]!, pin, partial, tell, signal)))
    tell({ step: 'compile', text: `Compiling ${pins.addon.name} ${pins.addon.version} with ${compiler.program}` })
    await buildAddon(compiler, partial, sources, headers, signal)
    await writeJavaScript(partial, sources)
    const manifest = await prove(site, partial, unpacked, compiler.version)
    await rm(folder, { recursive: true, force: true })
    await rename(partial, folder)
    rememberProof(folder, proofKey(join(folder, addonFile)), manifest.proof)
    // A gigabyte of archives is of no more use.
    await rm(downloads, { recursive: true, force: true })
    return manifest
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Proves what was built in a process of its own, and only then writes its manifest. */
async function prove(site: Site, partial: string, unpacked: string[], compiler: string): Promise<NativeManifest> {
  const { pins, machine, variant, tell, signal } = site
  tell({ step: 'prove', text: 'Proving it in a process of its own' })
  const proof = await proveLibrary({ kind: 'folder', target: partial }, true, signal).catch((error: Error) => {
    signal?.throwIfAborted()
    throw new AppError('backend-unavailable', `The library was built, but ${error.message}.`, {
      hint: 'Earmark goes on with the next backend; please report this line.',
    })
  })
  const manifest: NativeManifest = {
    schema: manifestSchema,
    machine,
    variant,
    tensorflow: proof.version,
    addon: {
      package: pins.addon.name,
      version: pins.addon.version,
      sha256: await hashFile(join(partial, addonFile)),
    },
    wheels: pins.wheels.map(({ file, sha256 }) => ({ file, sha256 })),
    compiler,
    files: await describeFiles(partial, unpacked),
    builtAt: new Date().toISOString(),
    proof,
  }
  await writeManifest(partial, manifest)
  return manifest
}

async function unpack(
  path: string,
  pin: WheelPin,
  folder: string,
  tell: TellStep,
  signal?: AbortSignal,
): Promise<string[]> {
  const entries = (await listArchive(path)).filter((entry) => pin.wanted.some((part) => entry.path.startsWith(part)))
  for (const part of pin.wanted)
    if (!entries.some((entry) => entry.path.startsWith(part)))
      throw new AppError('bad-file', `${pin.file} holds no ${part}; it is a wheel of another platform.`)
  const totalBytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  let doneBytes = 0
  tell({ step: 'unpack', text: `Unpacking ${formatMegabytes(totalBytes)} of ${pin.file}`, doneBytes, totalBytes })
  const onBytes = (bytes: number): void => {
    doneBytes += bytes
    tell({ step: 'unpack', text: pin.file, doneBytes, totalBytes })
  }
  await unpackEntries(path, entries, folder, onBytes, signal)
  return entries.map((entry) => entry.path)
}

/** The files whose loss or change makes the library useless. */
async function describeFiles(folder: string, unpacked: string[]): Promise<NativeManifest['files']> {
  const libraries = unpacked.filter((path) => /\.so(\.|$)/.test(path))
  const paths = [...libraries, addonFile, 'index.cjs', 'js/dist/register_all_kernels.js']
  return Promise.all(paths.map(async (path) => ({ path, bytes: (await stat(join(folder, path))).size })))
}
