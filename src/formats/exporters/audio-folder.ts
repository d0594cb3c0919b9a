/**
 * Hugging Face's AudioFolder (huggingface.co/docs/datasets/audio_dataset): sound files and one `metadata.csv` or
 * `metadata.parquet` with `file_name`; split folders where clips have a split. Fields beyond the label are columns, the
 * lists among them as JSON, so that nothing is lost.
 */
import { parquetWriteBuffer } from 'hyparquet-writer/src/index.js'
import type { ExportClip } from '../../shared/job/manifest'
import { toClipRecord, type ClipRecord } from '../clip-record'
import { planSounds } from './clip-sound'
import { count, sortOut, type Exporter, type PlannedFile } from './export-plan'
import { inPieces } from './plan-parts'
import { csvField } from './write-csv'

type Row = Record<string, string>

function toRow(fileName: string, record: ClipRecord, hasLabel: boolean): Row {
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

function* writeTable(rows: readonly Row[], kind: 'csv' | 'parquet'): Generator<PlannedFile> {
  const names = Object.keys(rows[0] ?? {})
  if (kind === 'parquet') {
    const columnData = names.map((name) => ({
      name,
      data: rows.map((row) => row[name]!),
      type: 'STRING' as const,
      nullable: false,
    }))
    yield { path: 'metadata.parquet', content: new Uint8Array(parquetWriteBuffer({ columnData })) }
    return
  }
  function* lines(): Generator<string> {
    yield names.join(',')
    for (const row of rows) yield names.map((name) => csvField(row[name]!)).join(',')
  }
  yield* inPieces('metadata.csv', lines())
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
      const { taken, skipped } = sortOut(manifest.clips, () => null)
      const hasSplits = taken.some((clip) => clip.split !== null)
      const audio = planSounds(manifest, context, taken, {
        // Files beside split folders would be no split's.
        folder: (clip) => (hasSplits ? `${clip.split ?? 'train'}/` : 'train/'),
        usualTemplate: '{recording}_{start}',
      })
      return {
        audio,
        skipped,
        finish(failed) {
          const left = taken.flatMap((clip, index) => (failed.has(clip.id) ? [] : [{ clip, path: audio[index]!.path }]))
          const records = left.map(({ clip, path }) => ({ path, record: toClipRecord(clip, 0) }))
          const hasLabel = records.every(({ record }) => record.label !== null)
          const strays = hasSplits ? left.filter(({ clip }) => clip.split === null).length : 0
          return {
            files: writeTable(
              records.map(({ path, record }) => toRow(path, record, hasLabel)),
              kind,
            ),
            clips: left.length,
            choices: [
              ...(strays > 0
                ? [
                    `Without a split, so put into the folder train, with the column split empty: ${count(strays, 'clip')}.`,
                  ]
                : []),
              ...describeLabels(left.map(({ clip }) => clip)),
            ],
            details: {},
          }
        },
      }
    },
  }
}

function describeLabels(clips: readonly ExportClip[]): string[] {
  const others = clips.filter((clip) => clip.labels.filter(({ state }) => state === 'present').length !== 1).length
  return others === 0
    ? []
    : [`The column “label” is left out, since ${count(others, 'clip')} have no or several classes; see “labels”.`]
}

export const audioFolderCsvExporter = makeExporter('csv')
export const audioFolderParquetExporter = makeExporter('parquet')
