import { AppError } from '../../shared/errors'
import { aoefExporter } from './aoef'
import { audacityExporter } from './audacity'
import { audioFolderCsvExporter, audioFolderParquetExporter } from './audio-folder'
import { audiosetCsvExporter } from './audioset-csv'
import { audiosetStrongExporter } from './audioset-strong'
import { cvatExporter } from './cvat'
import { dcaseScenesCsvExporter, dcaseScenesTxtExporter } from './dcase-scenes'
import { desedExporter } from './desed'
import { esc50Exporter } from './esc50'
import type { Exporter } from './export-plan'
import { folderClassesExporter } from './folder-classes'
import { jamsExporter } from './jams'
import { kaldiExporter } from './kaldi'
import { labelStudioExporter } from './label-studio'
import { nemoExporter } from './nemo'
import { npzExporter } from './npz'
import { tfrecordLogmelExporter, tfrecordWaveformExporter } from './tfrecord'
import { tfrecordEmbeddingsExporter } from './tfrecord-embeddings'
import { ravenExporter } from './raven'
import { tableExporter } from './table'
import { textgridExporter } from './textgrid'
import { urbansound8kExporter } from './urbansound8k'
import { webdatasetExporter } from './webdataset'

export type { Exporter, ExportContext, ExportPlan, ExportTexts, PlannedAudio, SkippedClip } from './export-plan'

/** Every format that can be exported; a new one is a file beside this one and a line here. */
export const exporters: readonly Exporter[] = [
  folderClassesExporter,
  esc50Exporter,
  urbansound8kExporter,
  dcaseScenesCsvExporter,
  dcaseScenesTxtExporter,
  audiosetCsvExporter,
  audiosetStrongExporter,
  desedExporter,
  audioFolderCsvExporter,
  audioFolderParquetExporter,
  webdatasetExporter,
  nemoExporter,
  kaldiExporter,
  tfrecordWaveformExporter,
  tfrecordLogmelExporter,
  tfrecordEmbeddingsExporter,
  npzExporter,
  audacityExporter,
  ravenExporter,
  textgridExporter,
  labelStudioExporter,
  aoefExporter,
  jamsExporter,
  cvatExporter,
  tableExporter,
]

/** @throws AppError unsupported-format, naming the formats there are. */
export function findExporter(id: string): Exporter {
  const exporter = exporters.find((candidate) => candidate.id === id)
  if (exporter) return exporter
  throw new AppError('unsupported-format', `Earmark has no export format “${id}”.`, {
    hint: `Choose one of: ${exporters.map((candidate) => candidate.id).join(', ')}.`,
  })
}
