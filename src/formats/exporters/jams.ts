/**
 * JAMS 0.3, one for each recording: segments as `segment_open`, an annotation for each clip, labels of clips as `tag_open`.
 * What the namespaces have no place for stands under `earmark` in the sandboxes, observation by observation.
 */
import type { ExportAnnotation, ExportClip, ExportManifest } from '../../shared/job/manifest'
import { toAnnotationRecord, toClipRecord } from '../own-record'
import { again, type Exporter } from './export-plan'
import { groupByRecording, lengthOf, placesByName, presentOf, type ExportedRecording } from './recording-groups'

const accept = (): string | null => null

interface Observation {
  time: number
  duration: number
  value: string
  confidence: number | null
}

function toAnnotation(namespace: string, clip: ExportClip, data: Observation[], earmark: object): object {
  const text = { version: '', corpus: '', annotation_tools: 'Earmark', annotation_rules: '', validation: '' }
  return {
    namespace,
    time: clip.startSeconds,
    duration: clip.endSeconds - clip.startSeconds,
    annotation_metadata: { ...text, data_source: '', curator: { name: '', email: '' }, annotator: {} },
    data,
    sandbox: { earmark },
  }
}

/** One observation for each class of a segment, or one without. */
function toObservations(annotation: ExportAnnotation): { observation: Observation; record: object }[] {
  const { id, startSeconds, endSeconds, labels, score } = annotation
  const names = presentOf(labels)
  return (names.length === 0 ? [''] : names).map((value) => ({
    observation: {
      time: startSeconds,
      duration: Number((endSeconds - startSeconds).toFixed(9)),
      value,
      confidence: score,
    },
    record: { id, ...toAnnotationRecord(annotation) },
  }))
}

function toAnnotations(clip: ExportClip, index: number): object[] {
  const observations = clip.annotations.flatMap(toObservations)
  const span = { time: clip.startSeconds, duration: clip.endSeconds - clip.startSeconds, confidence: null }
  const tags = presentOf(clip.labels).map((value) => ({ ...span, value }))
  return [
    ...(observations.length === 0
      ? []
      : [
          toAnnotation(
            'segment_open',
            clip,
            observations.map(({ observation }) => observation),
            { of: 'segment', clip: index, observations: observations.map(({ record }) => record) },
          ),
        ]),
    ...(tags.length === 0 ? [] : [toAnnotation('tag_open', clip, tags, { of: 'clip', clip: index })]),
  ]
}

const absentOf = (clip: ExportClip): string[] =>
  clip.labels.filter(({ state }) => state === 'absent').map(({ className }) => className)

function writeJams(recording: ExportedRecording): string {
  const { name, clips } = recording
  const file = {
    annotations: clips.flatMap(toAnnotations),
    file_metadata: {
      title: name,
      artist: '',
      release: '',
      duration: lengthOf(recording),
      identifiers: {},
      jams_version: '0.3.4',
    },
    sandbox: {
      earmark: { path: name, clips: clips.map((clip) => ({ ...toClipRecord(clip), absent: absentOf(clip) })) },
    },
  }
  return JSON.stringify(file) + '\n'
}

function plan(manifest: ExportManifest): ReturnType<Exporter['plan']> {
  const { clips } = manifest
  const recordings = groupByRecording(clips)
  return {
    audio: [],
    places: placesByName(clips),
    finish: () => ({
      files: again(function* () {
        for (const recording of recordings)
          yield { path: `${recording.stem}.jams`, content: writeJams(recording), isWhole: true }
      }),
      clips: clips.length,
      choices: [
        'A segment with several classes is an observation for each; read again, they are one.',
        'Frequencies, tiers, authors, notes and “absent” stand in the sandboxes, which other readers pass over.',
      ],
      details: {},
    }),
  }
}

export const jamsExporter: Exporter = {
  id: 'jams',
  name: 'JAMS',
  description: 'One .jams for each recording: segments as segment_open, labels of clips as tag_open. No sound.',
  holdsAudio: false,
  family: 'Annotation tools',
  importer: 'jams',
  losses: {},
  accept,
  plan,
}
