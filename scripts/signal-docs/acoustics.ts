/** The rows of docs/signal.md for the steps between a source and a file: room, distance, device, codec. */
import { byWayOf } from '../../src/dsp/augment/codec'
import { throughALaw, throughMuLaw } from '../../src/dsp/augment/companding'
import { convolve } from '../../src/dsp/augment/convolve'
import { designButterworth, designTilt, runSections } from '../../src/dsp/augment/device'
import { airAbsorption } from '../../src/dsp/augment/distance'
import { throughImaAdpcm } from '../../src/dsp/augment/ima-adpcm'
import { dropDelay, reverberate } from '../../src/dsp/augment/reverberate'
import { clipSound, quantizeSound } from '../../src/dsp/augment/degrade'
import { meanSquare } from '../../src/dsp/augment/noise'
import { withCoders } from '../../src/dsp/augment/opus'
import { Random } from '../../src/dsp/random'
import { drawShoebox, listReflections, makeShoeboxResponse } from '../../src/dsp/augment/shoebox'
import reference from '../../src/dsp/reference/device.json'
import { referenceNoise } from '../../src/dsp/reference-signals'
import { change, dB, fixed, largestDifference, scene, sceneRateHz } from './augment-scene'
import type { AugmentationError, AugmentationRow } from './augmentation-row'
import { lagOf } from './measure-lag'
import { tone } from './measure-resampler'
import { measureRt60 } from './measure-room'

const noise = (): Float32Array => referenceNoise(400)
const worst = (errors: Iterable<number>): number => Math.max(0, ...errors)

/** A passage of stone: a click 7 samples late, two echoes, and a tail. */
function passage(): Float32Array {
  const response = referenceNoise(9000).map((value, n) => (n < 8 ? 0 : 0.15 * value * Math.exp(-n / 2000)))
  response[7] = 1
  response[267] = 0.5
  response[617] = 0.3
  return response
}

function convolutionError(): number {
  const [samples, response] = [noise(), referenceNoise(77)]
  const wanted = (n: number): number => response.reduce((sum, own, k) => sum + own * (samples[n - k] ?? 0), 0)
  return worst(convolve(samples, response).map((value, n) => Math.abs(value - wanted(n))))
}

/** Largest difference, in metres, of a drawn room's first-order reflections from the source's mirror images. */
function mirrorError(): number {
  const room = drawShoebox([3, 10], 0.5, new Random(3, 'mirror'))
  const found = listReflections(room, 30).map(({ meters }) => meters)
  const mirrored = room.size.flatMap((length, axis) =>
    [0, length].map((wall) =>
      Math.hypot(...room.source.map((at, i) => (i === axis ? 2 * wall - at : at) - room.microphone[i]!)),
    ),
  )
  return worst(mirrored.map((meters) => Math.min(...found.map((value) => Math.abs(value - meters)))))
}

function rt60Error(): number {
  const errors = [0.2, 0.5, 1].flatMap((rt60) =>
    [[3, 4] as const, [8, 10] as const].map((size) => {
      const random = new Random(4, `signal/${rt60}`)
      const response = makeShoeboxResponse(drawShoebox([...size], rt60, random), 16_000, random)
      return Math.abs(measureRt60(response, 16_000) / rt60 - 1)
    }),
  )
  return worst(errors)
}

function delayError(): number {
  const delay = new Float32Array(20)
  delay[7] = 1
  const sound = { samples: noise(), sampleRateHz: 16_000, segments: [] }
  const heard = reverberate(sound, dropDelay(delay), { tail: 'truncate', level: 'rms' }).samples
  return worst(heard.map((value, n) => Math.abs(value - sound.samples[n]!)))
}

