/** What becomes of a clip's labels where a chain changes its sound. */
import type { ExportAnnotation, ExportClip } from '../../shared/job/manifest'
import type { MediaInput, MediaOutput } from '../media/media-task'

/** Of a clip of one class its name, as training has it; null else. */
export function classNameOf({ labels }: ExportClip): string | null {
  const present = labels.filter(({ state }) => state === 'present')
  return present.length === 1 ? present[0]!.className : null
}

/** The clip's segments in seconds of the clip, cut at its edges. */
export function soundSegments({
  annotations,
  startSeconds,
  endSeconds,
}: ExportClip): NonNullable<MediaInput<'augmented'>['segments']> {
  return annotations
    .map((segment, index) => ({
      startSeconds: Math.max(segment.startSeconds, startSeconds) - startSeconds,
      endSeconds: Math.min(segment.endSeconds, endSeconds) - startSeconds,
      index,
    }))
    .filter((segment) => segment.endSeconds > segment.startSeconds)
}

/**
 * The clip that a draw is: a recording of its own, with the segments where they are now, the fold, split and group of the
 * clip that it was made of, and what says so in its metadata.
 */
export function drawnClip(
  clip: ExportClip,
  { samples, sampleRateHz, segments, drawn }: MediaOutput<'augmented'>,
  source: Record<string, string>,
): ExportClip {
  const factor = frequencyFactor(drawn)
  return {
    ...clip,
    startSeconds: 0,
    endSeconds: samples.length / sampleRateHz,
    // What belongs together still does.
    group: clip.group ?? clip.recordingId ?? null,
    annotations: segments.map(({ index, startSeconds, endSeconds }): ExportAnnotation => {
      const own = clip.annotations[index]!
      const scale = (hz: number | null): number | null => hz && hz * factor
      return { ...own, startSeconds, endSeconds, lowHz: scale(own.lowHz), highHz: scale(own.highHz) }
    }),
    source: { ...clip.source, ...source },
  }
}

/** How much higher everything is now: boxes move with the pitch. */
function frequencyFactor(drawn: MediaOutput<'augmented'>['drawn']): number {
  return drawn.reduce((factor, { values: { semitones = 0 } }) => factor * 2 ** (semitones / 12), 1)
}
