import { fingerprintVersion } from '../../../dsp/fingerprint'
import type { RunPreflight, RunRequest } from '../../../shared/contract/runs'
import { AppError } from '../../../shared/errors'
import { findSilentStep } from '../../../shared/job/fold-materials'
import type { ManifestMaterial, TrainClip, TrainFold } from '../../../shared/job/manifest'
import { readAnnotations } from '../catalog/annotations'
import { countNoun } from '../catalog/labels'
import type { Database } from '../catalog/database'
import { listClasses } from '../catalog/ontology'
import { countUnheard } from '../catalog/split-clips'
import { listManifestRows, type ManifestRow } from '../catalog/usable-clips'
import { resolveInside } from '../media/resolve-inside'
import { findLeaks, type PlacedClip } from './find-leaks'
import { listMaterials } from './chain-materials'
import { buildSplit } from './split'

/** What a run would be trained on, and what is wrong with it. */
export interface TrainingSet {
  classes: { id: string; name: string }[]
  clips: TrainClip[]
  folds: TrainFold[]
  /** For each step of the chain; absent where none takes other sounds. */
  materials?: ManifestMaterial[][]
  preflight: RunPreflight
}

type Problem = RunPreflight['problems'][number]

/** Selects the clips of a request, splits them and looks for what would spoil the training. */
export function buildTrainingSet(database: Database, request: RunRequest): TrainingSet {
  const left = new Map<string, number>()
  const leave = (reason: string): void => void left.set(reason, (left.get(reason) ?? 0) + 1)
  const problems: Problem[] = []

  const rows = listManifestRows(database, request.query).filter((row) => {
    const reason = findUnusable(row)
    if (reason) leave(reason)
    return !reason
  })
  const occurring = new Set(rows.map((row) => row.classId))
  const all = listClasses(database, false).filter((entry) => occurring.has(entry.id))
  let classes = all.map(({ id, name }) => ({ id, name }))
  let clips = rows.map((row) => toTrainClip(row, classes))

  let folds: TrainFold[] = []
  try {
    const placed = clips.map((clip, position) => ({ ...clip, split: rows[position]!.split }))
    const split = buildSplit(placed, request.split, request.recipe.seed)
    for (const reason of split.unused.values()) leave(reason)
    // Positions and class numbers are those of the clips that are left.
    const kept = clips.filter((_clip, position) => !split.unused.has(position))
    const keptClasses = new Set(kept.map((clip) => classes[clip.classIndex]!.id))
    const position = new Map(kept.map((clip, index) => [clip.id, index]))
    const keep = (positions: number[]): number[] => positions.map((old) => position.get(clips[old]!.id)!)
    folds = split.folds.map(({ name, train, test, validation }) => ({
      name,
      train: keep(train),
      test: keep(test),
      ...(validation ? { validation: keep(validation) } : {}),
    }))
    const keptList = classes.filter((entry) => keptClasses.has(entry.id))
    const renumber = new Map(classes.map((entry, old) => [old, keptList.findIndex((other) => other.id === entry.id)]))
    clips = kept.map((clip) => ({ ...clip, classIndex: renumber.get(clip.classIndex)! }))
    classes = keptList
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    problems.push({ severity: 'error', message: `${error.message}${error.hint ? ` ${error.hint}` : ''}` })
  }
  problems.push(...findProblems(classes, clips, folds, request))
  problems.push(...findSoundLeaks(database, rows, clips, folds, request))
  if (request.recipe.training.chain?.steps.some(({ kind }) => kind === 'background'))
    clips = addSegments(database, clips, new Map(rows.map((row) => [row.id, row])))
  const { materials, fault } = findMaterials(database, clips, folds, request)
  if (fault !== undefined) problems.push({ severity: 'error', message: fault })

  return {
    classes,
    clips,
    folds,
    ...(materials ? { materials } : {}),
    preflight: {
      clips: clips.length,
      groups: new Set(clips.map((clip) => clip.group)).size,
      classes: classes.map(({ name }, index) => ({
        name,
        count: clips.filter((clip) => clip.classIndex === index).length,
      })),
      folds: folds.map((fold) => ({ name: fold.name, train: fold.train.length, test: fold.test.length })),
      left: [...left].map(([reason, count]) => ({ reason, count })),
      problems,
    },
  }
}

/** With what labeled segments cover of each clip; what a model proposed and nobody took does not count. */
function addSegments(database: Database, clips: TrainClip[], rows: ReadonlyMap<string, ManifestRow>): TrainClip[] {
  const annotations = readAnnotations(
    database,
    clips.map(({ id }) => id),
  )
  return clips.map((clip) => {
    const { startSeconds, endSeconds } = rows.get(clip.id)!
    const segments = (annotations.get(clip.id) ?? [])
      .filter(({ tier, labels }) => tier !== 'model' && labels.some(({ state }) => state === 'present'))
      .map((own) => ({
        startSeconds: Math.max(0, own.startSeconds - startSeconds),
        endSeconds: Math.min(endSeconds, own.endSeconds) - startSeconds,
      }))
    return segments.length === 0 ? clip : { ...clip, segments }
  })
}

