/** What a model sees of every clip, computed on the media threads and kept in memory for all folds. */
import type { DrawnStep } from '../../../dsp/augment/apply-chain'
import type { Recipe } from '../../../dsp/recipe'
import { AppError, toAppError } from '../../../shared/errors'
import type { ManifestClip, TrainClip } from '../../../shared/job/manifest'
import type { MediaPool } from '../../media/media-pool'
import type { Augmentation, HeardSpan } from '../../media/media-task'
import { GraphFrontEnd } from './graph-front-end'
import { isSummarizable, summarizeClip } from './summary-features'

/**
 * Values of a clip, frame by frame: band b and channel c of frame t are `values[(t · bands + b) · channels + c]`. A summary
 * is a picture of one frame.
 */
export interface Picture {
  frames: number
  bands: number
  /** Absent: one. */
  channels?: number
  values: Float32Array
}

/** Values of one frame. */
export function countColumns({ bands, channels = 1 }: Pick<Picture, 'bands' | 'channels'>): number {
  return bands * channels
}

/** The part of MediaPool that is used here. */
export type MediaRunner = Pick<MediaPool, 'run'>

export interface FeatureSet {
  /** In the order of the clips; null where the clip could not be read. */
  pictures: (Picture | null)[]
  failures: { clip: ManifestClip; error: AppError }[]
}

/** Tasks that wait at the media threads at a time: enough to keep them busy, few enough to bound memory. */
const tasksInFlight = 32

/**
 * Log-mel pictures for a network, or summary rows for mfcc-logistic. A clip that cannot be read is a failure in
 * the result, not an exception.
 *
 * @param onProgress told after every clip
 */
export async function loadFeatures(
  clips: readonly ManifestClip[],
  recipe: Recipe,
  media: MediaRunner,
  onProgress: (done: number) => void,
): Promise<FeatureSet> {
  if (recipe.features === 'graph') return loadInGraph(clips, recipe, media, onProgress)
  const pictures: (Picture | null)[] = clips.map(() => null)
  const failures: FeatureSet['failures'] = []
  let next = 0
  let done = 0
  const lane = async (): Promise<void> => {
    while (next < clips.length) {
      const position = next++
      const clip = clips[position]!
      try {
        pictures[position] = await computePicture(clip, recipe, media)
      } catch (error) {
        failures.push({ clip, error: toAppError(error) })
      }
      onProgress(++done)
    }
  }
  await Promise.all(Array.from({ length: Math.min(tasksInFlight, clips.length) }, lane))
  return { pictures, failures }
}

/** Clips that are computed in the graph at a time; the next are decoded meanwhile. */
const clipsInGraph = 16

/** The same on the current backend: the media threads only decode and resample. */
async function loadInGraph(
  clips: readonly ManifestClip[],
  { frontEnd }: Recipe,
  media: MediaRunner,
  onProgress: (done: number) => void,
): Promise<FeatureSet> {
  const { sampleRateHz, channel } = frontEnd
  const pictures: (Picture | null)[] = clips.map(() => null)
  const failures: FeatureSet['failures'] = []
  const listen = (first: number) =>
    Promise.allSettled(
      clips
        .slice(first, first + clipsInGraph)
        .map(({ path, startSeconds, endSeconds }) =>
          media.run('samples', { path, startSeconds, endSeconds, sampleRateHz, channel }),
        ),
    )
  const graph = new GraphFrontEnd(frontEnd)
  try {
    let heard = listen(0)
    for (let first = 0; first < clips.length; first += clipsInGraph) {
      const sounds = await heard
      heard = listen(first + clipsInGraph)
      const readable = sounds.flatMap((sound) => (sound.status === 'fulfilled' ? [sound.value.samples] : []))
      const computed = (await computeEach(graph, readable)).values()
      for (const [index, sound] of sounds.entries()) {
        const clip = clips[first + index]!
        const picture: unknown = sound.status === 'fulfilled' ? computed.next().value : sound.reason
        if (isPicture(picture)) pictures[first + index] = picture
        else failures.push({ clip, error: toClipError(clip, picture) })
      }
      onProgress(first + sounds.length)
    }
  } finally {
    graph.dispose()
  }
  return { pictures, failures }
}

