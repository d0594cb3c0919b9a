import { Random } from '../../../dsp/random'
import type { RatingPlan } from '../../../shared/contract/sessions'
import type { Database } from './database'
import { type Known, type KnownClip, readKnown } from './rating-known'

/** A segment of a session before it is written. */
export interface PlannedItem {
  clipKey: number
  startSeconds: number
  endSeconds: number
  isGold: boolean
  classes: [classId: string, score: number | null][]
}

/**
 * The segments of a plan in the order of its clips, with gold in places that its seed gives.
 * Of gold only classes are asked that its labels decide and the other segments ask for too: nothing else would give it
 * away. Proposals alone would be present nearly always, and who says present to all would agree; so of about every second
 * gold clip one class is swapped for one that is absent there.
 */
export function planItems(
  database: Database,
  plan: RatingPlan,
  clipIds: readonly string[],
  goldIds: readonly string[],
): PlannedItem[] {
  const usable = new Set(
    database.pluck<string>('SELECT id FROM ontology_classes WHERE is_abstract IS NULL AND is_blacklisted IS NULL'),
  )
  const known = readKnown(database, plan, [...new Set([...clipIds, ...goldIds])])
  const propose = (clip: KnownClip, span: [number, number]): [string, number | null][] =>
    proposeClasses(plan, known, clip, span).filter(([classId]) => usable.has(classId))

  const random = new Random(plan.seed, 'rating session')
  const cut = (ids: readonly string[]): PlannedItem[] =>
    ids.flatMap((id) => {
      const clip = known.clips.get(id)
      if (!clip || clip.isMissing) return []
      return cutClip(clip, plan.segmentSeconds).flatMap((span): PlannedItem[] => {
        const classes = propose(clip, span).filter(
          ([classId]) => !(plan.skipsJudged && isJudged(known, clip, span, classId)),
        )
        if (classes.length === 0) return []
        return [{ clipKey: clip.key, startSeconds: span[0], endSeconds: span[1], isGold: false, classes }]
      })
    })

  const drawGold = (own: PlannedItem[]): PlannedItem[] => {
    const pool = [...new Set(own.flatMap(({ classes }) => classes.map(([classId]) => classId)))]
    return random.shuffle([...goldIds]).flatMap((id): PlannedItem[] => {
      const clip = known.clips.get(id)
      if (!clip || clip.isMissing || cutClip(clip, plan.segmentSeconds).length > 1) return []
      const stateOf = (classId: string): 'present' | 'absent' | null =>
        known.labels.get(id)?.get(classId) ?? (clip.isFullyAnnotated ? 'absent' : null)
      const classes = propose(clip, [clip.startSeconds, clip.endSeconds]).filter(
        ([classId]) => stateOf(classId) !== null && pool.includes(classId),
      )
      const absent = pool.filter(
        (classId) => stateOf(classId) === 'absent' && !classes.some(([own]) => own === classId),
      )
      if (absent.length > 0 && (classes.length === 0 || random.uniform() < 0.5)) {
        const decoy = absent[random.integer(absent.length)]!
        const place = classes.length === 0 ? 0 : random.integer(classes.length)
        classes.splice(place, 1, [decoy, classes[place]?.[1] ?? null])
      }
      if (classes.length === 0) return []
      return [
        { clipKey: clip.key, startSeconds: clip.startSeconds, endSeconds: clip.endSeconds, isGold: true, classes },
      ]
    })
  }

  if (plan.gold === null) return cut(clipIds).slice(0, plan.most)
  const { share } = plan.gold
  const isGoldClip = new Set(goldIds)
  const own = cut(clipIds.filter((id) => !isGoldClip.has(id))).slice(
    0,
    Math.max(1, Math.round(plan.most * (1 - share))),
  )
  if (own.length === 0) return []
  const gold = drawGold(own).slice(0, Math.max(1, Math.round((own.length * share) / (1 - share))))
  return mixIn(own, gold, random)
}

/** Puts gold at random places among the others, whose order stays. */
function mixIn(own: PlannedItem[], gold: PlannedItem[], random: Random): PlannedItem[] {
  const total = own.length + gold.length
  const places = new Set(random.shuffle(Array.from({ length: total }, (_, index) => index)).slice(0, gold.length))
  const [next, nextGold] = [own.values(), gold.values()]
  return Array.from({ length: total }, (_, index) => (places.has(index) ? nextGold : next).next().value!)
}

/** Seconds in the recording. A clip that is hardly longer than a segment is one. */
export function cutClip(
  clip: { startSeconds: number; endSeconds: number },
  segmentSeconds: number,
): [number, number][] {
  const { startSeconds, endSeconds } = clip
  const count = Math.max(1, Math.ceil((endSeconds - startSeconds) / segmentSeconds - 0.25))
  return Array.from({ length: count }, (_, index) => [
    startSeconds + index * segmentSeconds,
    index === count - 1 ? endSeconds : startSeconds + (index + 1) * segmentSeconds,
  ])
}

function proposeClasses(
  { proposals }: RatingPlan,
  known: Known,
  clip: KnownClip,
  [from, to]: [number, number],
): [string, number | null][] {
  const found = new Map<string, number | null>()
  if (proposals.labels) {
    for (const [classId, state] of known.labels.get(clip.id) ?? []) if (state === 'present') found.set(classId, null)
    for (const { startSeconds, endSeconds, classId, score } of known.annotated.get(clip.id) ?? [])
      if (startSeconds < to && endSeconds > from)
        found.set(classId, Math.max(score ?? 0, found.get(classId) ?? 0) || null)
  }
  for (const [classId, score] of known.scored.get(clip.id) ?? []) found.set(classId, score)
  for (const classId of proposals.classIds) if (!found.has(classId)) found.set(classId, null)
  return [...found]
}

const isJudged = (known: Known, { id }: KnownClip, [from, to]: [number, number], asked: string): boolean =>
  known.judged
    .get(id)
    ?.some(
      ({ classId, startSeconds, endSeconds }) =>
        classId === asked && (startSeconds === null || (startSeconds === from && endSeconds === to)),
    ) ?? false
