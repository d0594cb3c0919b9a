import { describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { Ranking } from './clip-ranks'
import { ClipSet } from './clip-set'

describe('a ranking of which some ranks change', () => {
  it.each([1, 5, 32, 33, 300])('sorts as one that was made anew (%i at once)', (count) => {
    const random = new Random(count, 'ranks')
    const size = 500
    const draw = (): number => random.integer(12) - 1
    const ranks = Int32Array.from({ length: size }, draw)
    const ranking = new Ranking(ranks.slice())
    const few = new ClipSet(size)
    for (let at = 0; at < 40; at++) few.add(random.integer(size))
    const sets = [ClipSet.full(size), few]
    for (let turn = 0; turn < 20; turn++) {
      const changed = random.shuffle(Array.from({ length: size }, (_, position) => position)).slice(0, count)
      for (const position of changed) ranks[position] = draw()
      ranking.change(changed, (position) => ranks[position]!)
      const anew = new Ranking(ranks.slice())
      for (const set of sets)
        for (const isDescending of [false, true])
          expect(ranking.sort(set, isDescending)).toEqual(anew.sort(set, isDescending))
    }
  })
})
