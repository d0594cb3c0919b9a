/** The job of pre-annotation: goes over clips with a sliding window, and proposes segments. */
import { createHash } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { ManifestClip, ProposeClip, ProposeManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { isSilent, proposeSegments, slideWindows, type Window } from '../../shared/proposals/propose-segments'
import { MediaPool } from '../media/media-pool'
import { selectBackend } from './backends/select-backend'
import { hashWeights, type Checkpoint } from './learning/checkpoint'
import { type Classifier, restoreClassifier } from './learning/classifier'
import { loadFeatures, type MediaRunner, type Picture } from './learning/features'
import { decodedFolderOf } from './media-runner'
import { loadModels } from './run-models'

/** Windows whose pictures are in memory at a time: of the default recipe 20 MB, and a few batches of a network. */
const windowsAtOnce = 256

/**
 * Proposes segments on every clip with the model of its fold, or with the mean of all models of the run. Tells `backend`,
 * `progress` (in windows), `issues` for clips that cannot be read, and `proposals` of each clip as it is done. The caller
 * tells `done` or `failed`. A window without sound proposes nothing (`silentBelowDbfs`). Memory does not grow with the length of the clips.
 *
 * @throws AppError 'not-found' when the run, or a fold that a clip names, has no model, and what `loadModels` throws,
 *   'backend-unavailable', or what the clips say when none of them can be read
 */
export async function propose(manifest: ProposeManifest, tell: (event: WorkerEvent) => void): Promise<void> {
  const media = new MediaPool({ decodedFolder: decodedFolderOf(manifest.folder) })
  try {
    await proposeWith(manifest, tell, media)
  } finally {
    await media.close()
  }
}

/** A model, or several whose mean counts, under the name of their fold. */
interface Ear {
  fold: string
  modelHash: string
  classifiers: Classifier[]
}

/** A clip that is being gone over. */
interface Course {
  clip: ProposeClip
  ear: Ear
  windows: ManifestClip[]
  /** Of each window that was heard so far; null of the others, and where there is no sound. */
  scores: (Float32Array | null)[]
  fault: AppError | null
}

/** The same with the media threads of the caller. */
export async function proposeWith(
  manifest: ProposeManifest,
  tell: (event: WorkerEvent) => void,
  media: MediaRunner,
): Promise<void> {
  const { clips, windowSeconds, hopSeconds, floor, classes, recipe } = manifest
  const checkpoints = await loadModels(manifest)
  tell({ type: 'backend', ...(await selectBackend(manifest.backend, manifest.backendOrder)) })
  const ears = openEars(checkpoints)
  try {
    const courses = clips.map((clip) => ({ clip, ear: requireEar(ears, clip, manifest) }))
    const cut = (clip: ProposeClip): Window[] => slideWindows(clip, windowSeconds, hopSeconds)
    const total = clips.reduce((sum, clip) => sum + cut(clip).length, 0)
    let done = 0
    let ended = 0
    let faults = 0
    const say = (heard: number): void => {
      const message = `Listening to clip ${Math.min(clips.length, ended + 1)} of ${clips.length}`
      tell({ type: 'progress', done: done + heard, total, message })
    }
    for (const batch of eachBatch(courses, cut)) {
      await scoreBatch(batch, { recipe, media, classCount: classes.length, onHeard: say })
      for (const { course, count, isLast } of batch) {
        done += count
        if (!isLast) continue
        ended++
        const { clip, windows, scores, ear, fault } = course
        if (fault) {
          faults++
          if (faults === clips.length) throw fault
          tell({ type: 'issues', issues: [{ file: clip.path, row: null, reason: fault.message }] })
        } else {
          const segments = proposeSegments(windows, scores, classes.length, floor)
          const { fold, modelHash } = ear
          tell({ type: 'proposals', rows: [{ clipId: clip.id, fold, modelHash, segments }] })
        }
      }
      say(0)
    }
  } finally {
    // 'all' has the same ones again.
    for (const one of new Set([...ears.values()].flatMap(({ classifiers }) => classifiers))) one.dispose()
  }
}

/** Some windows of one clip. */
interface Stretch {
  course: Course
  first: number
  count: number
  isLast: boolean
}

/** The windows of all clips in their order, so many at a time; those of a clip are there from its turn to its end. */
function* eachBatch(
  clips: readonly Pick<Course, 'clip' | 'ear'>[],
  cut: (clip: ProposeClip) => Window[],
): Generator<Stretch[]> {
  let batch: Stretch[] = []
  let room = windowsAtOnce
  for (const { clip, ear } of clips) {
    const windows = cut(clip).map((window, index) => ({ ...clip, ...window, id: String(index) }))
    const course: Course = { clip, ear, windows, scores: windows.map(() => null), fault: null }
    const { length } = windows
    for (let first = 0; first < length;) {
      const count = Math.min(room, length - first)
      batch.push({ course, first, count, isLast: first + count === length })
      first += count
      room -= count
      if (room > 0) continue
      yield batch
      batch = []
      room = windowsAtOnce
    }
  }
  if (batch.length > 0) yield batch
}

async function scoreBatch(
  batch: readonly Stretch[],
  given: {
    recipe: ProposeManifest['recipe']
    media: MediaRunner
    classCount: number
    /** Hears of how many windows there are features. */
    onHeard: (windows: number) => void
  },
): Promise<void> {
  // Of a clip that could not be read in its first windows the others are not tried.
  const wanted = batch
    .filter(({ course }) => course.fault === null)
    .flatMap(({ course, first, count }) =>
      course.windows
        .slice(first, first + count)
        .map((window, index): WantedWindow => ({ course, window, place: first + index })),
    )
  const loud = await leaveOutSilence(wanted, given)
  const quietCount = wanted.length - loud.length
  const { pictures, failures } = await loadFeatures(
    loud.map(({ window }) => window),
    given.recipe,
    given.media,
    (done) => given.onHeard(quietCount + done),
  )
  const faultOf = new Map(failures.map(({ clip, error }) => [clip, error]))
  for (const { course, window } of loud) course.fault ??= faultOf.get(window) ?? null
  const byEar = new Map<Ear, { course: Course; place: number; picture: Picture }[]>()
  for (const [index, { course, place }] of loud.entries()) {
    const picture = pictures[index]
    if (!picture || course.fault) continue
    const own = byEar.get(course.ear)
    if (own) own.push({ course, place, picture })
    else byEar.set(course.ear, [{ course, place, picture }])
  }
  for (const [{ classifiers }, heard] of byEar) {
    const sums = heard.map(() => new Float32Array(given.classCount))
    for (const classifier of classifiers)
      for (const [row, scores] of (await classifier.score(heard.map(({ picture }) => picture))).entries())
        for (const [label, score] of scores.entries()) sums[row]![label]! += score / classifiers.length
    for (const [row, { course, place }] of heard.entries()) course.scores[place] = sums[row]!
  }
}

interface WantedWindow {
  course: Course
  window: ManifestClip
  /** In the clip. */
  place: number
}

/** The windows with something to hear; one that cannot be read is among them, for its features say why. */
async function leaveOutSilence(
  wanted: readonly WantedWindow[],
  { recipe, media }: { recipe: ProposeManifest['recipe']; media: MediaRunner },
): Promise<WantedWindow[]> {
  const { channel } = recipe.frontEnd
  const levels = await Promise.allSettled(
    wanted.map(({ window: { path, startSeconds, endSeconds } }) =>
      media.run('peak', { path, startSeconds, endSeconds, channel }),
    ),
  )
  return wanted.filter((_, index) => {
    const level = levels[index]!
    return level.status === 'rejected' || !isSilent(level.value.peak)
  })
}

/** By the name of the fold; 'all' has every model. */
function openEars(checkpoints: readonly Checkpoint[]): Map<string, Ear> {
  const single = checkpoints.map((checkpoint): Ear => ({
    fold: checkpoint.fold,
    modelHash: hashWeights(checkpoint),
    classifiers: [restoreClassifier(checkpoint)],
  }))
  const ears = new Map(single.map((ear) => [ear.fold, ear]))
  if (single.length === 1) ears.set('all', single[0]!)
  else {
    const hash = createHash('sha256')
    for (const { modelHash } of single) hash.update(modelHash)
    const classifiers = single.flatMap((ear) => ear.classifiers)
    ears.set('all', { fold: 'all', modelHash: hash.digest('hex'), classifiers })
  }
  return ears
}

function requireEar(ears: Map<string, Ear>, { fold, path }: ProposeClip, { folder }: ProposeManifest): Ear {
  const ear = ears.get(fold ?? 'all')
  if (ear) return ear
  throw new AppError(
    'not-found',
    `There is no model of fold ${fold} in ${folder}, which alone has not learned ${path}.`,
    {
      hint: 'Train the run again, or restore its folder.',
    },
  )
}
