/** What models propose: written by a job, counted for people. */
import { v7 as createId } from 'uuid'
import type { ProposalFacts } from '../../../shared/contract/annotations'
import { modelTier, type ProposalCount } from '../../../shared/contract/proposals'
import { coveredShare, type ProposedSegment } from '../../../shared/proposals/propose-segments'
import { removeAnnotation } from './annotations'
import { type Database, listParameter } from './database'
import type { Row } from './journal-tables'
import { countNoun, storedState } from './labels'
import type { Recorder } from './recorder'
import { refuseLockedTier } from './tiers'

/** What a run proposes on one clip. */
export interface ClipProposals extends Pick<ProposalFacts, 'fold' | 'basis' | 'modelHash'> {
  clipId: string
  segments: readonly ProposedSegment[]
}

/** All that one job has to say. */
export interface ProposalBatch extends Pick<
  ProposalFacts,
  'runId' | 'runName' | 'windowSeconds' | 'hopSeconds' | 'floor'
> {
  /** Ids of the run's classes, in the order of its scores. */
  classIds: readonly string[]
  clips: readonly ClipProposals[]
}

export interface SavedProposals {
  title: string
  added: number
  replaced: number
  /** Left, because a person's word on the class is there already. */
  known: number
  /** Clips and classes that went while the job ran. */
  goneClips: number
  goneClasses: number
}

/** A segment that is covered by this share of one that people have judged is known. */
const knownShare = 0.5
/** Up to here every row is kept in the history by itself, and windows hear which clips changed. */
const mostSingle = 2000

/** A run's proposal to which nobody has said anything: no verdict, no label, doubt or note of a person's. `a` is the segment. */
const untouched = `a.tier = '${modelTier}' AND a.note = ''
  AND NOT EXISTS (SELECT 1 FROM annotation_verdicts v WHERE v.annotation_key = a.key)
  AND NOT EXISTS (SELECT 1 FROM annotation_doubts d WHERE d.annotation_key = a.key)
  AND NOT EXISTS (SELECT 1 FROM annotation_labels l WHERE l.annotation_key = a.key AND l.author NOT LIKE 'model:%')`

/** As the author of segments and labels. */
const authorOf = (runName: string): string => `model:${runName}`

/**
 * Puts proposals into the model tier. What the same run had proposed on these clips and nobody has touched goes; what
 * people have judged stays, and is not proposed again: neither where they rejected it nor where they have it already.
 * @throws AppError 'conflict' where the tier is locked
 */
export function saveProposals(database: Database, recorder: Recorder, batch: ProposalBatch): SavedProposals {
  refuseLockedTier(database, modelTier)
  const clipKeys = keysOf(
    database,
    'clips',
    batch.clips.map(({ clipId }) => clipId),
  )
  const classKeys = keysOf(database, 'ontology_classes', batch.classIds)
  const clipList = listParameter([...clipKeys.values()])
  const old = database.pluck<number>(
    `SELECT a.key FROM json_each(?) wanted CROSS JOIN annotations a ON a.clip_key = wanted.value
       JOIN annotation_proposals p ON p.annotation_key = a.key
       WHERE p.run_id = ? AND ${untouched} ORDER BY a.key`,
    clipList,
    batch.runId,
  )
  for (const key of old) removeAnnotation(database, recorder, key)
  const isKnown = readJudged(database, clipList)
  const wanted = batch.clips.flatMap((clip) => {
    const clipKey = clipKeys.get(clip.clipId)
    if (clipKey === undefined) return []
    return clip.segments.flatMap((segment) => {
      const classKey = classKeys.get(batch.classIds[segment.classIndex]!)
      return classKey === undefined ? [] : [{ clip, clipKey, classKey, segment }]
    })
  })
  const fresh = wanted.filter(({ clipKey, classKey, segment }) => !isKnown(clipKey, classKey, segment))
  writeAll(recorder, batch, fresh)
  const replacing = old.length === 0 ? '' : `, in the place of ${old.length}`
  const clips = new Set(fresh.map(({ clipKey }) => clipKey)).size
  return {
    title: `Propose ${countNoun(fresh.length, 'segment')} on ${countNoun(clips, 'clip')} with ${batch.runName}${replacing}`,
    added: fresh.length,
    replaced: old.length,
    known: wanted.length - fresh.length,
    goneClips: new Set(batch.clips.map(({ clipId }) => clipId)).size - clipKeys.size,
    goneClasses: batch.classIds.length - classKeys.size,
  }
}

interface Placed {
  clip: ClipProposals
  clipKey: number
  classKey: number
  segment: ProposedSegment
}

