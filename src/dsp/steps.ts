/** The steps after the level: each makes a picture of a picture. */
import { computeDeltaBy } from './delta'
import { differenceOfGaussians, sobelGradients, sobelMagnitude } from './edges'
import { applyFilterBank } from './filter-bank'
import type { CepstrumStep, FrontEndStep, MelStep, Placement } from './front-end'
import { melFilterBank } from './mel'
import { computeCepstrum } from './mfcc'

/** A picture of one clip. Plain data: it can be posted between threads. */
export interface Spectrogram {
  bands: number
  frames: number
  /** One, unless a step of the front end adds more. */
  channels: number
  /** Band b and channel c of frame t is `values[(t · bands + b) · channels + c]`, low bands first. */
  values: Float32Array
  /** Centre frequency of each band in Hz; empty where bands have none (cepstra, samples). */
  bandHz: Float32Array
  /** Time from one frame to the next. */
  frameSeconds: number
  /** Time of the middle of frame 0: 0 when frames are centred, half a frame otherwise. */
  firstFrameSeconds: number
}

/** What some steps need to know of the picture's origin. */
export interface StepContext {
  sampleRateHz: number
  /** Of the spectrum, where there was one. */
  fftSamples: number | null
  /** Power of each frame over all bins, where a step asks for it. */
  frameEnergies: Float64Array | null
}

/** Applies one step. Throws RangeError where it does not fit the picture. */
export function applyStep(picture: Spectrogram, step: FrontEndStep, context: StepContext): Spectrogram {
  const { bands, channels, values, bandHz } = picture
  switch (step.kind) {
    case 'mel':
      return projectToMel(picture, step, context)
    case 'cepstrum':
      return takeCepstrum(picture, step, context)
    case 'delta': {
      const rows = bands * channels
      const orders = step.order === 1 ? [1 as const] : [1 as const, 2 as const]
      return place(
        picture,
        orders.map((order) => computeDeltaBy(values, rows, { ...step, order })),
        step.into,
      )
    }
    case 'crop':
      return cropBands(picture, step.firstBand, step.count)
    case 'sub-bands': {
      const crops: Spectrogram[] = []
      for (let first = 0; first + step.count <= bands; first += step.hopBands)
        crops.push(cropBands(picture, first, step.count))
      if (crops.length === 0) throw new RangeError(`crops of ${step.count} bands do not fit a picture of ${bands}`)
      const stacked = joinChannels(crops)
      // The channels' bands differ in frequency.
      return { ...stacked, bandHz: crops.length === 1 ? crops[0]!.bandHz : new Float32Array(0) }
    }
    case 'difference-of-gaussians':
      return place(picture, [differenceOfGaussians(picture, step.narrowSigma, step.wideSigma)], step.into)
    case 'sobel': {
      if (step.output === 'magnitude') return place(picture, [sobelMagnitude(picture)], step.into)
      const { alongTime, alongFrequency } = sobelGradients(picture)
      const both = [Float32Array.from(alongTime), Float32Array.from(alongFrequency)]
      if (step.into === 'channels') return place(picture, both, 'channels')
      return joinChannels(both.map((one) => ({ ...picture, values: one, bandHz })))
    }
  }
}

/** Pictures of the same shape as the channels of one; channel c of picture p becomes channel p·channels + c. */
function joinChannels(pictures: readonly Spectrogram[]): Spectrogram {
  const first = pictures[0]!
  const channels = pictures.reduce((sum, picture) => sum + picture.channels, 0)
  const values = new Float32Array(first.frames * first.bands * channels)
  let offset = 0
  for (const picture of pictures) {
    for (let cell = 0; cell < first.frames * first.bands; cell++)
      for (let channel = 0; channel < picture.channels; channel++)
        values[cell * channels + offset + channel] = picture.values[cell * picture.channels + channel]!
    offset += picture.channels
  }
  return { ...first, channels, values }
}

/** Values of the picture's own shape in its place, or beside it as more bands or channels. */
function place(picture: Spectrogram, computed: readonly Float32Array[], into: Placement): Spectrogram {
  if (into === 'replace') return { ...picture, values: computed.at(-1)! }
  const pictures = [picture, ...computed.map((values) => ({ ...picture, values }))]
  return into === 'channels' ? joinChannels(pictures) : joinBands(pictures)
}

function joinBands(pictures: readonly Spectrogram[]): Spectrogram {
  const { frames, channels, bands } = pictures[0]!
  const row = bands * channels
  const values = new Float32Array(frames * row * pictures.length)
  for (let frame = 0; frame < frames; frame++)
    for (const [index, picture] of pictures.entries())
      values.set(picture.values.subarray(frame * row, (frame + 1) * row), (frame * pictures.length + index) * row)
  return { ...pictures[0]!, bands: bands * pictures.length, values, bandHz: new Float32Array(0) }
}

function cropBands(picture: Spectrogram, firstBand: number, count: number): Spectrogram {
  const { bands, frames, channels, values, bandHz } = picture
  if (firstBand + count > bands)
    throw new RangeError(`bands ${firstBand} to ${firstBand + count - 1} are not in a picture of ${bands} bands`)
  const row = bands * channels
  const cropped = new Float32Array(frames * count * channels)
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * row + firstBand * channels
    cropped.set(values.subarray(start, start + count * channels), frame * count * channels)
  }
  return { ...picture, bands: count, values: cropped, bandHz: bandHz.slice(firstBand, firstBand + count) }
}

function projectToMel(picture: Spectrogram, step: MelStep, { sampleRateHz, fftSamples }: StepContext): Spectrogram {
  const { bands, frames, channels, values } = picture
  if (fftSamples === null || channels !== 1 || bands !== Math.floor(fftSamples / 2) + 1)
    throw new RangeError('the step “mel” needs all bins of a spectrum, in one channel')
  const bank = melFilterBank(step.bands, sampleRateHz, fftSamples)
  const { count } = step.bands
  const projected = new Float64Array(frames * count)
  const row = new Float64Array(bands)
  for (let frame = 0; frame < frames; frame++) {
    row.set(values.subarray(frame * bands, (frame + 1) * bands))
    applyFilterBank(bank, row, projected, frame * count)
  }
  return { ...picture, bands: count, values: Float32Array.from(projected), bandHz: bank.centersHz.slice() }
}

function takeCepstrum(picture: Spectrogram, step: CepstrumStep, { frameEnergies }: StepContext): Spectrogram {
  if (picture.channels !== 1) throw new RangeError('the step “cepstrum” needs a picture of one channel')
  const values = computeCepstrum(picture, step)
  if (step.startsWithEnergy) {
    if (!frameEnergies) throw new RangeError('the step “cepstrum” knows the energy of spectra only')
    for (const [frame, energy] of frameEnergies.entries())
      values[frame * step.count] = Math.log(energy === 0 ? Number.EPSILON : energy)
  }
  return { ...picture, bands: step.count, values, bandHz: new Float32Array(0) }
}
