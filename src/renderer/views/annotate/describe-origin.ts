import type { ProposalFacts, ProposalVerdict } from '../../../shared/contract/annotations'
import { modelTier } from '../../../shared/contract/proposals'
import { formatPercent } from '../../display-format'
import type { Segment } from './segment'

/** Where a segment is from, in sentences: who proposed it how surely, who took it when, and what has moved since. */
export function describeOrigin(segment: Segment): string[] {
  const { origin, proposal, score, author, verdict, judged, tier } = segment
  const own = tier === modelTier ? [sayProposed(proposal, author, score)] : []
  const said = verdict && judged ? [`${sayVerdict(verdict)} by ${judged.author || 'you'}, ${sayTime(judged.at)}`] : []
  if (!origin) return [...own, ...said]
  const { act, source } = origin
  const by = `by ${origin.author || 'you'}, ${sayTime(origin.at)}`
  if (act !== 'accepted' && act !== 'edited') return [`${capitalize(act)} ${by}`, ...own, ...said]
  return [
    source ? sayProposed(source.proposal, source.author, origin.score) : sayKnown(origin),
    `${sayVerdict(act)} ${by}${source ? ` (${sayMoved(segment, source)})` : ''}`,
  ]
}

/** What is known of a proposal that is not here: it is gone, or stayed in the catalog that the segment was imported from. */
function sayKnown({ runName, fold, score }: NonNullable<Segment['origin']>): string {
  const by = runName === null ? '' : ` by ${withoutMark(runName)}`
  const of = fold === null ? '' : fold === 'all' ? ' (the models of all folds)' : ` (the model of fold ${fold})`
  return `Proposed${by}${of}${score === null ? '' : `, score ${formatPercent(score)}`}; the proposal itself is not here`
}

/** The author of what a run made, as the run is called. */
const withoutMark = (author: string): string => author.replace(/^model:/, '')

function sayProposed(facts: ProposalFacts | null, author: string, score: number | null): string {
  const sure = score === null ? '' : `, score ${formatPercent(score)}`
  if (!facts) return `Proposed by ${withoutMark(author)}${sure}`
  const bases: Record<ProposalFacts['basis'], string> = {
    test: `the model of fold ${facts.fold}, which held this clip out`,
    new: 'to which this clip is new',
    trained: 'which has learned from this clip',
  }
  const windows = `${formatPercent(facts.meanScore)} on average over ${facts.windows} window${facts.windows === 1 ? '' : 's'} of ${round(facts.windowSeconds)} s`
  return `Proposed by ${facts.runName} (${bases[facts.basis]})${sure}, ${windows}`
}

const sayVerdict = (verdict: ProposalVerdict): string => capitalize(verdict)
const capitalize = (text: string): string => text[0]!.toUpperCase() + text.slice(1)
const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** As people here write it, to the minute. */
const sayTime = (at: number): string =>
  new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

type Span = Pick<Segment, 'startSeconds' | 'endSeconds'>

/** What has become of the edges; less than a tenth of a millisecond is nothing. */
function sayMoved(now: Span, before: Span): string {
  const change = (name: string, by: number): string[] =>
    Math.abs(by) < 1e-4 ? [] : [`${name} moved by ${by > 0 ? '+' : '−'}${Math.abs(by).toFixed(3)} s`]
  const parts = [
    ...change('start', now.startSeconds - before.startSeconds),
    ...change('end', now.endSeconds - before.endSeconds),
  ]
  return parts.length === 0 ? 'edges as proposed' : parts.join(', ')
}
