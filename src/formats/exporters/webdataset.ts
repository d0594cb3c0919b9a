/**
 * WebDataset (github.com/webdataset/webdataset): tar shards of a thousand samples, each a sound file and a JSON object
 * under one key. A reader's key ends at the first dot, so keys hold none.
 */
import type { ExportClip } from '../../shared/job/manifest'
import { toClipRecord } from '../clip-record'
import { endTar, writeTarEntry } from '../containers/tar'
import { convertedExtension } from './clip-sound'
import { isWholeRecording, sortOut, type Exporter, type PlannedAudio, type PlannedFile } from './export-plan'
import { makeKeys } from './plan-parts'

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
    const { taken, skipped } = sortOut(manifest.clips, () => null)
    const keys = makeKeys(taken)
    const clipOfId = new Map(taken.map((clip) => [clip.id, clip]))
    const audio = taken.map((clip, index): PlannedAudio => {
      const isKept = manifest.options.sound !== 'convert' && isWholeRecording(clip)
      const container = isKept ? context.containerOf(clip.path) : null
      return {
        clipId: clip.id,
        // By the tar it lies in, as the importer names it.
        path: `${shardOf(index)}/${keys.get(clip.id)!}.${container ?? convertedExtension(manifest.options)}`,
        from: clip.path,
        contentHash: clip.contentHash,
        isCopy: container !== null,
        startSeconds: clip.startSeconds,
        endSeconds: clip.endSeconds,
      }
    })
    const paths = new Map(audio.map(({ clipId, path }) => [clipId, path]))
    const sizes = new Map<string, number>()
    return {
      audio,
      skipped,
      placeOf: (clip) => ({
        path: paths.get(clip.id)!,
        startSeconds: 0,
        endSeconds: Number((clip.endSeconds - clip.startSeconds).toFixed(6)),
      }),
      pack({ clipId, path }, sound) {
        if (sound.kind !== 'file') return []
        const [shard, name] = path.split('/') as [string, string]
        const pieces = [
          { path: shard, content: writeTarEntry(name, sound.bytes) },
          { path: shard, content: writeTarEntry(toJsonName(name), toJson(clipOfId.get(clipId)!)) },
        ]
        sizes.set(
          shard,
          pieces.reduce((sum, { content }) => sum + content.length, sizes.get(shard) ?? 0),
        )
        return pieces
      },
      finish(failed) {
        const files = [...sizes].map(([path, size]): PlannedFile => ({ path, content: endTar(size) }))
        return { files, clips: taken.length - failed.size, choices: [], details: { shards: files.length } }
      },
    }
  },
}

const toJsonName = (name: string): string => `${name.slice(0, name.indexOf('.'))}.json`

function toJson(clip: ExportClip): Uint8Array {
  const duration = Number((clip.endSeconds - clip.startSeconds).toFixed(6))
  return new TextEncoder().encode(JSON.stringify({ duration, ...toClipRecord(clip, 0) }))
}
