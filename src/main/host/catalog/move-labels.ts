import type { ClipQuery } from '../../../shared/contract/clip-query'
import { eachPiece, insertFrom, type OnProgress, refuseWhileImporting, removeWhere } from './bulk-changes'
import { compileClipQuery } from './clip-query'
import { type Database, listParameter } from './database'
import type { Recorder } from './recorder'

/** Which labels become labels of another class: by class key, perhaps only on some clips. */
export interface LabelMove {
  /** From class key to class key. */
  classes: ReadonlyMap<number, number>
  /** On the clips that this finds; null: on every clip. */
  query: ClipQuery | null
}

export interface MoveCount {
  clips: number
  clipLabels: number
  segmentLabels: number
  joined: number
  conflicts: number
}

interface LabelTable {
  name: 'clip_labels' | 'annotation_labels' | 'clip_doubts' | 'annotation_doubts' | 'opinions'
  /** The columns beside class and state, and SQL that finds the clip of a row. */
  owner: string
  rest: string
  clip: string
  /** Of doubts: where the labels of the same things are kept. A label leaves no doubt of its class beside it. */
  labels?: 'clip_labels' | 'annotation_labels'
}

/** Labels before doubts. */
const labelTables: readonly LabelTable[] = [
  { name: 'clip_labels', owner: 'clip_key', rest: 'author, at', clip: 'clip_labels.clip_key' },
  {
    name: 'annotation_labels',
    owner: 'annotation_key',
    rest: 'author, at',
    clip: '(SELECT a.clip_key FROM annotations a WHERE a.key = annotation_labels.annotation_key)',
  },
  {
    name: 'clip_doubts',
    owner: 'clip_key',
    rest: 'author, at',
    clip: 'clip_doubts.clip_key',
    labels: 'clip_labels',
  },
  {
    name: 'annotation_doubts',
    owner: 'annotation_key',
    rest: 'author, at',
    clip: '(SELECT a.clip_key FROM annotations a WHERE a.key = annotation_doubts.annotation_key)',
    labels: 'annotation_labels',
  },
  { name: 'opinions', owner: 'clip_key, author, source', rest: 'at', clip: 'opinions.clip_key' },
]

/**
 * Counts what a move would change; nothing of the catalog is written.
 * Where labels of one clip or segment fall together, one stays, and present is kept before absent. Moves are made all
 * at once: two classes may change places. Author and time go with the judgement.
 */
export function countMove(database: Database, { classes, query }: LabelMove): MoveCount {
  const isLimited = query !== null
  if (isLimited) chooseClips(database, query)
  chooseClasses(database, classes)
  const [own, segments] = labelTables.map((table) => planTable(database, table, isLimited))
  const [ownClips, segmentClips] = labelTables.map(
    (table) => `SELECT ${table.clip} AS clip FROM ${table.name} WHERE ${findMoved(table, isLimited)}`,
  )
  const { clips } = database.get<{ clips: number }>(
    `SELECT count(DISTINCT clip) AS clips FROM (${ownClips} UNION ALL ${segmentClips})`,
  )!
  return {
    clips,
    clipLabels: own!.moved,
    segmentLabels: segments!.moved,
    joined: own!.joined + segments!.joined,
    conflicts: own!.conflicts + segments!.conflicts,
  }
}

/** How many labels a move takes up, and not more than asked for: without planning it. */
export function measureMove(database: Database, classKeys: readonly number[], most: number): number {
  const rows = labelTables.map(
    ({ name }) => `SELECT 1 FROM ${name} WHERE class_key IN (SELECT value FROM json_each(?))`,
  )
  const list = listParameter(classKeys)
  return database.get<{ count: number }>(
    `SELECT count(*) AS count FROM (${rows.join(' UNION ALL ')} LIMIT ?)`,
    ...labelTables.map(() => list),
    most,
  )!.count
}

/**
 * Moves labels as `countMove` counts them. A doubt goes where a label of its class comes, or stands already.
 * @param onProgress hears how many of the labels are done; may throw to end it
 * @throws AppError 'conflict' while an import adds to the catalog
 */
