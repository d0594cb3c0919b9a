import type { ExportClip, ExportManifest, ExportOptions } from '../../shared/job/manifest'
import { isWholeRecording, type ExportContext, type PlannedAudio } from './export-plan'
import { NameTemplate } from './name-template'

/** The extension of sound that is cut or converted. */
export function convertedExtension(options: ExportOptions): 'wav' | 'flac' {
  return options.encoding === 'flac' ? 'flac' : 'wav'
}

/** The encoding in words, for reports. */
export function describeEncoding({ encoding, sampleRateHz }: ExportOptions): string {
  const kinds = { wav16: '16-bit PCM WAV', wav24: '24-bit PCM WAV', 'wav-float': '32-bit float WAV', flac: 'FLAC' }
  return sampleRateHz === null ? kinds[encoding] : `${kinds[encoding]} at ${sampleRateHz} Hz`
}

export interface SoundNames {
  folder: string | ((clip: ExportClip) => string)
  usualTemplate: string
  /** What the format cannot have in file names, in all places. */
  forbidden?: RegExp | null
}

/**
 * The sound files of clips, one each, named by the manifest's template or else by `usualTemplate`. Whole recordings of
 * a container that readers know are copied unless everything is to be converted.
 */
export function planSounds(
  manifest: ExportManifest,
  context: ExportContext,
  clips: readonly ExportClip[],
  { folder, usualTemplate, forbidden = null }: SoundNames,
): PlannedAudio[] {
  const { options } = manifest
  const names = new NameTemplate(options.nameTemplate ?? usualTemplate, forbidden)
  return clips.map((clip) => {
    const container = options.sound !== 'convert' && isWholeRecording(clip) ? context.containerOf(clip.path) : null
    return {
      clipId: clip.id,
      path: `${typeof folder === 'string' ? folder : folder(clip)}${names.nameOf(clip)}.${container ?? convertedExtension(options)}`,
      from: clip.path,
      contentHash: clip.contentHash,
      isCopy: container !== null,
      startSeconds: clip.startSeconds,
      endSeconds: clip.endSeconds,
    }
  })
}
