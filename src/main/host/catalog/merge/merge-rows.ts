import { v7 as createId } from 'uuid'
import type { Database, SqlValue } from '../database'
import { type JournaledTable, type RangedTable, rangedTables, type Row, type RowKey } from '../journal-tables'
import type { Recorder } from '../recorder'
import { reopenAccepted } from '../review-status'
import { type ChangedRow, isSameValue } from './changed-rows'
import { fieldsOf, identityOf, isJudgement, type MergedTable, type PortableRow } from './portable-row'
import { type RawRow, RowFinder } from './row-finder'

export interface MergeCounts {
  added: number
  changed: number
  removed: number
  /** Rows that both sides had changed in the same way. */
  agreed: number
  conflicts: number
  /** Verdicts of two people on the same that were kept side by side. */
  opinions: number
  /** Accepted clips that were set back to done, because a label of theirs came in. */
  reopened: number
}

/** Where the sound lies is a matter of each machine: such rows are added, and never altered. */
const placeTables: readonly MergedTable[] = ['roots', 'recordings']

/** What a row says that nobody has edited yet. */
const untouched: Record<string, SqlValue> = { status: 'unlabeled', is_fully_annotated: 0, note: '', tier: 'human' }

/** Who made a change and when: a judgement says so itself, of the rest the journal knows. */
function editorOf({ table, now, author, at }: ChangedRow): { author: string | null; at: string | null } {
  if (now === null || !isJudgement(table)) return { author, at }
  return { author: String(now.author), at: new Date(Number(now.at)).toISOString() }
}

interface Found {
  key: RowKey
  row: RawRow
}

/** Brings the changes of another catalog into ours, row by row and field by field. */
export class RowMerge {
  readonly counts: MergeCounts = {
    added: 0,
    changed: 0,
    removed: 0,
    agreed: 0,
    conflicts: 0,
    opinions: 0,
    reopened: 0,
  }
  private readonly finder: RowFinder
  /** Our rows that rows added by them have turned out to be, as "table/key". */
  private readonly claimed = new Set<string>()
  /** Annotations that are in conflict as a whole, so that their labels are not so one by one. */
  private readonly disputed = new Set<string>()
  private readonly relabeled = new Set<number>()

  constructor(
    private readonly ours: Database,
    private readonly theirs: Database,
    private readonly recorder: Recorder,
    private readonly mergeId: string,
  ) {
    this.finder = new RowFinder(ours)
  }

  /** @param changes parents first */
  run(changes: ChangedRow[]): void {
    const accepted = new Set(this.ours.pluck<number>(`SELECT key FROM clips WHERE status = 'accepted'`))
    const present = changes.filter(({ now }) => now !== null)
    // New rows come first and together, so that the journal holds them as ranges.
    for (const change of present) if (change.base === null) this.add(change)
    for (const change of present) if (change.base !== null) this.change(change)
    this.remove(changes.filter(({ now }) => now === null))
    this.recorder.origin = null
    const reopened = [...this.relabeled].filter((key) => accepted.has(key))
    this.counts.reopened = reopened.filter((key) => reopenAccepted(this.ours, this.recorder, key)).length
  }

  private add(change: ChangedRow): void {
    const { table } = change
    const theirs = change.now!
    const found = this.finder.find(table, theirs)
    if (found) {
      this.claimed.add(`${table}/${String(found.key)}`)
      if (!placeTables.includes(table) && table !== 'embeddings') this.compare(change, found)
      return
    }
    this.insert(change, theirs)
  }

  private change(change: ChangedRow): void {
    if (placeTables.includes(change.table) || change.table === 'embeddings') return
    const found = this.finder.find(change.table, change.now!)
    if (found) this.compare(change, found)
    else this.disputeRow(change, 'It was removed here and changed there.')
  }

  private insert(change: ChangedRow, theirs: PortableRow): void {
    const { table } = change
    const own = this.finder.translate(theirs)
    if (own === null) return this.disputeRow(change, 'What it belongs to was removed here.')
    this.guard(
      change,
      '',
      () => {
        // What imports bring is kept in ranges; a person's edit keeps its author.
        const isImported = own.author === undefined || own.author === 'import'
        const key =
          table in rangedTables && isImported
            ? this.recorder.add(table as RangedTable, table === 'recordings' ? { ...own, is_missing: 0 } : own)
            : this.recorder.insert(table as JournaledTable, own as Row)
        if (typeof theirs.id === 'string') this.finder.remember(table, theirs.id, key)
        this.counts.added++
        this.noteLabel(table, own)
      },
      { ours: null, theirs },
    )
  }

