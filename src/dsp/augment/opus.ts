/** A sound as it comes back from Opus (RFC 6716), at its own length and place. */
import type { OpusDecoderHandle, OpusEncoderHandle } from 'libopus-wasm'
import type { AugmentationChain } from './chain'
import { byWayOf } from './codec'

/** Opus hears one rate, whatever it keeps of it; frames of 20 ms, as everywhere. */
const rateHz = 48_000
const frameSamples = 960
/** Of 0 to 10: what telephones spend on it, at half the time of 10. */
const complexity = 5

interface Coder {
  encoder: OpusEncoderHandle
  decoder: OpusDecoderHandle
}

/** Those that `withCoders` has made for the chain that runs now. */
let coders: Coder[] = []

/**
 * Runs what applies a chain with as many new coders as it may need: they carry the sound that they heard on, so that each serves once, and
 * are made only by waiting, which a chain does not. A chain without a step of Opus just runs.
 */
export async function withCoders<T>({ steps }: AugmentationChain, run: () => T): Promise<T> {
  // A clip that is mixed in goes through the steps too.
  const count = 2 * steps.filter(({ kind }) => kind === 'opus').length
  if (count === 0) return run()
  const { createDecoder, createEncoder } = await import('libopus-wasm')
  const made: Coder[] = []
  try {
    for (let index = 0; index < count; index++)
      made.push({
        encoder: await createEncoder({ sampleRate: rateHz, channels: 1, complexity, vbr: true }),
        decoder: await createDecoder({ sampleRate: rateHz, channels: 1 }),
      })
    coders = made.slice()
    return run()
  } finally {
    coders = []
    for (const { encoder, decoder } of made) {
      encoder.free()
      decoder.free()
    }
  }
}

/**
 * Coded by libopus at so many kilobits a second (variable, one channel) and decoded; the encoder's delay is taken off.
 *
 * @throws RangeError outside of `withCoders`
 */
export function throughOpus(samples: Float32Array, sampleRateHz: number, kilobits: number): Float32Array {
  const coder = coders.pop()
  if (!coder) throw new RangeError('Opus has no coder for this sound')
  if (samples.length === 0) return samples
  const { encoder, decoder } = coder
  encoder.setBitrate(Math.round(1000 * kilobits))
  const delay = encoder.getLookahead()
  return byWayOf(samples, sampleRateHz, rateHz, (heard) => {
    const coded = new Float32Array(Math.ceil((heard.length + delay) / frameSamples) * frameSamples)
    const frame = new Float32Array(frameSamples)
    for (let from = 0; from < coded.length; from += frameSamples) {
      frame.fill(0)
      frame.set(heard.subarray(from, from + frameSamples))
      coded.set(decoder.decodeFloat(encoder.encodeFloat(frame)), from)
    }
    return coded.subarray(delay, delay + heard.length)
  })
}
