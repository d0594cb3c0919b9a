import type { GoldAgreement, RaterStats, RatingReport, RatingVerdict } from '../../../shared/contract/sessions'
import { computeCohenKappa, countPairs } from '../../../shared/metrics/agreement'
import type { Database } from './database'
import { stateText } from './labels'
import { readPaces } from './rating-pace'

interface JudgedRow {
  position: number
  clipId: string
  recordingPath: string
  startSeconds: number
  endSeconds: number
  classId: string
  name: string | null
  verdict: RatingVerdict
  author: string
  /** What the labels of a gold clip say now; null on others, and where they say nothing any more. */
  gold: 'present' | 'absent' | null
}

function listJudged(database: Database, sessionKey: number): JudgedRow[] {
  return database.all(
    `SELECT v.position, c.id AS clipId, r.path AS recordingPath, i.start_seconds AS startSeconds,
         i.end_seconds AS endSeconds, v.class_id AS classId, k.name, v.verdict, v.author,
         CASE WHEN i.is_gold = 0 THEN NULL WHEN l.state IS NOT NULL THEN ${stateText('l.state')}
           WHEN c.is_fully_annotated = 1 THEN 'absent' END AS gold
       FROM rating_verdicts v
         JOIN rating_items i ON i.session_key = v.session_key AND i.position = v.position
         JOIN clips c ON c.key = i.clip_key JOIN recordings r ON r.key = c.recording_key
         LEFT JOIN ontology_classes k ON k.id = v.class_id
         LEFT JOIN clip_labels l ON l.clip_key = c.key AND l.class_key = k.key
       WHERE v.session_key = ? ORDER BY v.position, v.class_id`,
    sessionKey,
  )
}

/** How each person rated in a session; in the order of their first segment. */
export function readRaterStats(database: Database, sessionKey: number): RaterStats[] {
  const judged = listJudged(database, sessionKey)
  const skipped = new Map(
    database
      .all<{ author: string; count: number }>(
        `SELECT skipped_by AS author, count(*) AS count FROM rating_items
           WHERE session_key = ? AND skipped_by IS NOT NULL GROUP BY skipped_by`,
        sessionKey,
      )
      .map(({ author, count }) => [author, count]),
  )
  return [...readPaces(database, sessionKey)].map(([author, pace]) => {
    const own = judged.filter((row) => row.author === author)
    const count = (verdict: RatingVerdict): number => own.filter((row) => row.verdict === verdict).length
    return {
      author,
      ...pace,
      present: count('present'),
      absent: count('absent'),
      unsure: count('unsure'),
      skipped: skipped.get(author) ?? 0,
      gold: compareGold(own),
    }
  })
}

/** What was said of each class, and where gold says otherwise. */
export function readRatingReport(database: Database, sessionKey: number): Omit<RatingReport, 'session'> {
  const judged = listJudged(database, sessionKey)
  const byClass = new Map<string, JudgedRow[]>()
  for (const row of judged) {
    const key = JSON.stringify([row.author, row.classId])
    byClass.set(key, [...(byClass.get(key) ?? []), row])
  }
  const classes = [...byClass.values()].map((rows) => {
    const count = (verdict: RatingVerdict): number => rows.filter((row) => row.verdict === verdict).length
    const { author, classId, name } = rows[0]!
    return {
      author,
      classId,
      name: name ?? 'a class that was removed',
      present: count('present'),
      absent: count('absent'),
      unsure: count('unsure'),
      gold: compareGold(rows),
    }
  })
  const missed = judged
    .filter(({ gold, verdict }) => gold !== null && gold !== verdict)
    .slice(0, 200)
    .map(({ position, clipId, recordingPath, startSeconds, endSeconds, name, gold, verdict, author }) => ({
      position,
      clipId,
      recordingPath,
      startSeconds,
      endSeconds,
      name: name ?? 'a class that was removed',
      gold: gold!,
      verdict,
      author,
    }))
  return { classes: classes.sort((a, b) => a.name.localeCompare(b.name, 'en')), missed }
}

/** Null where none of the verdicts is of a gold clip. */
function compareGold(rows: JudgedRow[]): GoldAgreement | null {
  const gold = rows.filter((row) => row.gold !== null)
  if (gold.length === 0) return null
  const sure = gold.filter(({ verdict }) => verdict !== 'unsure')
  const alike = sure.filter((row) => row.verdict === row.gold).length
  const table = countPairs(
    sure.map((row) => Number(row.gold === 'present')),
    sure.map((row) => Number(row.verdict === 'present')),
    2,
  )
  return {
    units: gold.length,
    observed: sure.length > 0 ? alike / sure.length : null,
    kappa: computeCohenKappa(table),
    unsure: gold.length - sure.length,
  }
}
