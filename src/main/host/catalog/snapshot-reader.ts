import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { AppError } from '../../../shared/errors'
import { type Database, listParameter } from './database'

/** A judged class: id of the class, 1 present or 0 absent, author. */
export type LabelLine = [classId: string, state: number, author: string]

export type SegmentLine = [
  id: string,
  startSeconds: number,
  endSeconds: number,
  lowHz: number | null,
  highHz: number | null,
  tier: string,
  author: string,
  score: number | null,
  note: string,
  labels: LabelLine[],
]

/** A clip as a snapshot has it, in canonical order: the same clip is always the same line of JSON. */
export type ClipLine = [
  id: string,
  recording: string,
  contentHash: string | null,
  startSeconds: number,
  endSeconds: number,
  fold: string | null,
  split: string | null,
  group: string | null,
  status: string,
  isFullyAnnotated: number,
  note: string,
  labels: LabelLine[],
  segments: SegmentLine[],
  /** Names with their values, licence and attribution among them, in the order of names; from layout 2. */
  metadata: [name: string, value: string][],
]

export type ClassLine = [id: string, name: string, code: number | null, mid: string | null]

export interface SnapshotManifest {
  /** 1 holds no metadata. */
  layout: 1 | 2
  /** Hash of the classes' chunk. */
  ontology: string
  /** Content hash of the version of the ontology: parents, synonyms and all. */
  ontologyVersion: string
  clips: number
  labels: number
  segments: number
  /** Values of metadata; not in layout 1. */
  metadata?: number
  /** Hashes of the clips' chunks, in the order of their ids. */
  chunks: string[]
}

/** What was read: the manifest, and the texts that the catalog does not hold yet, deflated, by hash. */
export interface SnapshotReading {
  manifest: SnapshotManifest
  contentHash: string
  fresh: Map<string, Buffer>
}

const pageClips = 2000

/**
 * Where a chunk ends depends on the id of its last clip alone (one of 256 ends one), so that clips that come or go
 * change the chunk they are in and no other.
 */
const endsChunk = (id: string): boolean => id.endsWith('00')

export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Reads all that a snapshot holds, in one transaction, a page of clips at a time.
 * @throws AppError 'conflict' while an import is adding: what it adds may be taken back
 */
export function readForSnapshot(
  database: Database,
  ontologyVersion: string,
  onRead?: (done: number, total: number) => void,
): SnapshotReading {
  return database.sqlite.transaction(() => readAll(database, ontologyVersion, onRead)).deferred()
}

function readAll(
  database: Database,
  ontologyVersion: string,
  onRead: (done: number, total: number) => void = () => undefined,
): SnapshotReading {
  if (database.get(`SELECT 1 FROM journal WHERE state = 'open'`))
    throw new AppError('conflict', 'An import is running; a snapshot can be made when it is done.', {
      hint: 'Wait for the import, or cancel it.',
    })
  const fresh = new Map<string, Buffer>()
  const keep = (text: string): string => {
    const hash = hashText(text)
    if (!fresh.has(hash) && !database.get('SELECT 1 FROM snapshot_chunks WHERE hash = ?', hash))
      fresh.set(hash, deflateRawSync(text))
    return hash
  }
  const classes = database.all<{ key: number; id: string; name: string; code: number | null; mid: string | null }>(
    'SELECT key, id, name, code, mid FROM ontology_classes ORDER BY id',
  )
  const ontology = classes.map(({ id, name, code, mid }): ClassLine => [id, name, code, mid])
  const manifest: SnapshotManifest = {
    layout: 2,
    ontology: keep(JSON.stringify(ontology)),
    ontologyVersion,
    clips: 0,
    labels: 0,
    segments: 0,
    metadata: 0,
    chunks: [],
  }
  const classIds = new Map(classes.map(({ key, id }) => [key, id]))
  const { total } = database.get<{ total: number }>('SELECT count(*) AS total FROM clips')!
  let lines: string[] = []
  const endChunk = (): void => {
    if (lines.length > 0) manifest.chunks.push(keep(lines.join('\n')))
    lines = []
  }
  for (const clip of eachClip(database, classIds)) {
    lines.push(JSON.stringify(clip))
    manifest.clips++
    manifest.labels += clip[11].length + clip[12].reduce((sum, segment) => sum + segment[9].length, 0)
    manifest.segments += clip[12].length
    manifest.metadata! += clip[13].length
    if (endsChunk(clip[0])) endChunk()
    if (manifest.clips % pageClips === 0) onRead(manifest.clips, total)
  }
  endChunk()
  return { manifest, contentHash: keep(JSON.stringify(manifest)), fresh }
}

