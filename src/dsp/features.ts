/** Waveform to time-frequency picture: the one computation behind the spectrogram view, training and prediction. */
import { conditionSamples } from './conditioning'
import { ConstantQPlan } from './constant-q'
import { loudestOf } from './decibel'
import { applyFilterBank, type FilterBank } from './filter-bank'
import { findBadSample } from './find-bad-sample'
import type {
  Bands,
  ConstantQFrontEnd,
  DecibelLevel,
  FrontEnd,
  Level,
  SpectrogramFrontEnd,
  WaveformFrontEnd,
} from './front-end'
import { applyLevel } from './level'
import { logNormalBank, logTriangleBank } from './log-bands'
import { melFilterBank } from './mel'
import { applyStep, type Spectrogram, type StepContext } from './steps'
import { countFrames, firstFrameCenter, StftPlan } from './stft'
import { frameWaveform } from './waveform'

export type { Spectrogram } from './steps'

interface SpectrumPlan {
  stft: StftPlan
  /** Null: the bins themselves. */
  bank: FilterBank | null
  bandHz: Float32Array
}

const plans = new Map<string, SpectrumPlan | ConstantQPlan>()
const keptPlans = 8

/** Tables of a front end, made on first use; the last few are kept, for making a filter bank costs as much as a clip. */
function keepPlan<T extends SpectrumPlan | ConstantQPlan>(key: string, make: () => T): T {
  const known = plans.get(key)
  if (known) return known as T
  const plan = make()
  plans.set(key, plan)
  if (plans.size > keptPlans) plans.delete(plans.keys().next().value!)
  return plan
}

function spectrumPlan(frontEnd: SpectrogramFrontEnd): SpectrumPlan {
  return keepPlan(JSON.stringify(frontEnd), () => {
    const { sampleRateHz, fftSamples } = frontEnd
    const bank = makeFilterBank(frontEnd.bands, sampleRateHz, fftSamples)
    const stft = new StftPlan(frontEnd, bank)
    const bandHz =
      bank?.centersHz ?? Float32Array.from({ length: stft.bins }, (_, bin) => (bin * sampleRateHz) / fftSamples)
    return { stft, bank, bandHz }
  })
}

function makeFilterBank(bands: Bands, sampleRateHz: number, fftSamples: number): FilterBank | null {
  switch (bands.scale) {
    case 'linear':
      return null
    case 'mel':
      return melFilterBank(bands, sampleRateHz, fftSamples)
    case 'log-normal':
      return logNormalBank(bands, sampleRateHz, fftSamples)
    case 'log-triangles':
      return logTriangleBank(bands, sampleRateHz, fftSamples)
  }
}

/**
 * Computes the picture of a clip as its front end says: conditioning, spectrum (or constant-Q transform, or the samples
 * themselves), bands, level, steps. The segments of a front end are not cut; see computeSegments.
 *
 * @param samples mono, already at `frontEnd.sampleRateHz`
 * @param loudestOfAll where they are a part of a sound and decibels count from its loudest power: that (see loudestPower)
 * @throws RangeError for an empty signal, one that holds NaN or infinity, one too short for its frames, and for an
 *   impossible front end (window longer than the FFT, band outside the rate, a step that does not fit)
 */
export function computeFrontEnd(samples: Float32Array, frontEnd: FrontEnd, loudestOfAll?: number): Spectrogram {
  if (!isHeardInFull(samples, frontEnd)) requireSound(samples)
  const signal = conditionSamples(samples, frontEnd.conditioning)
  const [picture, context] = computePicture(signal, frontEnd, loudestOfAll)
  return (frontEnd.steps ?? []).reduce((current, step) => applyStep(current, step, context), picture)
}

/**
 * Whether every sample is in a frame as it is, so that single precision, which looks for what is no number in the frames' sums,
 * need not look at the samples first.
 */
function isHeardInFull(samples: Float32Array, frontEnd: FrontEnd): boolean {
  if (frontEnd.kind === 'constant-q' || frontEnd.kind === 'waveform' || frontEnd.conditioning) return false
  return samples.length > 0 && frontEnd.center && 2 * frontEnd.hopSamples <= frontEnd.fftSamples
}

