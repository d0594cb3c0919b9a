/**
 * Label Studio's JSON export (labelstud.io, “Audio” and “Import pre-annotated data”): tasks with their annotations and
 * predictions. Regions are items of type `labels` (earlier `audioregions` or `region`); a text of a region is another item
 * with the same id; choices without a region are of the whole clip. JSON_MIN, which has the regions only, is read too.
 */
import { AppError } from '../../shared/errors'
import type { ClipDraft } from '../../shared/job/worker-event'
import { fromAnnotationRecord, fromClipRecord } from '../own-record'
import { AnnotatedRecordings, type AnnotatedRecording } from './annotated-recordings'
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
import { shorten } from './quote'
import { readEach } from './read-each'
import { isExportReport, isHidden, isSoundFile } from './sound-file'

const isJson = (path: string): boolean => /\.json$/i.test(path) && !isHidden(path) && !isExportReport(path)

/** The sound's path in a task, without what a server put around it. */
function pathOf(text: string): string {
  const local = /\/data\/local-files\/\?d=([^&]+)/.exec(text)
  if (local) return decodePath(local[1]!)
  const path = decodePath(text.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').split(/[?#]/, 1)[0]!)
  // An uploaded file gets eight hexadecimal digits before its name.
  return /\/data\/upload\//.test(path) ? path.replace(/^.*\/(?:[0-9a-f]{8}-)?/, '') : path
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function soundOf(data: JsonObject): string {
  const texts = Object.entries(data).flatMap(([name, value]) => (typeof value === 'string' ? [{ name, value }] : []))
  const own = texts.find(({ name }) => name === 'audio') ?? texts.find(({ value }) => isSoundFile(pathOf(value)))
  return own ? pathOf(own.value) : ''
}

const labelKinds = new Set(['labels', 'audioregions', 'region', 'timeserieslabels'])

interface Made {
  author: string | null
  tier: string
  score: number | null
}

class TaskReader {
  constructor(
    private readonly gathered: AnnotatedRecordings,
    private readonly recording: AnnotatedRecording,
    private readonly clip: ClipDraft,
    private readonly at: { file: string; row: number | null },
  ) {}

  readResults(results: readonly JsonObject[], made: Made): void {
    const isRegion = (item: JsonObject): boolean => 'start' in objectOf(item['value'])
    const notes = new Map<string, string[]>()
    for (const item of results) {
      const value = objectOf(item['value'])
      const kind = textOf(item['type'])
      const isOfClip = !isRegion(item)
      if (kind === 'textarea') {
        const key = textOf(item['id'])
        notes.set(key, [...(notes.get(key) ?? []), ...textsOf(value['text'])])
      } else if (kind === 'choices' && isOfClip)
        for (const text of textsOf(value['choices']))
          this.gathered.addLabel(this.clip, text, item['from_name'] === 'clip_absent' ? 'absent' : 'present')
    }
    const regions = new Set<string>()
    for (const item of results) {
      const kind = textOf(item['type'])
      if (!labelKinds.has(kind) || !isRegion(item)) continue
      const value = objectOf(item['value'])
      const id = textOf(item['id'])
      regions.add(id)
      this.recording.seconds ??= numberOrNull(item['original_length'])
      this.addRegion(value, textsOf(value['labels'] ?? value[kind]), id, item['meta'], notes.get(id) ?? [], {
        ...made,
        score: numberOrNull(item['score']) ?? made.score,
      })
    }
    const own = [...notes].filter(([id]) => !regions.has(id)).flatMap(([, texts]) => texts)
    if (own.length > 0) this.clip.note = [this.clip.note ?? '', ...own].filter((text) => text !== '').join('\n')
  }

  addRegion(value: JsonObject, names: string[], id: string, meta: unknown, notes: string[], made: Made): void {
    const { segment, absent } = fromAnnotationRecord(
      objectOf(meta)['earmark'],
      (reason) => void this.gathered.issues.push({ ...this.at, reason }),
    )
    const texts = [...notes, ...textsOf(objectOf(meta)['text'])]
    const startSeconds = numberOf(value['start'])
    const endSeconds = numberOf(value['end'])
    const present = names.map((className) => ({ className, state: 'present' as const }))
    const own = { id, startSeconds, endSeconds, ...made, note: texts.join('\n'), ...segment }
    this.gathered.addSegment(this.clip, own, [...present, ...absent], this.at)
  }
}

function readTask(gathered: AnnotatedRecordings, task: JsonObject, path: string, number: number): void {
  const at = { file: path, row: null }
  const data = isObject(task['data']) ? task['data'] : task
  const sound = soundOf(data)
  if (sound === '') {
    gathered.issues.push({ ...at, reason: `task ${shorten(textOf(task['id']), 100) || number} names no sound` })
    return
  }
  const recording = gathered.named(sound, path, null)
  const told = fromClipRecord(data['earmark'])
  if (told) recording.clips.push(told)
  const clip = told ?? gathered.wholeClip(recording)
  const reader = new TaskReader(gathered, recording, clip, at)
  for (const annotation of objectsOf(task['annotations'] ?? task['completions'])) {
    if (annotation['was_cancelled'] === true) continue
    const by = annotation['completed_by']
    const author = textOf(objectOf(by)['email']) || (textOf(by) && `user ${textOf(by)}`) || null
    reader.readResults(objectsOf(annotation['result']), { author, tier: 'human', score: null })
  }
  for (const prediction of objectsOf(task['predictions'])) {
    const made = {
      author: textOf(prediction['model_version']) || null,
      tier: 'model',
      score: numberOrNull(prediction['score']),
    }
    reader.readResults(objectsOf(prediction['result']), made)
  }
  if (isObject(task['data'])) return
  // JSON_MIN: each control's regions stand under its name.
  for (const value of Object.values(task))
    for (const region of objectsOf(value))
      if ('start' in region && 'end' in region) {
        const names = textsOf(region['labels'])
        reader.addRegion(region, names, '', null, [], { author: null, tier: 'human', score: null })
      }
}

export const labelStudioImporter: Importer = {
  id: 'label-studio',
  name: 'Label Studio',
  description: 'Label Studio’s JSON or JSON_MIN export of audio tasks: regions, choices, texts and predictions.',

  detect(listing) {
    const files = listing.filter(isJson)
    if (files.length === 0) return null
    const audioFiles = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return { confidence: 0.1, audioFiles, summary: `Label Studio tasks in ${files.length} JSON files` }
  },

  content: {
    files: (listing) => listing.filter(isJson),
    recognises: (head) =>
      /^\s*\[/.test(head) &&
      (/"(annotations|completions|predictions)"\s*:/.test(head)
        ? /"data"\s*:/.test(head)
        : /"annotation_id"\s*:/.test(head)),
  },

  async read(folder) {
    const paths = folder.listing.filter(isJson)
    if (paths.length === 0) throw new AppError('unsupported-format', 'There is no JSON file.')
    const gathered = new AnnotatedRecordings(folder.listing)
    await readEach(folder, paths, gathered.issues, (text, path) => {
      const json = parseJson(text, path)
      const tasks = Array.isArray(json) ? json : isObject(json) && isObject(json['data']) ? [json] : []
      if (!tasks.some(isObject)) throw new AppError('bad-file', `${path} holds no Label Studio tasks.`)
      for (const [index, task] of tasks.entries())
        if (isObject(task)) readTask(gathered, task, path, index + 1)
        else gathered.issues.push({ file: path, row: null, reason: `entry ${index + 1} is no task` })
    })
    return gathered.finish()
  },
}
