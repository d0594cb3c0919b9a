import type { UnknownSupport } from '../../shared/contract/exports'
import type { ExportClip, ExportOptions } from '../../shared/job/manifest'
import { count, type Exporter } from './export-plan'

type UnknownExporter = Pick<Exporter, 'asksUnknown' | 'losses'>
type UnknownOptions = Pick<ExportOptions, 'unknown'>

/** What a format makes of a class that nobody has judged on a clip. */
export function unknownOf({ asksUnknown, losses }: UnknownExporter): UnknownSupport {
  if (asksUnknown === true) return 'number'
  return losses.absent === undefined ? 'kept' : 'silent'
}

/** Why a clip is not to go into a format that would say of what is unknown on it that it is absent; null when it may. */
export function refuseUnknown(exporter: UnknownExporter, options: UnknownOptions, clip: ExportClip): string | null {
  if (options.unknown !== 'leave-out' || clip.isFullyAnnotated || unknownOf(exporter) === 'kept') return null
  return 'it is not fully annotated: what nobody has judged on it would read as absent'
}

/**
 * What was chosen about unknown classes, in sentences for the report; formats that write a number for them say it
 * themselves.
 * @param unfinished written clips that are not fully annotated
 */
export function describeUnknown(exporter: UnknownExporter, options: UnknownOptions, unfinished: number): string[] {
  if (unknownOf(exporter) !== 'silent') return []
  if (options.unknown === 'leave-out')
    return ['Clips that are not fully annotated are left out, so that a class which is not listed is absent.']
  if (unfinished === 0) return []
  return [
    `The format cannot say “unknown”: a class that is not listed reads as absent, also on ${count(unfinished, 'clip')} not fully annotated.`,
  ]
}
