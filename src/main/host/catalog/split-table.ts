import { type ClipQuery, datasetParts } from '../../../shared/contract/clip-query'
import { compileClipQuery } from './clip-query'
import type { Database } from './database'

/** Hears how many of how many clips are read; what it throws ends the reading. */
export type OnRead = (done: number, total: number) => void

/** Texts that occur again and again, by numbers; −1 is none. */
class Dictionary {
  readonly texts: string[] = []
  private readonly places = new Map<string, number>()

  place(text: string | null): number {
    if (text === null) return -1
    let place = this.places.get(text)
    if (place === undefined) {
      place = this.texts.push(text) - 1
      this.places.set(text, place)
    }
    return place
  }
}

/** A column of texts: of each clip the position in `texts`, −1 where it has none. */
export interface TextColumn {
  places: Int32Array
  texts: readonly string[]
}

/** The clips of a query as a split sees them, in columns: of two million clips some 300 MB, most of it their paths. */
export interface SplitTable {
  size: number
  keys: Int32Array
  /** Clips of one path and content have one file, in whatever folder it lies: "file <content> <path>". */
  files: TextColumn
  hashes: TextColumn
  groups: TextColumn
  folds: TextColumn
  /** Positions in `datasetParts`, −1 where a clip is in no part. */
  splits: Int8Array
  seconds: Float64Array
  /** Keys of its present classes: those of clip i are `classes[classFrom[i]]` up to before `classes[classFrom[i + 1]]`. */
  classFrom: Int32Array
  classes: Int32Array
  /** Metadata asked for, in that order. */
  values: TextColumn[]
}

interface Row {
  key: number
  path: string
  file: string
  hash: string | null
  seconds: number
  fold: string | null
  split: (typeof datasetParts)[number] | null
  grp: string | null
}

const toldRows = 10_000

/** @param metadata names whose values are wanted */
export function readSplitTable(
  database: Database,
  query: ClipQuery,
  metadata: readonly string[],
  onRead: OnRead,
): SplitTable {
  // By path, so that the clips of one file come together.
  const { counted, listed, from, values } = compileClipQuery({ ...query, order: 'path' })
  const size = database.get<{ size: number }>(`SELECT count(*) AS size ${counted}`, ...values)!.size
  const column = (): Int32Array => new Int32Array(size)
  const [hashes, groups, folds] = [new Dictionary(), new Dictionary(), new Dictionary()]
  const files = new FileColumn(size)
  const table = {
    keys: column(),
    hashes: { places: column(), texts: hashes.texts },
    groups: { places: column(), texts: groups.texts },
    folds: { places: column(), texts: folds.texts },
    splits: new Int8Array(size),
    seconds: new Float64Array(size),
  }
  const rows = database.iterate<Row>(
    // The file is named by SQL: a text that JavaScript joins would keep its parts in memory.
    `SELECT c.key, r.path, 'file ' || coalesce(r.content_hash, '') || ' ' || r.path AS file, r.content_hash AS hash, c.end_seconds - c.start_seconds AS seconds, c.fold, c.split,
       c.group_key AS grp ${listed}`,
    ...values,
  )
  let at = 0
  for (const row of rows) {
    table.keys[at] = row.key
    files.set(at, row.path, row.file)
    table.hashes.places[at] = hashes.place(row.hash)
    table.groups.places[at] = groups.place(row.grp)
    table.folds.places[at] = folds.place(row.fold)
    table.splits[at] = row.split === null ? -1 : datasetParts.indexOf(row.split)
    table.seconds[at] = row.seconds
    if (++at % toldRows === 0) onRead(at, size)
  }
  const places = placesByKey(table.keys)
  const { all } = database.get<{ all: number }>('SELECT count(*) AS "all" FROM clips')!
  const chosen = all === size ? { sql: '', values: [] } : { sql: `AND l.clip_key IN (SELECT c.key ${from})`, values }
  return {
    size,
    ...table,
    files: { places: files.places, texts: files.texts },
    ...readClasses(database, size, places, chosen),
    values: metadata.map((name) => readValues(database, name, size, places)),
  }
}

