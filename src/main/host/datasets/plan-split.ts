import { type DatasetPart, datasetParts } from '../../../shared/contract/clip-query'
import type { SplitPlan, SplitPreview } from '../../../shared/contract/splits'
import { splitByGroups } from '../../../shared/datasets/grouped-split'
import { GroupUnion } from '../../../shared/datasets/unite-groups'
import { AppError } from '../../../shared/errors'
import { ClipSet } from '../catalog/clip-set'
import type { Database } from '../catalog/database'
import { countNoun, requireClip } from '../catalog/labels'
import type { Recorder } from '../catalog/recorder'
import { listSoundMatches } from '../catalog/split-clips'
import { readLock, refuseLocked } from '../catalog/split-lock'
import { keepClips, readSplitTable, type SplitTable, type TextColumn } from '../catalog/split-table'

interface Planned {
  column: 'split' | 'fold'
  preview: SplitPreview
  names: string[]
  keys: Int32Array
  /** Of each key the position of its new part, −1 where it stays as it is. */
  parts: Int32Array
}

/** Hears how far it is; what it throws ends the work, of which nothing stays. */
type OnDone = (done: number, total: number) => void

/** What a plan would do. @throws AppError 'invalid-argument' for a plan without clips or shares */
export function previewSplit(database: Database, plan: SplitPlan, onDone: OnDone = () => undefined): SplitPreview {
  return planSplit(database, plan, onDone).preview
}

/** Does it, as one edit. @throws AppError 'invalid-argument', 'conflict' */
export function makeSplit(
  database: Database,
  recorder: Recorder,
  plan: SplitPlan,
  onDone: OnDone = () => undefined,
): { title: string } {
  // Half of the time goes into the reading, half into the writing.
  const { column, preview, ...planned } = planSplit(database, plan, (done, total) => onDone(done, 2 * total))
  fillWanted(database, column, planned)
  const changed = recorder.updateAll('clips', [column], 'wanted_parts', (done, total) =>
    onDone(total + done, 2 * total),
  )
  database.run('DROP TABLE wanted_parts')
  const parts = preview.parts.map(({ name, clips }) => `${column === 'fold' ? 'fold ' : ''}${name} ${clips}`)
  return { title: `Split ${countNoun(changed, 'clip')}: ${parts.join(', ')}` }
}

const filledRows = 10_000

function fillWanted(
  database: Database,
  column: Planned['column'],
  { names, keys, parts }: Pick<Planned, 'names' | 'keys' | 'parts'>,
): void {
  database.run('DROP TABLE IF EXISTS temp.wanted_parts')
  database.run(`CREATE TEMP TABLE wanted_parts (key INTEGER PRIMARY KEY, ${column} TEXT)`)
  let rows: [number, string][] = []
  const write = (): void => {
    database.run('INSERT INTO wanted_parts SELECT value ->> 0, value ->> 1 FROM json_each(?)', JSON.stringify(rows))
    rows = []
  }
  keys.forEach((key, at) => {
    if (parts[at]! < 0) return
    if (rows.push([key, names[parts[at]!]!]) === filledRows) write()
  })
  write()
}

/** Puts clips into a part by hand. @throws AppError 'not-found', 'conflict' */
export function assignPart(
  database: Database,
  recorder: Recorder,
  { clipIds, part }: { clipIds: string[]; part: DatasetPart | null },
): { title: string } {
  const ids = new Set(clipIds)
  for (const id of ids) recorder.update('clips', [requireClip(database, id)], { split: part })
  return {
    title:
      part === null
        ? `Take ${countNoun(ids.size, 'clip')} out of the split`
        : `Move ${countNoun(ids.size, 'clip')} into ${part}`,
  }
}

/** @throws AppError 'conflict' when it is locked already, or has no clips */
export function lockTest(database: Database, recorder: Recorder, author: string): { title: string } {
  refuseLocked(database, ['test'])
  const { clips } = database.get<{ clips: number }>(`SELECT count(*) AS clips FROM clips WHERE split = 'test'`)!
  if (clips === 0)
    throw new AppError('conflict', 'There is no test set to be locked.', {
      hint: 'Make a split with a test share first.',
    })
  recorder.insert('split_locks', { split: 'test', author, at: new Date().toISOString() })
  return { title: `Lock the test set (${countNoun(clips, 'clip')})` }
}

/** @throws AppError 'conflict' when it is not locked */
export function unlockTest(database: Database, recorder: Recorder): { title: string } {
  if (!readLock(database)) throw new AppError('conflict', 'The test set is not locked.')
  recorder.remove('split_locks', ['test'])
  return { title: 'Unlock the test set' }
}