/** The sounds that the chain's steps take, and why there are none where there should be. */
function findMaterials(
  database: Database,
  clips: TrainClip[],
  folds: TrainFold[],
  { recipe }: RunRequest,
): { materials?: ManifestMaterial[][]; fault?: string } {
  const { chain } = recipe.training
  if (!chain) return {}
  try {
    const materials = listMaterials(database, chain)
    if (materials === null) return {}
    const fault = findSilentStep({ chain, materials, clips, folds })
    return { materials, ...(fault === null ? {} : { fault }) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { fault: `${error.message}${error.hint ? ` ${error.hint}` : ''}` }
  }
}

/** Most that is said of leaks of one kind; the audit lists all. */
const saidLeaks = 3

/** What sounds the same on both sides of a fold, as far as it is known. */
function findSoundLeaks(
  database: Database,
  rows: ManifestRow[],
  clips: TrainClip[],
  folds: TrainFold[],
  request: RunRequest,
): Problem[] {
  const rowById = new Map(rows.map((row) => [row.id, row]))
  const isCross = request.split.kind === 'cross-validate'
  const place = (position: number, part: string): PlacedClip => {
    const row = rowById.get(clips[position]!.id)!
    return { ...row, recordingKey: row.recordingId, part, classes: [], bonds: [] }
  }
  // In a cross-validation each clip is tested once, and trained in every other fold.
  const placed = folds.flatMap(({ name, train, test, validation = [] }) => [
    ...test.map((position) => place(position, isCross ? name : 'test')),
    ...(isCross ? [] : train.map((position) => place(position, 'train'))),
    ...(isCross ? [] : validation.map((position) => place(position, 'validation'))),
  ])
  const findings = findLeaks(database, placed, isCross ? 'fold' : 'split')
  const problems: Problem[] = []
  for (const kind of ['same-audio', 'near-duplicate'] as const) {
    const own = findings.filter((finding) => finding.kind === kind)
    for (const { message } of own.slice(0, saidLeaks))
      problems.push({ severity: request.allowsLeaks ? 'warning' : 'error', message, isLeak: true })
    if (own.length > saidLeaks)
      problems.push({
        severity: 'warning',
        message: `${own.length - saidLeaks} more of this kind; the audit in Splits lists them.`,
        isLeak: true,
      })
  }
  // Nobody who has never listened is bothered: it is said where some have been heard and others came since.
  const hashes = new Set(placed.flatMap(({ contentHash }) => (contentHash === null ? [] : [contentHash])))
  const unheard = countUnheard(database, hashes, fingerprintVersion)
  if (unheard > 0 && unheard < hashes.size)
    problems.push({
      severity: 'warning',
      message: `${countNoun(unheard, 'recording')} came after the last audit and may sound like others; listen again in Splits.`,
    })
  return problems
}

function findUnusable(row: ManifestRow): string | null {
  if (row.presentCount === 0) return 'It has no present label'
  if (row.presentCount > 1) return 'It has more than one present label'
  if (row.isMissing === 1 || row.contentHash === null) return 'Its sound file is missing'
  return null
}

function toTrainClip(row: ManifestRow, classes: { id: string }[]): TrainClip {
  return {
    id: row.id,
    path: resolveInside(row.rootPath, row.recordingPath),
    contentHash: row.contentHash ?? '',
    startSeconds: row.startSeconds,
    endSeconds: row.endSeconds,
    fold: row.fold,
    // Without a group of its own, a recording's clips still belong together.
    group: row.group ?? row.recordingId,
    classIndex: classes.findIndex((entry) => entry.id === row.classId),
  }
}

function findProblems(
  classes: { name: string }[],
  clips: TrainClip[],
  folds: TrainFold[],
  request: RunRequest,
): Problem[] {
  const problems: Problem[] = []
  const add = (severity: Problem['severity'], message: string): void => void problems.push({ severity, message })
  if (clips.length === 0) {
    add('error', 'No clip can be trained on: each needs exactly one present label.')
    return problems
  }
  if (classes.length < 2) add('error', `All clips are ${classes[0]!.name}; training needs two classes at least.`)
  if (request.split.kind === 'cross-validate' && folds.length < 2)
    add('error', `Cross-validation needs two folds at least; these clips have ${folds.length}. Choose a random split.`)

  const groupsOf = (index: number): number =>
    new Set(clips.filter((clip) => clip.classIndex === index).map((clip) => clip.group)).size
  const lonely = classes.filter((_entry, index) => groupsOf(index) < 2).map((entry) => entry.name)
  if (lonely.length > 0)
    add(
      'warning',
      `All clips of a class come from one group, so it cannot be both trained and tested: ${lonely.join(', ')}.`,
    )

  for (const fold of folds) {
    if (fold.train.length === 0) add('error', `Fold ${fold.name} has nothing to train on.`)
    if (fold.test.length === 0) add('error', `Fold ${fold.name} has nothing to test on.`)
    if (fold.train.length === 0 || fold.test.length === 0) continue
    const absent = (positions: number[]): string[] => {
      const seen = new Set(positions.map((position) => clips[position]!.classIndex))
      return classes.filter((_entry, index) => !seen.has(index)).map((entry) => entry.name)
    }
    const untrained = absent(fold.train)
    if (untrained.length > 0) add('error', `When fold ${fold.name} is tested, no clip trains ${untrained.join(', ')}.`)
    const untested = absent(fold.test)
    if (untested.length > 0) add('warning', `Fold ${fold.name} tests no clip of ${untested.join(', ')}.`)
    const trainGroups = new Set(fold.train.map((position) => clips[position]!.group))
    const shared = new Set(
      fold.test.map((position) => clips[position]!.group).filter((group) => trainGroups.has(group)),
    )
    if (shared.size > 0)
      problems.push({
        severity: request.allowsLeaks ? 'warning' : 'error',
        message:
          `${countNoun(shared.size, 'group')} of fold ${fold.name} are also trained on (${[...shared].slice(0, 3).join(', ')}): ` +
          'a model would be tested on what it has heard.',
        isLeak: true,
      })
  }
  return problems
}
