import { findCircle } from '../class-places'
import type { Database, SqlValue } from '../database'
import { type JournaledTable, type RangedTable, rangedTables, type Row, type RowKey } from '../journal-tables'
import type { Recorder } from '../recorder'
import { reopenAccepted } from '../review-status'
import { type ChangedRow, isSameValue } from './changed-rows'
import { clipOfAnnotation, ConflictWriter, editorOf, type Found } from './conflict-writer'
import {
  columnsOf,
  fieldsOf,
  isJudgement,
  isSegmentPart,
  type MergedTable,
  type PortableRow,
  segmentParts,
} from './portable-row'
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
  private readonly conflicts: ConflictWriter
  /** Our rows that rows added by them have turned out to be, as "table/key". */
  private readonly claimed = new Set<string>()
  private readonly relabeled = new Set<number>()
  /** Classes whose new place was not taken, so that they keep their old one. */
  private readonly unplaced = new Set<number>()

  constructor(
    private readonly ours: Database,
    theirs: Database,
    private readonly recorder: Recorder,
    mergeId: string,
    /** Hears how many changes are done; may throw to end the merge. */
    private readonly onProgress: (done: number, total: number) => void = () => undefined,
  ) {
    this.finder = new RowFinder(ours)
    this.conflicts = new ConflictWriter(ours, theirs, recorder, mergeId, this.finder)
  }

  /** @param changes parents first */
  run(changes: ChangedRow[]): void {
    const accepted = new Set(this.ours.pluck<number>(`SELECT key FROM clips WHERE status = 'accepted'`))
    const present = changes.filter(({ now }) => now !== null)
    // New rows come first and together, so that the journal holds them as ranges.
    let done = 0
    const step = (): void => this.onProgress(++done, changes.length)
    for (const change of present.filter(({ base }) => base === null)) {
      this.add(change)
      step()
    }
    for (const change of present.filter(({ base }) => base !== null)) {
      this.change(change)
      step()
    }
    this.remove(
      changes.filter(({ now }) => now === null),
      step,
    )
    this.counts.conflicts = this.conflicts.count
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
    else this.conflicts.addRow(change, 'It was removed here and changed there.')
  }

  private insert(change: ChangedRow, theirs: PortableRow): void {
    const { table } = change
    const own = this.finder.translate(theirs)
    if (own === null) return this.conflicts.addRow(change, 'What it belongs to was removed here.')
    if (table === 'class_parents') {
      const circle = findCircle(this.ours, Number(own.child_key), Number(own.parent_key))
      if (circle !== null) {
        this.unplaced.add(Number(own.child_key))
        return this.conflicts.addRow(change, `The classes would go round in a circle: ${circle}.`)
      }
    }
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
      this.conflicts.add(change, 'state', verdict(ours), verdict(theirs), 'It was judged differently here and there.', {
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
        this.conflicts.add(change, field, ...pair, 'It was changed differently here and there.', { key, row: ours })
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

  private remove(removed: ChangedRow[], step: () => void): void {
    const partsOf = new Map<string, ChangedRow[]>()
    for (const change of removed) {
      if (!isSegmentPart(change.table)) continue
      const id = String(change.base!.annotation_key)
      partsOf.set(id, [...(partsOf.get(id) ?? []), change])
    }
    // An annotation goes with all that belongs to it, unless something of it was changed here.
    for (const change of removed)
      if (change.table === 'annotations') {
        const found = this.finder.find(change.table, change.base!)
        if (found && !this.isAsBefore(change, found, partsOf.get(String(change.base!.id)) ?? []))
          this.conflicts.addRow(change, 'It was changed here and removed there.')
      }
    for (const change of removed.reverse()) {
      step()
      const { table, base } = change
      const id = table === 'annotations' ? String(base!.id) : String(base!.annotation_key ?? '')
      if (placeTables.includes(table) || table === 'embeddings' || this.conflicts.disputed.has(id)) continue
      const found = this.finder.find(table, base!)
      if (!found || this.claimed.has(`${table}/${String(found.key)}`)) continue
      if (table === 'class_parents' && this.unplaced.has(Number(found.row.child_key)))
        this.conflicts.addRow(change, 'It was moved there to a place that was not taken here.')
      else if (!this.isUnchanged(table, found.row, base!))
        this.conflicts.addRow(change, 'It was changed here and removed there.')
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

  /** Whether an annotation, and all that belongs to it here, is as it was when they removed it. */
  private isAsBefore(change: ChangedRow, found: Found, parts: ChangedRow[]): boolean {
    if (!this.isUnchanged('annotations', found.row, change.base!)) return false
    const known = new Map<string, PortableRow>()
    for (const { table, base } of parts) {
      const own = this.finder.translate(base!)
      if (own) known.set(`${table}/${String(own.class_key ?? '')}`, base!)
    }
    return Object.values(segmentParts).every((table) =>
      this.ours
        .all<RawRow>(`SELECT ${columnsOf(table).join(', ')} FROM ${table} WHERE annotation_key = ?`, found.key[0]!)
        .every((own) => {
          const base = known.get(`${table}/${String(own.class_key ?? '')}`)
          return base !== undefined && this.isUnchanged(table, own, base)
        }),
    )
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
    if (table === 'clip_labels' || table === 'clip_doubts' || table === 'annotations')
      this.relabeled.add(Number(own.clip_key))
    if (table !== 'annotation_labels' && table !== 'annotation_doubts') return
    const clip = clipOfAnnotation(this.ours, Number(own.annotation_key))
    if (clip !== null) this.relabeled.add(clip)
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
      this.conflicts.add(change, field, values.ours, values.theirs, 'Another row here stands against it.')
    }
  }
}
