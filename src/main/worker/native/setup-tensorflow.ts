/** Sets TensorFlow's native library up: download, check, unpack, compile, prove, and only then take it into use. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors'
import { addonFile, buildAddon, writeJavaScript } from './build-addon'
import { hashFile } from './download'
import { fetchPackage } from './fetch-package'
import { fetchWheel } from './fetch-wheel'
import { findCompiler, findNpm, findPip } from './find-tools'
import { describeMachine, libraryFolderName, nativeFolder, type NativeVariant } from './native-folder'
import { manifestSchema, readLibrary, rememberProof, writeManifest, type NativeManifest } from './native-manifest'
import { addonPackage, findWheels, headersPackage, tensorflowVersion, type WheelPin } from './pins'
import { proofKey, proveLibrary } from './prove-library'
import { listArchive, unpackEntries } from './wheel-archive'

export type SetupStep = 'tools' | 'download' | 'unpack' | 'compile' | 'prove' | 'done'

export interface SetupProgress {
  step: SetupStep
  /** For people. */
  text: string
  doneBytes?: number
  totalBytes?: number
}

export interface SetupOptions {
  variant: NativeVariant
  /** Builds again what is there already. */
  isForced: boolean
  parent?: string
  machine?: string
  tell: (progress: SetupProgress) => void
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
  const { variant, tell } = options
  const machine = options.machine ?? describeMachine()
  const parent = options.parent ?? nativeFolder()
  const wheels = findWheels(machine, variant)
  if (wheels === null) throw unsupported(machine, variant)
  const folder = join(
    parent,
    libraryFolderName({ tensorflow: tensorflowVersion, addon: addonPackage.version }, variant, machine),
  )
  await mkdir(parent, { recursive: true })
  return underLock(join(parent, 'setup.lock'), async () => {
    const present = options.isForced ? null : await provePresent(folder, tell)
    if (present !== null) return { folder, manifest: present, isNew: false }
    return { folder, manifest: await build(folder, parent, machine, variant, wheels, tell), isNew: true }
  })
}

function unsupported(machine: string, variant: NativeVariant): AppError {
  const other = variant === 'gpu' && findWheels(machine, 'cpu') !== null
  return new AppError(
    'backend-unavailable',
    `There is no setup of TensorFlow ${tensorflowVersion}${variant === 'gpu' ? ' with CUDA' : ''} for ${machine}.`,
    { hint: other ? 'Without --gpu it can be set up here.' : 'docs/gpu.md says what there is; wasm works everywhere.' },
  )
}

async function provePresent(folder: string, tell: SetupOptions['tell']): Promise<NativeManifest | null> {
  const found = readLibrary(folder)
  if (found.manifest === null) return null
  tell({ step: 'prove', text: `TensorFlow ${found.manifest.tensorflow} is set up already; proving it` })
  try {
    await proveLibrary({ kind: 'folder', target: folder })
    return found.manifest
  } catch (error) {
    tell({ step: 'prove', text: `It ${(error as Error).message}; building it anew` })
    return null
  }
}

