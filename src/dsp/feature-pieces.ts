/**
 * Features of a sound of any length, some frames or segments at a time: bit for bit those of the whole, while no more of the
 * sound than they span is in memory.
 */
import { conditionSamples } from './conditioning'
import { computeFrontEnd, loudestPower, type Spectrogram } from './features'
import type { FrontEnd, FrontEndStep, SpectrogramFrontEnd } from './front-end'
import { countSegments, cutFrames, isLoudEnough, type PictureSegment } from './segments'
import { countFrames, frameStart, paddedIndex } from './stft'
import { countWaveformFrames } from './waveform'

/** Samples `from` to `to` of the sound, mono, at the front end's rate. */
export type ReadSound = (from: number, to: number) => Promise<Float32Array>

/** Steps that look at one frame after the other. */
const frameSteps: FrontEndStep['kind'][] = ['mel', 'cepstrum', 'crop', 'sub-bands']

/** Why a front end has to have a sound whole in memory; null where it need not. */
export function reasonForWhole({ kind, conditioning = {}, steps = [], ...frontEnd }: FrontEnd): string | null {
  if (kind === 'constant-q') return 'a constant-Q transform is computed of the whole sound'
  if (conditioning.removesMean) return 'the mean of the whole sound is subtracted'
  if (conditioning.trimBelowPeakShare !== undefined || conditioning.peak !== undefined)
    return 'the sound is measured by its loudest sample'
  if (conditioning.length !== undefined) return 'the sound is brought to a length'
  if ('level' in frontEnd && frontEnd.level.kind === 'pcen' && frontEnd.segments?.of !== 'samples')
    return 'PCEN follows the sound from its beginning'
  const across = steps.find((step) => !frameSteps.includes(step.kind))
  if (across && frontEnd.segments?.of !== 'samples') return `the step “${across.kind}” looks across frames`
  return null
}

/** A front end and the length of one sound. */
export class FeaturePieces {
  /** Frames of the whole; 0 where segments are cut from the samples. */
  readonly frames: number
  /** What `compute` counts by: the segments of the front end, or its frames where it has none. */
  readonly units: number
  /** Whether `compute` wants to know the loudest power of all frames. */
  readonly wantsLoudest: boolean
  readonly #read: ReadSound
  readonly #total: number
  readonly #frontEnd: FrontEnd

  /**
   * @param total samples of the sound
   * @throws RangeError where the sound is too short, and for a front end that has to have it whole
   */
  constructor(frontEnd: FrontEnd, total: number, read: ReadSound) {
    const reason = reasonForWhole(frontEnd)
    if (reason !== null) throw new RangeError(reason)
    const { segments } = frontEnd
    this.#frontEnd = frontEnd
    this.#total = total
    this.#read = read
    const isCutFirst = segments?.of === 'samples'
    this.frames = isCutFirst
      ? 0
      : frontEnd.kind === 'waveform'
        ? countWaveformFrames(total, frontEnd)
        : countFrames(total, frontEnd as SpectrogramFrontEnd)
    this.units = segments ? countSegments(isCutFirst ? total : this.frames, segments) : this.frames
    this.wantsLoudest = !isCutFirst && isRelative(frontEnd)
  }

  /** How many units span about so many samples, one at least. */
  unitsOf(samples: number): number {
    const { segments, hopSamples } = this.#frontEnd
    const each = segments ? (segments.of === 'samples' ? segments.hop : segments.hop * hopSamples) : hopSamples
    return Math.max(1, Math.floor(samples / each))
  }