export function moveLabels(
  database: Database,
  recorder: Recorder,
  move: LabelMove,
  onProgress: OnProgress = () => undefined,
): MoveCount {
  refuseWhileImporting(database, 'labels can be moved')
  const count = countMove(database, move)
  const isLimited = move.query !== null
  const tables = labelTables.map((table) => ({
    ...table,
    rows: database.get<{ rows: number }>(`SELECT coalesce(max(rowid), 0) AS rows FROM temp.moved_${table.name}`)!.rows,
  }))
  const rowsOf = (wanted: string | undefined): number => tables.find(({ name }) => name === wanted)?.rows ?? 0
  const total = tables.reduce((sum, { rows, labels }) => sum + 2 * rows + rowsOf(labels), 0)
  let before = 0
  /** All of a table's rows go before the first comes, because two classes may change places. */
  const eachPass = (rows: number, work: (first: number, last: number) => void): void => {
    eachPiece(rows, work, (done) => onProgress(before + done, total))
    before += rows
  }
  for (const table of tables) {
    const { name, owner, rows, labels } = table
    const piece = `FROM temp.moved_${name} WHERE rowid BETWEEN ? AND ?`
    eachPass(rows, (first, last) => {
      // The plus keeps SQLite from beginning with all labels of the class.
      const moved = `WHERE (${owner}) IN (SELECT ${owner} ${piece}) AND +${findMoved(table, isLimited)}`
      removeWhere(database, recorder, name, moved, [first, last])
      const replaced = `WHERE (${owner}, class_key) IN (SELECT ${owner}, class_key ${piece} AND own_count > moved_count)`
      removeWhere(database, recorder, name, replaced, [first, last])
    })
    const isUnlabeled = labels
      ? ` AND NOT EXISTS (SELECT 1 FROM ${labels} l
        WHERE l.${owner} = moved_${name}.${owner} AND l.class_key = moved_${name}.class_key)`
      : ''
    eachPass(rows, (first, last) => {
      insertFrom(database, recorder, name, `(SELECT * ${piece}${isUnlabeled})`, [first, last])
    })
    if (labels)
      eachPass(rowsOf(labels), (first, last) => {
        const came = `SELECT ${owner}, class_key FROM temp.moved_${labels} WHERE rowid BETWEEN ? AND ?`
        removeWhere(database, recorder, name, `WHERE (${owner}, class_key) IN (${came})`, [first, last])
      })
  }
  return count
}

function chooseClasses(database: Database, classes: ReadonlyMap<number, number>): void {
  database.run('CREATE TEMP TABLE IF NOT EXISTS class_moves (from_key INTEGER PRIMARY KEY, to_key INTEGER NOT NULL)')
  database.run('DELETE FROM class_moves')
  database.run(
    'INSERT INTO class_moves SELECT value ->> 0, value ->> 1 FROM json_each(?)',
    JSON.stringify([...classes].filter(([from, to]) => from !== to)),
  )
}

function chooseClips(database: Database, query: ClipQuery): void {
  const { from, values } = compileClipQuery(query)
  database.run('CREATE TEMP TABLE IF NOT EXISTS move_clips (clip_key INTEGER PRIMARY KEY)')
  database.run('DELETE FROM move_clips')
  database.run(`INSERT OR IGNORE INTO move_clips SELECT c.key ${from}`, ...values)
}

/** The condition of rows that move. */
function findMoved({ name, clip }: LabelTable, isLimited: boolean): string {
  const limit = isLimited ? ` AND ${clip} IN (SELECT clip_key FROM move_clips)` : ''
  return `${name}.class_key IN (SELECT from_key FROM class_moves)${limit}`
}

/** Fills a temporary table with the rows that a move brings, as they will stand. */
function planTable(
  database: Database,
  table: LabelTable,
  isLimited: boolean,
): { moved: number; joined: number; conflicts: number } {
  const { name, owner, rest } = table
  const where = findMoved(table, isLimited)
  database.run(`DROP TABLE IF EXISTS temp.moved_${name}`)
  // With max() as the only one of its kind, SQLite takes the other columns from the row that has it.
  database.run(
    `CREATE TEMP TABLE moved_${name} AS
       SELECT ${owner}, class_key, max(state) AS state, ${rest}, count(*) AS own_count,
         sum(state) AS present_count, sum(is_moved) AS moved_count
       FROM (
         SELECT ${owner}, to_key AS class_key, state, ${rest}, 1 AS is_moved
           FROM ${name} JOIN class_moves ON from_key = ${name}.class_key WHERE ${where}
         UNION ALL
         SELECT ${owner}, class_key, state, ${rest}, 0
           FROM ${name} WHERE class_key IN (SELECT to_key FROM class_moves) AND NOT (${where}))
       GROUP BY ${owner}, class_key HAVING sum(is_moved) > 0`,
  )
  return database.get<{ moved: number; joined: number; conflicts: number }>(
    `SELECT (SELECT count(*) FROM ${name} WHERE ${where}) AS moved,
       (SELECT count(*) FROM moved_${name} WHERE own_count > 1) AS joined,
       (SELECT count(*) FROM moved_${name} WHERE present_count BETWEEN 1 AND own_count - 1) AS conflicts`,
  )!
}
