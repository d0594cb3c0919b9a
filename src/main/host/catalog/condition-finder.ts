/** The clips that fulfil a condition of a query, from columns in memory, as sets of positions. */
import { type ClipStatus, clipStatuses } from '../../../shared/contract/clip-query'
import { type ClipColumns, clipFlag, LabelCursor, splitCode } from './clip-columns'
import { type ClipCondition, classesUnder, type PredictionTest, type QuickCondition, runJoin } from './clip-query'
import { ClipSet } from './clip-set'
import { type Database, foldText, type SqlValue } from './database'
import type { LabelPostings } from './label-postings'
import type { PredictionColumns } from './prediction-columns'
import type { ValueColumns } from './value-columns'

export interface OntologyRow {
  key: number
  id: string
  name: string
}

export interface FinderParts {
  database: Database
  columns: ClipColumns
  values: ValueColumns
  predictions: PredictionColumns
  ontology(): readonly OntologyRow[]
  postings(): LabelPostings
}

export class ConditionFinder {
  private readonly labels: LabelCursor
  private singles: Int32Array | null = null

  constructor(private readonly parts: FinderParts) {
    this.labels = new LabelCursor(parts.columns)
  }

  /** What was kept of the columns is out of date. */
  forget(): void {
    this.singles = null
  }

  find(condition: ClipCondition, runId: string | null): ClipSet {
    if (condition.quick) return this.findQuick(condition.quick, condition, runId)
    return this.findBySql(conditionSql(condition, runId))
  }

  private findQuick(quick: QuickCondition, condition: ClipCondition, runId: string | null): ClipSet {
    const { columns, predictions } = this.parts
    switch (quick.kind) {
      case 'word':
        return this.findWord(foldText(quick.word))
      case 'label': {
        const name = foldAscii(quick.name)
        const keys = this.parts.ontology().filter((entry) => foldAscii(entry.name) === name)
        const set = this.findLabeled(keys.flatMap(({ key }) => quick.states.map((state) => key * 2 + state)))
        return quick.isNegated ? set.negate() : set
      }
      case 'under': {
        const keys = this.parts.database.pluck<number>(classesUnder, quick.name, quick.name)
        return this.findLabeled(keys.map((key) => key * 2 + 1))
      }
      case 'folds': {
        const known = quick.folds.filter((fold) => fold === null || columns.foldNames.includes(fold))
        const codes = new Set(known.map((fold) => (fold === null ? -1 : columns.foldNames.indexOf(fold))))
        return this.findWhere((position) => codes.has(columns.folds[position]!))
      }
      case 'splits': {
        const codes = new Set(quick.splits.map(splitCode))
        return this.findWhere((position) => codes.has(columns.splits[position]!))
      }
      case 'statuses':
        return this.findStatuses(quick.statuses)
      case 'authors': {
        const set = new ClipSet(columns.keys.length)
        for (const author of quick.authors) if (columns.authors.has(author)) set.unite(columns.authors.get(author)!)
        return set
      }
      case 'note':
        return this.findNote(foldText(quick.text))
      case 'value':
        return this.findValue(quick.name, quick.value, condition)
      case 'valueless':
        return this.findValued(quick.name).negate()
      case 'classless':
        return this.findLabeled(this.parts.ontology().map(({ key }) => key * 2 + 1)).negate()
      case 'flag': {
        const bit = clipFlag[quick.flag]
        const wanted = quick.isNegated ? 0 : bit
        return this.findWhere((position) => (columns.flags[position]! & bit) === wanted)
      }
      case 'seconds':
        return this.findWhere((position) => {
          const seconds = columns.seconds[position]!
          return seconds >= quick.least && seconds <= quick.most
        })
      case 'labeled':
        return this.findWhere((position) => {
          const { start, end } = this.labels.seek(position)
          return end > start !== quick.isNegated
        })
      case 'annotated':
        return this.findWhere((position) => columns.annotationCounts[position]! > 0)
      case 'prediction':
        return runId === null ? new ClipSet(columns.keys.length) : this.findPredicted(quick.test, runId)
      case 'disagrees': {
        const run = predictions.find(quick.run)
        if (run === null) return new ClipSet(columns.keys.length)
        const { predicted } = run
        const own = this.listSingleClasses()
        return this.findWhere(
          (position) => predicted[position]! >= 0 && own[position]! >= 0 && own[position] !== predicted[position],
        )
      }
      case 'not': {
        const all = ClipSet.full(columns.keys.length)
        for (const part of quick.conditions) all.intersect(this.find(part, runId))
        return all.negate()
      }
    }
  }

  private findWhere(isIn: (position: number) => boolean): ClipSet {
    const set = new ClipSet(this.parts.columns.keys.length)
    for (let position = 0; position < set.size; position++) if (isIn(position)) set.add(position)
    return set
  }

  private findBySql({ sql, values }: { sql: string; values: SqlValue[] }): ClipSet {
    const { columns, database } = this.parts
    const set = new ClipSet(columns.keys.length)
    for (const key of database.pluck<number>(sql, ...values)) {
      const position = columns.positions[key] ?? -1
      if (position >= 0) set.add(position)
    }
    return set
  }

  private findLabeled(codes: readonly number[]): ClipSet {
    const set = new ClipSet(this.parts.columns.keys.length)
    this.parts.postings().addTo(set, new Set(codes))
    return set
  }

  private findStatuses(statuses: readonly ClipStatus[]): ClipSet {
    const codes = new Set(statuses.map((status) => clipStatuses.indexOf(status)))
    return this.findWhere((position) => codes.has(this.parts.columns.statuses[position]!))
  }

