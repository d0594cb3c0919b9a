import { v7 as createId } from 'uuid'
import type { Database } from '../database'
import type { RowKey } from '../journal-tables'
import type { Recorder } from '../recorder'
import type { ChangedRow } from './changed-rows'
import {
  columnsOf,
  identityOf,
  isJudgement,
  isSegmentPart,
  type MergedTable,
  type PortableRow,
  PortableWriter,
  segmentParts,
} from './portable-row'
import type { RawRow, RowFinder } from './row-finder'

/** Our row, with its key as the journal writes it. */
export interface Found {
  key: RowKey
  row: RawRow
}

/** Who made a change and when: a judgement says so itself, of the rest the journal knows. */
export function editorOf({ table, now, author, at }: ChangedRow): { author: string | null; at: string | null } {
  if (now === null || !isJudgement(table)) return { author, at }
  return { author: String(now.author), at: new Date(Number(now.at)).toISOString() }
}

/** Null for an annotation that is gone. */
export function clipOfAnnotation(database: Database, key: number): number | null {
  return database.get<{ clip: number }>('SELECT clip_key AS clip FROM annotations WHERE key = ?', key)?.clip ?? null
}

/** Writes what a merge cannot decide into the list of conflicts. */
export class ConflictWriter {
  /** How many were written. */
  count = 0
  /** Annotations that are in conflict as a whole, so that what belongs to them is not so one by one. */
  readonly disputed = new Set<string>()
  private readonly writer: PortableWriter

  constructor(
    private readonly ours: Database,
    private readonly theirs: Database,
    private readonly recorder: Recorder,
    private readonly mergeId: string,
    private readonly finder: RowFinder,
  ) {
    this.writer = new PortableWriter(theirs)
  }

  /** A row as a whole; an annotation with all that belongs to it is one conflict. */
  addRow(change: ChangedRow, reason: string): void {
    const { table, now, base } = change
    const row = (now ?? base)!
    if (isSegmentPart(table) || table === 'annotations') {
      const id = String(table === 'annotations' ? row.id : row.annotation_key)
      if (this.disputed.has(id)) return
      if (table !== 'annotations' && this.finder.resolve('annotations', id) === null) {
        this.disputed.add(id)
        this.disputeLostAnnotation(change, id, reason)
        return
      }
      if (table === 'annotations') this.disputed.add(id)
    }
    const found = this.finder.find(table, row)
    const whole = now && table === 'annotations' ? { ...now, ...this.theirParts(String(now.id)) } : now
    this.add(change, '', found?.row ?? null, whole, reason, found ?? undefined)
  }

  /** A label, say, came for an annotation that is gone here: what is in question is the annotation. */
  private disputeLostAnnotation(change: ChangedRow, id: string, reason: string): void {
    const row = this.theirs.get<RawRow>(
      `SELECT a.id, c.id AS clip_key, a.start_seconds, a.end_seconds, a.low_hz, a.high_hz, a.tier, a.author, a.score, a.note
         FROM annotations a JOIN clips c ON c.key = a.clip_key WHERE a.id = ?`,
      id,
    )
    if (!row) return
    const whole = { ...row, ...this.theirParts(id) }
    this.add({ ...change, table: 'annotations', now: row, base: null }, '', null, whole, reason)
  }

  /** What belongs to an annotation there, as JSON by name; what there is none of is left out. */
  private theirParts(annotationId: string): PortableRow {
    const parts: PortableRow = {}
    for (const [name, table] of Object.entries(segmentParts)) {
      const rows = this.theirs
        .all<RawRow>(
          `SELECT ${columnsOf(table).join(', ')} FROM ${table}
             WHERE annotation_key = (SELECT key FROM annotations WHERE id = ?)`,
          annotationId,
        )
        .map((row) => this.writer.write(table, row))
      if (rows.length > 0) parts[name] = JSON.stringify(rows)
    }
    return parts
  }

  /** Fields of a row, as they are on both sides; one that is listed already is not listed again. */
  add(
    change: ChangedRow,
    field: string,
    ours: RawRow | null,
    theirs: RawRow | null,
    reason: string,
    found?: Found,
  ): void {
    const { table } = change
    const row = (change.now ?? change.base)!
    const rowId = identityOf(table, row)
    const [ourText, theirText] = [ours && JSON.stringify(ours), theirs && JSON.stringify(theirs)]
    const isListed = this.ours.get(
      `SELECT 1 FROM merge_conflicts
         WHERE table_name = ? AND row_id = ? AND field = ? AND ours IS ? AND theirs IS ?`,
      table,
      rowId,
      field,
      ourText,
      theirText,
    )
    if (isListed) return
    const own = this.lastEdit(table, ours, found)
    const base = change.base && field !== '' && field in change.base ? { [field]: change.base[field]! } : change.base
    const other = editorOf(change)
    this.recorder.origin = null
    this.recorder.insert('merge_conflicts', {
      id: createId(),
      merge_id: this.mergeId,
      table_name: table,
      row_id: rowId,
      clip_key: this.clipOf(table, row, found),
      field,
      base: base && JSON.stringify(base),
      ours: ourText,
      theirs: theirText,
      ours_author: own.author,
      ours_at: own.at,
      theirs_author: other.author,
      theirs_at: other.at,
      reason,
      decision: 'open',
      decided_by: null,
      decided_at: null,
    })
    this.count++
  }

  private clipOf(table: MergedTable, row: PortableRow, found: Found | undefined): number | null {
    if (table === 'clips') return found ? Number(found.row.key) : this.finder.resolve('clips', String(row.id))
    if (typeof row.clip_key === 'string') return this.finder.resolve('clips', row.clip_key)
    if (typeof row.annotation_key !== 'string') return null
    const annotation = this.finder.resolve('annotations', row.annotation_key)
    return annotation === null ? null : clipOfAnnotation(this.ours, annotation)
  }

  private lastEdit(
    table: MergedTable,
    ours: RawRow | null,
    found: Found | undefined,
  ): { author: string | null; at: string | null } {
    if (typeof ours?.author === 'string' && typeof ours.at === 'number')
      return { author: ours.author, at: new Date(ours.at).toISOString() }
    if (!found) return { author: null, at: null }
    return (
      this.ours.get<{ author: string; at: string }>(
        `SELECT coalesce(o.author, j.author) AS author, coalesce(o.at, j.at) AS at
           FROM journal_changes c JOIN journal j ON j.seq = c.entry_seq
             LEFT JOIN journal_origins o ON o.entry_seq = c.entry_seq AND o.position = c.position
           WHERE c.table_name = ? AND c.row_key = ? AND j.state = 'done' ORDER BY c.entry_seq DESC, c.position DESC LIMIT 1`,
        table,
        JSON.stringify(found.key),
      ) ?? { author: null, at: null }
    )
  }
}
