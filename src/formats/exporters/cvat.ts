/** CVAT's Generic TSV 1.0: a row for each class of each segment; what CVAT has no column for is an attribute. */
import type { ExportManifest } from '../../shared/job/manifest'
import { again, type Exporter } from './export-plan'
import { inPieces } from './plan-parts'
import {
  describeSegmentLosses,
  groupByRecording,
  losePart,
  mixSegments,
  placesInRecordings,
  segmentsOnly,
  type ExportedRecording,
} from './recording-groups'
import { quoted } from './write-csv'

const columns = [
  ...['id', 'filename', 'start', 'stop', 'label', 'source', 'score'],
  ...['low_hz', 'high_hz', 'state', 'tier', 'author', 'note', 'annotation_id'],
]

const accept = (): string | null => null

const field = (text: string): string => (/["\t\r\n]/.test(text) ? quoted(text) : text)

function clock(seconds: number): string {
  const micros = Math.round(seconds * 1e6)
  const two = (number: number): string => String(number).padStart(2, '0')
  const whole = Math.floor(micros / 1e6)
  const fraction = String(micros % 1e6).padStart(6, '0')
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${fraction}`
}

function toRows({ name, annotations }: ExportedRecording): string[][] {
  return annotations.flatMap((annotation) => {
    const { startSeconds, endSeconds, labels, score, lowHz, highHz, tier, author, note, id } = annotation
    return (labels.length === 0 ? [{ className: '', state: 'present' }] : labels).map(({ className, state }) => [
      name,
      clock(startSeconds),
      clock(endSeconds),
      className,
      score === null ? 'manual' : 'auto',
      ...[score, lowHz, highHz].map((value) => (value === null ? '' : String(value))),
      state,
      tier,
      author,
      note,
      id,
    ])
  })
}

function plan(manifest: ExportManifest): ReturnType<Exporter['plan']> {
  const { clips } = manifest
  const recordings = groupByRecording(clips)
  return {
    audio: [],
    places: placesInRecordings(recordings, ({ name }) => name),
    finish: () => {
      function* lines(): Generator<string> {
        yield columns.join('\t')
        let number = 1
        for (const recording of recordings)
          for (const row of toRows(recording)) yield [String(number++), ...row].map(field).join('\t')
      }
      return {
        files: again(() => inPieces('annotations.tsv', lines())),
        clips: clips.length,
        choices: [
          'A segment with several classes is an interval for each; read again, they are one.',
          'Frequencies, “absent”, tiers, authors and notes are attributes; a CVAT project needs attributes of these names to keep them.',
          ...describeSegmentLosses(clips, { absent: true }),
        ],
        details: {},
      }
    },
  }
}

export const cvatExporter: Exporter = {
  id: 'cvat',
  name: 'CVAT TSV',
  description:
    'One Generic TSV 1.0 over all recordings: intervals with their classes, the rest as attributes. No sound.',
  holdsAudio: false,
  family: 'Annotation tools',
  importer: 'cvat',
  losses: {
    ...segmentsOnly,
    clip: (clip) => (clip.annotations.length === 0 ? 'a recording without segments is in no row' : losePart(clip)),
    segments: mixSegments,
  },
  accept,
  plan,
}