function writeAll(recorder: Recorder, batch: ProposalBatch, fresh: readonly Placed[]): void {
  const at = Date.now()
  const author = authorOf(batch.runName)
  const isMany = fresh.length > mostSingle
  const write = (table: 'annotations' | 'annotation_labels' | 'annotation_proposals', row: Row): number =>
    isMany ? recorder.add(table, row) : recorder.insert(table, row)
  for (const { clip, clipKey, classKey, segment } of fresh) {
    const key = write('annotations', {
      id: createId(),
      clip_key: clipKey,
      start_seconds: segment.startSeconds,
      end_seconds: segment.endSeconds,
      low_hz: null,
      high_hz: null,
      tier: modelTier,
      author,
      score: segment.peak,
      note: '',
    })
    write('annotation_labels', { annotation_key: key, class_key: classKey, state: storedState.present, author, at })
    const { mean: meanScore, windows } = segment
    write('annotation_proposals', toProposalRow(key, { ...batch, ...clip, meanScore, windows, at }))
  }
  if (isMany) recorder.touchAnnotations()
}

/** As the catalog keeps what a run says of a segment. */
export const toProposalRow = (annotation_key: number, facts: ProposalFacts): Row => ({
  annotation_key,
  run_id: facts.runId,
  run_name: facts.runName,
  fold: facts.fold,
  basis: facts.basis,
  model_hash: facts.modelHash,
  window_seconds: facts.windowSeconds,
  hop_seconds: facts.hopSeconds,
  floor: facts.floor,
  mean_score: facts.meanScore,
  windows: facts.windows,
  at: facts.at,
})

/** Whether people have their word on a class over a span already; what waits, of other runs or an import, is no word of theirs. */
function readJudged(
  database: Database,
  clipList: string,
): (clipKey: number, classKey: number, segment: ProposedSegment) => boolean {
  const spans = new Map<string, { startSeconds: number; endSeconds: number }[]>()
  for (const { clip, ontologyClass, ...span } of database.all<{
    clip: number
    ontologyClass: number
    startSeconds: number
    endSeconds: number
  }>(
    `SELECT a.clip_key AS clip, l.class_key AS ontologyClass, a.start_seconds AS startSeconds, a.end_seconds AS endSeconds
       FROM json_each(?) wanted CROSS JOIN annotations a ON a.clip_key = wanted.value
       JOIN annotation_labels l ON l.annotation_key = a.key
       WHERE a.tier <> '${modelTier}'
         OR EXISTS (SELECT 1 FROM annotation_verdicts v WHERE v.annotation_key = a.key)
         OR (EXISTS (SELECT 1 FROM annotation_proposals p WHERE p.annotation_key = a.key) AND NOT (${untouched}))`,
    clipList,
  )) {
    const name = `${clip}/${ontologyClass}`
    const own = spans.get(name)
    if (own) own.push(span)
    else spans.set(name, [span])
  }
  return (clipKey, classKey, segment) =>
    (spans.get(`${clipKey}/${classKey}`) ?? []).some((span) => coveredShare(segment, span) >= knownShare)
}

function keysOf(database: Database, table: 'clips' | 'ontology_classes', ids: readonly string[]): Map<string, number> {
  const rows = database.all<{ id: string; key: number }>(
    `SELECT id, key FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`,
    listParameter(ids),
  )
  return new Map(rows.map(({ id, key }) => [id, key]))
}

/** How many proposals a job would replace. */
export function countReplaced(database: Database, runId: string, clipIds: readonly string[]): number {
  return database.get<{ count: number }>(
    `SELECT count(*) AS count FROM annotation_proposals p JOIN annotations a ON a.key = p.annotation_key
       WHERE p.run_id = ? AND ${untouched}
         AND a.clip_key IN (SELECT key FROM clips WHERE id IN (SELECT value FROM json_each(?)))`,
    runId,
    listParameter(clipIds),
  )!.count
}

/** How proposals were judged, by where they come from and class; the classes in the order of their names. */
export function countProposals(database: Database, runId: string | null, isJudgedOnly = false): ProposalCount[] {
  // Few are judged where millions wait.
  const from = isJudgedOnly
    ? 'annotation_verdicts v JOIN annotations a ON a.key = v.annotation_key'
    : 'annotations a LEFT JOIN annotation_verdicts v ON v.annotation_key = a.key'
  return database.all<ProposalCount>(
    `SELECT p.run_id AS runId, coalesce(p.run_name, a.author) AS source, k.id AS classId, k.name AS className,
         sum(v.verdict IS NULL) AS waiting, sum(v.verdict IS 'accepted') AS accepted, sum(v.verdict IS 'edited') AS edited,
         sum(v.verdict IS 'rejected') AS rejected
       FROM ${from} LEFT JOIN annotation_proposals p ON p.annotation_key = a.key
         JOIN annotation_labels l ON l.annotation_key = a.key AND l.state = ${storedState.present}
         JOIN ontology_classes k ON k.key = l.class_key
       WHERE a.tier = '${modelTier}' AND (? IS NULL OR p.run_id = ?)
       GROUP BY p.run_id, source, k.key ORDER BY source, k.name`,
    runId,
    runId,
  )
}
