import { AppError } from '../../shared/errors'
import { aoefImporter } from './aoef'
import { audacityImporter } from './audacity'
import { audioFolderImporter } from './audio-folder'
import { audiosetSegmentsImporter } from './audioset-segments'
import { audiosetStrongImporter } from './audioset-strong'
import { desedImporter } from './desed'
import { esc50Importer } from './esc50'
import { folderImporter } from './folder'
import { fsddImporter } from './fsdd'
import type { Detection, Importer } from './import-plan'
import { cvatImporter } from './cvat'
import { dcaseScenesImporter } from './dcase-scenes'
import { fsd50kImporter } from './fsd50k'
import { jamsImporter } from './jams'
import { kaldiImporter } from './kaldi'
import { labelStudioImporter } from './label-studio'
import { nemoImporter } from './nemo'
import { npzImporter } from './npz'
import { speechCommandsImporter } from './speech-commands'
import { tfrecordImporter } from './tfrecord'
import { ravenImporter } from './raven'
import { tableImporter } from './table'
import { tasteProfileImporter } from './taste-profile'
import { textgridImporter } from './textgrid'
import { urbansound8kImporter } from './urbansound8k'
import { webdatasetImporter } from './webdataset'

export type {
  DatasetFolder,
  Detection,
  Importer,
  ImportPlan,
  InteractionBatch,
  NamedBatch,
  PlannedRecording,
} from './import-plan'

/** Every format that can be imported; a new one is a file beside this one and a line here. */
export const importers: readonly Importer[] = [
  esc50Importer,
  urbansound8kImporter,
  fsd50kImporter,
  dcaseScenesImporter,
  speechCommandsImporter,
  fsddImporter,
  audiosetSegmentsImporter,
  audiosetStrongImporter,
  desedImporter,
  audioFolderImporter,
  webdatasetImporter,
  nemoImporter,
  kaldiImporter,
  tfrecordImporter,
  npzImporter,
  audacityImporter,
  ravenImporter,
  textgridImporter,
  labelStudioImporter,
  aoefImporter,
  jamsImporter,
  cvatImporter,
  tasteProfileImporter,
  tableImporter,
  folderImporter,
]

/** @throws AppError unsupported-format, naming the formats there are. */
export function findImporter(id: string): Importer {
  const importer = importers.find((candidate) => candidate.id === id)
  if (importer) return importer
  throw new AppError('unsupported-format', `Earmark has no import format “${id}”.`, {
    hint: `Choose one of: ${importers.map((candidate) => candidate.id).join(', ')}.`,
  })
}

/** The format that a folder's file names speak for most clearly, or null when it holds no sound at all. */
export function detectImporter(listing: readonly string[]): { importer: Importer; detection: Detection } | null {
  let best: { importer: Importer; detection: Detection } | null = null
  for (const importer of importers) {
    const detection = importer.detect(listing)
    if (detection && (!best || detection.confidence > best.detection.confidence)) best = { importer, detection }
  }
  return best
}

/**
 * As `detectImporter`, and looks into some files of the formats whose names say too little: what they recognise speaks for
 * them, and what they do not speaks against them.
 * @param readHead the beginning of a file as text
 */
export async function recogniseImporter(
  listing: readonly string[],
  readHead: (path: string) => Promise<string>,
): Promise<{ importer: Importer; detection: Detection } | null> {
  let best: { importer: Importer; detection: Detection } | null = null
  for (const importer of importers) {
    const detection = importer.detect(listing)
    if (!detection) continue
    const confidence = importer.content
      ? await weighContent(importer.content, detection.confidence, listing, readHead)
      : detection.confidence
    if (!best || confidence > best.detection.confidence) best = { importer, detection: { ...detection, confidence } }
  }
  return best && best.detection.confidence > 0 ? best : null
}

/** Files of one format that are looked into; more would not tell more. */
const mostLookedInto = 3

async function weighContent(
  content: NonNullable<Importer['content']>,
  confidence: number,
  listing: readonly string[],
  readHead: (path: string) => Promise<string>,
): Promise<number> {
  for (const path of content.files(listing).slice(0, mostLookedInto))
    if (content.recognises(await readHead(path), path)) return Math.max(confidence, content.confidence ?? 0.9)
  return 0
}
