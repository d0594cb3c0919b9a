/** Which code does which step: values are drawn here, the sound is changed in files of their own. */
import type { Random } from '../random'
import { negateSamples } from '../sample-loops'
import { acousticRunners } from './acoustic-runners'
import { mixBabble } from './babble'
import { swapBackground } from './background'
import { drawBeta } from './beta'
import type { DrawRange, SoundStep } from './chain'
import { mixBetween, mixSamples } from './mixing'
import { addNoise, fitNoise, makeNoise } from './noise'
import { addPartner, cropOrPad, insertSilence, scaleLevel, shiftInTime } from './placement'
import type { AugmentedSound } from './sound'
import type { StepRunner, StepRunners } from './step-runner'
import { shiftPitch, stretchSound } from './time-pitch'

const runners: StepRunners = {
  ...acousticRunners,
  gain: {
    run(sound, { decibels }, { random }) {
      const gainDb = drawFrom(decibels, random)
      return { sound: { ...sound, samples: scaleLevel(sound.samples, gainDb) }, values: { gainDb } }
    },
  },
  polarity: {
    run: (sound) => ({ sound: { ...sound, samples: negateSamples(sound.samples) }, values: {} }),
  },
  'time-shift': {
    run(sound, { seconds, fill }, { random }) {
      const shiftSeconds = drawFrom(seconds, random)
      return { sound: shiftInTime(sound, shiftSeconds, fill), values: { shiftSeconds } }
    },
  },
  crop: {
    run(sound, { seconds }, { random }) {
      const lengthSeconds = drawFrom(seconds, random)
      const place = random.uniform()
      return { sound: cropOrPad(sound, lengthSeconds, place), values: { lengthSeconds, place } }
    },
  },
  silence: {
    run(sound, { seconds }, { random }) {
      const silenceSeconds = drawFrom(seconds, random)
      const place = random.uniform()
      return { sound: insertSilence(sound, silenceSeconds, place), values: { silenceSeconds, place } }
    },
  },
  noise: {
    run(sound, { color, snrDb, level }, { random }) {
      const wantedDb = drawFrom(snrDb, random)
      const make = (): Float32Array => makeNoise(color, sound.samples.length, sound.sampleRateHz, random)
      const { samples, ...values } = addNoise(sound, { snrDb: wantedDb, level }, make)
      return { sound: { ...sound, samples }, values: { snrDb: wantedDb, ...values } }
    },
  },
  'recorded-noise': {
    countMaterials: () => 1,
    run(sound, { snrDb, level }, { random, materials }) {
      const wantedDb = drawFrom(snrDb, random)
      const place = random.uniform()
      const make = (): Float32Array => fitNoise(materials[0]!, sound.samples.length, sound.sampleRateHz, place)
      const { samples, ...values } = addNoise(sound, { snrDb: wantedDb, level }, make)
      return { sound: { ...sound, samples }, values: { snrDb: wantedDb, place, ...values } }
    },
  },
  'sound-mixup': {
    run(sound, { alpha }, { random, partner }) {
      const share = drawBeta(alpha, random)
      const place = random.uniform()
      const mixed = addPartner(sound, partner!, place, (own, other) => mixSamples(own, other, share))
      return mixed === null ? unmixed(sound) : { sound: mixed, values: { share, place } }
    },
  },
  'between-class': {
    run(sound, { ratio }, { random, partner }) {
      const share = drawFrom(ratio, random)
      const place = random.uniform()
      let weight = 1
      const mixed = addPartner(sound, partner!, place, (own, other) => {
        const both = mixBetween(own, other, share, sound.sampleRateHz)
        weight = both?.weight ?? 1
        return both?.samples ?? null
      })
      return mixed === null ? unmixed(sound) : { sound: mixed, values: { share, weight, place } }
    },
  },
  babble: {
    countMaterials: ({ voices: [low, high] }, random) => low + random.integer(high - low + 1),
    run(sound, { snrDb, level }, { random, materials }) {
      const wantedDb = drawFrom(snrDb, random)
      const make = (): Float32Array => mixBabble(materials, sound.samples.length, sound.sampleRateHz, random)
      const { samples, ...values } = addNoise(sound, { snrDb: wantedDb, level }, make)
      return { sound: { ...sound, samples }, values: { snrDb: wantedDb, voices: materials.length, ...values } }
    },
  },
  background: {
    countMaterials: () => 1,
    run(sound, { quietDb, levelDb, beside }, { random, materials }) {
      const drawn = { quietDb: drawFrom(quietDb, random), levelDb: drawFrom(levelDb, random), place: random.uniform() }
      const { samples, replacedSeconds } = swapBackground(sound, materials[0]!, { ...drawn, beside })
      return { sound: { ...sound, samples }, values: { ...drawn, replacedSeconds } }
    },
  },
  'time-stretch': {
    run(sound, { rate: rates }, { random }) {
      const rate = drawFrom(rates, random)
      return { sound: stretchSound(sound, rate), values: { rate } }
    },
  },
  'pitch-shift': {
    run(sound, { semitones: range }, { random }) {
      const semitones = drawFrom(range, random)
      const samples = shiftPitch(sound.samples, semitones, sound.sampleRateHz)
      return { sound: { ...sound, samples }, values: { semitones } }
    },
  },
}

/** Every kind of step of the sound that there is code for. */
export const soundKinds = Object.keys(runners) as SoundStep['kind'][]

export function runnerOf<S extends SoundStep>({ kind }: S): StepRunner<S> {
  return runners[kind] as unknown as StepRunner<S>
}

/** A clip that is all of its mixture. */
const unmixed = (sound: AugmentedSound): ReturnType<StepRunner<SoundStep>['run']> => ({ sound, values: { share: 1 } })

function drawFrom([low, high]: DrawRange, random: Random): number {
  return random.uniform(low, high)
}