/** The picture of each sound, or the RangeError that says why it has none. */
async function computeEach(graph: GraphFrontEnd, sounds: readonly Float32Array[]): Promise<(Picture | RangeError)[]> {
  try {
    return await graph.compute(sounds)
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    if (sounds.length === 1) return [thrown]
    // One of them is damaged or too short: each by itself tells which.
    const each: (Picture | RangeError)[] = []
    for (const sound of sounds) each.push(...(await computeEach(graph, [sound])))
    return each
  }
}

const isPicture = (value: unknown): value is Picture =>
  typeof value === 'object' && value !== null && 'frames' in value && 'bands' in value

/** The DSP throws RangeError and knows no files: here it gets one, as on the media threads. */
function toClipError({ path }: ManifestClip, thrown: unknown): AppError {
  if (!(thrown instanceof RangeError)) return toAppError(thrown)
  return new AppError('invalid-argument', `${path}: ${thrown.message}`, { cause: thrown })
}

/**
 * The same where every clip is needed.
 *
 * @throws AppError 'bad-file' (or what the only failure says) naming the first file and how many there are
 */
export async function loadAllFeatures(
  clips: readonly ManifestClip[],
  recipe: Recipe,
  media: MediaRunner,
  onProgress: (done: number) => void,
): Promise<Picture[]> {
  const { pictures, failures } = await loadFeatures(clips, recipe, media, onProgress)
  const first = failures.sort((a, b) => clips.indexOf(a.clip) - clips.indexOf(b.clip))[0]
  if (!first) return pictures as Picture[]
  const others = failures.length === 1 ? '' : ` So it is with ${failures.length - 1} more of the ${clips.length} clips.`
  throw new AppError(first.error.code, `A clip cannot be read: ${first.error.message}.${others}`, {
    hint: 'Repair or exclude what cannot be read (earmark verify lists it), then train again.',
    cause: first.error,
  })
}

async function computePicture(clip: ManifestClip, recipe: Recipe, media: MediaRunner): Promise<Picture> {
  return (await hearClip(clip, recipe, media)).picture
}

/** A picture with what its rows and columns are. */
export interface HeardClip {
  picture: Picture
  /** Centre of each band; empty where rows are no bands. */
  bandHz: Float32Array
  /** Middle of frame 0 in seconds of the clip. */
  firstFrameSeconds: number
  /** What the augmentation drew, step by step. */
  drawn: DrawnStep[]
}

/**
 * What a model sees of one clip, before it is standardised.
 *
 * @param augmentation changes the clip's sound for a network; null: as it is
 * @throws AppError what the media threads say
 */
export async function hearClip(
  clip: ManifestClip & Pick<TrainClip, 'segments'> & Pick<HeardSpan, 'samples'>,
  recipe: Recipe,
  media: MediaRunner,
  augmentation: Augmentation | null = null,
): Promise<HeardClip> {
  const { path, startSeconds, endSeconds, samples: known, segments } = clip
  const { frontEnd, model } = recipe
  if (model.kind === 'logmel-cnn') {
    const spectrogram = await media.run('features', {
      path,
      startSeconds,
      endSeconds,
      frontEnd,
      ...(known ? { samples: known } : {}),
      ...(augmentation ? { augmentation } : {}),
      ...(augmentation && segments ? { segments: segments.map((own, index) => ({ ...own, index })) } : {}),
    })
    const { frames, bands, channels, values, bandHz, firstFrameSeconds, drawn } = spectrogram
    return {
      picture: { frames, bands, ...(channels > 1 ? { channels } : {}), values },
      bandHz,
      firstFrameSeconds,
      drawn,
    }
  }
  if (!isSummarizable(frontEnd))
    throw new AppError('invalid-argument', 'mfcc-logistic summarises the levels of a spectrum, without steps after it')
  const { sampleRateHz, channel } = frontEnd
  const { samples } = await media.run('samples', { path, startSeconds, endSeconds, sampleRateHz, channel })
  const values = summarizeClip(samples, frontEnd, model.mfccCount)
  const picture = { frames: 1, bands: values.length, values }
  return { picture, bandHz: new Float32Array(0), firstFrameSeconds: 0, drawn: [] }
}
