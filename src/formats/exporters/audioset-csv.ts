/**
 * AudioSet's segment lists (Gemmeke et al., ICASSP 2017; research.google.com/audioset/download.html):
 * `segments.csv` with three `#` lines and `YTID, start_seconds, end_seconds, positive_labels`, and
 * `class_labels_indices.csv` with `index,mid,display_name`. Text only; clips may have several labels.
 */
import type { ExportClip, ExportManifest } from '../../shared/job/manifest'
import { classesOf, count, sortOut, type Exporter, type ExportContext } from './export-plan'
import { stemOf, UniqueNames } from './unique-names'
import { csvField, quoted } from './write-csv'

function presentNames(clip: ExportClip): string[] {
  return clip.labels.filter((label) => label.state === 'present').map((label) => label.className)
}

function accept(clip: ExportClip): string | null {
  return presentNames(clip).length === 0 ? 'no class is present; AudioSet lists positive labels only' : null
}

/** The classes' AudioSet ids; those without one get `/e/` and their name in lower case. */
export function identifyClasses(classes: ExportManifest['classes'], choices: string[]): Map<string, string> {
  const slugs = new UniqueNames()
  const ids = new Map<string, string>()
  for (const { name, mid } of classes) {
    if (mid !== null) {
      ids.set(name, mid)
      continue
    }
    const slug = name
      .normalize('NFC')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
      .replace(/^_+|_+$/g, '')
    const id = `/e/${slugs.nameOf(name, slug || 'class')}`
    choices.push(`The class “${name}” has no AudioSet id and is written as ${id}.`)
    ids.set(name, id)
  }
  return ids
}

/** Weekday Mon dd hh:mm:ss yyyy in UTC: C's asctime, which pads the day with a space. */
function asctime(date: Date): string {
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`
}

/** Signs that readers which split at commas, or take `#` for a comment, would trip over. */
export function toYtid(path: string): string {
  return stemOf(path)
    .replace(/[\s",]+/g, '_')
    .replace(/^#/, '_')
}

function plan(manifest: ExportManifest, context: ExportContext): ReturnType<Exporter['plan']> {
  const { taken, skipped } = sortOut(manifest.clips, accept)
  const choices: string[] = []
  const classes = classesOf(manifest)
  const ids = identifyClasses(classes, choices)
  const names = new UniqueNames()
  const rows = taken.map((clip) => ({
    clip,
    ytid: names.nameOf(clip.path, toYtid(clip.recordingPath)),
    mids: presentNames(clip)
      .map((name) => ids.get(name)!)
      .sort(),
  }))
  const recordings = new Map(rows.map(({ clip, ytid }) => [ytid, clip]))
  const labels = rows.reduce((sum, row) => sum + row.mids.length, 0)

  const segments = [
    `# Segments csv created ${asctime(context.createdAt)}`,
    `# num_ytids=${recordings.size}, num_segs=${rows.length}, ` +
      `num_unique_labels=${new Set(rows.flatMap((row) => row.mids)).size}, num_positive_labels=${labels}`,
    '# YTID, start_seconds, end_seconds, positive_labels',
    ...rows.map(({ clip, ytid, mids }) =>
      [ytid, clip.startSeconds.toFixed(3), clip.endSeconds.toFixed(3), `"${mids.join(',')}"`].join(', '),
    ),
  ]
  const indices = [
    'index,mid,display_name',
    ...classes.map(({ name }, index) => `${index},${csvField(ids.get(name)!)},${quoted(name)}`),
  ]
  const toText = (lines: string[]): string => lines.join('\n') + '\n'

  const ytids = new Map(rows.map(({ clip, ytid }) => [clip.id, ytid]))
  return {
    audio: [],
    skipped,
    placeOf: (clip) => ({
      path: ytids.get(clip.id)!,
      startSeconds: clip.startSeconds,
      endSeconds: clip.endSeconds,
    }),
    finish: () => ({
      files: [
        { path: 'segments.csv', content: toText(segments) },
        { path: 'class_labels_indices.csv', content: toText(indices) },
      ],
      clips: rows.length,
      choices: [...choices, ...describeLosses(rows)],
      details: {
        recordings: [...recordings].map(([ytid, clip]) => ({
          ytid,
          path: clip.recordingPath,
          contentHash: clip.contentHash,
        })),
      },
    }),
  }
}

/** What the lists have no place for. */
function describeLosses(rows: readonly { clip: ExportClip; ytid: string }[]): string[] {
  const renamed = new Set(rows.filter(({ clip, ytid }) => ytid !== stemOf(clip.recordingPath)).map(({ ytid }) => ytid))
  const absent = rows.reduce((sum, { clip }) => sum + clip.labels.length - presentNames(clip).length, 0)
  const annotations = rows.reduce((sum, { clip }) => sum + clip.annotations.length, 0)
  const folds = rows.filter(({ clip }) => clip.fold !== null).length
  return [
    ...(renamed.size > 0
      ? [`Not named by the file name alone (see “recordings”): ${count(renamed.size, 'recording')}.`]
      : []),
    ...(absent > 0 ? [`Left out: ${count(absent, '“absent” label')}; absent cannot be told from unknown.`] : []),
    ...(annotations > 0
      ? [`Left out: ${count(annotations, 'annotation')}; a segment’s labels hold for all of it.`]
      : []),
    ...(folds > 0
      ? [`Left out: the folds of ${count(folds, 'clip')}; AudioSet keeps each split in its own file.`]
      : []),
  ]
}

export const audiosetCsvExporter: Exporter = {
  id: 'audioset-csv',
  name: 'AudioSet CSV',
  description: 'segments.csv and class_labels_indices.csv as AudioSet has them: several labels per clip, no sound.',
  holdsAudio: false,
  family: 'Benchmarks',
  importer: 'audioset-csv',
  losses: {
    absent: 'AudioSet lists positive labels only',
    exhaustive: 'AudioSet lists positive labels only',
    segments: 'a segment’s labels hold for all of it',
    fold: 'AudioSet keeps each split in its own file',
    split: 'AudioSet keeps each split in its own file',
    group: 'AudioSet has no groups',
    metadata: 'AudioSet has its own columns only',
    note: 'AudioSet has no notes',
  },
  accept,
  plan,
}
