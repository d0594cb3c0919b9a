import type { ExportClip, ExportManifest, ExportOptions } from '../../shared/job/manifest'
import { again, isWholeRecording, type ExportContext, type PlannedAudio, type SoundContainer } from './export-plan'
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

/** What a clip is copied as, byte for byte: a whole recording of a container that readers know; null where it is cut or converted. */
export function copiedContainer(
  clip: ExportClip,
  options: ExportOptions,
  context: ExportContext,
): SoundContainer | null {
  return options.sound !== 'convert' && isWholeRecording(clip) ? context.containerOf(clip) : null
}

export interface SoundNames {
  folder: string | ((clip: ExportClip) => string)
  usualTemplate: string
  /** What the format cannot have in file names, in all places. */
  forbidden?: RegExp | null
}

/** The sound files of a manifest's clips, one each, named by its template or else by `usualTemplate`. */
export function planSounds(
  { clips, options }: ExportManifest,
  context: ExportContext,
  { folder, usualTemplate, forbidden = null }: SoundNames,
): Iterable<PlannedAudio> {
  return again(function* () {
    const names = new NameTemplate(options.nameTemplate ?? usualTemplate, forbidden)
    for (const clip of clips) {
      const container = copiedContainer(clip, options, context)
      const extension = container ?? convertedExtension(options)
      const path = `${typeof folder === 'string' ? folder : folder(clip)}${names.nameOf(clip)}.${extension}`
      yield { clip, path, isCopy: container !== null }
    }
  })
}
