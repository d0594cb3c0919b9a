/**
 * NumPy's npz (numpy.org/doc/stable/reference/generated/numpy.savez.html): shards of a thousand clips with `features`
 * (clips × frames × bands, log-mel, filled with the lowest value), `frames`, `targets` over `classes`, `keys`, and `records`,
 * every label and field as JSON.
 */
import { zipSync } from 'fflate'
import type { ExportClip } from '../../shared/job/manifest'
import { toClipRecord } from '../clip-record'
import { encodeNpy, encodeNpyTexts } from '../containers/npy'
import type { Exporter, PlannedFile } from './export-plan'
import { makeTargets, planPacked, shardClips } from './feature-rows'
import { durationOf } from './plan-parts'

interface Row {
  clip: ExportClip
  key: string
  values: Float32Array
  frames: number
  bands: number
}

const toBytes = (values: Float32Array | Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

export const npzExporter: Exporter = {
  id: 'npz',
  name: 'NumPy npz of features',
  description: 'features-00000.npz and so on: log-mel values, their lengths, targets, keys, and every label as JSON.',
  holdsAudio: true,
  asksUnknown: true,
  family: 'Machine learning',
  importer: 'npz',
  losses: {},
  accept: () => null,
  plan(manifest) {
    const { clips } = manifest
    const targets = makeTargets(manifest)
    const pathOf = (index: number): string => `features-${String(Math.floor(index / shardClips)).padStart(5, '0')}.npz`
    let path = pathOf(0)
    let rows: Row[] = []

    function takeShard(): PlannedFile[] {
      if (rows.length === 0) return []
      const file = { path, content: writeShard(rows), isWhole: true }
      rows = []
      return [file]
    }

    function writeShard(own: readonly Row[]): Uint8Array {
      const frames = own.reduce((most, row) => Math.max(most, row.frames), 0)
      const bands = own.reduce((most, row) => Math.max(most, row.bands), 0)
      const lowest = own.reduce(
        (low, { values }) => values.reduce((least, value) => Math.min(least, value), low),
        Infinity,
      )
      const features = new Float32Array(own.length * frames * bands).fill(lowest)
      own.forEach(({ values }, index) => features.set(values, index * frames * bands))
      const table = new Float32Array(own.length * targets.names.length)
      own.forEach(({ clip }, index) => table.set(targets.targetsOf(clip), index * targets.names.length))
      const records = own.map(({ clip }) => JSON.stringify({ duration: durationOf(clip), ...toClipRecord(clip, 0) }))
      return zipSync(
        {
          'features.npy': encodeNpy({ dtype: '<f4', shape: [own.length, frames, bands], data: toBytes(features) }),
          'frames.npy': encodeNpy({
            dtype: '<i4',
            shape: [own.length],
            data: toBytes(Int32Array.from(own.map((row) => row.frames))),
          }),
          'targets.npy': encodeNpy({ dtype: '<f4', shape: [own.length, targets.names.length], data: toBytes(table) }),
          'classes.npy': encodeNpyTexts(targets.names),
          'keys.npy': encodeNpyTexts(own.map(({ key }) => key)),
          'records.npy': encodeNpyTexts(records),
        },
        { level: 1 },
      )
    }

    return {
      ...planPacked(clips, 'features', pathOf),
      pack(audio, sound) {
        const before = audio.path === path ? [] : takeShard()
        path = audio.path
        if (sound.kind === 'features') rows.push({ ...sound, clip: audio.clip, key: audio.key! })
        return before
      },
      finish: (failed) => ({
        files: takeShard(),
        clips: clips.length - failed.size,
        choices: [targets.choice],
        details: {},
      }),
    }
  },
}
