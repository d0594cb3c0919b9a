import type { RatingPlan } from '../../../shared/contract/sessions'
import { type Database, listParameter } from './database'
import { isUnjudged, stateText } from './labels'
import { readScores } from './predictions'
import { readRunClasses } from './runs'

export interface KnownClip {
  id: string
  key: number
  startSeconds: number
  endSeconds: number
  isFullyAnnotated: 0 | 1
  isMissing: 0 | 1
}

/** What is known of clips that are to be rated. */
export interface Known {
  clips: Map<string, KnownClip>
  labels: Map<string, Map<string, 'present' | 'absent'>>
  /** What people have said, also that they cannot tell: of the clip, or of a part that is just this segment. */
  judged: Map<string, { classId: string; startSeconds: number | null; endSeconds: number | null }[]>
  /** Present on annotations. */
  annotated: Map<string, { startSeconds: number; endSeconds: number; classId: string; score: number | null }[]>
  /** By the run, best first. */
  scored: Map<string, [classId: string, score: number][]>
}

/** Everything of these clips that a plan asks about, in a few statements. */
export function readKnown(database: Database, { proposals }: RatingPlan, ids: string[]): Known {
  const list = listParameter(ids)
  const isWanted = 'c.id IN (SELECT value FROM json_each(?))'
  const clips = new Map(
    database
      .all<KnownClip>(
        `SELECT c.id, c.key, c.start_seconds AS startSeconds, c.end_seconds AS endSeconds,
             c.is_fully_annotated AS isFullyAnnotated, r.is_missing AS isMissing
           FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE ${isWanted}`,
        list,
      )
      .map((clip) => [clip.id, clip]),
  )
  const labels: Known['labels'] = new Map()
  for (const { clipId, classId, state } of database.all<{
    clipId: string
    classId: string
    state: 'present' | 'absent'
  }>(
    `SELECT c.id AS clipId, k.id AS classId, ${stateText('l.state')} AS state
       FROM clips c JOIN clip_labels l ON l.clip_key = c.key JOIN ontology_classes k ON k.key = l.class_key
       WHERE ${isWanted} ORDER BY k.name`,
    list,
  ))
    mapOf(labels, clipId, () => new Map()).set(classId, state)
  const annotated: Known['annotated'] = new Map()
  if (proposals.labels)
    for (const { clipId, ...label } of database.all<{
      clipId: string
      startSeconds: number
      endSeconds: number
      classId: string
      score: number | null
    }>(
      `SELECT c.id AS clipId, a.start_seconds AS startSeconds, a.end_seconds AS endSeconds, k.id AS classId, a.score
         FROM clips c JOIN annotations a ON a.clip_key = c.key
           JOIN annotation_labels l ON l.annotation_key = a.key AND l.state = 1
           JOIN ontology_classes k ON k.key = l.class_key
         WHERE ${isWanted} ORDER BY a.start_seconds, a.key`,
      list,
    ))
      mapOf(annotated, clipId, () => []).push(label)
  return {
    clips,
    labels,
    judged: readJudged(database, list),
    annotated,
    scored: readProposed(database, proposals.run, ids),
  }
}

function readJudged(database: Database, list: string): Known['judged'] {
  const judged: Known['judged'] = new Map()
  const isWanted = 'c.id IN (SELECT value FROM json_each(?))'
  const ofClips = (table: 'clip_labels' | 'clip_doubts'): string =>
    `SELECT c.id AS clipId, k.id AS classId, l.author, NULL AS startSeconds, NULL AS endSeconds
       FROM clips c JOIN ${table} l ON l.clip_key = c.key JOIN ontology_classes k ON k.key = l.class_key WHERE ${isWanted}`
  const ofParts = (table: 'annotation_labels' | 'annotation_doubts'): string =>
    `SELECT c.id, k.id, l.author, a.start_seconds, a.end_seconds
       FROM clips c JOIN annotations a ON a.clip_key = c.key AND a.tier = 'human' AND a.low_hz IS NULL
         JOIN ${table} l ON l.annotation_key = a.key JOIN ontology_classes k ON k.key = l.class_key WHERE ${isWanted}`
  for (const { clipId, author, ...verdict } of database.all<{
    clipId: string
    classId: string
    author: string
    startSeconds: number | null
    endSeconds: number | null
  }>(
    [ofClips('clip_labels'), ofClips('clip_doubts'), ofParts('annotation_labels'), ofParts('annotation_doubts')].join(
      ' UNION ALL ',
    ),
    list,
    list,
    list,
    list,
  ))
    if (!isUnjudged(author)) mapOf(judged, clipId, () => []).push(verdict)
  return judged
}

function readProposed(database: Database, run: RatingPlan['proposals']['run'], ids: string[]): Known['scored'] {
  if (run === null) return new Map()
  const classes = readRunClasses(database, run.runId)
  return new Map(
    readScores(database, run.runId, ids).map(({ clipId, scores }) => [
      clipId,
      scores
        .map((score, index): [string, number] => [classes[index]!.id, score])
        .filter(([, score]) => score >= run.minScore)
        .sort((a, b) => b[1] - a[1]),
    ]),
  )
}

function mapOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const own = map.get(key) ?? make()
  map.set(key, own)
  return own
}