  private compare(change: ChangedRow, found: Found): void {
    if (isJudgement(change.table)) this.compareJudgement(change, found)
    else this.compareFields(change, found)
  }

  private compareJudgement(change: ChangedRow, { key, row: ours }: Found): void {
    const { table, base } = change
    const theirs = change.now!
    const verdict = (row: RawRow): RawRow => ({ state: row.state!, author: row.author!, at: row.at! })
    const isUntouched = base !== null && ['state', 'author', 'at'].every((name) => ours[name] === base[name])
    if (isUntouched) {
      this.apply(change, key, verdict(theirs) as Row, 'state')
      return
    }
    if (table === 'clip_labels') this.keepOpinions(key, ours, theirs)
    if (ours.state === theirs.state) this.counts.agreed++
    else
      this.dispute(change, 'state', verdict(ours), verdict(theirs), 'It was judged differently here and there.', {
        key,
        row: ours,
      })
  }

  private compareFields(change: ChangedRow, { key, row: ours }: Found): void {
    const theirs = change.now!
    const { base } = change
    const taken: Row = {}
    let isDisputed = false
    for (const field of fieldsOf(change.table)) {
      const from = base ? base[field] : (untouched[field] ?? null)
      if (isSameValue(ours[field], theirs[field])) continue
      if (isSameValue(ours[field], from)) taken[field] = theirs[field] as Row[string]
      else if (!isSameValue(theirs[field], from)) {
        isDisputed = true
        const pair = [{ [field]: ours[field]! }, { [field]: theirs[field]! }] as const
        this.dispute(change, field, ...pair, 'It was changed differently here and there.', { key, row: ours })
      }
    }
    if (Object.keys(taken).length > 0) this.apply(change, key, taken, Object.keys(taken).join(' '))
    else if (!isDisputed) this.counts.agreed++
  }

  private apply(change: ChangedRow, key: RowKey, values: Row, field: string): void {
    const table = change.table as JournaledTable
    const before = this.finder.read(table, key)
    const ours = before && Object.fromEntries(Object.keys(values).map((name) => [name, before[name] ?? null]))
    this.guard(
      change,
      field,
      () => {
        if (this.recorder.update(table, key, values)) this.counts.changed++
        if (before) this.noteLabel(change.table, before)
      },
      { ours, theirs: values },
    )
  }

  private remove(removed: ChangedRow[]): void {
    const labelsOf = new Map<string, Map<string, PortableRow>>()
    for (const { table, base } of removed) {
      if (table !== 'annotation_labels') continue
      const id = String(base!.annotation_key)
      if (!labelsOf.has(id)) labelsOf.set(id, new Map())
      labelsOf.get(id)!.set(identityOf(table, base!), base!)
    }
    // An annotation goes with its labels, unless something of it was changed here.
    for (const change of removed)
      if (change.table === 'annotations') {
        const found = this.finder.find(change.table, change.base!)
        if (found && !this.isAsBefore(change, found, labelsOf.get(String(change.base!.id)) ?? new Map()))
          this.disputeRow(change, 'It was changed here and removed there.')
      }
    for (const change of removed.reverse()) {
      const { table, base } = change
      const id = table === 'annotations' ? String(base!.id) : String(base!.annotation_key ?? '')
      if (placeTables.includes(table) || table === 'embeddings' || this.disputed.has(id)) continue
      const found = this.finder.find(table, base!)
      if (!found || this.claimed.has(`${table}/${String(found.key)}`)) continue
      if (!this.isUnchanged(table, found.row, base!)) this.disputeRow(change, 'It was changed here and removed there.')
      else
        this.guard(
          change,
          '',
          () => {
            this.noteLabel(table, found.row)
            this.recorder.remove(table as JournaledTable, found.key)
            this.counts.removed++
          },
          { ours: base, theirs: null },
        )
    }
  }

  private isUnchanged(table: MergedTable, ours: RawRow, base: PortableRow): boolean {
    const columns = isJudgement(table) ? ['state', 'author', 'at'] : fieldsOf(table)
    return columns.every((column) => isSameValue(ours[column], base[column]))
  }

  private isAsBefore(change: ChangedRow, found: Found, labels: Map<string, PortableRow>): boolean {
    if (!this.isUnchanged('annotations', found.row, change.base!)) return false
    const known = new Map([...labels.values()].map((row) => [this.finder.find('annotation_labels', row)?.row, row]))
    const keys = new Map([...known].flatMap(([own, row]) => (own ? [[own.class_key, row] as const] : [])))
    return this.ours
      .all<RawRow>('SELECT class_key, state, author, at FROM annotation_labels WHERE annotation_key = ?', found.key[0]!)
      .every((own) => {
        const base = keys.get(own.class_key!)
        return base !== undefined && this.isUnchanged('annotation_labels', own, base)
      })
  }

