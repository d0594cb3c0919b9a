import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { OntologyMove, OntologyRemap, RemapPair } from '../../../shared/contract/ontology'
import { AppError } from '../../../shared/errors'
import type { OnProgress } from './bulk-changes'
import { listBelow, placeClass } from './class-places'
import type { Database } from './database'
import { countNoun } from './labels'
import { countMove, type LabelMove, type MoveCount, moveLabels } from './move-labels'
import { addClass, findClass, findNamedClass, refuseTwin, requireTarget } from './ontology'
import type { Recorder } from './recorder'

/** Without a recorder, an edit only counts. */
type Writer = Recorder | null

/**
 * Two names turn out to mean one class: its labels, synonyms and places in the tree go over, and the first one goes.
 * @throws AppError 'not-found', 'conflict', 'invalid-argument'
 */
export function mergeClasses(
  database: Database,
  writer: Writer,
  { fromId, intoId }: { fromId: string; intoId: string },
  onProgress?: OnProgress,
): OntologyMove {
  const from = findClass(database, fromId)
  const into = requireTarget(database, intoId)
  if (from.key === into.key) throw new AppError('invalid-argument', `“${from.name}” cannot be merged into itself.`)
  const count = move(database, writer, { classes: new Map([[from.key, into.key]]), query: null }, onProgress)
  if (writer !== null) {
    movePlaces(database, writer, from.key, into.key)
    const read = (key: number): MergedFacts =>
      database.get<MergedFacts>(
        'SELECT name, code, mid, synonyms, description, colour, quick_code FROM ontology_classes WHERE key = ?',
        key,
      )!
    const [old, kept] = [read(from.key), read(into.key)]
    writer.remove('ontology_classes', [from.key])
    const names = [...namesOf(kept), old.name, ...namesOf(old)].filter((name) => name !== kept.name)
    writer.update('ontology_classes', [into.key], {
      synonyms: JSON.stringify([...new Set(names)]),
      code: kept.code ?? old.code,
      mid: kept.mid ?? old.mid,
      description: kept.description ?? old.description,
      colour: kept.colour ?? old.colour,
      quick_code: kept.quick_code ?? old.quick_code,
    })
  }
  return { title: `Merge class “${from.name}” into “${into.name}”${sayLabels(count)}`, ...count }
}

interface MergedFacts {
  name: string
  code: number | null
  mid: string | null
  synonyms: string | null
  description: string | null
  colour: string | null
  quick_code: string | null
}

const namesOf = ({ synonyms }: MergedFacts): string[] => JSON.parse(synonyms ?? '[]') as string[]

/** What stood under or above one class does so with the other, unless that would go round in a circle. */
function movePlaces(database: Database, recorder: Recorder, from: number, into: number): void {
  const parentsOf = (key: number): number[] =>
    database.pluck('SELECT parent_key FROM class_parents WHERE child_key = ? ORDER BY parent_key', key)
  const children = database.pluck<number>('SELECT child_key FROM class_parents WHERE parent_key = ?', from)
  const parents = parentsOf(from)
  placeClass(database, recorder, from, [])
  for (const child of children) {
    const others = parentsOf(child).filter((key) => key !== from)
    const isCircle = listBelow(database, child).has(into)
    placeClass(database, recorder, child, isCircle ? others : [...others, into])
  }
  const below = listBelow(database, into)
  placeClass(database, recorder, into, [...parentsOf(into), ...parents.filter((key) => !below.has(key))])
}

/** Labels of a class on the clips of a query become labels of a new class, which stands beside it. */
export function splitClass(
  database: Database,
  writer: Writer,
  input: { id: string; name: string; query: ClipQuery },
  onProgress?: OnProgress,
): OntologyMove {
  const { key, name } = findClass(database, input.id)
  refuseTwin(database, input.name, null)
  let to = 0
  if (writer !== null) {
    to = findClass(database, addClass(database, writer, input.name).id).key
    placeClass(
      database,
      writer,
      to,
      database.pluck<number>('SELECT parent_key FROM class_parents WHERE child_key = ? ORDER BY parent_key', key),
    )
  }
  const count = move(database, writer, { classes: new Map([[key, to]]), query: input.query }, onProgress)
  return { title: `Split “${input.name}” off “${name}”${sayLabels(count)}`, ...count }
}

/**
 * Labels move from class to class, all at once. Classes are named by name, MID or quick code; a new name is added.
 * @throws AppError 'not-found', 'invalid-argument', which name the pair
 */
export function remapClasses(
  database: Database,
  writer: Writer,
  pairs: readonly { from: string; to: string }[],
  onProgress?: OnProgress,
): OntologyRemap {
  // All are found before any is added: a class that is new in one pair is not yet there in another.
  const found = pairs.map(({ from, to }, index) => {
    const place = `Pair ${index + 1} (“${from}” to “${to}”)`
    const old = findNamedClass(database, from)
    if (!old) throw new AppError('not-found', `${place}: there is no class “${from}”.`)
    const known = findNamedClass(database, to)
    if (known) requireTarget(database, known.id)
    return { place, old, known, name: known?.name ?? to.trim() }
  })
  const classes = new Map<number, number>()
  const fresh = new Map<string, number>()
  const said: RemapPair[] = []
  for (const { place, old, known, name } of found) {
    // While counting, a class that is to be added has a key that no class ever has.
    const add = (): number =>
      writer === null ? -1 - fresh.size : findClass(database, addClass(database, writer, name).id).key
    const target = known?.key ?? fresh.get(name.toLowerCase()) ?? add()
    if (!known) fresh.set(name.toLowerCase(), target)
    const former = classes.get(old.key)
    if (former !== undefined && former !== target)
      throw new AppError('invalid-argument', `${place}: “${old.name}” is already moved to another class.`)
    classes.set(old.key, target)
    if (former === undefined)
      said.push({
        from: old.name,
        to: name,
        isNew: !known,
        labels: old.key === target ? 0 : countLabels(database, old.key),
      })
  }
  const moved = move(database, writer, { classes, query: null }, onProgress)
  const title = `Remap ${classes.size} ${classes.size === 1 ? 'class' : 'classes'}${sayLabels(moved)}`
  return { title, ...moved, pairs: said }
}

/** Labels of a class, of clips and of segments. */
function countLabels(database: Database, key: number): number {
  return database.get<{ count: number }>(
    `SELECT (SELECT count(*) FROM clip_labels WHERE class_key = ?) +
       (SELECT count(*) FROM annotation_labels WHERE class_key = ?) AS count`,
    key,
    key,
  )!.count
}

function move(database: Database, writer: Writer, labelMove: LabelMove, onProgress?: OnProgress): MoveCount {
  return writer === null ? countMove(database, labelMove) : moveLabels(database, writer, labelMove, onProgress)
}

function sayLabels({ clipLabels, segmentLabels }: MoveCount): string {
  return `: ${countNoun(clipLabels + segmentLabels, 'label')}`
}
