import type { FrontEnd } from './front-end'
import { applyStep, type Spectrogram } from './steps'
import { countBands } from './features'

/**
 * By how much each value of a frame changes when the sound is made louder by one decibel: 1 in a picture of decibels, 0
 * in its deltas and edges, √bands in cepstral coefficient 0. Exact above the floor of the level.
 *
 * @returns bands × channels values in the order of a picture's frame; null where the levels are not decibels, so that
 *   the change depends on the sound
 */
export function gainResponse(frontEnd: FrontEnd): Float32Array | null {
  if (frontEnd.kind === 'waveform') return null
  const { level, conditioning, steps = [] } = frontEnd
  if (level.kind !== undefined && level.kind !== 'decibel') return null
  if (steps.some((step) => step.kind === 'cepstrum' && step.startsWithEnergy)) return null
  // The steps are linear, or blind to what is the same everywhere: their answer to ones is the answer sought.
  const bands = countBands(frontEnd)
  const frames = 256
  const isRelative = level.referencePower === 'maximum' || conditioning?.peak !== undefined
  const ones: Spectrogram = {
    bands,
    frames,
    channels: 1,
    values: new Float32Array(bands * frames).fill(isRelative ? 0 : 1),
    bandHz: new Float32Array(0),
    frameSeconds: 1,
    firstFrameSeconds: 0,
  }
  const fftSamples = frontEnd.kind === 'constant-q' ? null : frontEnd.fftSamples
  const context = { sampleRateHz: frontEnd.sampleRateHz, fftSamples, frameEnergies: null }
  const picture = steps.reduce((current, step) => applyStep(current, step, context), ones)
  const row = picture.bands * picture.channels
  const middle = picture.values.slice((frames / 2) * row, (frames / 2 + 1) * row)
  // What rounding leaves of a difference is none.
  return middle.map((value) => (Math.abs(value) < 1e-4 ? 0 : value))
}
