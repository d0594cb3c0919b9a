/** A clip's sound as the page gets it: ranges of its WAV rendition, decoded where and when they are wanted. */
import { AppError } from '../../shared/errors'

/** What the rendition says of itself. */
export interface SoundFacts {
  sampleRateHz: number
  channelCount: number
  /** Samples per channel. */
  frames: number
}

/** Bytes `from` to `to` (exclusive; what lies beyond the end is left out) of a clip's rendition. */
export type FetchRange = (
  clipId: string,
  from: number,
  to: number,
) => Promise<{ bytes: Uint8Array; totalBytes: number }>

const blockBytes = 1 << 18
/** 24 MiB of one clip, however long it is. */
const keptBlocks = 96
const readAheadSeconds = 2

interface Layout extends SoundFacts {
  dataAt: number
  sampleBytes: number
  isFloat: boolean
}

/** One clip, read block by block; the blocks read last are kept. */
export class ClipSound {
  readonly #blocks = new Map<number, Promise<Uint8Array>>()
  #layout: Promise<Layout> | null = null

  constructor(
    private readonly clipId: string,
    private readonly fetchRange: FetchRange,
  ) {}

  /** Bytes that are kept, those on their way included. */
  get keptBytes(): number {
    return this.#blocks.size * blockBytes
  }

  /** @throws AppError as the host says it, 'bad-file' where the answer is no sound */
  facts(): Promise<SoundFacts> {
    return this.#open()
  }

  /** Has the sound around a place ready before it is asked for. */
  async prefetch(seconds: number): Promise<void> {
    const layout = await this.#open()
    const frame = Math.max(0, Math.floor(seconds * layout.sampleRateHz))
    await this.#bytes(layout, frame, Math.min(layout.frames, frame + Math.ceil(layout.sampleRateHz / 4)))
  }

  /** Samples `from` to `to` (exclusive) of every channel, silence where the clip has none; reads some seconds ahead. */
  async read(from: number, to: number): Promise<Float32Array<ArrayBuffer>[]> {
    const layout = await this.#open()
    const channels = Array.from({ length: layout.channelCount }, () => new Float32Array(Math.max(0, to - from)))
    const [first, last] = [Math.max(0, from), Math.min(layout.frames, to)]
    if (first >= last) return channels
    const bytes = await this.#bytes(layout, first, last)
    decode(bytes, layout, channels, first - from)
    return channels
  }

  #open(): Promise<Layout> {
    this.#layout ??= this.#fetchBlock(0).then((head) => readLayout(head, this.clipId))
    // What failed may be there the next time.
    this.#layout.catch(() => (this.#layout = null))
    return this.#layout
  }

  async #bytes(layout: Layout, from: number, to: number): Promise<Uint8Array> {
    const frameBytes = layout.channelCount * layout.sampleBytes
    const [start, end] = [layout.dataAt + from * frameBytes, layout.dataAt + to * frameBytes]
    const lastByte = layout.dataAt + layout.frames * frameBytes
    const ahead = Math.min(lastByte, end + readAheadSeconds * layout.sampleRateHz * frameBytes)
    const first = Math.floor(start / blockBytes)
    const wanted = Math.ceil(end / blockBytes)
    const blocks = Array.from({ length: wanted - first }, (_, k) => this.#fetchBlock(first + k))
    for (let k = wanted; k * blockBytes < ahead; k++) this.#fetchBlock(k).catch(() => undefined)
    const joined = new Uint8Array(end - start)
    for (const [k, block] of (await Promise.all(blocks)).entries()) {
      const at = (first + k) * blockBytes
      const part = block.subarray(Math.max(0, start - at), Math.max(0, end - at))
      joined.set(part, Math.max(0, at - start))
    }
    return joined
  }

  #fetchBlock(index: number): Promise<Uint8Array> {
    const known = this.#blocks.get(index)
    if (known) {
      this.#blocks.delete(index)
      this.#blocks.set(index, known)
      return known
    }
    const from = index * blockBytes
    const block = this.fetchRange(this.clipId, from, from + blockBytes).then(({ bytes, totalBytes }) => {
      if (bytes.length < Math.min(blockBytes, totalBytes - from))
        throw new AppError('bad-file', `The sound of clip ${this.clipId} ended early.`)
      return bytes
    })
    this.#blocks.set(index, block)
    block.catch(() => this.#blocks.delete(index))
    if (this.#blocks.size > keptBlocks) this.#blocks.delete(this.#blocks.keys().next().value!)
    return block
  }
}

/** The header that the host writes before the samples (RIFF, or RF64 beyond 4 GiB): `fmt ` and `data` close it. */
function readLayout(head: Uint8Array, clipId: string): Layout {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const text = (at: number): string => String.fromCharCode(...head.subarray(at, at + 4))
  const isLong = text(0) === 'RF64'
  const dataAt = isLong ? 80 : 44
  const format = dataAt - 32
  const isSound =
    head.length >= dataAt && (isLong || text(0) === 'RIFF') && text(format) === 'fmt ' && text(dataAt - 8) === 'data'
  if (!isSound) throw new AppError('bad-file', `What was sent for clip ${clipId} is no sound.`)
  const channelCount = view.getUint16(format + 10, true)
  const sampleBytes = view.getUint16(format + 22, true) / 8
  const dataBytes = isLong ? Number(view.getBigUint64(28, true)) : view.getUint32(dataAt - 4, true)
  return {
    dataAt,
    channelCount,
    sampleBytes,
    isFloat: view.getUint16(format + 8, true) === 3,
    sampleRateHz: view.getUint32(format + 12, true),
    frames: Math.floor(dataBytes / (channelCount * sampleBytes)),
  }
}

/** Integers are divided by 2^(bits − 1), as everywhere in Earmark: full scale is what it is in the picture. */
function decode(bytes: Uint8Array, layout: Layout, channels: Float32Array[], offset: number): void {
  const { sampleBytes, isFloat, channelCount } = layout
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const stride = channelCount * sampleBytes
  const count = Math.floor(bytes.length / stride)
  channels.forEach((samples, channel) => {
    for (let n = 0, at = channel * sampleBytes; n < count; n++, at += stride)
      samples[offset + n] = isFloat
        ? view.getFloat32(at, true)
        : sampleBytes === 2
          ? view.getInt16(at, true) / 32_768
          : ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608
  })
}
