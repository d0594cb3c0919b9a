import { describe, expect, it } from 'vitest'
import type { ClipDetail } from '../../../shared/contract/clips'
import { describeClip, describeEdge, describeMoment, describeSegment, nextEdge, sayTime } from './outline-words'
import type { Segment } from './segment'

const segment = (id: string, startSeconds: number, endSeconds: number, more: Partial<Segment> = {}): Segment => ({
  id,
  startSeconds,
  endSeconds,
  lowHz: null,
  highHz: null,
  tier: 'human',
  author: 'ana',
  score: null,
  note: '',
  labels: [{ classId: id, name: id, state: 'present', author: 'ana' }],
  doubts: [],
  origin: null,
  verdict: null,
  proposal: null,
  judged: null,
  ...more,
})
const list = [segment('dog', 1.2, 2.45), segment('rain', 2, 4, { lowHz: 400, highHz: 3000 })]

describe('the audible outline', () => {
  it('says times in words', () => {
    expect([0, 1, 2.456, 59.999, 62.5, 3603, 7322].map(sayTime)).toEqual([
      '0 seconds',
      '1 second',
      '2.46 seconds',
      '1 minute 0 seconds',
      '1 minute 2.5 seconds',
      '1 hour 0 minutes 3 seconds',
      '2 hours 2 minutes 2 seconds',
    ])
  })

  it('says all of a segment that is seen of it', () => {
    expect(describeSegment(list[0]!, list)).toBe(
      'Segment 1 of 2: dog; 1.2 seconds to 2.45 seconds, 1.25 seconds long; tier human',
    )
    const proposed = segment('x', 0, 1, {
      labels: [{ classId: 'x', name: 'rain', state: 'absent', author: '' }],
      doubts: [{ classId: 'y', name: 'wind', author: '' }],
      lowHz: 400,
      highHz: 3250,
      tier: 'model',
      score: 0.874,
      note: 'far away',
    })
    expect(describeSegment(proposed, [...list, proposed])).toBe(
      'Segment 3 of 3: rain absent, cannot tell wind; 0 seconds to 1 second, 1 second long; 400 hertz to 3.25 kilohertz; tier model; score 87 percent; note: far away',
    )
    expect(describeSegment(segment('z', 0, 1, { labels: [], highHz: 800 }), list)).toContain('no label')
  })

  it('says where the playhead stands', () => {
    expect(describeMoment(2.2, list)).toBe('At 2.2 seconds; in dog, tier human; in rain, tier human')
    expect(describeMoment(0.5, list)).toBe('At 0.5 seconds; in no segment; the next begins in 0.7 seconds')
  })

  it('goes from edge to edge, each once', () => {
    const walk = (from: number, by: 1 | -1): number[] => {
      const places: number[] = []
      for (let edge = nextEdge(from, by, list); edge; edge = nextEdge(edge.seconds, by, list)) places.push(edge.seconds)
      return places
    }
    expect(walk(0, 1)).toEqual([1.2, 2, 2.45, 4])
    expect(walk(9, -1)).toEqual([4, 2.45, 2, 1.2])
    expect(describeEdge(nextEdge(1.3, 1, list)!)).toBe('Start of rain, 2 seconds')
  })

  it('says what clip it is', () => {
    const clip = { startSeconds: 5, endSeconds: 10, labels: [], doubts: [], isFullyAnnotated: false } as unknown
    expect(describeClip(clip as ClipDetail, 'a.wav', list)).toBe(
      'a.wav; 5 seconds long; no label; 2 segments; not fully annotated',
    )
  })
})
