/** What the host will make of an edit, shown before it has answered. */
import type { Annotation, ProposalVerdict } from '../../../shared/contract/annotations'
import type { Verdict } from '../../../shared/contract/labels'

/** @param judged a segment or a clip */
export function withVerdict<T extends Pick<Annotation, 'labels' | 'doubts'>>(
  judged: T,
  classId: string,
  name: string,
  verdict: Verdict,
): T {
  const labels = judged.labels.filter((label) => label.classId !== classId)
  const doubts = judged.doubts.filter((doubt) => doubt.classId !== classId)
  if (verdict === 'unsure') doubts.push({ classId, name, author: '' })
  else if (verdict !== 'unknown') labels.push({ classId, name, state: verdict, author: '' })
  return { ...judged, labels, doubts }
}

export function splitInTwo(annotation: Annotation, atSeconds: number, newId: string): Annotation[] {
  return [
    { ...annotation, endSeconds: atSeconds },
    {
      ...annotation,
      id: newId,
      startSeconds: atSeconds,
      origin: originFrom(annotation, 'split'),
      proposal: null,
      verdict: null,
      judged: null,
    },
  ]
}

/** The earliest over all of them; labels and notes come with the answer. */
export function mergeInto(annotations: readonly Annotation[]): Annotation {
  const first = annotations.reduce((a, b) => (b.startSeconds < a.startSeconds ? b : a))
  const bound = (values: (number | null)[], pick: (...all: number[]) => number): number | null =>
    values.includes(null) ? null : pick(...(values as number[]))
  return {
    ...first,
    endSeconds: Math.max(...annotations.map(({ endSeconds }) => endSeconds)),
    lowHz: bound(
      annotations.map(({ lowHz }) => lowHz),
      Math.min,
    ),
    highHz: bound(
      annotations.map(({ highHz }) => highHz),
      Math.max,
    ),
  }
}

export function copyOf(annotation: Annotation, newId: string, tier: string | null): Annotation {
  return {
    ...annotation,
    id: newId,
    tier: tier ?? annotation.tier,
    score: tier === null || tier === annotation.tier ? annotation.score : null,
    origin: originFrom(annotation, 'copied'),
    proposal: null,
    verdict: null,
    judged: null,
  }
}

/** What a proposal becomes when it is taken. */
export function takenFrom(proposal: Annotation, newId: string, verdict: 'accepted' | 'edited'): Annotation {
  const taken = copyOf(proposal, newId, 'human')
  return { ...taken, author: '', origin: originFrom(proposal, verdict) }
}

/** What was said to these proposals, until the answer says who said it. */
export function withVerdicts(
  annotations: readonly Annotation[],
  ids: ReadonlySet<string>,
  verdict: ProposalVerdict,
): Annotation[] {
  const judged = { author: '', at: Date.now() }
  return annotations.map((one) => (ids.has(one.id) ? { ...one, verdict, judged } : one))
}

/** Until the answer says whose it is. */
function originFrom(source: Annotation, act: NonNullable<Annotation['origin']>['act']): Annotation['origin'] {
  const { startSeconds, endSeconds, lowHz, highHz, author, proposal } = source
  const isTaken = act === 'accepted' || act === 'edited'
  return {
    act,
    sourceId: source.id,
    runId: isTaken ? (proposal?.runId ?? null) : null,
    runName: isTaken ? (proposal?.runName ?? author) : null,
    fold: isTaken ? (proposal?.fold ?? null) : null,
    score: act === 'split' ? null : source.score,
    author: '',
    at: Date.now(),
    source: { startSeconds, endSeconds, lowHz, highHz, author, proposal },
  }
}
