/** Pieces of clips as one stream of frames at the output's rate: channels, filters, bat detector, speed and pitch. */
import { bandPassLength, designBandPass, FirFilter } from '../../dsp/band-pass'
import { Heterodyne } from '../../dsp/heterodyne'
import { TimeStretch } from '../../dsp/time-stretch'
import { Varispeed } from '../../dsp/varispeed'
import type { SoundFacts } from './clip-sound'
import type { Listening, Mark, SoundBlock, SoundPiece } from './sound-plan'

/** A clip that can be read; every ClipSound is one. */
export interface ReadableSound {
  facts(): Promise<SoundFacts>
  /** Silence where the clip has no samples. */
  read(from: number, to: number): Promise<Float32Array<ArrayBuffer>[]>
}

/** Frames of one block. */
const blockFrames = 4096
const shortestLoopSeconds = 0.005

type Channels = Float32Array<ArrayBuffer>[]
type Read = (from: number, to: number) => Promise<Channels>

/** A piece on its samples. */
interface Placed {
  facts: SoundFacts
  clipId: string
  read: Read
  at: number
  start: number
  end: number
  isLooping: boolean
  /** What was read last does not lead here: it began, or it is round again. */
  isNew: boolean
}

/** Everything after the sound itself: from samples of one rate to frames of the output. */
class Chain {
  readonly samplesPerFrame: number
  readonly #speeds: Varispeed[]
  readonly #stretch: TimeStretch | null
  #fed = 0
  /** Frames that went out, of all samples that came in. */
  #given = 0

  constructor(
    readonly sampleRateHz: number,
    readonly channelCount: number,
    { rate, keepsPitch }: Listening,
    outputRateHz: number,
  ) {
    this.samplesPerFrame = (sampleRateHz * rate) / outputRateHz
    const isStretched = keepsPitch && rate !== 1
    const ratio = (sampleRateHz / outputRateHz) * (isStretched ? 1 : rate)
    this.#speeds = ratio === 1 ? [] : Array.from({ length: channelCount }, () => new Varispeed(ratio))
    this.#stretch = isStretched ? new TimeStretch(rate, outputRateHz, channelCount) : null
  }

  /** Frames that the samples so far are worth. */
  get expectedFrames(): number {
    return this.#fed / this.samplesPerFrame
  }