/** Names files as they come, by path. */
class FileColumn {
  readonly texts: string[] = []
  readonly places: Int32Array
  private path: string | null = null
  /** The files of the present path. */
  private readonly own = new Map<string, number>()

  constructor(size: number) {
    this.places = new Int32Array(size)
  }

  set(at: number, path: string, file: string): void {
    if (path !== this.path) {
      this.path = path
      this.own.clear()
    }
    let place = this.own.get(file)
    if (place === undefined) {
      place = this.texts.push(file) - 1
      this.own.set(file, place)
    }
    this.places[at] = place
  }
}

/** Of each key its place among the clips, −1 for others. */
function placesByKey(keys: Int32Array): Int32Array {
  const places = new Int32Array(1 + keys.reduce((most, key) => Math.max(most, key), 0)).fill(-1)
  keys.forEach((key, at) => (places[key] = at))
  return places
}

function readClasses(
  database: Database,
  size: number,
  places: Int32Array,
  chosen: { sql: string; values: Parameters<Database['all']>[1][] },
): Pick<SplitTable, 'classFrom' | 'classes'> {
  // Two walks of an index: the first says how many classes each clip has, and where the second puts them.
  const walk = (visit: (at: number, classKey: number) => void): void => {
    const labels = database.iterate<{ clip: number; class: number }>(
      `SELECT l.clip_key AS clip, l.class_key AS class FROM clip_labels l
         WHERE l.state = 1 ${chosen.sql} ORDER BY l.clip_key, l.class_key`,
      ...chosen.values,
    )
    for (const label of labels) visit(places[label.clip]!, label.class)
  }
  const classFrom = new Int32Array(size + 1)
  walk((at) => classFrom[at + 1]!++)
  for (let at = 0; at < size; at++) classFrom[at + 1]! += classFrom[at]!
  const classes = new Int32Array(classFrom[size]!)
  const next = classFrom.slice()
  walk((at, classKey) => (classes[next[at]!++] = classKey))
  return { classFrom, classes }
}

function readValues(database: Database, name: string, size: number, places: Int32Array): TextColumn {
  const dictionary = new Dictionary()
  const column = new Int32Array(size).fill(-1)
  const rows = database.iterate<{ clip: number; value: string }>(
    `SELECT m.clip_key AS clip, m.value FROM clip_metadata m
       WHERE m.name_key = (SELECT key FROM metadata_names WHERE name = ?)`,
    name,
  )
  for (const { clip, value } of rows) {
    const at = places[clip] ?? -1
    if (at >= 0) column[at] = dictionary.place(value)
  }
  return { places: column, texts: dictionary.texts }
}

/** The clips of a table for which `isKept` holds; the texts stay what they are. */
export function keepClips(table: SplitTable, isKept: (at: number) => boolean): SplitTable {
  const kept = Int32Array.from({ length: table.size }, (_, at) => at).filter(isKept)
  if (kept.length === table.size) return table
  const pick = ({ places, texts }: TextColumn): TextColumn => ({ places: kept.map((at) => places[at]!), texts })
  const classFrom = new Int32Array(kept.length + 1)
  kept.forEach((at, index) => {
    classFrom[index + 1] = classFrom[index]! + table.classFrom[at + 1]! - table.classFrom[at]!
  })
  const classes = new Int32Array(classFrom[kept.length]!)
  kept.forEach((at, index) => {
    classes.set(table.classes.subarray(table.classFrom[at], table.classFrom[at + 1]), classFrom[index])
  })
  return {
    size: kept.length,
    keys: kept.map((at) => table.keys[at]!),
    files: pick(table.files),
    hashes: pick(table.hashes),
    groups: pick(table.groups),
    folds: pick(table.folds),
    splits: Int8Array.from(kept, (at) => table.splits[at]!),
    seconds: Float64Array.from(kept, (at) => table.seconds[at]!),
    classFrom,
    classes,
    values: table.values.map(pick),
  }
}
