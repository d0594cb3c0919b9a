import { AppError } from '../../shared/errors'
import { aoefExporter } from './aoef'
import { audacityExporter } from './audacity'
import { audiosetCsvExporter } from './audioset-csv'
import { esc50Exporter } from './esc50'
import type { Exporter } from './export-plan'
import { jamsExporter } from './jams'
import { labelStudioExporter } from './label-studio'
import { ravenExporter } from './raven'
import { textgridExporter } from './textgrid'

export type { Exporter, ExportContext, ExportPlan, ExportTexts, PlannedAudio, SkippedClip } from './export-plan'

/** Every format that can be exported; a new one is a file beside this one and a line here. */
export const exporters: readonly Exporter[] = [
  esc50Exporter,
  audiosetCsvExporter,
  audacityExporter,
  ravenExporter,
  textgridExporter,
  labelStudioExporter,
  aoefExporter,
  jamsExporter,
]

/** @throws AppError unsupported-format, naming the formats there are. */
export function findExporter(id: string): Exporter {
  const exporter = exporters.find((candidate) => candidate.id === id)
  if (exporter) return exporter
  throw new AppError('unsupported-format', `Earmark has no export format “${id}”.`, {
    hint: `Choose one of: ${exporters.map((candidate) => candidate.id).join(', ')}.`,
  })
}
