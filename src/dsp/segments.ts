/** A clip as several pictures of one size: patches of VGGish, segments of Piczak, windows of two seconds. */
import { computeFrontEnd, requireSound, type Spectrogram } from './features'
import { conditionSamples } from './conditioning'
import type { FrontEnd, Segments } from './front-end'

/** A segment and where it begins in the conditioned clip. */
export interface PictureSegment {
  startSeconds: number
  picture: Spectrogram
}

/** Segments that fit: 1 + ⌊(total − length)/hop⌋, or with the rest filled up 1 + ⌈(total − length)/hop⌉, at least 1. */
export function countSegments(total: number, { length, hop, rest }: Segments): number {
  if (rest === 'pad') return total < 1 ? 0 : 1 + Math.max(0, Math.ceil((total - length) / hop))
  return total < length ? 0 : 1 + Math.floor((total - length) / hop)
}

/**
 * The pictures of a clip: one for each segment of the front end, or the whole where it has none. A clip that is too
 * short for a segment has none where the rest is dropped.
 *
 * @throws RangeError as computeFrontEnd
 */
export function computeSegments(samples: Float32Array, frontEnd: FrontEnd): PictureSegment[] {
  const { segments } = frontEnd
  if (!segments) return [{ startSeconds: 0, picture: computeFrontEnd(samples, frontEnd) }]
  const pictures =
    segments.of === 'samples'
      ? cutSamples(samples, frontEnd, segments)
      : cutWhole(computeFrontEnd(samples, frontEnd), segments)
  return pictures.filter(({ picture }) => isLoudEnough(picture, segments))
}

/** Whether a segment is not one of those that are left out. */
export function isLoudEnough(picture: Spectrogram, { quietest }: Segments): boolean {
  return quietest === undefined || meanLevel(picture) > quietest
}

function cutSamples(samples: Float32Array, frontEnd: FrontEnd, segments: Segments): PictureSegment[] {
  requireSound(samples)
  const signal = conditionSamples(samples, frontEnd.conditioning)
  const unconditioned = { ...frontEnd, conditioning: undefined }
  return Array.from({ length: countSegments(signal.length, segments) }, (_, index) => {
    const start = index * segments.hop
    const cut = new Float32Array(segments.length)
    cut.set(signal.subarray(start, start + segments.length))
    return { startSeconds: start / frontEnd.sampleRateHz, picture: computeFrontEnd(cut, unconditioned) }
  })
}

function cutWhole(whole: Spectrogram, segments: Segments): PictureSegment[] {
  return cutFrames(whole, segments, 0, countSegments(whole.frames, segments))
}

/** `count` segments from the one numbered `from` on, out of a picture that begins with the first frame of that one. */
export function cutFrames(whole: Spectrogram, segments: Segments, from: number, count: number): PictureSegment[] {
  const { frames, bands, channels, values, frameSeconds } = whole
  const row = bands * channels
  return Array.from({ length: count }, (_, index) => {
    const first = index * segments.hop
    const cut = new Float32Array(segments.length * row)
    const known = values.subarray(first * row, (first + segments.length) * row)
    cut.set(known)
    for (let at = known.length; at < cut.length; at += row) cut.set(values.subarray((frames - 1) * row), at)
    return {
      startSeconds: (from + index) * segments.hop * frameSeconds,
      picture: {
        ...whole,
        frames: segments.length,
        values: cut,
        firstFrameSeconds: whole.firstFrameSeconds + first * frameSeconds,
      },
    }
  })
}

/** Of the first channel. */
function meanLevel({ values, channels }: Spectrogram): number {
  let sum = 0
  for (let i = 0; i < values.length; i += channels) sum += values[i]!
  return (sum * channels) / values.length
}
