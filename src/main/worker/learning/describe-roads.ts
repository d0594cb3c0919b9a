/** Tests of the current backend: what the graph computes is what src/dsp computes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { computeFrontEnd } from '../../../dsp/features'
import type { FrontEnd } from '../../../dsp/front-end'
import { frontEndPresets } from '../../../dsp/front-end-presets'
import { mixDown } from '../../../dsp/mixdown'
import { referenceSignal } from '../../../dsp/reference-signals'
import { resample } from '../../../dsp/resample'
import { decodeAudio } from '../../../formats/audio/decode-audio'
import { GraphFrontEnd, graphObstacle } from './graph-front-end'

/** Root mean square of the difference, as a share of that of the picture. */
const tolerance = 1e-4
/** Largest difference, as a share of the picture's largest magnitude: single precision shows where a band is all but silent. */
const worstTolerance = 1e-3
/** Frame lengths that divide otherwise than powers of two: a prime, an odd one, twice a prime. */
const lengths = [331, 441, 514, 1000]

const audio = join(
  process.env.EARMARK_TEST_DATA ?? join(import.meta.dirname, '../../../../../shared/data'),
  'esc10/audio',
)
const names = existsSync(audio) ? readdirSync(audio).sort() : []
/** Every fortieth recording: eight, of as many classes as chance gives. */
const chosen = names.filter((_, index) => index % 40 === 0)

async function expectSame(
  graph: GraphFrontEnd,
  samples: Float32Array,
  frontEnd: FrontEnd,
  name: string,
): Promise<void> {
  const wanted = computeFrontEnd(samples, frontEnd)
  const [picture] = await graph.compute([samples])
  expect([picture!.frames, picture!.bands]).toEqual([wanted.frames, wanted.bands])
  let [worst, largest, squares, total] = [0, 0, 0, 0]
  wanted.values.forEach((value, i) => {
    const difference = Math.abs(value - picture!.values[i]!)
    // Also where one of them is no number.
    if (!(difference <= worst)) worst = difference
    largest = Math.max(largest, Math.abs(value))
    squares += difference ** 2
    total += value ** 2
  })
  expect(Math.sqrt(squares / total), `${name}, root mean square`).toBeLessThan(tolerance)
  expect(worst / largest, `${name}, at most`).toBeLessThan(worstTolerance)
}

/** @param missing why the backend cannot run on this machine, or '' */
export function describeRoads(backend: string, missing: string): void {
  const possible = frontEndPresets.filter(({ frontEnd }) => graphObstacle(frontEnd) === null)
  describe.skipIf(missing !== '')(`both roads on ${backend}${missing === '' ? '' : ` (${missing})`}`, () => {
    it.each(possible)('$name: noise, bursts and tones are within 1e-4', async ({ frontEnd }) => {
      expect(tf.getBackend()).toBe(backend)
      const graph = new GraphFrontEnd(frontEnd)
      try {
        for (const signal of ['noise 30000', 'bursts 40000', 'G1'])
          await expectSame(graph, referenceSignal(signal), frontEnd, signal)
      } finally {
        graph.dispose()
      }
    })

    it.skipIf(names.length === 0).each(possible)('$name: real recordings are within 1e-4', async ({ frontEnd }) => {
      const graph = new GraphFrontEnd(frontEnd)
      try {
        for (const name of chosen) {
          const { channels, sampleRateHz } = await decodeAudio(readFileSync(join(audio, name)), name)
          const samples = resample(mixDown(channels, 'mean'), sampleRateHz, frontEnd.sampleRateHz)
          await expectSame(graph, samples, frontEnd, name)
        }
      } finally {
        graph.dispose()
      }
    })

    it.each(lengths)('frames of %i samples too', async (fftSamples) => {
      const frontEnd = {
        ...frontEndPresets[0]!.frontEnd,
        fftSamples,
        windowSamples: 300,
        bands: { scale: 'linear' },
      } as FrontEnd
      const graph = new GraphFrontEnd(frontEnd)
      try {
        await expectSame(graph, referenceSignal('noise 9000'), frontEnd, 'noise')
      } finally {
        graph.dispose()
      }
    })
  })
}
