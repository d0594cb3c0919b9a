/**
 * Label Studio tasks (`tasks.json`) with a labeling configuration for them: one task for each clip, people's segments as
 * its annotation, scored ones as predictions. What Label Studio has no place for stands under `earmark` in `meta` and `data`.
 */
import type { ExportAnnotation, ExportClip, ExportManifest } from '../../shared/job/manifest'
import { toAnnotationRecord, toClipRecord } from '../own-record'
import { again, classesOf, type Exporter } from './export-plan'
import { joinPieces, jsonArray } from './plan-parts'
import { placesByName, presentOf, withRecordingNames } from './recording-groups'

const accept = (): string | null => null

function toRegion({ id, startSeconds, endSeconds, labels, ...own }: ExportAnnotation, length: number | null): object {
  const record = toAnnotationRecord({ id, startSeconds, endSeconds, labels, ...own })
  return {
    id,
    from_name: 'label',
    to_name: 'audio',
    type: 'labels',
    ...(length === null ? {} : { original_length: length }),
    value: { start: startSeconds, end: endSeconds, channel: 0, labels: presentOf(labels) },
    ...(own.score === null ? {} : { score: own.score }),
    meta: { earmark: record },
  }
}

function toChoices(clip: ExportClip): object[] {
  const choose = (name: string, choices: string[]): object[] =>
    choices.length === 0
      ? []
      : [{ id: `${clip.id}-${name}`, from_name: name, to_name: 'audio', type: 'choices', value: { choices } }]
  const absent = clip.labels.filter(({ state }) => state === 'absent').map(({ className }) => className)
  return [...choose('clip', presentOf(clip.labels)), ...choose('clip_absent', absent)]
}

function toTask(clip: ExportClip, name: string): object {
  const regions = (annotations: ExportAnnotation[]): object[] =>
    annotations.map((annotation) => toRegion(annotation, clip.recordingSeconds))
  const scored = Map.groupBy(
    clip.annotations.filter(({ score }) => score !== null),
    ({ author }) => author,
  )
  const result = [...toChoices(clip), ...regions(clip.annotations.filter(({ score }) => score === null))]
  return {
    data: { audio: name, earmark: toClipRecord(clip) },
    annotations: result.length === 0 ? [] : [{ result }],
    predictions: [...scored].map(([author, own]) => ({ model_version: author, result: regions(own) })),
  }
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replace(/\s+/g, ' ')

function writeConfiguration(manifest: ExportManifest): string {
  const names = new Set(classesOf(manifest).map(({ name }) => name))
  for (const { annotations } of manifest.clips)
    for (const { labels } of annotations) for (const { className } of labels) names.add(className)
  const list = (tag: string): string[] => [...names].map((name) => `    <${tag} value="${escapeXml(name)}"/>`)
  return [
    '<View>',
    '  <Labels name="label" toName="audio" choice="multiple">',
    ...list('Label'),
    '  </Labels>',
    '  <Audio name="audio" value="$audio"/>',
    ...['clip', 'clip_absent'].flatMap((name) => [
      `  <Choices name="${name}" toName="audio" choice="multiple">`,
      ...list('Choice'),
      '  </Choices>',
    ]),
    '</View>',
    '',
  ].join('\n')
}

function plan(manifest: ExportManifest): ReturnType<Exporter['plan']> {
  const { clips } = manifest
  function* tasks(): Generator<object> {
    for (const { clip, name } of withRecordingNames(clips)) yield toTask(clip, name)
  }
  return {
    audio: [],
    places: placesByName(clips),
    finish: () => ({
      files: again(function* () {
        yield* joinPieces('tasks.json', jsonArray(tasks()))
        yield { path: 'labeling-config.xml', content: writeConfiguration(manifest) }
      }),
      clips: clips.length,
      choices: [
        'Tasks name recordings by their path in the catalog; Label Studio needs the prefix of its own storage before it.',
        'Frequencies, tiers, authors, notes and “absent” stand under “earmark” in meta and data, which Label Studio keeps and does not show.',
        'Segments with a score are predictions, the others one annotation.',
      ],
      details: {},
    }),
  }
}

export const labelStudioExporter: Exporter = {
  id: 'label-studio',
  name: 'Label Studio',
  description: 'Tasks with annotations and predictions, and the labeling configuration for them. No sound.',
  holdsAudio: false,
  family: 'Annotation tools',
  importer: 'label-studio',
  losses: {},
  accept,
  plan,
}
