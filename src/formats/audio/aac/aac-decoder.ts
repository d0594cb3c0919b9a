/**
 * Decodes AAC of low complexity (ISO/IEC 14496-3, object type 2), packet by packet, to 1024 samples of every channel
 * each. Channels come in the order of WAV files. Spectral band replication (HE-AAC), coupling and scalable kinds are refused.
 */
import { sampleRates } from './bands'
import { BitReader } from './bit-reader'
import {
  type ChannelStream,
  eachBand,
  intensitySign,
  isNoise,
  readChannelStream,
  readWindowInfo,
  unshape,
} from './channel-stream'
import { FilterBank } from './filter-bank'

export interface AacConfig {
  rateIndex: number
  sampleRateHz: number
  channelCount: number
}

/** Channels of each configuration, and which of a packet's each of a WAV file's is. */
const layouts: readonly (readonly number[] | null)[] = [
  null,
  [0],
  [0, 1],
  [1, 2, 0],
  [1, 2, 0, 3],
  [1, 2, 0, 3, 4],
  [1, 2, 0, 5, 3, 4],
  [1, 2, 0, 7, 5, 6, 3, 4],
]

const single = 0
const pair = 1
const lowFrequency = 3
const data = 4
const program = 5
const fill = 6
const end = 7

/**
 * Reads an AudioSpecificConfig.
 * @throws Error that says which kind of AAC it is, where it is not low complexity
 */
export function readAacConfig(bytes: Uint8Array): AacConfig {
  const bits = new BitReader(bytes)
  const readType = (): number => {
    const type = bits.read(5)
    return type === 31 ? 32 + bits.read(6) : type
  }
  const type = readType()
  const index = bits.read(4)
  const sampleRateHz = index === 15 ? bits.read(24) : sampleRates[index]
  const channelCount = bits.read(4)
  if (type === 5 || type === 29) throw new Error('HE-AAC (spectral band replication) is not read')
  if (type !== 2) throw new Error(`MPEG-4 audio of object type ${type} is not read`)
  if (!sampleRateHz || !layouts[channelCount]) throw new Error('AAC with a channel layout of its own is not read')
  if (bits.read(1)) throw new Error('AAC in frames of 960 is not read')
  // A rate that the standard has no bands for takes those of the next one below.
  const nearest = sampleRates.findIndex((rate) => sampleRateHz >= rate)
  return { rateIndex: nearest < 0 ? 12 : nearest, sampleRateHz, channelCount: layouts[channelCount].length }
}

export class AacDecoder {
  readonly #banks: FilterBank[]
  readonly #layout: readonly number[]
  #random = 1

  constructor(private readonly config: AacConfig) {
    this.#banks = Array.from({ length: config.channelCount }, () => new FilterBank())
    this.#layout = layouts.find((layout) => layout?.length === config.channelCount)!
  }

  /** @throws Error that says what is wrong with a packet */
  decode(packet: Uint8Array): Float32Array[] {
    const bits = new BitReader(packet)
    const { rateIndex } = this.config
    const channels: Float32Array[] = []
    for (let element = bits.read(3); element !== end; element = bits.read(3)) {
      switch (element) {
        case single:
        case lowFrequency: {
          bits.skip(4)
          const channel = readChannelStream(bits, rateIndex, null)
          this.#addNoise(channel, null)
          channels.push(this.#play(channel, channels.length))
          break
        }
        case pair:
          bits.skip(4)
          this.#decodePair(bits, channels)
          break
        case data: {
          bits.skip(4)
          const isAligned = bits.read(1)
          let count = bits.read(8)
          if (count === 255) count += bits.read(8)
          if (isAligned) bits.align()
          bits.skip(8 * count)
          break
        }
        case fill: {
          let count = bits.read(4)
          if (count === 15) count += bits.read(8) - 1
          bits.skip(8 * count)
          break
        }
        case program:
          throw new Error('a channel layout of its own is not read')
        default:
          throw new Error('coupled channels are not read')
      }
    }
    if (channels.length !== this.config.channelCount)
      throw new Error(`${channels.length} channels where the header says ${this.config.channelCount}`)
    return this.#layout.map((from) => channels[from]!)
  }

  #decodePair(bits: BitReader, channels: Float32Array[]): void {
    const { rateIndex } = this.config
    const shared = bits.read(1) ? readWindowInfo(bits, rateIndex) : null
    const bands = shared ? shared.groups.length * shared.maxBand : 0
    const mask = shared ? bits.read(2) : 0
    if (mask === 3) throw new Error('a reserved kind of stereo')
    const isMid = Uint8Array.from({ length: bands }, () => (mask === 1 ? bits.read(1) : mask === 2 ? 1 : 0))
    const left = readChannelStream(bits, rateIndex, shared)
    const right = readChannelStream(bits, rateIndex, shared)
    this.#addNoise(left, null)
    this.#addNoise(right, shared && { isMid, left })
    if (shared)
      eachBand(shared, (at, from, to) => {
        const [l, r] = [left.spectrum, right.spectrum]
        const sign = intensitySign(right.books[at]!)
        if (sign !== 0) {
          const gain = sign * (mask === 1 && isMid[at] ? -1 : 1) * 2 ** (-right.factors[at]! / 4)
          for (let k = from; k < to; k++) r[k] = gain * l[k]!
        } else if (isMid[at] && !isNoise(left.books[at]!) && !isNoise(right.books[at]!))
          for (let k = from; k < to; k++) {
            const [mid, side] = [l[k]!, r[k]!]
            l[k] = mid + side
            r[k] = mid - side
          }
      })
    for (const channel of [left, right]) channels.push(this.#play(channel, channels.length))
  }

  /** Noise of the level that is given, where there is no spectrum; the same in both ears where they are said to be alike. */
  #addNoise(
    { info, books, factors, spectrum }: ChannelStream,
    pairing: { isMid: Uint8Array; left: ChannelStream } | null,
  ): void {
    eachBand(info, (at, from, to) => {
      if (!isNoise(books[at]!)) return
      const isAlike = pairing !== null && pairing.isMid[at] === 1 && isNoise(pairing.left.books[at]!)
      let energy = 0
      for (let k = from; k < to; k++) {
        spectrum[k] = isAlike ? pairing.left.spectrum[k]! : this.#nextRandom()
        energy += spectrum[k]! ** 2
      }
      const gain = energy > 0 ? 2 ** (factors[at]! / 4) / Math.sqrt(energy) : 0
      for (let k = from; k < to; k++) spectrum[k]! *= gain
    })
  }

  #nextRandom(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) | 0
    return this.#random / 2 ** 31
  }

  #play(channel: ChannelStream, index: number): Float32Array {
    const bank = this.#banks[index]
    if (!bank) throw new Error(`more channels than the header says (${this.config.channelCount})`)
    unshape(channel)
    return bank.process(channel.spectrum, channel.info.sequence, channel.info.shape)
  }
}
