/**
 * JAMS (Humphrey et al., ISMIR 2014; marl/jams, schema 0.3): one JSON for each recording, its annotations by namespace.
 * Every observation with a text, or an object with a label, as value is a segment; tags over the whole recording are its
 * labels.
 */
import { AppError } from '../../shared/errors'
import { fromAnnotationRecord, fromClipRecord } from '../own-record'
import { AnnotatedRecordings } from './annotated-recordings'
import type { Importer } from './import-plan'
import {
  isObject,
  numberOf,
  numberOrNull,
  objectOf,
  objectsOf,
  parseJson,
  textOf,
  textsOf,
  type JsonObject,
} from './json-value'
import { readEach } from './read-each'
import { fileNameOf, isHidden, isSoundFile } from './sound-file'
import { stemOf } from './sound-finder'

const isJams = (path: string): boolean => /\.jams$/i.test(path) && !isHidden(path)

/** Observations as a list; older files and dense namespaces have a list for each of their columns. */
function observationsOf(data: unknown): JsonObject[] {
  if (Array.isArray(data)) return objectsOf(data)
  const columns = objectOf(data)
  const column = (name: string): unknown[] => (Array.isArray(columns[name]) ? (columns[name] as unknown[]) : [])
  const [time, duration, value, confidence] = ['time', 'duration', 'value', 'confidence'].map(column)
  return time!.map((start, index) => ({
    time: start,
    duration: duration![index],
    value: value![index],
    confidence: confidence![index],
  }))
}

function labelOf(value: unknown): string {
  return textOf(isObject(value) ? value['label'] : value)
}

function readFile(gathered: AnnotatedRecordings, json: JsonObject, path: string): void {
  const at = { file: path, row: null }
  const ours = objectOf(objectOf(json['sandbox'])['earmark'])
  const named = textOf(ours['path'])
  const recording = named === '' ? gathered.beside(path, stemOf(fileNameOf(path))) : gathered.named(named, path, null)
  const seconds = numberOrNull(objectOf(json['file_metadata'])['duration'])
  recording.seconds ??= seconds
  const clips = objectsOf(ours['clips']).map((record) => {
    const clip = fromClipRecord(record)
    if (clip) recording.clips.push(clip)
    for (const text of clip ? textsOf(record['absent']) : []) gathered.addLabel(clip!, text, 'absent')
    return clip
  })
  const clipAt = (index: number | null): ReturnType<AnnotatedRecordings['wholeClip']> =>
    (index === null ? undefined : clips[index]) ?? gathered.wholeClip(recording)
  let passedOver = 0
  for (const annotation of objectsOf(json['annotations'])) {
    const namespace = textOf(annotation['namespace'])
    const own = objectOf(objectOf(annotation['sandbox'])['earmark'])
    const clip = clipAt(numberOrNull(own['clip']))
    const curator = objectOf(objectOf(annotation['annotation_metadata'])['curator'])
    const records = Array.isArray(own['observations']) ? (own['observations'] as unknown[]) : []
    for (const [index, { time, duration, value, confidence }] of observationsOf(annotation['data']).entries()) {
      const className = labelOf(value)
      const start = numberOf(time)
      const length = numberOf(duration)
      const isWhole = start <= 0 && (length === 0 || (seconds !== null && length >= seconds - 0.001))
      const isOfClip = own['of'] === 'clip' || (own['of'] === undefined && namespace.startsWith('tag') && isWhole)
      if (className === '' && own['of'] === undefined) passedOver++
      else if (isOfClip) gathered.addLabel(clip, className, 'present')
      else {
        const record = objectOf(records[index])
        const { segment, absent } = fromAnnotationRecord(
          record,
          (reason) => void gathered.issues.push({ ...at, reason }),
        )
        // Values of models are rarely from 0 to 1 in other namespaces than these.
        const score = namespace.startsWith('segment') || namespace.startsWith('tag') ? numberOrNull(confidence) : null
        gathered.addSegment(
          clip,
          {
            id: textOf(record['id']),
            startSeconds: start,
            endSeconds: Number((start + length).toFixed(9)),
            author: textOf(curator['name']) || textOf(curator['email']) || null,
            score: records.length > 0 ? null : score,
            ...segment,
          },
          [...(className === '' ? [] : [{ className, state: 'present' as const }]), ...absent],
          at,
        )
      }
    }
  }
  if (passedOver > 0)
    gathered.issues.push({
      ...at,
      kind: 'note',
      reason: `note: ${passedOver} observations have no label and were passed over`,
    })
}

export const jamsImporter: Importer = {
  id: 'jams',
  name: 'JAMS',
  description: 'One .jams beside each recording: labeled segments of any namespace, tags of the whole. Scaper’s too.',

  detect(listing) {
    const files = listing.filter(isJams)
    if (files.length === 0) return null
    const audioFiles = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return { confidence: 0.9, audioFiles, summary: `${files.length} JAMS files and ${audioFiles} sound files` }
  },

  async read(folder) {
    const paths = folder.listing.filter(isJams)
    if (paths.length === 0) throw new AppError('unsupported-format', 'No file is called ….jams.')
    const gathered = new AnnotatedRecordings(folder.listing)
    await readEach(folder, paths, gathered.issues, (text, path) => {
      const json = parseJson(text, path)
      if (!isObject(json) || !Array.isArray(json['annotations']))
        throw new AppError('bad-file', `${path} is no JAMS: it has no annotations.`)
      readFile(gathered, json, path)
    })
    return gathered.finish()
  },
}
