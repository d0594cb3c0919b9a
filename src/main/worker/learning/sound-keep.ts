/** Sounds that a training hears again and again, decoded and resampled once, in memory that the media threads share. */
import { totalmem } from 'node:os'
import type { FrontEnd } from '../../../dsp/recipe'
import type { HeardSpan, MaterialSpan, MediaSpan } from '../../media/media-task'
import type { MediaRunner } from './features'

/** An eighth of the machine's memory, 1 GiB at most: 2,400 clips of five seconds at 22,050 Hz. */
const usualBytes = Math.min(2 ** 30, totalmem() / 8)

/**
 * Gives spans their samples, one channel at a front end's rate. What does not fit any more is decoded anew for every draw,
 * with the same result: in a training all sounds are drawn as often as each other, so that what was kept first is as good as
 * any.
 */
export class SoundKeep {
  readonly #media: MediaRunner
  readonly #heard: Pick<FrontEnd, 'sampleRateHz' | 'channel'>
  readonly #maxBytes: number
  /** By file and span; null: it is not kept. */
  readonly #sounds = new Map<string, Promise<Float32Array | null>>()
  #bytes = 0

  constructor(media: MediaRunner, { sampleRateHz, channel }: FrontEnd, maxBytes = usualBytes) {
    this.#media = media
    this.#heard = { sampleRateHz, channel }
    this.#maxBytes = maxBytes
  }

  get keptBytes(): number {
    return this.#bytes
  }

  /** @throws AppError what reading the span throws */
  async give<T extends MediaSpan>(span: T): Promise<T & Pick<HeardSpan, 'samples'>> {
    const samples = await this.#find(span, async () => (await this.#media.run('samples', this.#ask(span))).samples)
    return samples === null ? span : { ...span, samples }
  }

  /** Of a sound that is longer than an excerpt nothing is kept: every draw takes another part of it. */
  async giveMaterial(material: MaterialSpan): Promise<MaterialSpan> {
    const samples = await this.#find(material, async () => {
      const excerpt = await this.#media.run('excerpt', { ...this.#ask(material), place: material.place })
      return excerpt.isWhole ? excerpt.samples : null
    })
    return samples === null ? material : { ...material, samples }
  }

  #ask({ path, startSeconds, endSeconds }: MediaSpan) {
    return { path, startSeconds, endSeconds, ...this.#heard }
  }

  #find(
    { path, startSeconds, endSeconds }: MediaSpan,
    read: () => Promise<Float32Array | null>,
  ): Promise<Float32Array | null> {
    const key = JSON.stringify([path, startSeconds, endSeconds])
    const known = this.#sounds.get(key)
    if (known) return known
    const sound = this.#bytes >= this.#maxBytes ? Promise.resolve(null) : read().then((samples) => this.#keep(samples))
    this.#sounds.set(key, sound)
    return sound
  }

  #keep(samples: Float32Array | null): Float32Array | null {
    if (samples === null || this.#bytes + samples.byteLength > this.#maxBytes) return null
    this.#bytes += samples.byteLength
    const shared = new Float32Array(new SharedArrayBuffer(samples.byteLength))
    shared.set(samples)
    return shared
  }
}