  process(samples: Channels, isLast: boolean): Channels {
    this.#fed += samples[0]!.length
    const resampled =
      this.#speeds.length === 0
        ? samples
        : samples.map((block, channel) => this.#speeds[channel]!.process(block, isLast))
    const frames = this.#stretch ? this.#stretch.process(resampled, isLast) : resampled
    if (!isLast) {
      this.#given += frames[0]!.length
      return frames
    }
    // The end is where the sound ends, not where the last window does.
    const left = Math.max(0, Math.round(this.expectedFrames) - this.#given)
    return frames.map((block) => {
      const trimmed = new Float32Array(left)
      trimmed.set(block.subarray(0, left))
      return trimmed
    })
  }
}

/**
 * Plays pieces one after the other without a gap: at a loop's joint, and from clip to clip, the next sample follows the
 * last one. A band is filtered from the recording around the piece, so that its first sample already sounds as it does
 * in the middle of the sound; what the filters are late by is taken off.
 */
export class SoundStream {
  readonly #open: (clipId: string) => ReadableSound
  readonly #listening: Listening
  readonly #outputRateHz: number
  readonly #pieces: SoundPiece[]
  #placed: Placed | null = null
  #chain: Chain | null = null
  /** Frames that went out, and those of them before the present chain. */
  #frames = 0
  #chainFrames = 0

  /** @param open finds a clip's sound */
  constructor(
    pieces: readonly SoundPiece[],
    listening: Listening,
    outputRateHz: number,
    open: (clipId: string) => ReadableSound,
  ) {
    this.#pieces = [...pieces]
    this.#listening = listening
    this.#outputRateHz = outputRateHz
    this.#open = open
  }

  /** What is played after all the others; a piece that loops for ever is played to its end once more. */
  append(piece: SoundPiece): void {
    this.#pieces.push(piece)
    if (this.#placed) this.#placed.isLooping = false
  }

  /**
   * The next frames; not to be called again before it has answered.
   * @throws what opening or reading a clip throws
   */
  async next(): Promise<SoundBlock> {
    const marks: Mark[] = []
    const placed = await this.#find()
    if (!placed) return this.#give(this.#finish(), marks, true)
    const chain = this.#chainFor(placed)
    if (!chain) {
      // Another rate: the old chain's end goes out first.
      const end = this.#finish()
      if (end[0]!.length > 0) return this.#give(end, marks, false)
      return this.next()
    }
    if (placed.isNew) marks.push(this.#markOf(placed, chain))
    placed.isNew = false
    const to = Math.min(placed.end, placed.at + Math.max(1, Math.ceil(blockFrames * chain.samplesPerFrame)))
    const samples = await placed.read(placed.at, to)
    placed.at = to
    const frames = chain.process(fitChannels(samples, chain.channelCount), false)
    if (placed.at < placed.end || placed.isLooping || this.#pieces.length > 0) return this.#give(frames, marks, false)
    const end = this.#finish()
    return this.#give(
      frames.map((block, channel) => joined(block, end[channel]!)),
      marks,
      true,
    )
  }

  #markOf({ clipId, at }: Placed, chain: Chain): Mark {
    const { samplesPerFrame, sampleRateHz } = chain
    return { frame: this.#chainFrames + chain.expectedFrames, clipId, sample: at, samplesPerFrame, sampleRateHz }
  }

  /** The piece that is to be read now. */
  async #find(): Promise<Placed | null> {
    for (;;) {
      const placed = this.#placed
      if (placed && placed.at < placed.end) return placed
      if (placed?.isLooping) {
        placed.at = placed.start
        placed.isNew = true
        return placed
      }
      const piece = this.#pieces.shift()
      if (!piece) return null
      this.#placed = await this.#place(piece)
      if (this.#pieces.length > 0) this.#placed.isLooping = false
    }
  }

  async #place(piece: SoundPiece): Promise<Placed> {
    const sound = this.#open(piece.clipId)
    const facts = await sound.facts()
    const { sampleRateHz, frames } = facts
    const sampleOf = (seconds: number): number => Math.min(frames, Math.max(0, Math.round(seconds * sampleRateHz)))
    const start = piece.span ? sampleOf(piece.span.startSeconds) : 0
    const end = piece.span ? sampleOf(piece.span.endSeconds) : frames
    const isLooping = piece.isLooping && end - start >= shortestLoopSeconds * sampleRateHz
    const read = this.#listenTo(sound, facts, piece)
    const at = Math.min(end, sampleOf(piece.fromSeconds))
    return { facts, clipId: piece.clipId, read, at, start, end, isLooping, isNew: true }
  }

  /** A clip's channels as they are listened to, still at its own rate. */
  #listenTo(sound: ReadableSound, facts: SoundFacts, { band }: SoundPiece): Read {
    const { channel, heterodyneHz } = this.#listening
    const { sampleRateHz } = facts
    let read: Read = async (from, to) => mixChannels(await sound.read(from, to), channel)
    const half = sampleRateHz / 2
    // A box may have been drawn on a picture that reaches beyond what this rate can hold; all of it is then all.
    if (band && band.lowHz < half && (band.lowHz > 0 || band.highHz < half)) {
      const [low, high] = [Math.max(0, band.lowHz), Math.min(half, band.highHz)]
      const coefficients = designBandPass(low, high, sampleRateHz, bandPassLength(low, high, sampleRateHz))
      read = filtered(read, () => new FirFilter(coefficients))
    }
    if (heterodyneHz !== null && heterodyneHz > 0 && heterodyneHz < half)
      read = filtered(read, (startSample) => new Heterodyne(heterodyneHz, sampleRateHz, { startSample }))
    return read
  }

  /** Null where what is there must end first. */
  #chainFor({ facts }: Placed): Chain | null {
    const heard = heardChannels(facts.channelCount, this.#listening.channel)
    const { sampleRateHz } = facts
    if (this.#chain) {
      const fits = this.#chain.sampleRateHz === sampleRateHz && this.#chain.channelCount >= heard
      return fits ? this.#chain : null
    }
    this.#chainFrames = this.#frames
    return (this.#chain = new Chain(sampleRateHz, heard, this.#listening, this.#outputRateHz))
  }

  /** What the chain still holds; the next piece begins a new one. */
  #finish(): Channels {
    const chain = this.#chain
    this.#chain = null
    if (!chain) return [new Float32Array(0)]
    return chain.process(
      Array.from({ length: chain.channelCount }, () => new Float32Array(0)),
      true,
    )
  }

  #give(frames: Channels, marks: Mark[], isLast: boolean): SoundBlock {
    const left = frames[0]!
    this.#frames += left.length
    // Each ear is sent away on its own.
    const right = frames[1] && frames[1] !== left ? frames[1] : left.slice()
    return { left, right, marks, isLast }
  }
}

/** One channel for mono and for a chosen one; both of stereo; of more, their mean, which is what the picture shows. */
function heardChannels(channelCount: number, channel: number | null): number {
  return channelCount === 2 && !(channel !== null && channel < 2) ? 2 : 1
}

function mixChannels(channels: Channels, channel: number | null): Channels {
  if (channel !== null && channel < channels.length) return [channels[channel]!]
  if (channels.length <= 2) return channels
  return [channels[0]!.map((_, n) => channels.reduce((sum, samples) => sum + samples[n]!, 0) / channels.length)]
}

const fitChannels = (channels: Channels, count: number): Channels =>
  count === 2 && channels.length === 1 ? [channels[0]!, channels[0]!] : channels

function joined(first: Float32Array<ArrayBuffer>, second: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  if (second.length === 0) return first
  const all = new Float32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

interface Filter {
  delaySamples: number
  process(block: Float32Array): Float32Array<ArrayBuffer>
}

/** The same sound through a filter, on time; where reading goes on where it stopped, so does the filter. */
function filtered(read: Read, make: (startSample: number) => Filter): Read {
  const delay = make(0).delaySamples
  let filters: Filter[] = []
  let next: number | null = null
  return async (from, to) => {
    const goesOn = next === from
    const start = goesOn ? from + delay : from - delay
    const source = await read(start, to + delay)
    if (!goesOn) filters = source.map(() => make(start))
    next = to
    return source.map((block, channel) => {
      const late = filters[channel]!.process(block)
      return goesOn ? late : late.slice(2 * delay)
    })
  }
}
