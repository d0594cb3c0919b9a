/** The state of an unfinished training on disk: one file for each fold, from which it goes on. */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { endianness } from 'node:os'
import { dirname, join } from 'node:path'
import type { RandomPosition } from '../../../dsp/random'
import { AppError, toAppError } from '../../../shared/errors'
import type { BackendName, ManifestMaterial, TrainFold, TrainManifest } from '../../../shared/job/manifest'
import { hashRecipe } from './checkpoint'
import type { Picture } from './features'
import type { FitState } from './fit'

export interface TrainingState extends FitState {
  /** Where all random streams of the fold stand, by path. */
  streams: Record<string, RandomPosition[]>
  /** Spent on the fold so far. */
  seconds: number
}

/** Why a state or a model of another identity is not used. */
export const otherTraining = 'it is of other clips or sounds, another recipe or another backend'

const format = 'earmark-training'
const version = 1
const hashBytes = 32

/** SHA-256 of what a model sees of a clip, as it was computed now. */
export function hashPicture({ bands, channels = 1, values }: Picture): string {
  const shape = channels === 1 ? `${bands} ` : `${bands} ${channels} `
  return createHash('sha256').update(shape).update(toLittleEndian(values)).digest('hex')
}

/**
 * What decides every number of a fold's training: two trainings with the same identity go the same way. The places of
 * files do not matter; what was read from them does, because a file may have changed since the manifest was frozen. So
 * does the backend, because another one rounds differently.
 *
 * @param pictures the hashes of what the model sees of the manifest's clips (hashPicture), of which the fold's own count
 */
export function identifyTraining(
  manifest: TrainManifest,
  fold: TrainFold,
  backend: BackendName,
  pictures: readonly string[],
): string {
  const clips = manifest.clips.map((clip) => [
    clip.id,
    clip.contentHash,
    clip.startSeconds,
    clip.endSeconds,
    clip.group,
    clip.classIndex,
    ...(clip.segments ? [clip.segments] : []),
  ])
  const parts: unknown[] = [
    version,
    hashRecipe(manifest.recipe),
    manifest.classes,
    clips,
    fold.name,
    fold.train,
    backend,
  ]
  if (fold.validation) parts.push(fold.validation)
  if (manifest.materials) parts.push(manifest.materials.map((own) => own.map(withoutPlace)))
  const seen = [...fold.train, ...(fold.validation ?? [])].map((position) => pictures[position])
  return createHash('sha256')
    .update(JSON.stringify([...parts, seen]))
    .digest('hex')
}

/** A file that the catalog does not know is known by its place alone. */
function withoutPlace({ path, ...material }: ManifestMaterial): Omit<ManifestMaterial, 'path'> & { path?: string } {
  return material.contentHash === null ? { path, ...material } : material
}

/** A fold's state in a run's folder. Any fold name makes a safe and distinct file. */
export function stateFile(runFolder: string, fold: string): string {
  return join(runFolder, `training-${encodeURIComponent(fold).replaceAll('*', '%2A')}.state`)
}

/**
 * Writes a state beside its place and renames it there: whoever reads finds the one before or this one, whole.
 *
 * @throws AppError 'no-space', 'no-permission', … naming the file
 */
export async function saveTrainingState(file: string, identity: string, state: TrainingState): Promise<void> {
  const { vectors, ...position } = state
  const names = Object.keys(vectors)
  const header = Buffer.from(
    JSON.stringify({
      format,
      version,
      identity,
      position,
      vectors: names.map((name) => ({ name, length: vectors[name]!.length })),
    }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const parts = [length, header, ...names.map((name) => toLittleEndian(vectors[name]!))]
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  const partial = `${file}.unfinished`
  try {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(partial, 'w')
    try {
      await handle.writev([hash.digest(), ...parts])
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined)
    const { code, message, hint } = toAppError(error)
    throw new AppError(code, `The state of the training could not be written to ${file}: ${message}`, {
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    })
  }
}

/** A state to go on from; or none, with the reason where there is a file that cannot be used. */
export type LoadedState = { state: TrainingState; reason: null } | { state: null; reason: string | null }

/** Reads a state; one that is damaged, or of another training than `identity`, is not used. Never throws. */
export async function loadTrainingState(file: string, identity: string): Promise<LoadedState> {
  const refuse = (reason: string): LoadedState => ({ state: null, reason })
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return isMissing ? { state: null, reason: null } : refuse(`it cannot be read: ${toAppError(error).message}`)
  }
  const rest = bytes.subarray(hashBytes)
  if (rest.length < 4 || !createHash('sha256').update(rest).digest().equals(bytes.subarray(0, hashBytes))) {
    return refuse('it is damaged')
  }
  const headerEnd = 4 + rest.readUInt32LE(0)
  const header = JSON.parse(rest.subarray(4, headerEnd).toString('utf8')) as {
    format: string
    version: number
    identity: string
    position: Omit<TrainingState, 'vectors'>
    vectors: { name: string; length: number }[]
  }
  if (header.format !== format || header.version !== version) return refuse('it is of another version of Earmark')
  if (header.identity !== identity) return refuse(otherTraining)
  const vectors: Record<string, Float32Array> = {}
  let offset = headerEnd
  for (const { name, length } of header.vectors) {
    vectors[name] = fromLittleEndian(rest.subarray(offset, offset + 4 * length))
    offset += 4 * length
  }
  return { state: { ...header.position, vectors }, reason: null }
}

/** Removes a state that is not needed any more, and what a process that was killed while it wrote one left. */
export async function removeTrainingState(file: string): Promise<void> {
  for (const each of [file, `${file}.unfinished`]) await rm(each, { force: true })
}

function toLittleEndian(values: Float32Array): Buffer {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32()
}

function fromLittleEndian(bytes: Buffer): Float32Array {
  // A copy of its own: floats want a place that is divisible by four.
  const own = new Uint8Array(bytes)
  if (endianness() === 'BE') Buffer.from(own.buffer).swap32()
  return new Float32Array(own.buffer)
}
