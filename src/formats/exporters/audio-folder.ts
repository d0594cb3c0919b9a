/**
 * Hugging Face's AudioFolder (huggingface.co/docs/datasets/audio_dataset): sound files and one `metadata.csv` or
 * `metadata.parquet` with `file_name`; split folders where clips have a split. Fields beyond the label are columns, the
 * lists among them as JSON, so that nothing is lost.
 */
import { toClipRecord, type ClipRecord } from '../clip-record'
import { ParquetText } from '../containers/write-parquet'
import { planSounds } from './clip-sound'
import { again, count, tally, without, type Exporter, type PlannedFile } from './export-plan'
import { inPieces, presentNames } from './plan-parts'
import { csvLine } from './write-csv'

type Row = Record<string, string>

/** A row of the metadata of a sound file. @param hasLabel whether every row has exactly one class */
export function toRow(fileName: string, record: ClipRecord, hasLabel: boolean): Row {
  return {
    file_name: fileName,
    ...(hasLabel ? { label: record.label ?? '' } : {}),
    labels: JSON.stringify(record.labels),
    absent: JSON.stringify(record.absent),
    fully_annotated: String(record.fully_annotated),
    fold: record.fold ?? '',
    split: record.split ?? '',
    group: record.group ?? '',
    note: record.note,
    segments: JSON.stringify(record.segments),
    metadata: JSON.stringify(record.metadata),
  }
}

/** Rows of one group of a Parquet file. */
const groupRows = 5000

function* writeCsv(rows: Iterable<Row>): Generator<string> {
  let names: string[] | null = null
  for (const row of rows) {
    if (names === null) yield (names = Object.keys(row)).join(',')
    yield csvLine(names.map((name) => row[name]!))
  }
}

function* writeParquet(rows: Iterable<Row>): Generator<PlannedFile> {
  let writer: ParquetText | null = null
  let group: Row[] = []
  for (const row of rows) {
    writer ??= new ParquetText(Object.keys(row))
    group.push(row)
    if (group.length < groupRows) continue
    yield { path: 'metadata.parquet', content: writer.write(group) }
    group = []
  }
  if (writer) yield { path: 'metadata.parquet', content: writer.finish(group) }
}

function makeExporter(kind: 'csv' | 'parquet'): Exporter {
  return {
    id: `audio-folder-${kind}`,
    name: `Hugging Face AudioFolder, ${kind === 'csv' ? 'CSV' : 'Parquet'}`,
    description: `Sound in train, validation and test, and metadata.${kind} with every label, segment and field.`,
    holdsAudio: true,
    takesNames: true,
    family: 'Machine learning',
    importer: 'audio-folder',
    losses: {},
    accept: () => null,
    plan(manifest, context) {
      const { split } = tally(manifest.clips, { split: (clip) => clip.split !== null })
      const audio = planSounds(manifest, context, {
        // Files beside split folders would be no split's.
        folder: (clip) => (split > 0 ? `${clip.split ?? 'train'}/` : 'train/'),
        usualTemplate: '{recording}_{start}',
      })
      return {
        audio,
        finish(failed) {
          const { clips, strays, others } = tally(without(manifest.clips, failed), {
            clips: () => 1,
            strays: (clip) => split > 0 && clip.split === null,
            others: (clip) => presentNames(clip).length !== 1,
          })
          function* rows(): Generator<Row> {
            for (const { clip, path } of audio)
              if (!failed.has(clip.id)) yield toRow(path, toClipRecord(clip, 0), others === 0)
          }
          return {
            files: again(() => (kind === 'csv' ? inPieces('metadata.csv', writeCsv(rows())) : writeParquet(rows()))),
            clips,
            choices: [
              ...(strays > 0
                ? [
                    `Without a split, so put into the folder train, with the column split empty: ${count(strays, 'clip')}.`,
                  ]
                : []),
              ...(others > 0
                ? [
                    `The column “label” is left out, since ${count(others, 'clip')} have no or several classes; see “labels”.`,
                  ]
                : []),
            ],
            details: {},
          }
        },
      }
    },
  }
}

export const audioFolderCsvExporter = makeExporter('csv')
export const audioFolderParquetExporter = makeExporter('parquet')
