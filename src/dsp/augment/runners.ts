/** Which code does which step: values are drawn here, the sound is changed in files of their own. */
import type { Random } from '../random'
import { mixBabble } from './babble'
import type { AugmentationStep, DrawRange } from './chain'
import { addNoise, fitNoise, makeNoise } from './noise'
import { cropOrPad, insertSilence, invertPolarity, scaleLevel, shiftInTime } from './placement'
import type { StepRunner, StepRunners } from './step-runner'
import { shiftPitch, stretchSound } from './time-pitch'

const runners: StepRunners = {
  gain: {
    run(sound, { decibels }, { random }) {
      const gainDb = drawFrom(decibels, random)
      return { sound: { ...sound, samples: scaleLevel(sound.samples, gainDb) }, values: { gainDb } }
    },
  },
  polarity: {
    run: (sound) => ({ sound: { ...sound, samples: invertPolarity(sound.samples) }, values: {} }),
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
  babble: {
    countMaterials: ({ voices: [low, high] }, random) => low + random.integer(high - low + 1),
    run(sound, { snrDb, level }, { random, materials }) {
      const wantedDb = drawFrom(snrDb, random)
      const make = (): Float32Array => mixBabble(materials, sound.samples.length, sound.sampleRateHz, random)
      const { samples, ...values } = addNoise(sound, { snrDb: wantedDb, level }, make)
      return { sound: { ...sound, samples }, values: { snrDb: wantedDb, voices: materials.length, ...values } }
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

export function runnerOf<S extends AugmentationStep>({ kind }: S): StepRunner<S> {
  return runners[kind] as unknown as StepRunner<S>
}

function drawFrom([low, high]: DrawRange, random: Random): number {
  return random.uniform(low, high)
}
