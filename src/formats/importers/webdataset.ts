/**
 * WebDataset (github.com/webdataset/webdataset): tar shards in which files of one key, the name before its first dot,
 * are one sample: sound, `json` with its fields, `cls` or `txt` with its class. Sound that has been unpacked beside the
 * shards is taken; else the recording is known by its name in the shard.
 */
import { AppError } from '../../shared/errors'
import { noSound } from '../../shared/job/named-drafts'
import type { ClipDraft, ImportIssue, PlannedRecording, RecordingDraft } from '../../shared/job/worker-event'
import { classesOfDrafts, fromClipRecord } from '../clip-record'
import { readTar, type TarEntry } from '../containers/tar'
import type { DatasetFolder, Importer } from './import-plan'
import { readJsonObject } from './json-value'
import { fileNameOf, isHidden, isSoundFile, toNamedPath } from './sound-file'

const own = new Set(['duration'])
const maxJsonBytes = 10_000_000
const shardsOf = (listing: readonly string[]): string[] =>
  listing.filter((path) => /\.tar$/i.test(path) && !isHidden(path))

interface Sample {
  sound: TarEntry | null
  fields: Record<string, unknown>
}

/** The key ends at the first dot of the file's own name. */
function splitName(path: string): { key: string; extension: string } {
  const name = fileNameOf(path)
  const dot = name.indexOf('.')
  const folder = path.slice(0, path.length - name.length)
  return dot < 0
    ? { key: path, extension: '' }
    : { key: folder + name.slice(0, dot), extension: name.slice(dot + 1).toLowerCase() }
}

function groupSamples(
  entries: readonly TarEntry[],
  complain: (path: string, reason: string) => void,
): Map<string, Sample> {
  const samples = new Map<string, Sample>()
  for (const entry of entries) {
    const { key, extension } = splitName(entry.path)
    const sample = samples.get(key) ?? { sound: null, fields: {} }
    samples.set(key, sample)
    if (isSoundFile(`x.${extension}`)) {
      if (sample.sound) complain(entry.path, `a second sound of the key ${key}: it was left`)
      else sample.sound = entry
    } else if (extension === 'json') {
      const { value, reason } =
        entry.bytes.length > maxJsonBytes
          ? { value: null, reason: `${entry.bytes.length} bytes of JSON` }
          : readJsonObject(new TextDecoder().decode(entry.bytes))
      if (reason === null) sample.fields = { ...sample.fields, ...value }
      else complain(entry.path, `${reason}: it was left`)
    } else if (extension === 'cls' || extension === 'txt') {
      const text = new TextDecoder().decode(entry.bytes.subarray(0, 10_000)).trim()
      sample.fields = extension === 'cls' ? { label: text, ...sample.fields } : { text, ...sample.fields }
    }
  }
  return samples
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const shards = shardsOf(folder.listing)
  if (shards.length === 0) throw new AppError('unsupported-format', 'There are no .tar files.')
  const listing = new Set(folder.listing)
  const issues: ImportIssue[] = []
  const recordings: PlannedRecording[] = []
  const withoutSound: RecordingDraft[] = []
  const clips: ClipDraft[] = []
  const taken = new Set<string>()
  for (const shard of shards) {
    const { entries, refused } = readTar(await folder.readBytes(shard))
    const complain = (path: string, reason: string): void =>
      void issues.push({ file: `${shard}/${path}`, row: null, reason })
    for (const { path, reason } of refused) complain(path, reason)
    for (const [key, { sound, fields }] of groupSamples(entries, complain)) {
      if (!sound) {
        complain(key, 'no sound of this key: it was left')
        continue
      }
      const path = `${shard}/${sound.path}`
      const unpacked = [`${shard.replace(/\.tar$/i, '')}/${sound.path}`, sound.path].find((place) => listing.has(place))
      const name = unpacked ?? path
      if (taken.has(name)) {
        complain(sound.path, 'this name stands twice: it was left')
        continue
      }
      if (toNamedPath(path) !== path) {
        complain(key, 'its name is no path: it was left')
        continue
      }
      const duration = fields['duration']
      const endSeconds = typeof duration === 'number' && duration > 0 && Number.isFinite(duration) ? duration : null
      if (unpacked === undefined && endSeconds === null) {
        complain(sound.path, 'its length is not told: unpack the shards beside themselves, then import again')
        continue
      }
      taken.add(name)
      const span = { startSeconds: 0, endSeconds: unpacked === undefined ? endSeconds : null }
      const clip = fromClipRecord(fields, span, own, (reason) => complain(sound.path, reason))
      clips.push(clip)
      if (unpacked === undefined) withoutSound.push({ path, ...noSound, clips: [clip] })
      else recordings.push({ path: unpacked, row: null, clips: [clip] })
    }
  }
  if (withoutSound.length > 0) {
    const reason = `note: the sound of ${withoutSound.length} samples stays in the shards; unpack each into a folder of its name to hear it`
    issues.push({ file: 'all shards', row: null, reason })
  }
  return { classes: classesOfDrafts(clips), recordings, withoutSound, issues, skipped: 0 }
}

export const webdatasetImporter: Importer = {
  id: 'webdataset',
  name: 'WebDataset',
  description: 'Tar shards with sound, JSON and classes under one key; unpacked beside them, the sound can be heard.',
  detect(listing) {
    const shards = shardsOf(listing)
    if (shards.length === 0) return null
    const sounds = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return { confidence: 0.8, audioFiles: sounds, summary: `${shards.length} tar shards` }
  },
  read,
}