function computePicture(samples: Float32Array, frontEnd: FrontEnd, loudestOfAll?: number): [Spectrogram, StepContext] {
  switch (frontEnd.kind) {
    case 'constant-q':
      return computeConstantQ(samples, frontEnd)
    case 'waveform':
      return takeWaveform(samples, frontEnd)
    default:
      return computeSpectrogram(samples, frontEnd, loudestOfAll)
  }
}

function computeSpectrogram(
  samples: Float32Array,
  frontEnd: SpectrogramFrontEnd,
  loudestOfAll?: number,
): [Spectrogram, StepContext] {
  const { stft, bandHz } = spectrumPlan(frontEnd)
  const { sampleRateHz, hopSamples, fftSamples, power, level } = frontEnd
  const frameSeconds = hopSamples / sampleRateHz
  const bands = bandHz.length
  const describe = (levels: Float32Array, frameEnergies: Float64Array | null): [Spectrogram, StepContext] => [
    {
      bands,
      frames: levels.length / bands,
      channels: 1,
      values: levels,
      bandHz: bandHz.slice(),
      frameSeconds,
      firstFrameSeconds: firstFrameCenter(frontEnd) / sampleRateHz,
    },
    { sampleRateHz, fftSamples, frameEnergies },
  ]
  const decibels = takesQuickDecibels(frontEnd) ? stft.takeDecibels(samples, level as DecibelLevel, loudestOfAll) : null
  if (decibels) return describe(decibels, null)
  requireSound(samples)
  const { values, frameEnergies } = computeEnergies(samples, frontEnd)
  return describe(applyLevel({ bands, values, power, bandHz, frameSeconds }, level, loudestOfAll), frameEnergies)
}

const wantsEnergy = ({ steps }: SpectrogramFrontEnd): boolean =>
  steps?.some((step) => step.kind === 'cepstrum' && step.startsWithEnergy) ?? false

/** Whether the bands are sums of powers, of which nothing else is asked. */
const isPlain = (frontEnd: SpectrogramFrontEnd): boolean =>
  frontEnd.bands.scale !== 'linear' && frontEnd.power === 2 && !frontEnd.dividesByFft && !wantsEnergy(frontEnd)

const takesQuickDecibels = (frontEnd: SpectrogramFrontEnd): boolean =>
  isPlain(frontEnd) && isDecibels(frontEnd.level) && !frontEnd.level.weighting

/** |X|^power through the bands, frame by frame, and the energy of each frame where a step asks for it. */
function computeEnergies(
  samples: Float32Array,
  frontEnd: SpectrogramFrontEnd,
): { values: Float64Array; frameEnergies: Float64Array | null } {
  const { stft, bank, bandHz } = spectrumPlan(frontEnd)
  const { fftSamples, power, dividesByFft } = frontEnd
  const bands = bandHz.length
  const frames = countFrames(samples.length, frontEnd)
  const frameEnergies = wantsEnergy(frontEnd) ? new Float64Array(frames) : null
  const values = new Float64Array(frames * bands)
  if (isPlain(frontEnd)) stft.sumBands(samples, values)
  else
    stft.forEachFrame(samples, (spectrum, frame) => {
      if (dividesByFft) for (let k = 0; k < spectrum.length; k++) spectrum[k] = spectrum[k]! / fftSamples
      if (frameEnergies) {
        let energy = 0
        for (let k = 0; k < spectrum.length; k++) energy += spectrum[k]!
        frameEnergies[frame] = energy
      }
      if (power === 1) for (let k = 0; k < spectrum.length; k++) spectrum[k] = Math.sqrt(spectrum[k]!)
      if (bank) applyFilterBank(bank, spectrum, values, frame * bands)
      else values.set(spectrum, frame * bands)
    })
  return { values, frameEnergies }
}

