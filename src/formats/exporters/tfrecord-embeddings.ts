/**
 * AudioSet's embedding TFRecords (research.google.com/audioset/download.html): a SequenceExample a clip, with `video_id`,
 * `start_time_seconds`, `end_time_seconds` and `labels` (numbers of `class_labels_indices.csv`) as its context, and a
 * quantised frame a second as the feature list `audio_embedding`. Features under other names, and those of floats, are
 * feature lists of their own name.
 */
import type { ExportClip, ExportEmbedding, ExportManifest } from '../../shared/job/manifest'
import { encodeSequenceExample, type Feature } from '../containers/tf-example'
import { frameRecord } from '../containers/tfrecord'
import { identifyClasses, withYtids } from './audioset-csv'
import { again, classesOf, count, tally, type Exporter } from './export-plan'
import { countAbsent, inPieces, presentNames } from './plan-parts'
import { csvField, quoted } from './write-csv'

/** What AudioSet's features are called in a catalog, and in its files. */
export const audiosetEmbedding = { name: 'audioset', list: 'audio_embedding' }

const shardRecords = 10_000

/** Of each class its own number where it has one that no other has, else the next that is free. */
function numberClasses(classes: ExportManifest['classes']): Map<string, number> {
  const numbers = new Map<string, number>()
  const taken = new Set<number>()
  for (const { name, code } of classes) {
    if (code === null || code < 0 || code > 999_999 || taken.has(code)) continue
    numbers.set(name, code)
    taken.add(code)
  }
  let next = 0
  for (const { name } of classes) {
    if (numbers.has(name)) continue
    while (taken.has(next)) next++
    numbers.set(name, next)
    taken.add(next)
  }
  return numbers
}

function encodeFrames({ frames, dimensions, dtype, data }: ExportEmbedding): Feature[] {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))
  if (dtype === 'uint8')
    return Array.from({ length: frames }, (_, frame) => ({
      kind: 'bytes',
      values: [bytes.subarray(frame * dimensions, (frame + 1) * dimensions)],
    }))
  const view = new DataView(bytes.buffer)
  return Array.from({ length: frames }, (_, frame) => ({
    kind: 'floats',
    values: Float32Array.from({ length: dimensions }, (_value, at) =>
      view.getFloat32((frame * dimensions + at) * 4, true),
    ),
  }))
}

function encodeClip(clip: ExportClip, ytid: string, labels: number[]): Uint8Array {
  const lists = (clip.embeddings ?? []).map((own): [string, Feature[]] => [
    own.name === audiosetEmbedding.name ? audiosetEmbedding.list : own.name,
    encodeFrames(own),
  ])
  const time = (seconds: number): Feature => ({ kind: 'floats', values: Float32Array.of(seconds) })
  return encodeSequenceExample(
    {
      video_id: { kind: 'bytes', values: [ytid] },
      start_time_seconds: time(clip.startSeconds),
      end_time_seconds: time(clip.endSeconds),
      labels: { kind: 'integers', values: labels },
    },
    Object.fromEntries(lists),
  )
}

/** Times are floats of 32 bits, a millisecond apart from about two hours on. */
const isRounded = ({ startSeconds, endSeconds }: ExportClip): boolean =>
  [startSeconds, endSeconds].some((seconds) => Math.abs(Math.fround(seconds) - seconds) > 0.0005)

export const tfrecordEmbeddingsExporter: Exporter = {
  id: 'tfrecord-embeddings',
  name: 'TFRecord of embeddings',
  description:
    'Features that came with a dataset, as AudioSet has its own: a SequenceExample a clip, with present labels.',
  holdsAudio: false,
  takesEmbeddings: true,
  family: 'Machine learning',
  importer: 'tfrecord',
  losses: {
    span: (clip) => (isRounded(clip) ? 'times are floats of 32 bits' : null),
    absent: 'AudioSet lists positive labels only',
    exhaustive: 'AudioSet lists positive labels only',
    segments: 'a record’s labels hold for all of it',
    fold: 'AudioSet keeps each split in its own folder',
    split: 'AudioSet keeps each split in its own folder',
    group: 'AudioSet has no groups',
    metadata: 'AudioSet has its own fields only',
    note: 'AudioSet has no notes',
  },
  accept: (clip) => (clip.embeddings?.length ? null : 'the catalog holds no features that came with it'),
  plan(manifest) {
    const { clips } = manifest
    const choices: string[] = []
    const classes = classesOf(manifest)
    const mids = identifyClasses(classes, choices)
    const numbers = numberClasses(classes)
    const shards = Math.max(1, Math.ceil(clips.length / shardRecords))
    const digits = (number: number): string => String(number).padStart(5, '0')
    const { absent, annotations } = tally(clips, {
      absent: countAbsent,
      annotations: (clip) => clip.annotations.length,
    })
    if (absent > 0) choices.push(`Left out: ${count(absent, '“absent” label')}; absent cannot be told from unknown.`)
    if (annotations > 0) choices.push(`Left out: ${count(annotations, 'annotation')}; labels hold for all of a record.`)
    return {
      audio: [],
      places: again(function* () {
        for (const { clip, ytid } of withYtids(clips)) {
          const [startSeconds, endSeconds] = [Math.fround(clip.startSeconds), Math.fround(clip.endSeconds)]
          yield { clip, place: { path: ytid, startSeconds, endSeconds } }
        }
      }),
      finish: () => ({
        files: again(function* () {
          let index = 0
          for (const { clip, ytid } of withYtids(clips)) {
            const labels = presentNames(clip).map((name) => numbers.get(name)!)
            labels.sort((a, b) => a - b)
            const shard = digits(Math.floor(index++ / shardRecords))
            const path = `data-${shard}-of-${digits(shards)}.tfrecord`
            yield { path, content: frameRecord(encodeClip(clip, ytid, labels)) }
          }
          yield* inPieces(
            'class_labels_indices.csv',
            (function* () {
              yield 'index,mid,display_name'
              for (const { name } of classes) yield `${numbers.get(name)},${csvField(mids.get(name)!)},${quoted(name)}`
            })(),
          )
        }),
        clips: clips.length,
        choices,
        details: { shards },
      }),
    }
  },
}
