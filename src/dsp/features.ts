/** Waveform to time-frequency picture: the one computation behind the spectrogram view, training and prediction. */
import { powerToDb } from './decibel'
import { applyMelFilterBank, melFilterBank, type MelFilterBank } from './mel'
import type { FrontEnd } from './recipe'
import { countFrames, firstFrameCenter, StftPlan } from './stft'

/** A picture of one clip. Plain data: it can be posted between threads. */
export interface Spectrogram {
  bands: number
  frames: number
  /** Decibels, frame by frame: band b of frame t is `values[t * bands + b]`, low bands first. */
  values: Float32Array
  /** Centre frequency of each band in Hz. */
  bandHz: Float32Array
  /** Time from one frame to the next. */
  frameSeconds: number
  /** Time of the middle of frame 0: 0 when frames are centred, half a frame otherwise. */
  firstFrameSeconds: number
}

interface Plan {
  stft: StftPlan
  bank: MelFilterBank | null
  bandHz: Float32Array
}

const plans = new Map<string, Plan>()
const keptPlans = 8

/** Tables of a front end, made on first use; the last few are kept, for making a filter bank costs as much as a clip. */
function planFor(frontEnd: FrontEnd): Plan {
  const key = JSON.stringify(frontEnd)
  const known = plans.get(key)
  if (known) return known
  const stft = new StftPlan(frontEnd)
  const { bands, sampleRateHz, fftSamples } = frontEnd
  const bank = bands.scale === 'mel' ? melFilterBank(bands, sampleRateHz, fftSamples) : null
  const bandHz =
    bank?.centersHz ?? Float32Array.from({ length: stft.bins }, (_, bin) => (bin * sampleRateHz) / fftSamples)
  const plan = { stft, bank, bandHz }
  plans.set(key, plan)
  if (plans.size > keptPlans) plans.delete(plans.keys().next().value!)
  return plan
}

/** Energy per band before the logarithm: |X|^power through the filter bank; layout as Spectrogram.values. */
export function computeBandPower(samples: Float32Array, frontEnd: FrontEnd): Float64Array {
  const { stft, bank, bandHz } = planFor(frontEnd)
  const bands = bandHz.length
  const values = new Float64Array(countFrames(samples.length, frontEnd) * bands)
  stft.forEachFrame(samples, (spectrum, frame) => {
    if (frontEnd.power === 1) for (let k = 0; k < spectrum.length; k++) spectrum[k] = Math.sqrt(spectrum[k]!)
    if (bank) applyMelFilterBank(bank, spectrum, values, frame * bands)
    else values.set(spectrum, frame * bands)
  })
  return values
}

/**
 * Computes the picture of a clip: STFT, band energies, decibels (Recipe.frontEnd; librosa's definitions).
 * With `power` 1 the band magnitudes are squared before the logarithm (librosa.amplitude_to_db), so that a
 * decibel is the same step of loudness either way.
 *
 * @param samples mono, already at `frontEnd.sampleRateHz`
 * @throws RangeError for an empty signal or an impossible front end (window longer than the FFT, band outside the rate)
 */
export function computeFrontEnd(samples: Float32Array, frontEnd: FrontEnd): Spectrogram {
  const { bandHz } = planFor(frontEnd)
  const power = computeBandPower(samples, frontEnd)
  if (frontEnd.power === 1) for (let i = 0; i < power.length; i++) power[i] = power[i]! * power[i]!
  return {
    bands: bandHz.length,
    frames: power.length / bandHz.length,
    values: powerToDb(power, frontEnd.level),
    bandHz: bandHz.slice(),
    frameSeconds: frontEnd.hopSamples / frontEnd.sampleRateHz,
    firstFrameSeconds: firstFrameCenter(frontEnd) / frontEnd.sampleRateHz,
  }
}

/** Mel bands of a front end that no FFT bin falls into (always silent): a person should be warned of them. */
export function findEmptyBands(frontEnd: FrontEnd): number[] {
  return planFor(frontEnd).bank?.emptyBands ?? []
}