/**
 * The loudest power from which the decibels of a spectrogram count, of samples that need no conditioning; Infinity where the
 * sound is too loud for the arithmetic that some of it would get by itself.
 */
export function loudestPower(samples: Float32Array, frontEnd: SpectrogramFrontEnd): number {
  const { level, power } = frontEnd
  if (takesQuickDecibels(frontEnd)) {
    const loudest = spectrumPlan(frontEnd).stft.loudest(samples, level as DecibelLevel)
    if (loudest !== null) return loudest
  }
  requireSound(samples)
  const loudest = loudestOf(computeEnergies(samples, frontEnd).values)
  return power === 1 ? loudest * loudest : loudest
}

const isDecibels = (level: Level): level is DecibelLevel => level.kind === undefined || level.kind === 'decibel'

function computeConstantQ(samples: Float32Array, frontEnd: ConstantQFrontEnd): [Spectrogram, StepContext] {
  const plan = keepPlan(JSON.stringify(frontEnd), () => new ConstantQPlan(frontEnd))
  const { sampleRateHz, hopSamples, power } = frontEnd
  const { bandHz } = plan
  const bands = bandHz.length
  const values = plan.compute(samples)
  const frameSeconds = hopSamples / sampleRateHz
  const picture = {
    bands,
    frames: values.length / bands,
    channels: 1,
    values: applyLevel({ bands, values, power, bandHz, frameSeconds }, frontEnd.level),
    bandHz: bandHz.slice(),
    frameSeconds,
    firstFrameSeconds: 0,
  }
  return [picture, { sampleRateHz, fftSamples: null, frameEnergies: null }]
}

function takeWaveform(samples: Float32Array, frontEnd: WaveformFrontEnd): [Spectrogram, StepContext] {
  const { sampleRateHz, frameSamples, hopSamples } = frontEnd
  const values = frameWaveform(samples, frontEnd)
  const picture = {
    bands: frameSamples,
    frames: values.length / frameSamples,
    channels: 1,
    values,
    bandHz: new Float32Array(0),
    frameSeconds: hopSamples / sampleRateHz,
    firstFrameSeconds: frameSamples / 2 / sampleRateHz,
  }
  return [picture, { sampleRateHz, fftSamples: null, frameEnergies: null }]
}

/** Throws RangeError for a clip without samples, or naming the first sample that is not a number or infinite. */
export function requireSound(samples: Float32Array): void {
  if (samples.length === 0) throw new RangeError('a clip needs at least one sample')
  const at = findBadSample(samples)
  if (at >= 0) throw new RangeError(`sample ${at} of ${samples.length} is ${samples[at]}: the sound is damaged`)
}

/** The bands of a spectrum as a whole matrix, bins × bands, row by row; rows of the identity where there is no filter bank. */
export function bandWeights(frontEnd: SpectrogramFrontEnd): { bandHz: Float32Array; matrix: Float32Array } {
  const { stft, bank, bandHz } = spectrumPlan(frontEnd)
  const bands = bandHz.length
  const matrix = new Float32Array(stft.bins * bands)
  for (let band = 0; band < bands; band++) {
    if (!bank) matrix[band * bands + band] = 1
    else
      for (let i = bank.offsets[band]!, bin = bank.firstBins[band]!; i < bank.offsets[band + 1]!; i++, bin++)
        matrix[bin * bands + band] = bank.weights[i]!
  }
  return { bandHz: bandHz.slice(), matrix }
}

/** Bands before the steps of a front end. */
export function countBands(frontEnd: FrontEnd): number {
  switch (frontEnd.kind) {
    case 'constant-q':
      return frontEnd.count
    case 'waveform':
      return frontEnd.frameSamples
    default:
      return spectrumPlan(frontEnd).bandHz.length
  }
}

/** Bands of a front end that no FFT bin falls into (always silent): a person should be warned of them. */
export function findEmptyBands(frontEnd: FrontEnd): number[] {
  if (frontEnd.kind === 'constant-q' || frontEnd.kind === 'waveform') return []
  return spectrumPlan(frontEnd).bank?.emptyBands ?? []
}
