import type { RatingPace } from '../../../shared/contract/sessions'
import type { Database } from './database'

interface Act {
  author: string
  clipKey: number
  position: number
  activeMs: number
  keyCount: number
  /** Every class of the segment is judged. */
  isWhole: 0 | 1
  isSkip: 0 | 1
}

/** How fast each person rates in a session, in the order of their first segment: the one place where pace is computed. */
export function readPaces(database: Database, sessionKey: number): Map<string, RatingPace> {
  const acts = database.all<Act>(
    `WITH counted AS (SELECT position, count(*) AS judged FROM rating_verdicts WHERE session_key = ? GROUP BY position)
     SELECT v.author, i.clip_key AS clipKey, v.position, v.active_ms AS activeMs, v.key_count AS keyCount,
         c.judged >= json_array_length(i.classes) AS isWhole, 0 AS isSkip
       FROM rating_verdicts v JOIN counted c ON c.position = v.position
         JOIN rating_items i ON i.session_key = v.session_key AND i.position = v.position
       WHERE v.session_key = ?
     UNION ALL SELECT skipped_by, clip_key, position, active_ms, key_count, 0, 1
       FROM rating_items WHERE session_key = ? AND skipped_by IS NOT NULL
     ORDER BY isSkip, position`,
    sessionKey,
    sessionKey,
    sessionKey,
  )
  const byAuthor = new Map<string, Act[]>()
  for (const act of acts) {
    const own = byAuthor.get(act.author)
    if (own) own.push(act)
    else byAuthor.set(act.author, [act])
  }
  return new Map([...byAuthor].map(([author, own]) => [author, measurePace(own)]))
}

function measurePace(acts: readonly Act[]): RatingPace {
  const verdicts = acts.filter(({ isSkip }) => isSkip === 0)
  const whole = verdicts.filter(({ isWhole }) => isWhole === 1)
  const segments = new Set(whole.map(({ position }) => position)).size
  const clips = new Set(whole.map(({ clipKey }) => clipKey)).size
  const activeSeconds = acts.reduce((sum, { activeMs }) => sum + activeMs, 0) / 1000
  const keyCount = acts.reduce((sum, act) => sum + act.keyCount, 0)
  const perHour = (count: number): number | null =>
    count > 0 && activeSeconds > 0 ? (count / activeSeconds) * 3600 : null
  return {
    segments,
    clips,
    verdicts: verdicts.length,
    activeSeconds,
    keyCount,
    medianVerdictSeconds: findMedian(verdicts.map(({ activeMs }) => activeMs / 1000)),
    segmentsPerHour: perHour(segments),
    clipsPerHour: perHour(clips),
    keysPerSegment: segments > 0 ? keyCount / segments : null,
  }
}

function findMedian(values: number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