  /** The loudest power of some frames; Infinity where it is too much for a piecewise computation. */
  async loudest(first: number, count: number): Promise<number> {
    return loudestPower(await this.#spanOf(first, count), this.#pieceFrontEnd() as SpectrogramFrontEnd)
  }

  /**
   * The pictures of some units: of frames one picture of them all, else one for each segment but for those that are too quiet.
   *
   * @param loudest of all frames, where it is wanted
   */
  async compute(first: number, count: number, loudest?: number): Promise<PictureSegment[]> {
    const { segments, sampleRateHz } = this.#frontEnd
    if (!segments) return [{ startSeconds: 0, picture: await this.#frames(first, count, loudest) }]
    const pictures: PictureSegment[] = []
    if (segments.of === 'samples') {
      const from = first * segments.hop
      const piece = await this.#conditioned(
        from,
        Math.min(this.#total, from + (count - 1) * segments.hop + segments.length),
      )
      for (let index = 0; index < count; index++) {
        const cut = new Float32Array(segments.length)
        cut.set(piece.subarray(index * segments.hop, index * segments.hop + segments.length))
        const startSeconds = ((first + index) * segments.hop) / sampleRateHz
        pictures.push({ startSeconds, picture: computeFrontEnd(cut, { ...this.#frontEnd, conditioning: undefined }) })
      }
    } else {
      const from = first * segments.hop
      const frames = Math.min(this.frames - from, (count - 1) * segments.hop + segments.length)
      const some = await this.#frames(from, frames, loudest)
      pictures.push(...cutFrames(some, segments, first, count))
    }
    return pictures.filter(({ picture }) => isLoudEnough(picture, segments))
  }

  async #frames(first: number, count: number, loudest?: number): Promise<Spectrogram> {
    return computeFrontEnd(await this.#spanOf(first, count), this.#pieceFrontEnd(), loudest)
  }

  /** The front end of samples that are cut and conditioned already. */
  #pieceFrontEnd(): FrontEnd {
    const plain = { ...this.#frontEnd, conditioning: undefined, segments: undefined }
    if (plain.kind === 'waveform') return { ...plain, rest: 'drop' as const }
    return { ...plain, center: false, uncentredFrames: 'fft' } as FrontEnd
  }

  /** The samples of neighbouring frames, with what they find beyond the sound's ends. */
  async #spanOf(first: number, count: number): Promise<Float32Array> {
    const frontEnd = this.#frontEnd as Exclude<FrontEnd, { kind: 'constant-q' }>
    const isWaveform = frontEnd.kind === 'waveform'
    const size = isWaveform ? frontEnd.frameSamples : frontEnd.fftSamples
    const start = isWaveform ? first * frontEnd.hopSamples : frameStart(first, frontEnd)
    const end = start + (count - 1) * frontEnd.hopSamples + size
    const total = this.#total
    /** −1: silence. */
    const place = (at: number): number =>
      at >= 0 && at < total ? at : isWaveform ? -1 : paddedIndex(at, total, frontEnd)
    const outside: number[] = []
    for (let at = start; at < Math.min(0, end); at++) outside.push(at)
    for (let at = Math.max(total, start); at < end; at++) outside.push(at)
    const places = outside.map(place).filter((at) => at >= 0)
    const from = places.reduce((least, at) => Math.min(least, at), Math.min(total - 1, Math.max(0, start)))
    const to = places.reduce((most, at) => Math.max(most, at + 1), Math.max(1, Math.min(total, end)))
    const known = await this.#conditioned(from, to)
    if (outside.length === 0) return known
    const span = new Float32Array(end - start)
    const [left, right] = [Math.max(0, start), Math.min(total, end)]
    if (right > left) span.set(known.subarray(left - from, right - from), left - start)
    for (const at of outside) {
      const found = place(at)
      if (found >= 0) span[at - start] = known[found - from]!
    }
    return span
  }

  async #conditioned(from: number, to: number): Promise<Float32Array> {
    const { conditioning } = this.#frontEnd
    // Pre-emphasis looks at the sample before.
    const before = conditioning?.preEmphasis !== undefined && from > 0 ? 1 : 0
    return conditionSamples(await this.#read(from - before, to), conditioning).subarray(before)
  }
}

/** Whether a level is counted from the loudest of all frames. */
function isRelative(frontEnd: FrontEnd): boolean {
  if (!('level' in frontEnd)) return false
  const { level } = frontEnd
  if (level.kind !== undefined && level.kind !== 'decibel') return false
  return level.topDb !== null || level.referencePower === 'maximum'
}
