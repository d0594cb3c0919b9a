import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { spreadClassMap } from '../../../dsp/class-map'
import { Random } from '../../../dsp/random'
import { planClassMaps } from '../../../zoo/class-map-plan'
import { describeCrnn } from '../../../zoo/crnn'
import { describeDeepVgg } from '../../../zoo/deep-vgg'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import type { ModelSpec } from '../../../zoo/model-spec'
import { loadWasm } from '../backends/load-wasm'
import { buildModel } from './build-model'
import { computeClassMaps } from './class-maps'
import { restoreNetwork } from './classifier'

interface Case {
  name: string
  spec: ModelSpec
  method: 'cam' | 'grad-cam'
  weights: { shape: number[]; values: number[] }[]
  picture: { frames: number; bands: number; values: number[] }
  starts: number[]
  mapFrames: number
  mapBands: number
  scores: number[]
  maps: number[]
}
interface Reference {
  cases: Case[]
  resize: { frames: number; bands: number; mapFrames: number; mapBands: number; map: number[]; values: number[] }
}

/** By scripts/make-class-map-reference.py. */
const reference = JSON.parse(readFileSync(join(import.meta.dirname, 'reference/class-maps.json'), 'utf8')) as Reference

const worst = (found: ArrayLike<number>, wanted: readonly number[]): number =>
  wanted.reduce((most, value, index) => Math.max(most, Math.abs(value - found[index]!)), 0) /
  wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

beforeAll(async () => {
  await loadWasm()
})

describe('class activation maps', () => {
  it.each(reference.cases)('are those of Keras: $name', async (item) => {
    const plan = planClassMaps(item.spec)
    expect(plan).toMatchObject({ method: item.method, frames: item.mapFrames, bands: item.mapBands })
    if (plan.method === null) throw new Error(plan.about)
    const weights = item.weights.map(({ shape, values }) => ({ name: '', shape, values: Float32Array.from(values) }))
    const model = restoreNetwork({ spec: item.spec, weights, fold: '1' })
    const { frames, bands, values } = item.picture
    const told: number[] = []
    const before = tf.memory().numTensors
    const maps = await computeClassMaps(
      model,
      item.spec,
      plan,
      { frames, bands, values: Float32Array.from(values) },
      (done) => told.push(done),
    )
    expect(tf.memory().numTensors).toBe(before)
    model.dispose()
    expect(maps.crops).toEqual({ frames: item.spec.input.frames, starts: item.starts })
    expect(told).toEqual([3])
    expect(maps.values).toHaveLength(item.maps.length)
    expect(worst(maps.values, item.maps)).toBeLessThan(1e-5)
    expect(worst(maps.scores, item.scores)).toBeLessThan(1e-5)
  })

  it('are refused where they would be more than can be shown', async () => {
    const { spec } = reference.cases[0]!
    const model = buildModel(spec, new Random(1))
    const plan = planClassMaps(spec)
    if (plan.method === null) throw new Error(plan.about)
    const frames = 4_000_000
    const picture = { frames, bands: 12, values: new Float32Array(frames * 12) }
    await expect(computeClassMaps(model, spec, plan, picture)).rejects.toThrow('too long to be mapped at once')
    model.dispose()
  })

  it('are planned by what follows the last convolution, and where there are none it is said', () => {
    const logmel = describeLogmelCnn(
      { kind: 'logmel-cnn', cropSeconds: 1, filters: [8, 16], dropout: 0.5 },
      { frames: 40, bands: 64 },
      10,
    )
    expect(planClassMaps(logmel)).toMatchObject({ method: 'grad-cam', layer: 7, frames: 10, bands: 16 })
    const vgg = planClassMaps(describeDeepVgg({ frames: 149, bands: 149 }, 10))
    expect(vgg).toMatchObject({ method: 'cam' })
    const crnn = planClassMaps(describeCrnn({ frames: 1366, bands: 96 }, 50))
    expect(crnn).toMatchObject({ method: null, about: expect.stringContaining('GRU') as string })
    const dense: ModelSpec = { name: 'flat', input: { frames: 1, bands: 4 }, layers: [{ kind: 'dense', units: 2 }] }
    expect(planClassMaps(dense)).toEqual({
      method: null,
      about: 'flat has no convolution: no layer of it says where in the picture.',
    })
  })
})

describe('a map over its picture', () => {
  it('is enlarged as TensorFlow does', () => {
    const { frames, bands, mapFrames, mapBands, map, values } = reference.resize
    const spread = spreadClassMap({
      frames,
      bands,
      crops: { frames, starts: [0] },
      mapFrames,
      mapBands,
      values: Float32Array.from(map),
    })
    expect(worst(spread, values)).toBeLessThan(1e-6)
  })

  it('is the mean where crops overlap, and 0 where none lies', () => {
    const spread = spreadClassMap({
      frames: 6,
      bands: 1,
      crops: { frames: 3, starts: [0, 2] },
      mapFrames: 1,
      mapBands: 1,
      values: Float32Array.of(2, 4),
    })
    expect([...spread]).toEqual([2, 2, 3, 4, 4, 0])
  })
})
