/** The rows of docs/signal.md for speed without pitch, and pitch without speed. */
import { meanSquare } from '../../src/dsp/augment/noise'
import { stretchTime } from '../../src/dsp/augment/phase-vocoder'
import { shiftPitch } from '../../src/dsp/augment/time-pitch'
import reference from '../../src/dsp/reference/stretch.json'
import { change, fixed, sceneRateHz } from './augment-scene'
import type { AugmentationError, AugmentationRow } from './augmentation-row'
import { centsOff, inside, makeTone, toneOf } from './tone-fit'

const worst = (errors: number[]): number => Math.max(...errors.map(Math.abs))

function stretchErrors(): AugmentationError[] {
  const found = reference.stretched.map(({ tone, rate }) => {
    const own = toneOf(tone)
    const heard = stretchTime(makeTone(own), rate, reference.sampleRateHz)
    return { cents: centsOff(inside(heard), own), samples: heard.length - reference.samples / rate }
  })
  return [
    { error: worst(found.map(({ cents }) => cents)), unit: 'cents of pitch' },
    { error: worst(found.map(({ samples }) => samples)), unit: 'samples of the length' },
    { error: worst([0.81, 1.23, 2].flatMap(edgeErrors)), unit: 'ms from a segment’s edge to the sound’s' },
  ]
}

/** A tone from 1 to 1.5 s: how far from the edges of its stretched segment it is half as loud, in ms. */
function edgeErrors(rate: number): number[] {
  const samples = makeTone(toneOf('sine')).map((value, n) => (n < sceneRateHz || n >= 1.5 * sceneRateHz ? 0 : value))
  const segments = [{ startSeconds: 1, endSeconds: 1.5, index: 0 }]
  const { sound } = change(samples, { kind: 'time-stretch', rate: fixed(rate) }, { segments })
  const level = (at: number): number => Math.sqrt(2 * meanSquare(sound.samples.subarray(at - 25, at + 25)))
  const { startSeconds, endSeconds } = sound.segments[0]!
  const middle = Math.round(((startSeconds + endSeconds) / 2) * sceneRateHz)
  const walk = (direction: 1 | -1): number => {
    let at = middle
    while (level(at) > 0.15) at += direction
    return at / sceneRateHz
  }
  return [walk(-1) - startSeconds, walk(1) - endSeconds].map((seconds) => 1000 * seconds)
}

function shiftErrors(): AugmentationError[] {
  const found = reference.shifted.map(({ tone, semitones }) => {
    const own = toneOf(tone)
    const heard = shiftPitch(makeTone(own), semitones, reference.sampleRateHz)
    const shifted = { ...own, hz: own.hz * 2 ** (semitones / 12) }
    return { cents: centsOff(inside(heard), shifted), samples: heard.length - reference.samples }
  })
  return [
    { error: worst(found.map(({ cents }) => cents)), unit: 'cents of pitch' },
    { error: worst(found.map(({ samples }) => samples)), unit: 'samples of the length' },
  ]
}

export const timePitchRows: readonly AugmentationRow[] = [
  {
    name: 'time-stretch',
    step: { kind: 'time-stretch', rate: fixed(1.5) },
    definition:
      'round(n / rate) samples at the same pitch: a phase vocoder with frames of 93 ms a quarter of a frame apart. How far a peak turns is taken from a second frame a hop earlier, and the bins around it turn with it (identity phase locking). A tone of ten partials keeps 75 dB over all else (librosa 0.11: 42 dB slower, 79 dB faster); noise comes out softer by up to 1 dB at rates from 0.8 to 1.25, 2 dB at 2',
    follows: 'Puckette 1995; Laroche & Dolson 1999',
    labels: 'Segments move, and are as much shorter or longer.',
    tests: 'time-pitch.test.ts',
    measure: stretchErrors,
  },
  {
    name: 'pitch-shift',
    step: { kind: 'pitch-shift', semitones: fixed(7) },
    definition:
      'stretched to 2^(semitones/12) times its length, then played as much faster by a windowed sinc: as long as before. What passes the Nyquist frequency is 80 dB down; 75 dB of purity as above (librosa: 37 to 47 dB upwards, 79 dB or more downwards)',
    follows: 'librosa 0.11, effects.pitch_shift',
    labels: 'Segments stay; boxes move with the pitch.',
    tests: 'time-pitch.test.ts',
    measure: shiftErrors,
  },
]