  /** Both verdicts stay, each with its author, where two people judged the same without each other. */
  private keepOpinions(key: RowKey, ours: RawRow, theirs: PortableRow): void {
    if (ours.author === theirs.author || ours.author === 'import' || theirs.author === 'import') return
    for (const { state, author, at } of [ours, theirs]) {
      const own = [key[0]!, key[1]!, String(author), 'merge'] as RowKey
      const values = { state: Number(state), at: Number(at) }
      if (this.finder.read('opinions', own)) this.recorder.update('opinions', own, values)
      else
        this.recorder.insert('opinions', {
          clip_key: key[0]!,
          class_key: key[1]!,
          author: String(author),
          source: 'merge',
          ...values,
        })
      this.counts.opinions++
    }
  }

  private noteLabel(table: MergedTable, own: RawRow): void {
    if (table === 'clip_labels' || table === 'annotations') this.relabeled.add(Number(own.clip_key))
    if (table !== 'annotation_labels') return
    const clip = this.clipOfAnnotation(Number(own.annotation_key))
    if (clip !== null) this.relabeled.add(clip)
  }

  private clipOfAnnotation(key: number): number | null {
    return this.ours.get<{ clip: number }>('SELECT clip_key AS clip FROM annotations WHERE key = ?', key)?.clip ?? null
  }

  /** Writes with the other's name and time; what the catalog does not take becomes a conflict. */
  private guard(
    change: ChangedRow,
    field: string,
    work: () => void,
    values: { ours: RawRow | null; theirs: RawRow | null },
  ): void {
    const { author, at } = editorOf(change)
    this.recorder.origin = author === null || at === null ? null : { author, at }
    const mark = this.recorder.mark()
    const counts = { ...this.counts }
    try {
      this.ours.transaction(work)
    } catch (cause) {
      const code = String((cause as { code?: string }).code)
      if (!code.startsWith('SQLITE_CONSTRAINT')) throw cause
      this.recorder.rewind(mark)
      Object.assign(this.counts, counts)
      // Of several fields at once the first names the conflict; all are in its values.
      this.dispute(change, field, values.ours, values.theirs, 'Another row here stands against it.')
    }
  }

  private disputeRow(change: ChangedRow, reason: string): void {
    const { table, now, base } = change
    const row = (now ?? base)!
    if (table === 'annotation_labels' || table === 'annotations') {
      const id = String(table === 'annotations' ? row.id : row.annotation_key)
      if (this.disputed.has(id)) return
      if (table === 'annotation_labels' && this.finder.resolve('annotations', id) === null) {
        this.disputed.add(id)
        this.disputeLostAnnotation(change, id, reason)
        return
      }
      if (table === 'annotations') this.disputed.add(id)
    }
    const found = this.finder.find(table, row)
    const whole = now && table === 'annotations' ? { ...now, labels: this.theirLabels(String(now.id)) } : now
    this.dispute(change, '', found?.row ?? null, whole, reason, found ?? undefined)
  }

  /** A label came for an annotation that is gone here: what is in question is the annotation. */
  private disputeLostAnnotation(change: ChangedRow, id: string, reason: string): void {
    const row = this.theirs.get<RawRow>(
      `SELECT a.id, c.id AS clip_key, a.start_seconds, a.end_seconds, a.low_hz, a.high_hz, a.tier, a.author, a.score, a.note
         FROM annotations a JOIN clips c ON c.key = a.clip_key WHERE a.id = ?`,
      id,
    )
    if (!row) return
    const whole = { ...row, labels: this.theirLabels(id) }
    this.dispute({ ...change, table: 'annotations', now: row, base: null }, '', null, whole, reason)
  }

  private theirLabels(annotationId: string): string {
    const rows = this.theirs.all(
      `SELECT k.id AS class_key, l.state, l.author, l.at FROM annotation_labels l
         JOIN annotations a ON a.key = l.annotation_key JOIN ontology_classes k ON k.key = l.class_key WHERE a.id = ?`,
      annotationId,
    )
    return JSON.stringify(rows)
  }

  private dispute(
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
    this.counts.conflicts++
  }

  private clipOf(table: MergedTable, row: PortableRow, found: Found | undefined): number | null {
    if (table === 'clips') return found ? Number(found.row.key) : this.finder.resolve('clips', String(row.id))
    if (typeof row.clip_key === 'string') return this.finder.resolve('clips', row.clip_key)
    if (typeof row.annotation_key !== 'string') return null
    const annotation = this.finder.resolve('annotations', row.annotation_key)
    return annotation === null ? null : this.clipOfAnnotation(annotation)
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
