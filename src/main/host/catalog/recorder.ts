import { v7 as createId } from 'uuid'
import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import { journaledTables, type JournaledTable, keyOf, type Row, tableTexts, valuesOf } from './journal-tables'
import { noteTouched, nothingTouched, type Touched } from './touched'

export interface EntryHead {
  kind: string
  title: string
  author: string
}

/**
 * The only way to write a journaled table: each change goes into the row and, with what was before and
 * after, into the journal, in the caller's transaction. The journal entry is made at the first change, so
 * that an edit which changes nothing leaves no trace and keeps what can be redone.
 */
export class Recorder {
  private touched = nothingTouched()
  private entrySeq: number | null = null
  private position = 0
  private readonly isOthersImportOpen: boolean

  /** @param state 'open' for an import, which adds to its entry over many transactions */
  constructor(
    private readonly database: Database,
    private readonly head: EntryHead,
    private readonly state: 'done' | 'open' = 'done',
  ) {
    this.isOthersImportOpen = database.get(`SELECT 1 FROM journal WHERE state = 'open'`) !== undefined
  }

  /** The entry's number, null while nothing has changed. */
  get seq(): number | null {
    return this.entrySeq
  }

  get changeCount(): number {
    return this.position
  }

  /** What was touched since it was last asked. */
  drainTouched(): Touched {
    const touched = this.touched
    this.touched = nothingTouched()
    return touched
  }

  insert(table: JournaledTable, row: Row): void {
    this.refuseWhileImported(table, row)
    this.database.run(tableTexts[table].insert, ...valuesOf(table, row))
    this.note(table, row, null, pick(table, row))
  }

  /** Changes some columns. @returns false when nothing is different. @throws AppError 'not-found' */
  update(table: JournaledTable, key: string[], change: Row): boolean {
    const before = this.read(table, key)
    const after = { ...before, ...change }
    if (valuesOf(table, before).every((value, index) => value === valuesOf(table, after)[index])) return false
    this.refuseWhileImported(table, after)
    this.database.run(tableTexts[table].update, ...valuesOf(table, after), ...key)
    this.note(table, after, before, after)
    return true
  }

  /** @throws AppError 'not-found' */
  remove(table: JournaledTable, key: string[]): void {
    const before = this.read(table, key)
    this.refuseWhileImported(table, before)
    // Noted first: afterwards the clip of an annotation's label can no longer be found.
    this.note(table, before, before, null)
    this.database.run(tableTexts[table].remove, ...key)
  }

  /** Gives an edit its final title, known only when it is done. */
  retitle(title: string): void {
    if (this.entrySeq !== null) this.database.run('UPDATE journal SET title = ? WHERE seq = ?', title, this.entrySeq)
  }

  /** Writes the number of changes; at the end of each transaction. */
  writeCount(): void {
    if (this.entrySeq !== null)
      this.database.run('UPDATE journal SET change_count = ? WHERE seq = ?', this.position, this.entrySeq)
  }

  /** Forgets what a rolled-back transaction had counted. */
  rewind(seq: number | null, changeCount: number): void {
    this.entrySeq = seq
    this.position = changeCount
  }

  private read(table: JournaledTable, key: string[]): Row {
    const row = this.database.get<Row>(tableTexts[table].select, ...key)
    if (!row) throw new AppError('not-found', `There is no ${nouns[table]} with the id ${key.join(', ')}.`)
    return row
  }

  private note(table: JournaledTable, row: Row, before: Row | null, after: Row | null): void {
    noteTouched(
      this.touched,
      table,
      row,
      (id) =>
        this.database.get<{ clip_id: string }>('SELECT clip_id FROM annotations WHERE id = ?', id)?.clip_id ?? null,
    )
    this.database.run(
      'INSERT INTO journal_changes (entry_seq, position, table_name, row_key, before, after) VALUES (?, ?, ?, ?, ?, ?)',
      this.ensureEntry(),
      this.position++,
      table,
      JSON.stringify(keyOf(table, row)),
      before && JSON.stringify(before),
      after && JSON.stringify(after),
    )
  }

  private ensureEntry(): number {
    if (this.entrySeq !== null) return this.entrySeq
    // A new edit ends the branch that could have been redone; it is kept, marked.
    this.database.run(`UPDATE journal SET state = 'abandoned' WHERE state = 'undone'`)
    const { seq } = this.database.get<{ seq: number }>(
      'INSERT INTO journal (id, kind, title, author, at, state) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq',
      createId(),
      this.head.kind,
      this.head.title,
      this.head.author,
      new Date().toISOString(),
      this.state,
    )!
    this.entrySeq = seq
    return seq
  }

  /**
   * An import that fails is taken back whole, so nobody may build on its rows before it is done.
   * @throws AppError 'conflict'
   */
  private refuseWhileImported(table: JournaledTable, row: Row): void {
    if (!this.isOthersImportOpen || this.state === 'open') return
    const isImported = (owner: JournaledTable, id: string): boolean =>
      this.database.get(
        `SELECT 1 FROM journal_changes WHERE table_name = ? AND row_key = ?
           AND entry_seq IN (SELECT seq FROM journal WHERE state = 'open')`,
        owner,
        JSON.stringify([id]),
      ) !== undefined
    const clip = table === 'clips' ? row.id : row.clip_id
    const ontologyClass = table === 'ontology_classes' ? row.id : row.class_id
    if (
      (clip != null && isImported('clips', String(clip))) ||
      (ontologyClass != null && isImported('ontology_classes', String(ontologyClass)))
    )
      throw new AppError('conflict', 'An import is still adding this; it can be edited when the import is done.', {
        hint: 'Wait for the import, or cancel it.',
      })
  }
}

const nouns: Record<JournaledTable, string> = {
  roots: 'folder',
  recordings: 'recording',
  ontology_classes: 'class',
  clips: 'clip',
  clip_labels: 'label',
  annotations: 'annotation',
  annotation_labels: 'label of an annotation',
}

function pick(table: JournaledTable, row: Row): Row {
  return Object.fromEntries(journaledTables[table].columns.map((column) => [column, row[column] ?? null]))
}
