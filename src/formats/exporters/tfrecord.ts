/**
 * TFRecord of tf.train.Example (tensorflow.org/tutorials/load_data/tfrecord): shards of a thousand clips, each with its
 * waveform or its log-mel values, targets over `classes.txt`, and every label and field as JSON.
 */
import { toClipRecord } from '../clip-record'
import { encodeExample, type Feature } from '../containers/tf-example'
import { frameRecord } from '../containers/tfrecord'
import { sortOut, type Exporter, type ReadSound } from './export-plan'
import { makeTargets, planPacked, shardClips } from './feature-rows'
import { makeKeys } from './plan-parts'

function encodeSound(sound: ReadSound): Record<string, Feature> {
  if (sound.kind === 'samples')
    return {
      waveform: { kind: 'floats', values: sound.samples },
      sample_rate: { kind: 'integers', values: [sound.sampleRateHz] },
    }
  if (sound.kind === 'features')
    return {
      log_mel: { kind: 'floats', values: sound.values },
      frames: { kind: 'integers', values: [sound.frames] },
      bands: { kind: 'integers', values: [sound.bands] },
    }
  return {}
}

function makeExporter(as: 'samples' | 'features'): Exporter {
  const what = as === 'samples' ? 'waveforms' : 'log-mel features'
  return {
    id: as === 'samples' ? 'tfrecord-waveform' : 'tfrecord-logmel',
    name: `TFRecord of ${what}`,
    description: `tf.train.Example with ${what}, targets over classes.txt, and every label as JSON.`,
    holdsAudio: true,
    asksUnknown: true,
    family: 'Machine learning',
    importer: 'tfrecord',
    losses: {},
    accept: () => null,
    plan(manifest) {
      const { taken, skipped } = sortOut(manifest.clips, () => null)
      const shards = Math.max(1, Math.ceil(taken.length / shardClips))
      const digits = (number: number): string => String(number).padStart(5, '0')
      const shardOf = (index: number): string =>
        `data-${digits(Math.floor(index / shardClips))}-of-${digits(shards)}.tfrecord`
      const keys = makeKeys(taken)
      const targets = makeTargets(manifest)
      const clipOfId = new Map(taken.map((clip) => [clip.id, clip]))
      const audio = planPacked(taken, as, shardOf)
      return {
        audio,
        skipped,
        placeOf: (clip) => ({
          path: keys.get(clip.id)!,
          startSeconds: 0,
          endSeconds: Number((clip.endSeconds - clip.startSeconds).toFixed(6)),
        }),
        pack({ clipId, path }, sound) {
          const clip = clipOfId.get(clipId)!
          const duration = Number((clip.endSeconds - clip.startSeconds).toFixed(6))
          const example = encodeExample({
            key: { kind: 'bytes', values: [keys.get(clipId)!] },
            ...encodeSound(sound),
            targets: { kind: 'floats', values: targets.targetsOf(clip) },
            json: { kind: 'bytes', values: [JSON.stringify({ duration, ...toClipRecord(clip, 0) })] },
          })
          return [{ path, content: frameRecord(example) }]
        },
        finish: (failed) => ({
          files: [{ path: 'classes.txt', content: targets.names.map((name) => `${name}\n`).join('') }],
          clips: taken.length - failed.size,
          choices: [targets.choice],
          details: { shards },
        }),
      }
    },
  }
}

export const tfrecordWaveformExporter = makeExporter('samples')
export const tfrecordLogmelExporter = makeExporter('features')