  private findWord(word: string): ClipSet {
    const { columns } = this.parts
    const named = this.parts.ontology().filter((entry) => foldText(entry.name).includes(word))
    const set = this.findLabeled(named.map(({ key }) => key * 2 + 1))
    const add = (position: number): void => {
      if ((columns.flags[position]! & clipFlag.later) === 0) set.add(position)
    }
    columns.texts.search(word, add)
    columns.notes.search(word, add)
    for (const [position, { texts, notes }] of columns.laterTexts)
      if (texts.includes(word) || notes.includes(word)) set.add(position)
    columns.paths.search(word, (first) => {
      for (let position = first; position < first + columns.siblings[first]!; position++) set.add(position)
    })
    return set
  }

  private findNote(text: string): ClipSet {
    const { columns } = this.parts
    const set = new ClipSet(columns.keys.length)
    const add = (position: number): void => {
      if ((columns.flags[position]! & clipFlag.later) === 0) set.add(position)
    }
    columns.notes.search(text, add)
    columns.annotationNotes.search(text, add)
    for (const [position, { notes, annotationNotes }] of columns.laterTexts)
      if (notes.includes(text) || annotationNotes.includes(text)) set.add(position)
    return set
  }

  private findValue(name: string | null, value: string, condition: ClipCondition): ClipSet {
    const column = this.parts.values.get(name)
    if (!column || !('numbers' in column)) return this.findBySql(conditionSql(condition, null))
    const number = column.numbers.get(value)
    if (number === undefined) return new ClipSet(this.parts.columns.keys.length)
    return this.findWhere((position) => column.codes[position] === number)
  }

  /** The clips with any value of a metadata. */
  findValued(name: string): ClipSet {
    const column = this.parts.values.get(name)
    if (!column)
      return this.findBySql({
        sql: 'SELECT clip_key FROM clip_metadata WHERE name_key = (SELECT key FROM metadata_names WHERE name = ?)',
        values: [name],
      })
    return 'numbers' in column
      ? this.findWhere((position) => column.codes[position]! > 0)
      : new ClipSet(column.has.size, column.has.words.slice())
  }

  private findPredicted(test: PredictionTest, runId: string): ClipSet {
    const { predictions, columns } = this.parts
    const nothing = (): ClipSet => new ClipSet(columns.keys.length)
    const run = predictions.find(runId)
    if (run === null) return nothing()
    const { predicted, scores, isTrained } = run
    switch (test.kind) {
      case 'any':
        return this.findWhere((position) => predicted[position]! >= 0)
      case 'score':
        return this.findWhere(
          (position) => predicted[position]! >= 0 && scores[position]! >= test.least && scores[position]! <= test.most,
        )
      case 'predicted': {
        const key = this.findClass(test.name)
        return key === null ? nothing() : this.findWhere((position) => predicted[position] === key)
      }
      case 'truth':
      case 'was': {
        const key = this.findClass(test.name)
        if (key === null) return nothing()
        const truths = this.readTruths(runId, test.kind === 'was')
        return this.findWhere(
          (position) => truths[position] === key && predicted[position]! >= 0 && isTrained[position] === 0,
        )
      }
      case 'right':
      case 'wrong': {
        const truths = this.readTruths(runId, test.isFrozen)
        const isRight = test.kind === 'right'
        return this.findWhere(
          (position) =>
            truths[position]! >= 0 &&
            predicted[position]! >= 0 &&
            isTrained[position] === 0 &&
            (truths[position] === predicted[position]) === isRight,
        )
      }
    }
  }

  /** The classes of clips now, or when the run predicted them, by position; −1: none or several. */
  private readTruths(runId: string, isFrozen: boolean): Int32Array {
    return isFrozen ? this.parts.predictions.findWithTruths(runId)!.truths : this.listSingleClasses()
  }

  private listSingleClasses(): Int32Array {
    if (this.singles) return this.singles
    const singles = new Int32Array(this.parts.columns.keys.length).fill(-1)
    for (let position = 0; position < singles.length; position++) {
      const { codes, start, end } = this.labels.seek(position)
      let count = 0
      for (let at = start; at < end; at++)
        if ((codes[at]! & 1) === 1) {
          count++
          singles[position] = codes[at]! >>> 1
        }
      if (count > 1) singles[position] = -1
    }
    return (this.singles = singles)
  }

  /** The class with just this name, else one that differs in the case of letters. */
  private findClass(name: string): number | null {
    const folded = foldAscii(name)
    const found = this.parts
      .ontology()
      .filter((entry) => foldAscii(entry.name) === folded)
      .sort((a, b) => Number(b.name === name) - Number(a.name === name) || a.key - b.key)
    return found[0]?.key ?? null
  }
}

/** The keys of the clips that fulfil one condition. */
export function conditionSql(condition: ClipCondition, runId: string | null): { sql: string; values: SqlValue[] } {
  const isOfRun = runId !== null && /\bp\./.test(condition.sql)
  const isOfRecording = /\br\./.test(condition.sql) ? ' JOIN recordings r ON r.key = c.recording_key' : ''
  return {
    sql: `SELECT c.key FROM clips c${isOfRecording}${isOfRun ? runJoin : ''} WHERE ${condition.sql}`,
    values: [...(isOfRun ? [runId] : []), ...condition.values],
  }
}

/** As SQLite's NOCASE compares. */
const foldAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
