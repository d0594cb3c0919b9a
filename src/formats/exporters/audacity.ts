/** Audacity's label tracks, one beside each recording: `start TAB end TAB text`, boxes with a second line. */
import type { ExportAnnotation, ExportManifest } from '../../shared/job/manifest'
import { isPoint } from '../point'
import { again, type Exporter } from './export-plan'
import {
  describeSegmentLosses,
  groupByRecording,
  loseAbsent,
  losePart,
  mixSegments,
  placesInRecordings,
  presentOf,
  segmentsOnly,
} from './recording-groups'

const accept = (): string | null => null

function writeLabels(annotation: ExportAnnotation): string {
  const { startSeconds, endSeconds, lowHz, highHz, labels } = annotation
  const end = isPoint(annotation) ? startSeconds : endSeconds
  const box = lowHz === null && highHz === null ? '' : `\\\t${(lowHz ?? -1).toFixed(6)}\t${(highHz ?? -1).toFixed(6)}\n`
  const names = presentOf(labels)
  return (names.length === 0 ? [''] : names)
    .map((name) => `${startSeconds.toFixed(6)}\t${end.toFixed(6)}\t${name.replace(/\s+/g, ' ')}\n${box}`)
    .join('')
}

function plan(manifest: ExportManifest): ReturnType<Exporter['plan']> {
  const { clips } = manifest
  const recordings = groupByRecording(clips)
  return {
    audio: [],
    places: placesInRecordings(recordings, ({ stem }) => stem),
    finish: () => ({
      files: again(function* () {
        for (const { stem, annotations } of recordings)
          yield { path: `${stem}.txt`, content: annotations.map(writeLabels).join(''), isWhole: true }
      }),
      clips: clips.length,
      choices: [
        'An annotation with several classes is written once for each; read again, they are one.',
        ...describeSegmentLosses(clips, {}),
      ],
      details: {},
    }),
  }
}

export const audacityExporter: Exporter = {
  id: 'audacity',
  name: 'Audacity labels',
  description: 'One label track (.txt) for each recording: segments, points and boxes with their classes. No sound.',
  holdsAudio: false,
  family: 'Annotation tools',
  importer: 'audacity',
  losses: {
    ...segmentsOnly,
    clip: (clip) =>
      clip.annotations.length === 0 ? 'an empty label track does not tell how long its recording is' : losePart(clip),
    segments: (clip) => loseAbsent(clip) ?? mixSegments(clip),
    details: 'label tracks have no tiers, authors, scores and notes',
  },
  accept,
  plan,
}
