/** Level and place of a sound in its clip; segments move with it. */
import { scaleSamples } from '../sample-loops'
import type { TimeShiftStep } from './chain'
import type { AugmentedSound, SoundSegment } from './sound'

export function scaleLevel(samples: Float32Array, gainDb: number): Float32Array {
  return scaleSamples(samples, 10 ** (gainDb / 20))
}

/** Later by the whole number of samples nearest to `seconds` (earlier below 0), in a clip of the same length. */
export function shiftInTime(sound: AugmentedSound, seconds: number, fill: TimeShiftStep['fill']): AugmentedSound {
  const { samples, sampleRateHz } = sound
  const { length } = samples
  if (length === 0) return sound
  const shift = Math.round(seconds * sampleRateHz)
  const shifted = new Float32Array(length)
  if (fill === 'silence') {
    if (Math.abs(shift) < length)
      shifted.set(samples.subarray(Math.max(0, -shift), length - Math.max(0, shift)), Math.max(0, shift))
    return { ...sound, samples: shifted, segments: placeSegments(sound, shift, length) }
  }
  const turn = ((shift % length) + length) % length
  shifted.set(samples.subarray(length - turn))
  shifted.set(samples.subarray(0, length - turn), turn)
  // What goes over the end comes in at the start: the same segments a clip earlier.
  const segments = [...placeSegments(sound, turn, length), ...placeSegments(sound, turn - length, length)]
  return { ...sound, samples: shifted, segments: inOrder(segments) }
}

/**
 * A part of the clip, or the clip with silence around it, `seconds` long.
 * @param place 0 to 1: where the part begins among the places it may, or where the clip lies in the silence
 */
export function cropOrPad(sound: AugmentedSound, seconds: number, place: number): AugmentedSound {
  const { samples, sampleRateHz } = sound
  const length = Math.max(1, Math.round(seconds * sampleRateHz))
  const room = Math.abs(length - samples.length)
  const offset = Math.min(room, Math.floor(place * (room + 1)))
  if (length <= samples.length) {
    const segments = placeSegments(sound, -offset, length)
    return { ...sound, samples: samples.slice(offset, offset + length), segments }
  }
  const padded = new Float32Array(length)
  padded.set(samples, offset)
  return { ...sound, samples: padded, segments: placeSegments(sound, offset, length) }
}

/**
 * A clip with another mixed in: of a longer one a part as long as the clip, a shorter one with silence around it. The segments
 * of both are kept.
 *
 * @param place 0 to 1 (see cropOrPad); @param mix of two of one length; null where it mixes nothing
 */
export function addPartner(
  sound: AugmentedSound,
  partner: AugmentedSound,
  place: number,
  mix: (own: Float32Array, other: Float32Array) => Float32Array | null,
): AugmentedSound | null {
  if (sound.samples.length === 0) return null
  const fitted = cropOrPad(partner, sound.samples.length / sound.sampleRateHz, place)
  const samples = mix(sound.samples, fitted.samples)
  if (samples === null) return null
  const others = fitted.segments.map((segment): SoundSegment => ({ ...segment, isPartners: true }))
  return { ...sound, samples, segments: inOrder([...sound.segments, ...others]) }
}

/** @param place 0 to 1: how far into the clip the silence comes; a segment over it becomes two */
export function insertSilence(sound: AugmentedSound, seconds: number, place: number): AugmentedSound {
  const { samples, sampleRateHz } = sound
  const gap = Math.round(seconds * sampleRateHz)
  const at = Math.min(samples.length, Math.floor(place * (samples.length + 1)))
  const longer = new Float32Array(samples.length + gap)
  longer.set(samples.subarray(0, at))
  longer.set(samples.subarray(at), at + gap)
  const before = placeSegments(sound, 0, at)
  const atSeconds = at / sampleRateHz
  const after = sound.segments
    .filter(({ endSeconds }) => endSeconds > atSeconds)
    .map((segment) => ({
      ...segment,
      startSeconds: Math.max(segment.startSeconds, atSeconds) + gap / sampleRateHz,
      endSeconds: segment.endSeconds + gap / sampleRateHz,
    }))
  return { ...sound, samples: longer, segments: inOrder([...before, ...after]) }
}

/** Segments moved by so many samples, as far as they lie in a clip of `length` samples then. */
function placeSegments({ segments, sampleRateHz }: AugmentedSound, shift: number, length: number): SoundSegment[] {
  const [by, end] = [shift / sampleRateHz, length / sampleRateHz]
  return segments
    .map((segment) => ({
      ...segment,
      startSeconds: Math.max(0, segment.startSeconds + by),
      endSeconds: Math.min(end, segment.endSeconds + by),
    }))
    .filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds)
}

function inOrder(segments: SoundSegment[]): SoundSegment[] {
  return segments.sort((a, b) => a.index - b.index || a.startSeconds - b.startSeconds)
}
