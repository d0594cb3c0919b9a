import { Random } from '../../../dsp/random'
import type { AgreementReport, ClassAgreement, SegmentAgreement, Verdict } from '../../../shared/contract/agreement'
import {
  bootstrapAlpha,
  computeCohenKappa,
  computeFleissKappa,
  computeKrippendorffAlpha,
  countPairs,
} from '../../../shared/metrics/agreement'
import { markFrames, matchSpans, type Span } from '../../../shared/metrics/segment-agreement'
import type { Database } from './database'
import { stateText } from './labels'

/**
 * What people judged without each other: the opinions, and beside each the label that stands, unless it came with an
 * import. Where a person has both, the label counts: it is the later one.
 */
export function listVerdicts(database: Database): Verdict[] {
  const rows = database.all<Omit<Verdict, 'at'> & { at: number }>(
    `WITH said AS (
       SELECT clip_key, class_key, author || CASE source WHEN 'blind' THEN ' (blind)' ELSE '' END AS rater, state, at, 0 AS rank
         FROM opinions
       UNION ALL
       SELECT l.clip_key, l.class_key, l.author, l.state, l.at, 1 FROM clip_labels l
         WHERE l.author <> 'import' AND EXISTS
           (SELECT 1 FROM opinions o WHERE o.clip_key = l.clip_key AND o.class_key = l.class_key))
     SELECT c.id AS clipId, r.path AS recordingPath, c.start_seconds AS startSeconds, c.end_seconds AS endSeconds,
         k.id AS classId, k.name AS className, s.rater, ${stateText('s.state')} AS state, s.at
       FROM said s JOIN clips c ON c.key = s.clip_key JOIN recordings r ON r.key = c.recording_key
         JOIN ontology_classes k ON k.key = s.class_key
       ORDER BY k.name, r.path, c.start_seconds, c.key, s.rater, s.rank`,
  )
  const latest = new Map<string, Verdict>()
  for (const { at, ...row } of rows)
    latest.set(JSON.stringify([row.classId, row.clipId, row.rater]), { ...row, at: new Date(at).toISOString() })
  return [...latest.values()]
}

/** Agreement per class, and of segments by pairs of people. Deterministic: the bootstrap is seeded. */
export function readAgreement(database: Database, options: { overlap: number; frameSeconds: number }): AgreementReport {
  const byClass = groupBy(listVerdicts(database), ({ classId }) => classId)
  const classes = [...byClass.values()].map(compareClass).filter((row) => row !== null)
  const segments = compareSegments(database, options)
  const raters = new Set([...classes, ...segments].flatMap((row) => row.raters))
  return { raters: [...raters].sort(), classes, segments }
}

function compareClass(verdicts: Verdict[]): ClassAgreement | null {
  const units = [...groupBy(verdicts, ({ clipId }) => clipId).values()].filter((unit) => unit.length > 1)
  const raters = [...new Set(units.flatMap((unit) => unit.map(({ rater }) => rater)))].sort()
  const [first] = units
  if (first === undefined) return null
  const ratings = raters.map((rater) =>
    units.map((unit) => {
      const verdict = unit.find((own) => own.rater === rater)
      return verdict === undefined ? null : Number(verdict.state === 'present')
    }),
  )
  const counts = units.map((unit) => {
    const present = unit.filter(({ state }) => state === 'present').length
    return [unit.length - present, present] as const
  })
  let pairs = 0
  let alike = 0
  for (const [absent, present] of counts) {
    const judged = absent + present
    pairs += (judged * (judged - 1)) / 2
    alike += (absent * (absent - 1) + present * (present - 1)) / 2
  }
  const random = new Random(1, 'agreement')
  const isEven = units.every((unit) => unit.length === first.length)
  return {
    classId: first[0]!.classId,
    name: first[0]!.className,
    units: units.length,
    raters,
    observed: alike / pairs,
    cohen: raters.length === 2 ? computeCohenKappa(countPairs(ratings[0]!, ratings[1]!, 2)) : null,
    fleiss: isEven ? computeFleissKappa(counts.map((row) => [...row])) : null,
    alpha: bootstrapAlpha(ratings, (below) => random.integer(below)),
  }
}

interface Segment extends Span {
  clipKey: number
  clipStart: number
  clipEnd: number
  author: string
  classId: string | null
  name: string | null
}

function compareSegments(
  database: Database,
  { overlap, frameSeconds }: { overlap: number; frameSeconds: number },
): SegmentAgreement[] {
  const segments = database.all<Segment>(
    `SELECT a.clip_key AS clipKey, c.start_seconds AS clipStart, c.end_seconds AS clipEnd, a.author,
         a.start_seconds AS startSeconds, a.end_seconds AS endSeconds, k.id AS classId, k.name
       FROM annotations a JOIN clips c ON c.key = a.clip_key
         LEFT JOIN annotation_labels l ON l.annotation_key = a.key AND l.state = 1
         LEFT JOIN ontology_classes k ON k.key = l.class_key
       WHERE a.author <> 'import' AND a.score IS NULL AND a.clip_key IN
         (SELECT clip_key FROM annotations WHERE author <> 'import' AND score IS NULL
            GROUP BY clip_key HAVING count(DISTINCT author) > 1)
       ORDER BY a.clip_key, a.start_seconds, a.key`,
  )
  const clips = [...groupBy(segments, ({ clipKey }) => clipKey).values()]
  const authors = [...new Set(segments.map(({ author }) => author))].sort()
  const names = new Map(segments.flatMap(({ classId, name }) => (classId === null ? [] : [[classId, name!]])))
  const rows: SegmentAgreement[] = []
  for (const [index, a] of authors.entries())
    for (const b of authors.slice(index + 1)) {
      // Who drew nothing on a clip may not have listened to it.
      const shared = clips.filter((clip) => [a, b].every((author) => clip.some((own) => own.author === author)))
      for (const [classId, name] of names) {
        const pairs = shared.map((clip) =>
          [a, b].map((author) => clip.filter((own) => own.author === author && own.classId === classId)),
        )
        const [firstCount, secondCount] = [0, 1].map((side) => sum(pairs.map((pair) => pair[side]!.length))) as [
          number,
          number,
        ]
        if (firstCount + secondCount === 0) continue
        const matches = pairs.flatMap(([first, second]) => matchSpans(first!, second!, overlap))
        const frames = [0, 1].map((side) =>
          shared.flatMap((clip, place) => {
            const whole = { startSeconds: clip[0]!.clipStart, endSeconds: clip[0]!.clipEnd }
            return [...markFrames(pairs[place]![side]!, whole, frameSeconds)]
          }),
        )
        rows.push({
          classId,
          name,
          raters: [a, b],
          clips: shared.length,
          firstCount,
          secondCount,
          matched: matches.length,
          f1: (2 * matches.length) / (firstCount + secondCount),
          meanOverlap: matches.length === 0 ? null : sum(matches.map((match) => match.overlap)) / matches.length,
          frameKappa: computeCohenKappa(countPairs(frames[0]!, frames[1]!, 2))?.value ?? null,
          frameAlpha: computeKrippendorffAlpha(frames),
        })
      }
    }
  return rows.sort((x, y) => x.name.localeCompare(y.name, 'en'))
}

function groupBy<Item, Key>(items: Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}

const sum = (values: number[]): number => values.reduce((all, value) => all + value, 0)
