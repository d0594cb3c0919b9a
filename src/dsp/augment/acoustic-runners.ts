/** Draws the values of the steps between a source and a file: room, distance, device, codec. */
import type { Random } from '../random'
import type { DrawRange } from './chain'
import { byWayOf, throughCodec } from './codec'
import { levelGain, dropDelay, reverberate } from './reverberate'
import { clipSound, quantizeSound } from './degrade'
import { hearThrough } from './device'
import { moveAway } from './distance'
import { throughOpus } from './opus'
import { drawShoebox, makeShoeboxResponse } from './shoebox'
import type { StepRunners } from './step-runner'

/** Rates are drawn in hundreds, which have a filter of few phases with common ones. */
const rateStepHz = 100

export const acousticRunners: Pick<
  StepRunners,
  'room' | 'impulse-response' | 'distance' | 'device' | 'clip' | 'quantize' | 'codec' | 'opus' | 'resample'
> = {
  room: {
    run(sound, { roomMeters, rt60Seconds: range, ...options }, { random }) {
      const rt60Seconds = drawFrom(range, random)
      const room = drawShoebox(roomMeters, rt60Seconds, random)
      const response = makeShoeboxResponse(room, sound.sampleRateHz, random)
      const [lengthMeters, widthMeters, heightMeters] = room.size
      const distanceMeters = Math.hypot(...room.source.map((value, axis) => value - room.microphone[axis]!))
      const values = { rt60Seconds, lengthMeters, widthMeters, heightMeters, distanceMeters }
      return { sound: reverberate(sound, response, options), values }
    },
  },
  'impulse-response': {
    countMaterials: () => 1,
    run: (sound, options, { materials }) => ({
      sound: reverberate(sound, dropDelay(materials[0]!), options),
      values: {},
    }),
  },
  distance: {
    run(sound, { meters: range, criticalMeters: critical, rt60Seconds: decay, level }, { random }) {
      const meters = drawFrom(range, random)
      const criticalMeters = drawFrom(critical, random)
      const rt60Seconds = drawFrom(decay, random)
      const values = { meters, criticalMeters, rt60Seconds }
      const samples = moveAway(sound.samples, sound.sampleRateHz, values, random)
      const gain = level === 'rms' ? levelGain(sound.samples, samples) : 1
      for (let n = 0; n < samples.length; n++) samples[n]! *= gain
      return { sound: { ...sound, samples }, values }
    },
  },
  device: {
    run(sound, step, { random }) {
      const values = {
        lowHz: drawFrom(step.lowHz, random),
        highHz: drawFrom(step.highHz, random),
        tiltDb: drawFrom(step.tiltDb, random),
        offset: drawFrom(step.offset, random),
      }
      return { sound: { ...sound, samples: hearThrough(sound.samples, sound.sampleRateHz, values) }, values }
    },
  },
  clip: {
    run(sound, { overDb: range, shape }, { random }) {
      const overDb = drawFrom(range, random)
      return { sound: { ...sound, samples: clipSound(sound.samples, overDb, shape) }, values: { overDb } }
    },
  },
  quantize: {
    run(sound, { bits: range, dither }, { random }) {
      const bits = Math.round(drawFrom(range, random))
      return { sound: { ...sound, samples: quantizeSound(sound.samples, bits, dither, random) }, values: { bits } }
    },
  },
  codec: {
    run: (sound, { codec, at }) => ({
      sound: { ...sound, samples: throughCodec(sound.samples, sound.sampleRateHz, codec, at) },
      values: {},
    }),
  },
  opus: {
    run(sound, { kilobits: range }, { random }) {
      const kilobits = drawFrom(range, random)
      return {
        sound: { ...sound, samples: throughOpus(sound.samples, sound.sampleRateHz, kilobits) },
        values: { kilobits },
      }
    },
  },
  resample: {
    run(sound, { rateHz: range }, { random }) {
      const rateHz = Math.max(1, Math.round(drawFrom(range, random) / rateStepHz)) * rateStepHz
      const { samples, sampleRateHz } = sound
      const isLower = rateHz < sampleRateHz
      return {
        sound: isLower ? { ...sound, samples: byWayOf(samples, sampleRateHz, rateHz) } : sound,
        values: { rateHz },
      }
    },
  },
}

function drawFrom([low, high]: DrawRange, random: Random): number {
  return random.uniform(low, high)
}
