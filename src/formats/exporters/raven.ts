/**
 * A Raven selection table over all recordings, as if opened in a row: Begin Time and End Time count from the beginning of
 * the first, through silent ones too; File Offset from the beginning of each. `sequence.listfile.txt` opens them so.
 */
import type { ExportAnnotation, ExportManifest } from '../../shared/job/manifest'
import { again, tally, type Exporter } from './export-plan'
import { inPieces } from './plan-parts'
import {
  describeSegmentLosses,
  groupByRecording,
  lengthOf,
  losePart,
  mixSegments,
  placesInRecordings,
  segmentsOnly,
  topOf,
  usualTopHz,
  type RecordingList,
} from './recording-groups'

const columns = [
  'Selection',
  'View',
  'Channel',
  'Begin Time (s)',
  'End Time (s)',
  'Low Freq (Hz)',
  'High Freq (Hz)',
  'Begin File',
  'Begin Path',
  'File Offset (s)',
  'Annotation',
  'State',
  'Confidence',
  'Tier',
  'Author',
  'Comments',
  'Open Bounds',
  'UUID',
]

const accept = (): string | null => null

/** One field of Raven's tables, which have no quotes. */
const field = (text: string): string => text.replace(/\s+/g, ' ').trim()

function describeOpenBounds({ lowHz, highHz }: ExportAnnotation): string {
  if (lowHz === null) return highHz === null ? 'both' : 'low'
  return highHz === null ? 'high' : ''
}

function* writeRows(recordings: RecordingList): Generator<string> {
  yield columns.join('\t')
  let number = 1
  let before = 0
  for (const recording of recordings) {
    const file = recording.name.slice(recording.name.lastIndexOf('/') + 1)
    for (const annotation of recording.annotations) {
      const { startSeconds, endSeconds, lowHz, score, tier, author, note, id } = annotation
      const low = lowHz ?? 0
      const labels = annotation.labels.length === 0 ? [{ className: '', state: 'present' }] : annotation.labels
      for (const { className, state } of labels)
        yield [
          String(number++),
          'Spectrogram 1',
          '1',
          (before + startSeconds).toFixed(6),
          (before + endSeconds).toFixed(6),
          low.toFixed(3),
          topOf(annotation, recording.sampleRateHz).toFixed(3),
          field(file),
          field(recording.name),
          startSeconds.toFixed(6),
          field(className),
          state,
          score === null ? '' : String(score),
          field(tier),
          field(author),
          field(note),
          describeOpenBounds(annotation),
          id,
        ].join('\t')
    }
    before += lengthOf(recording)
  }
}

function* listFiles(recordings: RecordingList): Generator<string> {
  for (const { path } of recordings) yield path
}

function plan(manifest: ExportManifest): ReturnType<Exporter['plan']> {
  const { clips } = manifest
  const recordings = groupByRecording(clips)
  const { open } = tally(clips, {
    open: ({ annotations }) => annotations.filter((own) => describeOpenBounds(own) !== '').length,
  })
  return {
    audio: [],
    places: placesInRecordings(recordings, ({ name }) => name),
    finish: () => ({
      files: again(function* () {
        yield* inPieces('earmark.Table.1.selections.txt', writeRows(recordings))
        yield* inPieces('sequence.listfile.txt', listFiles(recordings))
      }),
      clips: clips.length,
      choices: [
        'Begin Time and End Time count over all recordings in the order of sequence.listfile.txt, File Offset within each.',
        'A selection with several classes is written once for each; read again, they are one.',
        ...(open > 0
          ? [
              `Bounds that are open (${open} selections) are drawn from 0 or to half the sample rate (${usualTopHz} Hz where it is not known), and named in “Open Bounds”.`,
            ]
          : []),
        ...describeSegmentLosses(clips, { absent: true }),
      ],
      details: {},
    }),
  }
}

export const ravenExporter: Exporter = {
  id: 'raven',
  name: 'Raven selection table',
  description: 'One selection table over all recordings, and the list that opens them in a row. No sound.',
  holdsAudio: false,
  family: 'Annotation tools',
  importer: 'raven',
  losses: {
    ...segmentsOnly,
    clip: (clip) => (clip.annotations.length === 0 ? 'a recording without selections is in no row' : losePart(clip)),
    segments: mixSegments,
    details: (clip) =>
      clip.annotations.some(({ note }) => note !== field(note))
        ? 'a table without quotes has no line breaks and tabs'
        : null,
  },
  accept,
  plan,
}
