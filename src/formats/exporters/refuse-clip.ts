import type { ExportClip, ExportOptions } from '../../shared/job/manifest'
import type { Exporter } from './export-plan'
import { refuseUnknown } from './unknown-labels'

/** Why a clip is left out of a format written with these options, or null. */
export function refuseClip(
  exporter: Pick<Exporter, 'accept' | 'asksUnknown' | 'holdsAudio' | 'losses'>,
  clip: ExportClip,
  options: Pick<ExportOptions, 'unknown'>,
): string | null {
  if (clip.endSeconds <= clip.startSeconds) return 'the clip has no length'
  // A format that only names recordings would name this one for what it is not, too.
  if (exporter.holdsAudio && clip.soundProblem !== undefined) return clip.soundProblem
  return exporter.accept(clip) ?? refuseUnknown(exporter, options, clip)
}

/** Whether sound is written: the format holds it, and can do without only where that is asked for. */
export function writesSound(
  { holdsAudio, isSoundOptional }: Pick<Exporter, 'holdsAudio' | 'isSoundOptional'>,
  options: Pick<ExportOptions, 'sound'>,
): boolean {
  return holdsAudio && !(isSoundOptional === true && options.sound === 'reference')
}

/** Why a clip is left out of a format that holds sound, where there is none. */
export const missingSound = 'the recording’s file is missing'
