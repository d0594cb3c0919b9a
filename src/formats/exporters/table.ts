/**
 * One CSV that holds all: a row for each clip and class (`kind` clip), after it a row for each segment and class of it
 * (`kind` segment); metadata in columns of their own.
 */
import type { ClipList, ExportAnnotation, ExportClip, ExportLabel, ExportManifest } from '../../shared/job/manifest'
import { again, type Exporter } from './export-plan'
import { inPieces } from './plan-parts'
import { placesByName, withRecordingNames } from './recording-groups'
import { csvLine } from './write-csv'

const columns = [
  ...['kind', 'file', 'start', 'end', 'label', 'state', 'low_hz', 'high_hz', 'score', 'tier', 'author', 'id'],
  ...['note', 'fold', 'split', 'group', 'fully_annotated'],
]

const accept = (): string | null => null

/** Names of the metadata and the columns that they get: apart from each other and from the others without case. */
function nameMetadata(clips: ClipList): Map<string, string> {
  const taken = new Set(columns)
  const names = new Map<string, string>()
  const found = new Set<string>()
  for (const { source } of clips) for (const name of Object.keys(source)) found.add(name)
  for (const name of found) {
    const column = taken.has(name.toLowerCase()) ? `meta.${name}` : name
    if (taken.has(column.toLowerCase())) continue
    taken.add(column.toLowerCase())
    names.set(name, column)
  }
  return names
}

type Labels = readonly Pick<ExportLabel, 'className' | 'state'>[]
const orNone = (labels: Labels): Labels => (labels.length === 0 ? [{ className: '', state: 'present' }] : labels)
const orEmpty = (value: string | number | null): string => (value === null ? '' : String(value))

function clipRows(clip: ExportClip, file: string, metadata: readonly string[]): string[][] {
  const { startSeconds, endSeconds, note, fold, split, group, isFullyAnnotated, source } = clip
  return orNone(clip.labels).map(({ className, state }, index) => [
    ...['clip', file, String(startSeconds), String(endSeconds), className, className === '' ? '' : state],
    ...['', '', '', '', '', ''],
    // Once is enough.
    ...(index > 0
      ? Array.from({ length: 5 + metadata.length }, () => '')
      : [note, orEmpty(fold), orEmpty(split), orEmpty(group), isFullyAnnotated ? 'true' : '']),
    ...(index > 0 ? [] : metadata.map((name) => source[name] ?? '')),
  ])
}

function segmentRows(annotation: ExportAnnotation, file: string, metadata: readonly string[]): string[][] {
  const { startSeconds, endSeconds, lowHz, highHz, score, tier, author, id, note } = annotation
  return orNone(annotation.labels).map(({ className, state }) => [
    ...['segment', file, String(startSeconds), String(endSeconds), className, className === '' ? '' : state],
    ...[orEmpty(lowHz), orEmpty(highHz), orEmpty(score), tier, author, id, note],
    ...['', '', '', ''],
    ...metadata.map(() => ''),
  ])
}

function plan({ clips }: ExportManifest): ReturnType<Exporter['plan']> {
  const metadata = nameMetadata(clips)
  const sources = [...metadata.keys()]
  function* lines(): Generator<string> {
    yield csvLine([...columns, ...metadata.values()])
    for (const { clip, name } of withRecordingNames(clips)) {
      for (const row of clipRows(clip, name, sources)) yield csvLine(row)
      for (const annotation of clip.annotations)
        for (const row of segmentRows(annotation, name, sources)) yield csvLine(row)
    }
  }
  return {
    audio: [],
    places: placesByName(clips),
    finish: () => ({
      files: again(() => inPieces('annotations.csv', lines())),
      clips: clips.length,
      choices: ['A class that is not listed is unknown; “absent” is listed in the column state.'],
      details: {},
    }),
  }
}

export const tableExporter: Exporter = {
  id: 'table',
  name: 'CSV table',
  description: 'One CSV with a row for each class of each clip and segment, and metadata in columns. No sound.',
  holdsAudio: false,
  family: 'Annotation tools',
  importer: 'table',
  losses: {
    origin: 'a table says who made a segment, not which proposal it was',
    note: (clip) => (clip.note === clip.note.trim() ? null : 'fields of tables have no space around them'),
  },
  accept,
  plan,
}
