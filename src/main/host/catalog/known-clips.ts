/** What the catalog has of the recordings that a batch of an import names: read in a few queries, not row by row. */
import type { ClipDraft } from '../../../shared/job/worker-event'
import { type Database, listParameter } from './database'
import type { RowKey } from './journal-tables'
import { listSetByPeople, rowKeyText } from './set-by-people'

export interface KnownRecording {
  key: number
  path: string
  /** null where its length is not known. */
  seconds: number | null
  contentHash: string | null
  isMissing: number
}

export interface KnownClip {
  key: number
  id: string
  recordingKey: number
  start: number
  end: number
  fold: string | null
  split: string | null
  group_key: string | null
  /** Kept states (1 present, 0 absent) by the names of the judged classes. */
  labels: Map<string, number>
  metadata: Map<string, string>
}

/** What an import may change of a clip that is here, and what people call it. */
const placeColumns = { fold: 'fold', split: 'split', group_key: 'group' } as const
export type PlaceColumn = keyof typeof placeColumns

/** Where the dataset and the catalog differ in what a clip has. */
export interface Difference {
  /** The column of the clip; null where it is metadata. */
  column: PlaceColumn | null
  /** What people call it: the place, or the name of the metadata. */
  name: string
  own: string | null
  said: string
}

/** Where the dataset says another place or another value of metadata; what it does not say stays. */
export function listDifferences(draft: ClipDraft, own: KnownClip): Difference[] {
  const said = { fold: draft.fold, split: draft.split ?? null, group_key: draft.group }
  const places = (Object.keys(placeColumns) as PlaceColumn[]).flatMap((column) => {
    const value = said[column]
    const isOther = value !== null && value !== own[column]
    return isOther ? [{ column, name: placeColumns[column], own: own[column], said: value }] : []
  })
  const metadata = Object.entries(draft.source).flatMap(([name, value]) => {
    const before = own.metadata.get(name) ?? null
    return before === value ? [] : [{ column: null, name, own: before, said: value }]
  })
  return [...places, ...metadata]
}

/** The recordings of one root by path, with their clips, and what people set of them. */
export class KnownClips {
  readonly recordings: Map<string, KnownRecording>
  private readonly clips = new Map<number, KnownClip[]>()
  private setOfClips: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  private setOfLabels: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  private setOfMetadata: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  private classKeys: ReadonlyMap<string, number> = new Map()
  private nameKeys: ReadonlyMap<string, number> = new Map()

  /** @param rootKey null: the catalog does not have the folder */
  constructor(
    private readonly database: Database,
    rootKey: number | null,
    paths: readonly string[],
  ) {
    const rows =
      rootKey === null
        ? []
        : database.all<KnownRecording>(
            `SELECT key, path, duration_seconds AS seconds, content_hash AS contentHash, is_missing AS isMissing
               FROM recordings WHERE path IN (SELECT value FROM json_each(?)) AND root_key = ?`,
            listParameter(paths),
            rootKey,
          )
    this.recordings = new Map(rows.map((recording) => [recording.path, recording]))
    if (rows.length > 0) this.readClips()
  }

  add(clip: KnownClip): void {
    const siblings = this.clips.get(clip.recordingKey)
    if (siblings) siblings.push(clip)
    else this.clips.set(clip.recordingKey, [clip])
  }

  /**
   * The clip of a draft. One "to the end" stays the same clip when the file was replaced by a longer or shorter one.
   * @param oldSeconds how long the recording was before the import
   */
  find(
    recordingKey: number,
    draft: ClipDraft,
    span: { start: number; end: number },
    oldSeconds: number | null,
  ): KnownClip | undefined {
    const siblings = this.clips.get(recordingKey) ?? []
    const find = (end: number): KnownClip | undefined =>
      siblings.find((other) => other.start === span.start && other.end === end)
    return find(span.end) ?? (draft.endSeconds === null && oldSeconds !== null ? find(oldSeconds) : undefined)
  }

  /** Reads what people set of all that the dataset says otherwise; until then nothing is. */
  askPeople(pairs: readonly { draft: ClipDraft; own: KnownClip }[]): void {
    const { database } = this
    this.classKeys = readKeys(database, 'ontology_classes')
    this.nameKeys = readKeys(database, 'metadata_names')
    const [clips, labels, metadata]: RowKey[][] = [[], [], []]
    for (const { draft, own } of pairs) {
      for (const { column, name } of listDifferences(draft, own)) {
        if (column !== null) clips!.push([own.key])
        else if (this.nameKeys.has(name)) metadata!.push([own.key, this.nameKeys.get(name)!])
      }
      for (const { className } of draft.labels)
        if (!own.labels.has(className) && this.classKeys.has(className))
          labels!.push([own.key, this.classKeys.get(className)!])
    }
    this.setOfClips = listSetByPeople(database, 'clips', clips!)
    this.setOfLabels = listSetByPeople(database, 'clip_labels', labels!)
    this.setOfMetadata = listSetByPeople(database, 'clip_metadata', metadata!)
  }

  isSetByPeople(own: KnownClip, { column, name }: Pick<Difference, 'column' | 'name'>): boolean {
    if (column !== null) return this.setOfClips.get(rowKeyText([own.key]))?.has(column) ?? false
    return this.setOfMetadata.get(rowKeyText([own.key, this.nameKeys.get(name) ?? -1]))?.has('value') ?? false
  }

  /** Whether a person set this class of the clip to unknown, which leaves no row. */
  isJudged(own: KnownClip, className: string): boolean {
    return this.setOfLabels.get(rowKeyText([own.key, this.classKeys.get(className) ?? -1]))?.has('state') ?? false
  }

  private readClips(): void {
    const { database } = this
    const byKey = new Map<number, KnownClip>()
    const rows = database.all<Omit<KnownClip, 'labels' | 'metadata'>>(
      `SELECT key, id, recording_key AS recordingKey, start_seconds AS start, end_seconds AS "end", fold, split, group_key
         FROM clips WHERE recording_key IN (SELECT value FROM json_each(?)) ORDER BY key`,
      listParameter([...this.recordings.values()].map(({ key }) => key)),
    )
    for (const row of rows) {
      const clip = { ...row, labels: new Map<string, number>(), metadata: new Map<string, string>() }
      byKey.set(row.key, clip)
      this.add(clip)
    }
    const keys = listParameter([...byKey.keys()])
    const labels = database.all<{ clip: number; name: string; state: number }>(
      `SELECT l.clip_key AS clip, k.name, l.state FROM clip_labels l JOIN ontology_classes k ON k.key = l.class_key
         WHERE l.clip_key IN (SELECT value FROM json_each(?))`,
      keys,
    )
    for (const { clip, name, state } of labels) byKey.get(clip)!.labels.set(name, state)
    const metadata = database.all<{ clip: number; name: string; value: string }>(
      `SELECT m.clip_key AS clip, n.name, m.value FROM clip_metadata m JOIN metadata_names n ON n.key = m.name_key
         WHERE m.clip_key IN (SELECT value FROM json_each(?))`,
      keys,
    )
    for (const { clip, name, value } of metadata) byKey.get(clip)!.metadata.set(name, value)
  }
}

function readKeys(database: Database, table: 'ontology_classes' | 'metadata_names'): Map<string, number> {
  const rows = database.all<{ name: string; key: number }>(`SELECT name, key FROM ${table}`)
  return new Map(rows.map(({ name, key }) => [name, key]))
}
