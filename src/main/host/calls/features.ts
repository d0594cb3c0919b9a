import { existsSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { describeFrontEnd } from '../../../dsp/describe-front-end'
import { frontEndPresets } from '../../../dsp/front-end-presets'
import { hashFrontEnd } from '../../../dsp/front-end-identity'
import { pictureShape } from '../../../dsp/picture-shape'
import type { FrontEnd } from '../../../dsp/recipe'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { Handlers } from '../../../shared/contract/contract'
import type { FeatureFile, FrontEndInfo } from '../../../shared/contract/features'
import { AppError } from '../../../shared/errors'
import { mapInOrder } from '../../../shared/map-in-order'
import { requireAbsolute } from '../catalog/catalog-folder'
import { mapExportClips } from '../catalog/export-clips'
import type { FeaturePlan } from '../../media/feature-tasks'
import type { MediaSpan } from '../../media/media-task'
import { type FeatureFileWriter, featureFormatOf, openFeatureFile, requireRoom } from '../media/feature-file'
import { requireFile, requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'

export function featureHandlers(workspace: Workspace): Handlers['features'] {
  return {
    frontEnds: () => frontEndPresets.map(({ frontEnd, ...preset }) => ({ ...preset, frontEnd, ...describe(frontEnd) })),
    describe: ({ frontEnd }) => describe(frontEnd),
    async write({ of, frontEnd, out: given }, { signal }): Promise<FeatureFile> {
      const out = requireAbsolute(given)
      featureFormatOf(out)
      requireFolder(dirname(out))
      if (existsSync(out))
        throw new AppError('conflict', `${out} is there already.`, { hint: 'Name another file, or remove it.' })
      describe(frontEnd)
      const clips = of.kind === 'clips' ? listClips(workspace, of.query) : []
      const source = of.kind === 'file' ? requireFile(requireAbsolute(of.path)) : null
      const file = openFeatureFile(out, frontEnd, source !== null)
      try {
        if (source === null) await ofClips(workspace, clips, frontEnd, file, signal)
        else await ofFile(workspace, source, frontEnd, file, signal)
        const summary = file.finish()
        return { ...summary, path: out, bytes: statSync(out).size, frontEndHash: hashFrontEnd(frontEnd) }
      } catch (thrown) {
        file.abandon()
        throw thrown
      }
    },
  }
}

/** @throws AppError 'invalid-argument' for a front end that cannot be computed */
function describe(frontEnd: FrontEnd): Pick<FrontEndInfo, 'hash' | 'parts' | 'bands' | 'channels'> {
  try {
    return { hash: hashFrontEnd(frontEnd), parts: describeFrontEnd(frontEnd), ...pictureShape(frontEnd) }
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    throw new AppError('invalid-argument', `The front end cannot be computed: ${thrown.message}.`, { cause: thrown })
  }
}

/** What is written of a clip beside its features. */
interface FeatureClip {
  key: string
  recording: string
  startSeconds: number
  endSeconds: number
  fold: string | null
  /** Names of its present classes. */
  labels: string[]
}

function listClips(workspace: Workspace, query: ClipQuery): FeatureClip[] {
  const clips = mapExportClips(workspace.database, query, (clip): FeatureClip => ({
    key: clip.id,
    recording: clip.recordingPath,
    startSeconds: clip.startSeconds,
    endSeconds: clip.endSeconds,
    fold: clip.fold,
    labels: clip.labels.flatMap(({ className, state }) => (state === 'present' ? [className] : [])),
  }))
  if (clips.length > 0) return clips
  throw new AppError('invalid-argument', 'No clip is in this selection, so there are no features to compute.')
}

/** Longer sounds than these samples (1 GiB) are not computed whole: 3.4 hours at 22,050 Hz. */
const mostWholeSamples = 2 ** 28
/** Pieces computed at a time, or waiting to be written. */
const piecesAhead = 3

async function ofFile(
  workspace: Workspace,
  path: string,
  frontEnd: FrontEnd,
  file: FeatureFileWriter,
  signal: AbortSignal,
): Promise<void> {
  const media = workspace.openMedia()
  try {
    const { durationSeconds } = await media.run('probe', { path }, { signal })
    const span = { path, startSeconds: 0, endSeconds: durationSeconds }
    const row = { ...span, key: basename(path), recording: path, fold: null, labels: [] }
    const plan = await media.run('featurePlan', { ...span, frontEnd }, { signal })
    const tell = (done: number, total: number): void => workspace.announcer.tell('features.progress', { done, total })
    const loudest = await findLoudest(media, span, frontEnd, plan, signal)
    // What is too loud for single precision is so whole.
    if (plan.reason !== null || plan.units <= plan.unitsAtOnce || loudest === Infinity) {
      if (plan.samples > mostWholeSamples)
        throw new AppError(
          'invalid-argument',
          `${path} is too long: ${plan.reason ?? 'it is too loud for single precision'}.`,
          {
            hint: 'Compute features of clips of it, or with a front end that looks at one frame after the other.',
          },
        )
      file.add({ ...row, segments: await media.run('segments', { ...span, frontEnd }, { signal }) })
      return
    }
    const { bands, channels } = pictureShape(frontEnd)
    if (!file.takesPieces) requireRoom(4 * plan.units * bands * channels)
    const joined: Float32Array[] = []
    await mapInOrder(
      rangesOf(plan.units, plan.unitsAtOnce),
      piecesAhead,
      (range) => media.run('featurePiece', { ...span, frontEnd, ...range, loudest }, { signal }),
      (segments, { first, count }) => {
        if (file.takesPieces) file.add({ ...row, segments })
        else joined.push(...segments.values)
        tell(first + count, plan.units)
        if (!file.takesPieces && first + count === plan.units)
          file.add({ ...row, segments: { ...segments, values: [joinArrays(joined)], startSeconds: [0] } })
      },
    )
  } finally {
    await media.close()
  }
}

/** What decibels count from; undefined where they do not, or the sound is short. */
async function findLoudest(
  media: ReturnType<Workspace['openMedia']>,
  span: MediaSpan,
  frontEnd: FrontEnd,
  plan: FeaturePlan,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!plan.wantsLoudest || plan.units <= plan.unitsAtOnce) return undefined
  let loudest = 0
  await mapInOrder(
    rangesOf(plan.frames, plan.framesAtOnce),
    piecesAhead,
    (range) => media.run('loudest', { ...span, frontEnd, ...range }, { signal }),
    ({ power }) => void (loudest = Math.max(loudest, power)),
  )
  return loudest
}

function rangesOf(total: number, atOnce: number): { first: number; count: number }[] {
  return Array.from({ length: Math.ceil(total / atOnce) }, (_, index) => ({
    first: index * atOnce,
    count: Math.min(atOnce, total - index * atOnce),
  }))
}

function joinArrays(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return joined
}

/** Clips computed at a time, or waiting to be written. */
const ahead = 32

async function ofClips(
  workspace: Workspace,
  clips: readonly FeatureClip[],
  frontEnd: FrontEnd,
  file: FeatureFileWriter,
  signal: AbortSignal,
): Promise<void> {
  const { media } = workspace.catalog
  await mapInOrder(
    clips,
    ahead,
    (clip) => media.segments(clip.key, frontEnd, signal),
    (segments, clip, index) => {
      file.add({ ...clip, segments })
      workspace.announcer.tell('features.progress', { done: index + 1, total: clips.length })
    },
  )
}
