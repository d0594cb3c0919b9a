/** The rows of docs/signal.md for level, sign and place of a sound in its clip. */
import { meanSquare } from '../../src/dsp/augment/noise'
import type { AugmentationStep } from '../../src/dsp/recipe'
import { change, dB, fixed, inASample, largestDifference, scene, sceneRateHz } from './augment-scene'
import type { AugmentationRow } from './augmentation-row'

const tests = 'augment.test.ts'

export const placeRows: readonly AugmentationRow[] = [
  {
    name: 'gain',
    step: { kind: 'gain', decibels: fixed(-20) },
    definition: 'y = 10^(dB/20)·x',
    follows: '–',
    labels: 'Segments stay.',
    tests,
    measure: () => {
      const before = scene()
      const after = change(before, { kind: 'gain', decibels: fixed(-20) }).sound.samples
      return [{ error: Math.abs(dB(meanSquare(after) / meanSquare(before)) + 20), unit: 'dB' }]
    },
  },
  {
    name: 'polarity',
    step: { kind: 'polarity' },
    definition: 'y = −x',
    follows: '–',
    labels: 'Segments stay.',
    tests,
    measure: () => {
      const before = scene()
      const wanted = before.map((value) => -value)
      return [{ error: largestDifference(change(before, { kind: 'polarity' }).sound.samples, wanted), unit: inASample }]
    },
  },
  {
    name: 'time-shift',
    step: { kind: 'time-shift', seconds: fixed(0.8), fill: 'silence' },
    definition:
      'y[n] = x[n − s], s the whole number of samples nearest to the seconds that were drawn; what leaves the clip is lost and what is free silent (`silence`), or what leaves it comes in at its other end (`wrap`)',
    follows: 'numpy.roll',
    labels: 'Segments move, are cut at the edge, come in at the other end.',
    tests,
    measure: () => {
      const [before, shift] = [scene(), Math.round(0.8 * sceneRateHz)]
      const rolled = before.map((_, n) => before[(n - shift + before.length) % before.length]!)
      const step: AugmentationStep = { kind: 'time-shift', seconds: fixed(0.8), fill: 'wrap' }
      return [{ error: largestDifference(change(before, step).sound.samples, rolled), unit: inASample }]
    },
  },
  {
    name: 'crop',
    step: { kind: 'crop', seconds: fixed(2) },
    definition:
      'a part of the length that was drawn, from a drawn place; a shorter clip gets silence around it, at a drawn place too',
    follows: 'Tokozume et al. 2018, random crop and zero padding',
    labels: 'Segments move, are cut at the edge.',
    tests,
    measure: () => {
      const before = scene()
      const { sound, values } = change(before, { kind: 'crop', seconds: fixed(2) })
      const from = Math.floor(values['place']! * (before.length - sound.samples.length + 1))
      const wanted = before.subarray(from, from + Math.round(2 * sceneRateHz))
      return [{ error: largestDifference(sound.samples, wanted), unit: inASample }]
    },
  },
  {
    name: 'silence',
    step: { kind: 'silence', seconds: fixed(1) },
    definition: 'silence put in at a drawn place; the clip grows by it',
    follows: '–',
    labels: 'Segments move; one that the silence falls into becomes two.',
    tests,
    measure: () => {
      const before = scene()
      const { sound, values } = change(before, { kind: 'silence', seconds: fixed(1) })
      const at = Math.floor(values['place']! * (before.length + 1))
      const wanted = new Float32Array(before.length + sceneRateHz)
      wanted.set(before.subarray(0, at))
      wanted.set(before.subarray(at), at + sceneRateHz)
      return [{ error: largestDifference(sound.samples, wanted), unit: inASample }]
    },
  },
]
