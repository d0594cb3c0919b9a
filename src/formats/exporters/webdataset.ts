/**
 * WebDataset (github.com/webdataset/webdataset): tar shards of a thousand samples, each a sound file and a JSON object
 * under one key. A reader's key ends at the first dot, so keys hold none.
 */
import type { ExportClip } from '../../shared/job/manifest'
import { toClipRecord } from '../clip-record'
import { endTar, writeTarEntry } from '../containers/tar'
import { convertedExtension, copiedContainer } from './clip-sound'
import { again, type Exporter, type PlannedAudio, type PlannedFile } from './export-plan'
import { durationOf, withKeys } from './plan-parts'

const shardClips = 1000
const shardOf = (index: number): string => `shard-${String(Math.floor(index / shardClips)).padStart(6, '0')}.tar`

export const webdatasetExporter: Exporter = {
  id: 'webdataset',
  name: 'WebDataset',
  description: 'shard-000000.tar and so on: a thousand samples each, key.wav and key.json with every label and field.',
  holdsAudio: true,
  family: 'Machine learning',
  importer: 'webdataset',
  losses: {},
  accept: () => null,
  plan(manifest, context) {
    const { clips, options } = manifest
    const audio = again(function* (): Generator<PlannedAudio> {
      for (const { clip, key, index } of withKeys(clips)) {
        const container = copiedContainer(clip, options, context)
        // By the tar it lies in, as the importer names it.
        const path = `${shardOf(index)}/${key}.${container ?? convertedExtension(options)}`
        yield { clip, path, isCopy: container !== null }
      }
    })
    const sizes = new Map<string, number>()
    return {
      audio,
      places: again(function* () {
        for (const { clip, path } of audio)
          yield { clip, place: { path, startSeconds: 0, endSeconds: durationOf(clip) } }
      }),
      pack({ clip, path }, sound) {
        if (sound.kind !== 'file') return []
        const [shard, name] = path.split('/') as [string, string]
        const pieces = [
          { path: shard, content: writeTarEntry(name, sound.bytes) },
          { path: shard, content: writeTarEntry(toJsonName(name), toJson(clip)) },
        ]
        sizes.set(
          shard,
          pieces.reduce((sum, { content }) => sum + content.length, sizes.get(shard) ?? 0),
        )
        return pieces
      },
      finish(failed) {
        const files = [...sizes].map(([path, size]): PlannedFile => ({ path, content: endTar(size) }))
        return { files, clips: clips.length - failed.size, choices: [], details: { shards: files.length } }
      },
    }
  },
}

const toJsonName = (name: string): string => `${name.slice(0, name.indexOf('.'))}.json`

function toJson(clip: ExportClip): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ duration: durationOf(clip), ...toClipRecord(clip, 0) }))
}