async function opusErrors(): Promise<AugmentationError[]> {
  const before = scene()
  const code = (kilobits: number): Promise<Float32Array> => {
    const step = { kind: 'opus', kilobits: fixed(kilobits) } as const
    return withCoders({ steps: [step] }, () => change(before, step).sound.samples)
  }
  const lags: number[] = []
  for (const kilobits of [8, 16, 32, 128]) lags.push(Math.abs(lagOf(before, await code(kilobits), 200)))
  const level = Math.abs(dB(meanSquare(await code(64)) / meanSquare(before)))
  return [
    { error: 1000 * (lags[0]! / sceneRateHz), unit: 'ms of the place at 8 kbit/s (cross-correlation)' },
    { error: worst(lags.slice(1)), unit: 'samples of the place at 16 to 128 kbit/s' },
    { error: level, unit: 'dB of the level at 64 kbit/s' },
  ]
}

/** ISO 9613-2, table 2: 20 °C, 70 %, dB a kilometre. */
const airTable = { 125: 0.3, 250: 1.1, 500: 2.8, 1000: 5, 2000: 9, 4000: 22.9, 8000: 76.6 }

const stays = { labels: 'Segments stay.', tests: 'acoustics.test.ts' }

export const acousticRows: readonly AugmentationRow[] = [
  {
    name: 'room',
    step: { kind: 'room', roomMeters: [6, 6], rt60Seconds: [0.8, 0.8], tail: 'truncate', level: 'rms' },
    definition:
      'y = x ∗ h, h that of a room of drawn length and width, 2.4 to 4 m high, source and microphone at drawn places: images of the source, β^reflections / metres, β from RT60 by Eyring; after 3·√V ms normal noise at the energy that images have on the mean, falling by 60 dB in RT60. The direct path is sample 0; what sounds on is cut at the clip’s end (`truncate`) or makes it longer (`keep`); the clip’s root mean square stays (`rms`) or the direct path (`direct`)',
    follows: 'Allen & Berkley 1979; Eyring 1930',
    ...stays,
    measure: () => [
      { error: convolutionError(), unit: 'to the sum' },
      { error: mirrorError(), unit: 'm of a first reflection' },
      { error: rt60Error(), unit: 'of RT60 (T30 by Schroeder’s integral, 3 to 10 m, 0.2 to 1 s)' },
    ],
  },
  {
    name: 'impulse-response',
    step: { kind: 'impulse-response', source: { query: 'label:passage' }, tail: 'truncate', level: 'rms' },
    materials: () => [passage()],
    definition:
      'y = x ∗ h, h recorded, from the first sample within 20 dB of its largest on; `tail` and `level` as above',
    follows: '–',
    ...stays,
    measure: () => [{ error: delayError(), unit: 'in a sample, of a mere delay' }],
  },
  {
    name: 'distance',
    step: { kind: 'distance', meters: [8, 8], criticalMeters: [2, 2], rt60Seconds: [0.5, 0.5], level: 'falls' },
    definition:
      'from 1 m to r (`meters`): y = air(x) / r + x ∗ d, air’s absorption over r − 1 m at 20 °C and 50 %, d normal noise that falls by 60 dB in RT60 with an energy of 1 / `criticalMeters`²: there the room is as loud as the direct sound. The level falls, or stays (`rms`)',
    follows: 'ISO 9613-1; ISO 9613-2, table 2',
    ...stays,
    measure: () => [
      {
        error: worst(
          Object.entries(airTable).map(
            // A table to the tenth of a decibel: what its rounding hides is no error.
            ([hz, wanted]) => Math.max(0, Math.abs(1000 * airAbsorption(Number(hz), 70) - wanted) - 0.05) / wanted,
          ),
        ),
        unit: 'of the table’s dB a kilometre, 125 Hz to 8 kHz, 70 %',
      },
    ],
  },
  {
    name: 'device',
    step: { kind: 'device', lowHz: [300, 300], highHz: [3400, 3400], tiltDb: [0, 0], offset: [0, 0] },
    definition:
      'Butterworth of order 4 at both edges (0, or half the rate: open), a first-order tilt of so many dB around 1 kHz, an offset; the band delays by a few ms',
    follows: 'scipy.signal.butter, sosfilt; bilinear, lfilter',
    ...stays,
    measure: () => [
      {
        error: worst(
          reference.bands.flatMap(({ lowHz, highHz, rateHz, every9th }) => {
            const found = runSections(noise(), designButterworth(lowHz, highHz, rateHz))
            return every9th.map((wanted, i) => Math.abs(found[9 * i]! - wanted))
          }),
        ),
        unit: 'in a sample of the band',
      },
      {
        error: worst(
          reference.tilts.flatMap(({ tiltDb, rateHz, every9th }) => {
            const found = runSections(noise(), [designTilt(tiltDb, rateHz)])
            return every9th.map((wanted, i) => Math.abs(found[9 * i]! - wanted))
          }),
        ),
        unit: 'in a sample of the tilt',
      },
    ],
  },
  {
    name: 'clip',
    step: { kind: 'clip', shape: 'hard', overDb: [20, 20] },
    definition: 'at the peak less `overDb`: cut off (`hard`), or tanh(a·x)/a with 1/a there (`soft`)',
    follows: 'audiomentations, ClippingDistortion',
    ...stays,
    measure: () => {
      const peakOf = (samples: Float32Array): number => worst(samples.map(Math.abs))
      const ratio = peakOf(clipSound(noise(), 20, 'hard')) / peakOf(noise())
      return [{ error: Math.abs(20 * Math.log10(ratio) + 20), unit: 'dB' }]
    },
  },
  {
    name: 'quantize',
    step: { kind: 'quantize', bits: [6, 6], dither: 'none' },
    definition: 'round(x·2^(bits − 1)) / 2^(bits − 1), with triangular dither or none',
    follows: 'numpy.round',
    ...stays,
    measure: () => {
      const halves = noise().map((value) => value / 2)
      const rounded = quantizeSound(halves, 6, 'none', new Random(1))
      const wrong = worst(rounded.map((value, n) => Math.abs(value - halves[n]!))) - 2 ** -6
      return [{ error: Math.max(0, wrong), unit: 'beyond half a step' }]
    },
  },
  {
    name: 'codec',
    step: { kind: 'codec', codec: 'g711-mu', at: 'telephone' },
    definition:
      'rounded to 16 bits, coded and decoded: G.711 mu-law or A-law, or IMA ADPCM without blocks, by way of 8 kHz (`telephone`) or at the clip’s rate (`own`)',
    follows: 'audioop of Python 3.11',
    ...stays,
    measure: () => {
      const pcm = Int16Array.from(reference.pcm)
      const pairs = [
        [throughMuLaw(pcm), reference['g711-mu']],
        [throughALaw(pcm), reference['g711-a']],
        [throughImaAdpcm(pcm), reference['ima-adpcm']],
      ] as const
      const error = worst(pairs.flatMap(([found, wanted]) => wanted.map((value, n) => Math.abs(value - found[n]!))))
      return [{ error, unit: 'in a sample of 16 bits' }]
    },
  },
  {
    name: 'opus',
    step: { kind: 'opus', kilobits: [8, 8] },
    definition:
      'coded and decoded by libopus 1.6.1 at so many kbit/s: one channel at 48 kHz by the resampler above, frames of 20 ms, variable bit rate, complexity 5; what the encoder looks ahead is taken off',
    follows: 'RFC 6716',
    labels: 'Segments stay.',
    tests: 'opus.test.ts',
    measure: opusErrors,
  },
  {
    name: 'resample',
    step: { kind: 'resample', rateHz: [8000, 8000] },
    definition: 'through a lower rate, drawn to 100 Hz, and back by the resampler above; nothing where it is not lower',
    follows: '–',
    ...stays,
    measure: () => {
      const errors = [500, 1500, 3500].map((hz) => {
        const heard = tone(hz, 22_050, 9999)
        return largestDifference(byWayOf(heard, 22_050, 8000).subarray(999, 9000), heard.subarray(999, 9000))
      })
      return [{ error: worst(errors), unit: 'in a sample of tones under 0.88 of half the lower rate' }]
    },
  },
]
