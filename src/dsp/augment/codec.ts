/** A sound as it comes back from a codec, at its own length and place. */
import { resample } from '../resample'
import type { CodecStep } from './chain'
import { throughALaw, throughMuLaw } from './companding'
import { throughImaAdpcm } from './ima-adpcm'

const codecs: Record<CodecStep['codec'], (pcm: Int16Array) => Int16Array> = {
  'g711-mu': throughMuLaw,
  'g711-a': throughALaw,
  'ima-adpcm': throughImaAdpcm,
}

const telephoneHz = 8000

/** Rounded to 16 bits, coded, decoded; by way of 8 kHz, or at the sound's own rate. None of the codecs delays. */
export function throughCodec(
  samples: Float32Array,
  sampleRateHz: number,
  codec: CodecStep['codec'],
  at: CodecStep['at'],
): Float32Array {
  const through = (part: Float32Array): Float32Array => {
    const pcm = new Int16Array(part.length)
    for (let n = 0; n < part.length; n++) pcm[n] = Math.max(-32768, Math.min(32767, Math.floor(part[n]! * 32768 + 0.5)))
    const back = new Float32Array(codecs[codec](pcm))
    for (let n = 0; n < back.length; n++) back[n] = back[n]! / 32768
    return back
  }
  return at === 'telephone' ? byWayOf(samples, sampleRateHz, telephoneHz, through) : through(samples)
}

/**
 * Resampled to another rate and back: nothing stays above half of the lower one. As long as before, in its place.
 *
 * @param change what is done at the other rate
 */
export function byWayOf(
  samples: Float32Array,
  sampleRateHz: number,
  otherHz: number,
  change: (part: Float32Array) => Float32Array = (part) => part,
): Float32Array {
  const back = resample(change(resample(samples, sampleRateHz, otherHz)), otherHz, sampleRateHz)
  const same = new Float32Array(samples.length)
  same.set(back.subarray(0, samples.length))
  return same
}
