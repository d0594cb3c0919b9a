/**
 * TFRecord of tf.train.Example (tensorflow.org/tutorials/load_data/tfrecord): shards of a thousand clips, each with its
 * waveform or its log-mel values, targets over `classes.txt`, and every label and field as JSON.
 */
import { toClipRecord } from '../clip-record'
import { encodeExample, type Feature } from '../containers/tf-example'
import { frameRecord } from '../containers/tfrecord'
import type { Exporter, ReadSound } from './export-plan'
import { makeTargets, planPacked, shardClips } from './feature-rows'
import { durationOf } from './plan-parts'

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
      const { clips } = manifest
      const shards = Math.max(1, Math.ceil(clips.length / shardClips))
      const digits = (number: number): string => String(number).padStart(5, '0')
      const shardOf = (index: number): string =>
        `data-${digits(Math.floor(index / shardClips))}-of-${digits(shards)}.tfrecord`
      const targets = makeTargets(manifest)
      return {
        ...planPacked(clips, as, shardOf),
        pack({ clip, key, path }, sound) {
          const example = encodeExample({
            key: { kind: 'bytes', values: [key!] },
            ...encodeSound(sound),
            targets: { kind: 'floats', values: targets.targetsOf(clip) },
            json: { kind: 'bytes', values: [JSON.stringify({ duration: durationOf(clip), ...toClipRecord(clip, 0) })] },
          })
          return [{ path, content: frameRecord(example) }]
        },
        finish: (failed) => ({
          files: [{ path: 'classes.txt', content: targets.names.map((name) => `${name}\n`).join('') }],
          clips: clips.length - failed.size,
          choices: [targets.choice],
          details: { shards },
        }),
      }
    },
  }
}

export const tfrecordWaveformExporter = makeExporter('samples')
export const tfrecordLogmelExporter = makeExporter('features')