type OwnedLabel = { owner: number; classKey: number; state: number; author: string }

function* eachClip(database: Database, classIds: Map<number, string>): Generator<ClipLine> {
  let last = ''
  for (;;) {
    const clips = database.all<Record<string, never> & { key: number; id: string }>(
      `SELECT c.key, c.id, r.path, r.content_hash, c.start_seconds, c.end_seconds, c.fold, c.split, c.group_key, c.status,
         c.is_fully_annotated, c.note
       FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE c.id > ? ORDER BY c.id LIMIT ${pageClips}`,
      last,
    )
    if (clips.length === 0) return
    const keys = listParameter(clips.map(({ key }) => key))
    const labels = gather(
      database.all<OwnedLabel>(
        `SELECT clip_key AS owner, class_key AS classKey, state, author FROM clip_labels
           WHERE clip_key IN (SELECT value FROM json_each(?))`,
        keys,
      ),
      classIds,
    )
    const segmentLabels = gather(
      database.all<OwnedLabel>(
        `SELECT annotation_key AS owner, class_key AS classKey, state, author FROM annotation_labels
           WHERE annotation_key IN (SELECT key FROM annotations WHERE clip_key IN (SELECT value FROM json_each(?)))`,
        keys,
      ),
      classIds,
    )
    const segments = new Map<number, SegmentLine[]>()
    const rows = database.all<Record<string, never> & { key: number; clip_key: number }>(
      `SELECT key, clip_key, id, start_seconds, end_seconds, low_hz, high_hz, tier, author, score, note FROM annotations
         WHERE clip_key IN (SELECT value FROM json_each(?)) ORDER BY id`,
      keys,
    )
    for (const { key, clip_key: clipKey, ...row } of rows) {
      const line = [...Object.values(row), segmentLabels.get(key) ?? []] as unknown as SegmentLine
      segments.set(clipKey, [...(segments.get(clipKey) ?? []), line])
    }
    const metadata = new Map<number, [string, string][]>()
    for (const { clipKey, name, value } of database.all<{ clipKey: number; name: string; value: string }>(
      `SELECT m.clip_key AS clipKey, n.name, m.value FROM clip_metadata m JOIN metadata_names n ON n.key = m.name_key
         WHERE m.clip_key IN (SELECT value FROM json_each(?)) ORDER BY n.name`,
      keys,
    ))
      metadata.set(clipKey, [...(metadata.get(clipKey) ?? []), [name, value]])
    for (const { key, ...row } of clips)
      yield [
        ...Object.values(row),
        labels.get(key) ?? [],
        segments.get(key) ?? [],
        metadata.get(key) ?? [],
      ] as unknown as ClipLine
    last = clips.at(-1)!.id
  }
}

/** Labels by their owner, in the order of the ids of classes. */
function gather(rows: OwnedLabel[], classIds: Map<number, string>): Map<number, LabelLine[]> {
  const lists = new Map<number, LabelLine[]>()
  for (const { owner, classKey, state, author } of rows) {
    const line: LabelLine = [classIds.get(classKey)!, state, author]
    const list = lists.get(owner)
    if (list) list.push(line)
    else lists.set(owner, [line])
  }
  for (const list of lists.values()) list.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  return lists
}

/** A stored text. @throws AppError 'catalog-damaged' when it is not there or not what its hash says */
export function readChunk(database: Database, hash: string): string {
  const row = database.get<{ data: Uint8Array }>('SELECT data FROM snapshot_chunks WHERE hash = ?', hash)
  const damaged = (why: string): AppError =>
    new AppError('catalog-damaged', `A part of a snapshot ${why} (${hash.slice(0, 12)}…).`, {
      hint: 'Restore a backup; the catalog itself is not concerned.',
    })
  if (!row) throw damaged('is not there')
  let text: string
  try {
    text = inflateRawSync(row.data).toString('utf8')
  } catch (cause) {
    throw new AppError('catalog-damaged', damaged('cannot be read').message, { cause })
  }
  if (hashText(text) !== hash) throw damaged('is not what it was')
  return text
}

/** @throws AppError 'catalog-damaged' */
export function readManifest(database: Database, contentHash: string): SnapshotManifest {
  return JSON.parse(readChunk(database, contentHash)) as SnapshotManifest
}
