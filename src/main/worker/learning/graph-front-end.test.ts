/** Both roads to a picture: src/dsp in double precision, and the graph of tfjs operations on WebAssembly. */
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadWasm } from '../backends/load-wasm'
import { frontEndPresets } from '../../../dsp/front-end-presets'
import { computeFrontEnd } from '../../../dsp/features'
import { referenceSignal } from '../../../dsp/reference-signals'
import { describeRoads } from './describe-roads'
import { GraphFrontEnd, graphObstacle } from './graph-front-end'

let before = 0
beforeAll(async () => {
  await loadWasm()
  before = tf.memory().numTensors
})
afterAll(() => expect(tf.memory().numTensors).toBe(before))

describeRoads('wasm', '')

describe('front ends in the graph', () => {
  it('are most of the named ones; of the others the reason is said', () => {
    const obstacles = frontEndPresets.flatMap(({ name, frontEnd }) => {
      const reason = graphObstacle(frontEnd)
      return reason === null ? [] : [`${name}: ${reason}`]
    })
    expect(obstacles.map((text) => text.split(':')[0])).toEqual([
      'mfcc-python-speech-features',
      'constant-q',
      'difference-of-gaussians',
      'sobel',
      'sub-spectrograms',
      'waveform',
      'mu-law',
      'piczak-short',
      'piczak-long',
    ])
    for (const { frontEnd } of frontEndPresets)
      if (graphObstacle(frontEnd) !== null) expect(() => new GraphFrontEnd(frontEnd)).toThrow(RangeError)
  })

  it('refuse damaged and empty sound as the other road does', async () => {
    const graph = new GraphFrontEnd(frontEndPresets[0]!.frontEnd)
    try {
      await expect(graph.compute([new Float32Array(0)])).rejects.toThrow(/at least one sample/)
      await expect(graph.compute([Float32Array.of(0, NaN)])).rejects.toThrow(/sample 1 of 2 is NaN/)
    } finally {
      graph.dispose()
    }
  })

  it('give clips of unequal lengths their own pictures, in order', async () => {
    const { frontEnd } = frontEndPresets[0]!
    const clips = [4000, 9000, 9000, 600].map((length) => referenceSignal('noise 9000').slice(9000 - length))
    const graph = new GraphFrontEnd(frontEnd)
    try {
      const pictures = await graph.compute(clips)
      expect(pictures.map(({ frames }) => frames)).toEqual(clips.map((clip) => computeFrontEnd(clip, frontEnd).frames))
      expect(pictures[1]!.values).toEqual(pictures[2]!.values)
      expect(pictures[0]!.values).not.toEqual(pictures[3]!.values)
    } finally {
      graph.dispose()
    }
  })
})