async function build(
  folder: string,
  parent: string,
  machine: string,
  variant: NativeVariant,
  wheels: WheelPin[],
  tell: SetupOptions['tell'],
): Promise<NativeManifest> {
  // All tools first: nobody waits for a download to hear that there is no compiler.
  const [pip, npm, compiler] = [await findPip(), await findNpm(), await findCompiler()]
  tell({
    step: 'tools',
    text: `Using ${pip.version.replace(/ from .*/, '')}, npm ${npm.version} and ${compiler.version}`,
  })
  const downloads = join(parent, 'downloads')
  await expectSpace(parent, downloads, wheels)

  const paths: string[] = []
  for (const pin of wheels) {
    const label = `${pin.file} (${formatMegabytes(pin.bytes)})`
    tell({ step: 'download', text: `Downloading ${label}`, doneBytes: 0, totalBytes: pin.bytes })
    const onBytes = (doneBytes: number, totalBytes: number): void =>
      tell({ step: 'download', text: pin.file, doneBytes, totalBytes })
    paths.push(await fetchWheel(pip, pin, downloads, onBytes))
  }
  const sources = await fetchPackage(npm, addonPackage, downloads)
  const headers = await fetchPackage(npm, headersPackage, downloads)

  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  const unpacked: string[] = []
  for (const [index, pin] of wheels.entries()) unpacked.push(...(await unpack(paths[index]!, pin, partial, tell)))
  tell({ step: 'compile', text: `Compiling ${addonPackage.name} ${addonPackage.version} with ${compiler.program}` })
  await buildAddon(compiler, partial, sources, headers)
  await writeJavaScript(partial, sources)

  tell({ step: 'prove', text: 'Proving it in a process of its own' })
  const proof = await proveLibrary({ kind: 'folder', target: partial }, true).catch((error: Error) => {
    throw new AppError('backend-unavailable', `The library was built, but ${error.message}.`, {
      hint: 'Earmark goes on with the next backend; please report this line.',
    })
  })
  const files = await describeFiles(partial, unpacked)
  const manifest: NativeManifest = {
    schema: manifestSchema,
    machine,
    variant,
    tensorflow: proof.version,
    addon: {
      package: addonPackage.name,
      version: addonPackage.version,
      sha256: await hashFile(join(partial, addonFile)),
    },
    wheels: wheels.map(({ file, sha256 }) => ({ file, sha256 })),
    compiler: compiler.version,
    files,
    builtAt: new Date().toISOString(),
    proof,
  }
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
  await writeManifest(folder, manifest)
  rememberProof(folder, proofKey(join(folder, addonFile)), proof)
  // A gigabyte of archives is of no more use.
  await rm(downloads, { recursive: true, force: true })
  return manifest
}

async function unpack(path: string, pin: WheelPin, folder: string, tell: SetupOptions['tell']): Promise<string[]> {
  const entries = (await listArchive(path)).filter((entry) => pin.wanted.some((part) => entry.path.startsWith(part)))
  for (const part of pin.wanted)
    if (!entries.some((entry) => entry.path.startsWith(part)))
      throw new AppError('bad-file', `${pin.file} holds no ${part}; it is a wheel of another platform.`)
  const totalBytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  let doneBytes = 0
  tell({ step: 'unpack', text: `Unpacking ${formatMegabytes(totalBytes)} of ${pin.file}`, doneBytes, totalBytes })
  await unpackEntries(path, entries, folder, (bytes) => {
    doneBytes += bytes
    tell({ step: 'unpack', text: pin.file, doneBytes, totalBytes })
  })
  return entries.map((entry) => entry.path)
}

/** The files whose loss or change makes the library useless. */
async function describeFiles(folder: string, unpacked: string[]): Promise<NativeManifest['files']> {
  const libraries = unpacked.filter((path) => /\.so(\.|$)/.test(path))
  const paths = [...libraries, addonFile, 'index.cjs', 'js/dist/register_all_kernels.js']
  return Promise.all(paths.map(async (path) => ({ path, bytes: (await stat(join(folder, path))).size })))
}

/** Beside its archive, TensorFlow unpacked takes 3.1 times the archive's size, CUDA's libraries 1.5 times. */
async function expectSpace(parent: string, downloads: string, wheels: WheelPin[]): Promise<void> {
  const sizes = await Promise.all(
    wheels.map(async ({ file, bytes, project }) => {
      const target = join(downloads, file)
      const present = existsSync(target) ? target : `${target}.part`
      return (
        bytes * (project.startsWith('tensorflow') ? 4.5 : 2.8) - (existsSync(present) ? (await stat(present)).size : 0)
      )
    }),
  )
  const needed = sizes.reduce((sum, bytes) => sum + bytes, 0)
  const { bavail, bsize } = await statfs(parent)
  if (bavail * bsize < needed)
    throw new AppError(
      'no-space',
      `${parent} has ${formatMegabytes(bavail * bsize)} free; TensorFlow’s library needs ${formatMegabytes(needed)} while it is set up.`,
      { hint: 'Free some space, or set EARMARK_NATIVE_FOLDER to a folder on another disk.' },
    )
}

/** One setup at a time: a lock whose owner has died is taken over. */
export async function underLock<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
  const mine = String(process.pid)
  const take = (): Promise<void> => writeFile(path, mine, { flag: 'wx' })
  await take().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    const owner = Number(await readFile(path, 'utf8').catch(() => ''))
    if (owner > 0 && isAlive(owner))
      throw new AppError('conflict', `Another setup is running (process ${owner}).`, {
        hint: 'Wait until it is ready.',
      })
    await rm(path, { force: true })
    await take()
  })
  try {
    return await run()
  } finally {
    await rm(path, { force: true })
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function formatMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
