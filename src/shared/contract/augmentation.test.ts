import { describe, expect, it } from 'vitest'
import { parseChain } from './augmentation'

describe('a chain from a file', () => {
  it('is read as it is', () => {
    const chain = { steps: [{ kind: 'gain', decibels: [-3, 3], probability: 0.5, onlyClasses: ['dog'] }] }
    expect(parseChain(chain, 'chain.json')).toEqual(chain)
  })

  it.for([
    [{ kind: 'gain', decibels: [3, -3] }, /^chain\.json: steps\.0\.decibels: the first must not be larger/],
    [{ kind: 'gain', decibels: [3] }, /^chain\.json: steps\.0\.decibels/],
    [{ kind: 'gain', decibels: [0, 1], loud: true }, /^chain\.json: steps\.0: .*loud/],
    [{ kind: 'gain', decibels: [0, 1], probability: 2 }, /^chain\.json: steps\.0\.probability/],
    [{ kind: 'flip' }, /^chain\.json: steps\.0\.kind/],
    [{ kind: 'noise', color: 'blue', snrDb: [0, 1], level: 'rms' }, /^chain\.json: steps\.0\.color/],
  ] as const)('is refused with the field and the reason: %j', ([step, message]) => {
    expect(() => parseChain({ steps: [step] }, 'chain.json')).toThrow(message)
  })
})
