/** What two tiers say of one clip, segment by segment. */
import { matchSpans } from '../../../shared/metrics/segment-agreement'
import type { Segment } from './segment'

export interface TierDifference {
  /** Alike; alike in time but with other labels; there in one tier only. */
  kind: 'same' | 'labels' | 'only-first' | 'only-second'
  first: Segment | null
  second: Segment | null
}

/** Least intersection over union of segments that count as the same. */
export const sameFrom = 0.5

const presentIn = ({ labels }: Segment): string =>
  labels
    .flatMap(({ classId, state }) => (state === 'present' ? [classId] : []))
    .sort()
    .join()

/** Matches the segments of two tiers one to one where they overlap by half or more, in time. */
export function diffTiers(segments: readonly Segment[], firstTier: string, secondTier: string): TierDifference[] {
  const first = segments.filter(({ tier }) => tier === firstTier)
  const second = segments.filter(({ tier }) => tier === secondTier)
  const matches = matchSpans(first, second, sameFrom)
  const pairs: TierDifference[] = matches.map((match) => {
    const [a, b] = [first[match.first]!, second[match.second]!]
    return { kind: presentIn(a) === presentIn(b) ? 'same' : 'labels', first: a, second: b }
  })
  const isMatched = new Set(pairs.flatMap((pair) => [pair.first, pair.second]))
  for (const own of first) if (!isMatched.has(own)) pairs.push({ kind: 'only-first', first: own, second: null })
  for (const own of second) if (!isMatched.has(own)) pairs.push({ kind: 'only-second', first: null, second: own })
  const startOf = ({ first: a, second: b }: TierDifference): number => (a ?? b)!.startSeconds
  return pairs.sort((a, b) => startOf(a) - startOf(b))
}
