import { describe, expect, it } from 'vitest'
import type { ProposalFacts } from '../../../shared/contract/annotations'
import { describeOrigin } from './describe-origin'
import type { Segment } from './segment'

const at = new Date(2026, 10, 26, 19, 31).getTime()
const facts: ProposalFacts = {
  runId: 'r',
  runName: 'logmel-cnn #3',
  fold: '2',
  basis: 'test',
  modelHash: '',
  windowSeconds: 3,
  hopSeconds: 1.5,
  floor: 0.3,
  meanScore: 0.8,
  windows: 2,
  at,
}
const segment = (change: Partial<Segment>): Segment => ({
  id: 'a',
  startSeconds: 1,
  endSeconds: 2,
  lowHz: null,
  highHz: null,
  tier: 'human',
  author: 'ana',
  score: null,
  note: '',
  labels: [],
  doubts: [],
  origin: null,
  proposal: null,
  verdict: null,
  judged: null,
  ...change,
})
const source = { startSeconds: 1, endSeconds: 2, lowHz: null, highHz: null, author: 'model:x', proposal: facts }
const proposed = { sourceId: 'b', runId: 'r', runName: 'logmel-cnn #3', fold: '2', score: 0.87 }
const accepted = { act: 'accepted', ...proposed, author: 'ana', at } as const

describe('where a segment is from', () => {
  it('says nothing of what a person drew', () => {
    expect(describeOrigin(segment({}))).toEqual([])
  })

  it('says of a proposal which model heard it and how surely', () => {
    const waiting = segment({ tier: 'model', author: 'model:logmel-cnn #3', score: 0.87, proposal: facts })
    expect(describeOrigin(waiting)).toEqual([
      'Proposed by logmel-cnn #3 (the model of fold 2, which held this clip out), score 87.0 %, 80.0 % on average over 2 windows of 3 s',
    ])
    const [line] = describeOrigin({ ...waiting, proposal: { ...facts, basis: 'trained', windows: 1 } })
    expect(line).toContain('which has learned from this clip')
    expect(line).toContain('over 1 window of 3 s')
    expect(describeOrigin({ ...waiting, verdict: 'rejected', judged: { author: 'ben', at } }).at(-1)).toBe(
      'Rejected by ben, 26 Nov 2026, 19:31',
    )
  })

  it('says of an imported one who made it', () => {
    expect(describeOrigin(segment({ tier: 'model', author: 'BirdNET', score: 0.7 }))).toEqual([
      'Proposed by BirdNET, score 70.0 %',
    ])
  })

  it('says who took it when, and what has moved since', () => {
    const taken = segment({ origin: { ...accepted, source } })
    expect(describeOrigin(taken)[1]).toBe('Accepted by ana, 26 Nov 2026, 19:31 (edges as proposed)')
    expect(describeOrigin({ ...taken, startSeconds: 1.12, endSeconds: 1.9 })[1]).toContain(
      '(start moved by +0.120 s, end moved by −0.100 s)',
    )
    expect(describeOrigin(segment({ origin: { ...accepted, act: 'edited', source: null } }))).toEqual([
      'Proposed by logmel-cnn #3 (the model of fold 2), score 87.0 %; the proposal itself is not here',
      'Edited by ana, 26 Nov 2026, 19:31',
    ])
    const [line] = describeOrigin(segment({ origin: { ...accepted, runName: null, fold: null, source: null } }))
    expect(line).toBe('Proposed, score 87.0 %; the proposal itself is not here')
  })

  it('says of a copy who copied it', () => {
    expect(describeOrigin(segment({ origin: { ...accepted, act: 'copied', source } }))).toEqual([
      'Copied by ana, 26 Nov 2026, 19:31',
    ])
  })
})
