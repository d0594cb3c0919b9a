/** The rows of docs/signal.md for the steps between a source and a file: room, distance, device, codec. */
import { byWayOf } from '../../src/dsp/augment/codec'
import { throughALaw, throughMuLaw } from '../../src/dsp/augment/companding'
import { convolve } from '../../src/dsp/augment/convolve'
import { designButterworth, runSections } from '../../src/dsp/augment/device'
import { airAbsorption } from '../../src/dsp/augment/distance'
import { throughImaAdpcm } from '../../src/dsp/augment/ima-adpcm'
import { dropDelay, reverberate } from '../../src/dsp/augment/reverberate'
import { clipSound, quantizeSound } from '../../src/dsp/augment/degrade'
import { Random } from '../../src/dsp/random'
import { drawShoebox, listReflections } from '../../src/dsp/augment/shoebox'
import reference from '../../src/dsp/reference/device.json'
import { referenceNoise } from '../../src/dsp/reference-signals'
import type { AugmentationRow } from './augmentation-row'

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

function delayError(): number {
  const delay = new Float32Array(20)
  delay[7] = 1
  const sound = { samples: noise(), sampleRateHz: 16_000, segments: [] }
  const heard = reverberate(sound, dropDelay(delay), { tail: 'truncate', level: 'rms' }).samples
  return worst(heard.map((value, n) => Math.abs(value - sound.samples[n]!)))
}

/** ISO 9613-2, table 2: 20 °C, 70 %, dB a kilometre. */
const airTable = { 125: 0.3, 250: 1.1, 500: 2.8, 1000: 5, 2000: 9, 4000: 22.9, 8000: 76.6 }

const stay = 'stay'

export const acousticRows: readonly AugmentationRow[] = [
  {
    name: 'room',
    step: { kind: 'room', roomMeters: [6, 6], rt60Seconds: [0.8, 0.8], tail: 'truncate', level: 'rms' },
    definition:
      'y = x ∗ h, h a drawn room’s: images of the source, β^reflections / metres, β from RT60 by Eyring; after 3·√V ms normal noise that falls by 60 dB in RT60. RT60 is held within a tenth by the tests',
    follows: 'Allen & Berkley 1979; Eyring 1930',
    labels: stay,
    measure: () => [
      { error: convolutionError(), unit: 'to the sum' },
      { error: mirrorError(), unit: 'm of a first reflection' },
    ],
  },
  {
    name: 'impulse-response',
    step: { kind: 'impulse-response', source: { query: 'label:passage' }, tail: 'truncate', level: 'rms' },
    materials: () => [passage()],
    definition: 'y = x ∗ h, h recorded, from the first sample within 20 dB of its largest on',
    follows: '–',
    labels: stay,
    measure: () => [{ error: delayError(), unit: 'in a sample, of a mere delay' }],
  },
  {
    name: 'distance',
    step: { kind: 'distance', meters: [8, 8], criticalMeters: [2, 2], rt60Seconds: [0.5, 0.5], level: 'falls' },
    definition:
      'y = air(x) / r + x ∗ d: air’s absorption over r − 1 m, d decaying normal noise with an energy of 1 / (critical distance)²',
    follows: 'ISO 9613-1; ISO 9613-2, table 2',
    labels: stay,
    measure: () => [
      {
        error: worst(
          Object.entries(airTable).map(([hz, wanted]) => Math.abs(1000 * airAbsorption(Number(hz), 70) - wanted)),
        ),
        unit: 'dB a kilometre of the table',
      },
    ],
  },
  {
    name: 'device',
    step: { kind: 'device', lowHz: [300, 300], highHz: [3400, 3400], tiltDb: [0, 0], offset: [0, 0] },
    definition: 'Butterworth of order 4 at both edges, a first-order tilt around 1 kHz, an offset',
    follows: 'scipy.signal.butter, sosfilt',
    labels: stay,
    measure: () => [
      {
        error: worst(
          reference.bands.flatMap(({ lowHz, highHz, rateHz, every9th }) => {
            const found = runSections(noise(), designButterworth(lowHz, highHz, rateHz))
            return every9th.map((wanted, i) => Math.abs(found[9 * i]! - wanted))
          }),
        ),
        unit: 'in a sample',
      },
    ],
  },
  {
    name: 'clip',
    step: { kind: 'clip', shape: 'hard', overDb: [20, 20] },
    definition: 'cut off at the peak less the dB that were drawn, or tanh(a·x)/a with 1/a there',
    follows: 'audiomentations, ClippingDistortion',
    labels: stay,
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
    labels: stay,
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
    definition: 'G.711 mu-law, A-law or IMA ADPCM and back, by way of 8 kHz or at the clip’s rate',
    follows: 'audioop of Python 3.11',
    labels: stay,
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
    name: 'resample',
    step: { kind: 'resample', rateHz: [8000, 8000] },
    definition: 'through a lower rate and back, by the resampler above',
    follows: '–',
    labels: stay,
    measure: () => {
      const silent = byWayOf(new Float32Array(999), 22_050, 8000)
      const length = silent.length === 999 ? 0 : Infinity
      return [{ error: length, unit: 'samples of the length' }]
    },
  },
]
