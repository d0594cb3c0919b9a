import { describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { recipes } from '../../../zoo/recipes'
import { BatchMaker, hearPictures, type Batch, type BatchSource, type ExampleDraw, type HeardExample } from './batches'
import type { Picture } from './features'

const [bands, cropFrames, clipCount, batchClips] = [4, 5, 10, 3]
const pictures: Picture[] = Array.from({ length: clipCount }, (_, clip) => ({
  frames: 8,
  bands,
  values: new Float32Array(8 * bands).map((_, index) => 100 * clip + index),
}))
const source: BatchSource = {
  ...hearPictures(pictures),
  classIndexes: pictures.map((_, clip) => clip % 2),
  classNames: ['dog', 'rain'],
  seed: 4,
  cropFrames,
  decibel: new Float32Array(bands).fill(1),
  training: { ...recipes['logmel-cnn'].training, batchClips },
}

const heard = (clip: number): HeardExample => ({ picture: pictures[clip]!, drawn: [], mixed: null })

async function drawBatches(maker: BatchMaker, count: number): Promise<Batch[]> {
  const drawn: Batch[] = []
  for (let index = 0; index < count; index++) drawn.push(await maker.next())
  return drawn
}

describe('batches of clips that a chain changes', () => {
  it('are those of the clips themselves where it changes nothing, whenever each is ready', async () => {
    const wanted = await drawBatches(new BatchMaker(source, new Random(4)), 7)
    const late = new Random(1)
    const hear = async (clip: number): Promise<HeardExample> => {
      await new Promise((resolve) => setTimeout(resolve, late.uniform(0, 4)))
      return heard(clip)
    }
    expect(await drawBatches(new BatchMaker({ ...source, hear }, new Random(4)), 7)).toEqual(wanted)
  })

  it('number their examples and epochs, and go ahead into the next ones, not beyond the last', async () => {
    const asked: (ExampleDraw & { clip: number })[] = []
    const hear = (clip: number, draw: ExampleDraw): Promise<HeardExample> => {
      asked.push({ clip, ...draw })
      return Promise.resolve(heard(clip))
    }
    const training = { ...source.training, maxEpochs: 2 }
    const maker = new BatchMaker({ ...source, training, hear }, new Random(4))
    expect(maker.batchesPerEpoch).toBe(3)
    const most: number[] = []
    const taken: Batch[] = []
    for (let batch = 1; batch <= 6; batch++) {
      taken.push(await maker.next())
      most.push(asked.length)
    }
    // Four batches of three ahead of the example that is taken; there are two epochs of nine.
    expect(most).toEqual([14, 17, 18, 18, 18, 18])
    expect(asked.map(({ example }) => example)).toEqual(Array.from({ length: 18 }, (_, index) => index))
    expect(asked.map(({ epoch }) => epoch)).toEqual([...new Array<number>(9).fill(1), ...new Array<number>(9).fill(2)])
    expect(taken.flatMap(({ examples }) => examples).map(({ clip }) => clip)).toEqual(asked.map(({ clip }) => clip))
  })

  it.each([1, 3, 4])('go on after %i batches with the same clips and draws, whatever was on its way', async (count) => {
    const log = (into: string[]) => (clip: number, draw: ExampleDraw) => {
      into.push(`${clip} ${draw.epoch} ${draw.example}`)
      return Promise.resolve(heard(clip))
    }
    const [straight, resumed]: [string[], string[]] = [[], []]
    const random = Random.recorded(9)
    const first = new BatchMaker({ ...source, hear: log(straight) }, random)
    await drawBatches(first, count)
    const [position, streams] = [first.savePosition(), random.savePositions()]
    const wanted = await drawBatches(first, 6)

    const other = Random.recorded(9)
    const second = new BatchMaker({ ...source, hear: log(resumed) }, other)
    // What it has begun by itself counts for nothing.
    await second.next()
    resumed.splice(0)
    second.restorePosition(position)
    other.restorePositions(streams)
    expect(await drawBatches(second, 6)).toEqual(wanted)
    expect(resumed).toEqual(straight.slice(3 * count))
  })

  it('are the same in the memory of batches that are used up', async () => {
    const wanted = await drawBatches(new BatchMaker(source, new Random(4)), 6)
    const maker = new BatchMaker(source, new Random(4))
    let used: Batch | undefined
    for (const batch of wanted) {
      const given = await maker.next(used)
      expect(given).toEqual(batch)
      expect(given.pictures).toBe(used?.pictures ?? given.pictures)
      used = given
      used.pictures.fill(NaN)
      used.targets.fill(NaN)
    }
  })

  it('fail with the clip that cannot be changed, when its turn has come', async () => {
    const hear = (clip: number, { example }: ExampleDraw): Promise<HeardExample> =>
      example === 4 ? Promise.reject(new Error(`clip of example ${example}`)) : Promise.resolve(heard(clip))
    const maker = new BatchMaker({ ...source, hear }, new Random(4))
    await maker.next()
    await expect(maker.next()).rejects.toThrow('clip of example 4')
  })
})
