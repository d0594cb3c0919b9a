import type { UnknownSupport } from '../../shared/contract/exports'
import type { ExportClip, ExportOptions } from '../../shared/job/manifest'
import { count, type Exporter } from './export-plan'

/** What a format makes of a class that nobody has judged on a clip. */
export function unknownOf({ asksUnknown, losses }: Pick<Exporter, 'asksUnknown' | 'losses'>): UnknownSupport {
  if (asksUnknown === true) return 'number'
  return losses.absent === undefined ? 'kept' : 'silent'
}

/** Why a clip is not to go into a format that would say of what is unknown on it that it is absent; null when it may. */
export function refuseUnknown(
  exporter: Pick<Exporter, 'asksUnknown' | 'losses'>,
  options: Pick<ExportOptions, 'unknown'>,
  clip: ExportClip,
): string | null {
  if (options.unknown !== 'leave-out' || clip.isFullyAnnotated || unknownOf(exporter) === 'kept') return null
  return 'it is not fully annotated: what nobody has judged on it would read as absent'
}

/** What was chosen about unknown classes where the format has no sign for them, in a sentence for the report. */
export function describeUnknown(
  exporter: Exporter,
  options: Pick<ExportOptions, 'unknown'>,
  written: readonly ExportClip[],
): string[] {
  if (unknownOf(exporter) !== 'silent') return []
  if (options.unknown === 'leave-out')
    return ['Clips that are not fully annotated are left out, so that a class which is not listed is absent.']
  const unfinished = written.filter((clip) => !clip.isFullyAnnotated).length
  if (unfinished === 0) return []
  return [
    `The format cannot say “unknown”: a class that is not listed reads as absent, also on ${count(unfinished, 'clip')} not fully annotated.`,
  ]
}