/** Clips that may not be parted: one recording, one content, one group, one value of what is to stay together. */
function groupClips(database: Database, table: SplitTable): { groupOf: Int32Array; groupNames: string[] } {
  const union = new GroupUnion()
  const mark = ({ texts }: TextColumn, kind: string): Int32Array =>
    Int32Array.from(texts, (text) => union.add(`${kind} ${text}`))
  const files = Int32Array.from(table.files.texts, (text) => union.add(text))
  const columns = [
    { column: table.hashes, marks: mark(table.hashes, 'content') },
    { column: table.groups, marks: mark(table.groups, 'group') },
    ...table.values.map((column, index) => ({ column, marks: mark(column, `value ${index}`) })),
  ]
  for (const { column, marks } of columns)
    for (let at = 0; at < table.size; at++)
      if (column.places[at]! >= 0) union.unite(files[table.files.places[at]!]!, marks[column.places[at]!]!)
  const contents = new Map(table.hashes.texts.map((hash, place) => [hash, columns[0]!.marks[place]!]))
  for (const { firstHash, secondHash } of listSoundMatches(database)) {
    const [first, second] = [contents.get(firstHash), contents.get(secondHash)]
    if (first !== undefined && second !== undefined) union.unite(first, second)
  }
  const placeOf = new Int32Array(union.size).fill(-1)
  const groupNames: string[] = []
  const groupOf = table.files.places.map((file) => {
    const root = union.find(files[file]!)
    if (placeOf[root]! < 0) placeOf[root] = groupNames.push(union.nameOf(root)) - 1
    return placeOf[root]!
  })
  return { groupOf, groupNames }
}

function planSplit(database: Database, plan: SplitPlan, onDone: OnDone): Planned {
  const { into, replaces, seed } = plan
  const column = into.kind === 'parts' ? 'split' : 'fold'
  const names =
    into.kind === 'parts' ? [...datasetParts] : Array.from({ length: into.count }, (_, at) => String(at + 1))
  const isLocked = readLock(database) !== null
  const shares = into.kind === 'parts' ? [into.train, into.validation, isLocked ? 0 : into.test] : names.map(() => 1)
  if (shares.every((share) => share === 0))
    throw new AppError('invalid-argument', 'No part gets a share of the clips.', {
      hint: isLocked ? 'The test set is locked; give train or validation a share.' : 'Give a part a share above 0.',
    })
  const left = new Map<string, number>()
  const leave = (reason: string): void => void left.set(reason, (left.get(reason) ?? 0) + 1)
  const all = readSplitTable(database, plan.query, plan.together, onDone)
  const test = datasetParts.indexOf('test')
  // Of each fold its place among the names, −1 for one of another name.
  const foldPlaces = all.folds.texts.map((fold) => names.indexOf(fold))
  const partOf = (table: SplitTable, at: number): number | null => {
    if (column === 'split') return table.splits[at]! < 0 ? null : table.splits[at]!
    return table.folds.places[at]! < 0 ? null : foldPlaces[table.folds.places[at]!]!
  }
  // A locked test set takes no part in folds: it is not what a model is chosen by.
  const table = keepClips(all, (at) => {
    const isOut = column === 'fold' && isLocked && all.splits[at] === test
    if (isOut) leave('It is in the locked test set')
    const isElsewhere = column === 'fold' && !replaces && partOf(all, at) === -1
    if (isElsewhere) leave('It has a fold of another name, which is respected')
    return !isOut && !isElsewhere
  })
  if (table.size === 0) throw new AppError('invalid-argument', 'No clip is to be split in this selection.')

  const { groupOf, groupNames } = groupClips(database, table)
  const fixed = Array.from({ length: table.size }, (_, at) => {
    const own = partOf(table, at)
    return own !== null && (!replaces || (column === 'split' && isLocked && own === test)) ? own : null
  })
  // Classes are small numbers there.
  const keys = [...new Set(table.classes)].sort((a, b) => a - b)
  const numbers = new Map(keys.map((key, index) => [key, index]))
  const classes = table.classes.map((key) => numbers.get(key)!)
  const items = { groupOf, groupNames, classFrom: table.classFrom, classes }
  const dealt = splitByGroups(items, { shares, seed, fixed, keepsSingles: into.kind === 'parts' })

  const parts = names.map((name) => ({ name, clips: 0, seconds: 0, groups: 0 }))
  const counts = keys.map(() => names.map(() => 0))
  const met = names.map(() => new ClipSet(groupNames.length))
  let changed = 0
  const newParts = dealt.map((part, at) => {
    if (part < 0) {
      leave('Its group is in a part that is closed, or in several')
      return -1
    }
    const own = parts[part]!
    own.clips++
    own.seconds += table.seconds[at]!
    if (!met[part]!.has(groupOf[at]!)) own.groups++
    met[part]!.add(groupOf[at]!)
    for (let label = table.classFrom[at]!; label < table.classFrom[at + 1]!; label++) counts[classes[label]!]![part]!++
    if (partOf(table, at) === part) return -1
    changed++
    return part
  })
  const listed = database.all<{ key: number; name: string }>(
    'SELECT key, name FROM ontology_classes ORDER BY code NULLS LAST, name',
  )
  return {
    column,
    names,
    keys: table.keys,
    parts: newParts,
    preview: {
      parts,
      classes: listed.flatMap(({ key, name }) => {
        const index = numbers.get(key)
        return index === undefined ? [] : [{ name, counts: counts[index]! }]
      }),
      kept: fixed.reduce<number>((sum, part) => sum + (part === null ? 0 : 1), 0),
      changed,
      left: [...left].map(([reason, count]) => ({ reason, count })),
    },
  }
}
