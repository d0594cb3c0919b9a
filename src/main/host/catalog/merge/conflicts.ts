import type { ConflictSide, MergeConflict } from '../../../../shared/contract/merge'
import { AppError } from '../../../../shared/errors'
import { findCircle } from '../class-places'
import { removeAnnotation } from '../annotations'
import type { Database, SqlValue } from '../database'
import type { JournaledTable, Row } from '../journal-tables'
import type { Recorder } from '../recorder'
import { fieldsOf, identityColumns, type MergedTable, type PortableRow, segmentParts } from './portable-row'
import { RowFinder } from './row-finder'

interface StoredConflict {
  key: number
  id: string
  mergeId: string
  otherPath: string | null
  table: MergedTable
  rowId: string
  clipKey: number | null
  clipId: string | null
  clipPath: string | null
  clipStart: number | null
  clipEnd: number | null
  field: string
  base: string | null
  ours: string | null
  theirs: string | null
  oursAuthor: string | null
  oursAt: string | null
  theirsAuthor: string | null
  theirsAt: string | null
  reason: string
  decision: 'open' | 'ours' | 'theirs'
  decidedBy: string | null
  decidedAt: string | null
}

const select = `SELECT x.key, x.id, x.merge_id AS mergeId, m.other_path AS otherPath, x.table_name AS "table",
    x.row_id AS rowId, x.clip_key AS clipKey, c.id AS clipId, r.path AS clipPath, c.start_seconds AS clipStart,
    c.end_seconds AS clipEnd, x.field, x.base, x.ours, x.theirs,
    x.ours_author AS oursAuthor, x.ours_at AS oursAt, x.theirs_author AS theirsAuthor, x.theirs_at AS theirsAt,
    x.reason, x.decision, x.decided_by AS decidedBy, x.decided_at AS decidedAt
  FROM merge_conflicts x LEFT JOIN merges m ON m.id = x.merge_id
    LEFT JOIN clips c ON c.key = x.clip_key LEFT JOIN recordings r ON r.key = c.recording_key`

/** Conflicts in the order in which merges met them. */
export function listConflicts(
  database: Database,
  which: { decision: 'open' | 'decided' | 'all'; offset: number; limit: number },
): { total: number; open: number; conflicts: MergeConflict[] } {
  const where = { open: `decision = 'open'`, decided: `decision <> 'open'`, all: '1' }[which.decision]
  const count = (condition: string): number =>
    database.get<{ count: number }>(`SELECT count(*) AS count FROM merge_conflicts WHERE ${condition}`)!.count
  const rows = database.all<StoredConflict>(
    `${select} WHERE ${where} ORDER BY x.key LIMIT ? OFFSET ?`,
    which.limit,
    which.offset,
  )
  return {
    total: count(where),
    open: count(`decision = 'open'`),
    conflicts: rows.map((row) => describeConflict(database, row)),
  }
}

/** Decides a conflict: ours stays, or theirs is written. @throws AppError 'not-found', 'conflict' */
export function decideConflict(
  database: Database,
  recorder: Recorder,
  id: string,
  decision: 'ours' | 'theirs',
  author: string,
): { title: string } {
  const row = database.get<StoredConflict>(`${select} WHERE x.id = ?`, id)
  if (!row) throw new AppError('not-found', `There is no conflict with the id ${id}.`)
  if (row.decision !== 'open')
    throw new AppError('conflict', `This conflict was decided already: ${row.decision}.`, {
      hint: 'Undo that decision first.',
    })
  decide(database, recorder, row, decision, author)
  const { subject } = describeConflict(database, row)
  return { title: `Decide “${subject}”: ${decision === 'ours' ? 'keep ours' : 'take theirs'}` }
}

/**
 * Decides every open conflict of a merge; one that cannot be written stays open.
 * @param onProgress hears how many were tried; may throw to end it
 */
export function decideAll(
  database: Database,
  recorder: Recorder,
  mergeId: string,
  decision: 'ours' | 'theirs',
  author: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): void {
  const rows = database.all<StoredConflict>(
    `${select} WHERE x.merge_id = ? AND x.decision = 'open' ORDER BY x.key`,
    mergeId,
  )
  for (const [index, row] of rows.entries()) {
    onProgress(index, rows.length)
    const mark = recorder.mark()
    try {
      database.transaction(() => decide(database, recorder, row, decision, author))
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      recorder.rewind(mark)
    }
  }
}

function decide(
  database: Database,
  recorder: Recorder,
  row: StoredConflict,
  decision: 'ours' | 'theirs',
  author: string,
): void {
  if (decision === 'theirs')
    try {
      writeTheirs(database, recorder, row)
    } catch (cause) {
      if (!String((cause as { code?: string }).code).startsWith('SQLITE_CONSTRAINT')) throw cause
      throw new AppError('conflict', 'Their version cannot be written: another row here stands against it.', {
        hint: 'Change that row first, or keep ours.',
        cause,
      })
    }
  recorder.origin = null
  recorder.update('merge_conflicts', [row.key], {
    decision,
    decided_by: author,
    decided_at: new Date().toISOString(),
  })
}

function writeTheirs(database: Database, recorder: Recorder, row: StoredConflict): void {
  const finder = new RowFinder(database)
  const table = row.table as JournaledTable
  const theirs = row.theirs === null ? null : (JSON.parse(row.theirs) as PortableRow)
  const names = identityColumns(row.table)
  const identity = names.length === 1 ? [row.rowId] : (JSON.parse(row.rowId) as SqlValue[])
  const named = Object.fromEntries(names.map((column, index) => [column, identity[index]!]))
  const found = finder.find(row.table, named)
  if (row.theirsAuthor !== null && row.theirsAt !== null)
    recorder.origin = { author: row.theirsAuthor, at: row.theirsAt }
  if (theirs === null) {
    if (!found) return
    if (row.table === 'annotations') removeAnnotation(database, recorder, Number(found.key[0]))
    else recorder.remove(table, found.key)
    return
  }
  const values = Object.fromEntries(Object.entries(theirs).filter(([name]) => !(name in segmentParts)))
  if (found) {
    const own = Object.entries(values).filter(
      ([name]) => fieldsOf(row.table).includes(name) || name === 'author' || name === 'at',
    )
    recorder.update(table, found.key, Object.fromEntries(own) as Row)
    return
  }
  const own = finder.translate({ ...named, ...values })
  if (own === null)
    throw new AppError('conflict', 'Their version belongs to a row that is no longer here.', {
      hint: 'Bring that row back first, or keep ours.',
    })
  if (row.table === 'class_parents') {
    const circle = findCircle(database, Number(own.child_key), Number(own.parent_key))
    if (circle !== null)
      throw new AppError('conflict', `The classes would go round in a circle: ${circle}.`, {
        hint: 'Move one of them in the ontology first, or keep ours.',
      })
  }
  const key = recorder.insert(table, own as Row)
  for (const [name, part] of Object.entries(segmentParts))
    for (const row of readPart(theirs, name)) {
      // A class that is gone here takes its judgement with it.
      const ownPart = finder.translate({ ...row, annotation_key: null })
      if (ownPart !== null) recorder.insert(part, { ...(ownPart as Row), annotation_key: key })
    }
}

/** What belongs to a segment of theirs, as the conflict keeps it. */
function readPart(theirs: PortableRow, name: string): PortableRow[] {
  const text = theirs[name]
  return typeof text === 'string' ? (JSON.parse(text) as PortableRow[]) : []
}

function describeConflict(database: Database, row: StoredConflict): MergeConflict {
  const identity = identityColumns(row.table).length === 1 ? [row.rowId] : (JSON.parse(row.rowId) as SqlValue[])
  const className = (id: SqlValue | undefined): string =>
    database.get<{ name: string }>('SELECT name FROM ontology_classes WHERE id = ?', id ?? null)?.name ?? String(id)
  const fields = row.field.replaceAll('_', ' ')
  const subjects: Partial<Record<MergedTable, () => string>> = {
    clip_labels: () => `Label: ${className(identity[1])}`,
    annotation_labels: () => `Label of a segment: ${className(identity[1])}`,
    clip_doubts: () => `Cannot tell: ${className(identity[1])}`,
    annotation_doubts: () => `Cannot tell, of a segment: ${className(identity[1])}`,
    annotation_origins: () => 'Where a segment is from',
    annotation_verdicts: () => 'What was decided about a proposed segment',
    annotation_proposals: () => 'What a run proposed',
    annotations: () => (row.field === '' ? 'Segment' : `Segment: ${fields}`),
    clips: () => (row.field === '' ? 'Clip' : `Clip: ${fields}`),
    clip_metadata: () => `Metadata: ${String(identity[1])}`,
    class_parents: () => `Class ${className(identity[0])} under ${className(identity[1])}`,
    ontology_classes: () => `Class ${className(identity[0])}: ${fields || 'as a whole'}`,
  }
  const bounds = row.table === 'annotations' ? readBounds(database, row) : null
  const side = (text: string | null, author: string | null, at: string | null): ConflictSide => {
    const value = text === null ? null : (JSON.parse(text) as PortableRow)
    return { text: describeValue(row, value, className), author, at, span: spanOf(row, value, bounds) }
  }
  return {
    id: row.id,
    mergeId: row.mergeId,
    otherPath: row.otherPath ?? '',
    table: row.table,
    field: row.field,
    subject: subjects[row.table]?.() ?? `${row.table.replaceAll('_', ' ')}${fields && `: ${fields}`}`,
    clip:
      row.clipId === null
        ? null
        : { id: row.clipId, recordingPath: row.clipPath!, startSeconds: row.clipStart!, endSeconds: row.clipEnd! },
    base: side(row.base, null, null),
    ours: side(row.ours, row.oursAuthor, row.oursAt),
    theirs: side(row.theirs, row.theirsAuthor, row.theirsAt),
    reason: row.reason,
    decision: row.decision,
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt,
  }
}

const boundNames = ['start_seconds', 'end_seconds', 'low_hz', 'high_hz']

function readBounds(database: Database, row: StoredConflict): PortableRow | null {
  return database.get<PortableRow>(`SELECT ${boundNames.join(', ')} FROM annotations WHERE id = ?`, row.rowId) ?? null
}

function describeValue(
  row: StoredConflict,
  value: PortableRow | null,
  className: (id: SqlValue | undefined) => string,
): string {
  if (value === null) return row.field === '' || row.table !== 'clips' ? 'not there' : 'nothing'
  if (row.table === 'class_parents') return 'there'
  if ('state' in value) return ['absent', 'present', 'cannot tell'][Number(value.state)] ?? ''
  if (row.table === 'annotations' && row.field === '') {
    const names = [
      ...readPart(value, 'labels').map((label) => `${label.state === 1 ? '' : 'not '}${className(label.class_key)}`),
      ...readPart(value, 'doubts').map((doubt) => `${className(doubt.class_key)}?`),
    ]
    const span = `${Number(value.start_seconds).toFixed(3)}–${Number(value.end_seconds).toFixed(3)} s`
    return names.length > 0 ? `${span}: ${names.join(', ')}` : span
  }
  const shown =
    row.field === '' ? Object.keys(value).filter((name) => fieldsOf(row.table).includes(name)) : Object.keys(value)
  return shown
    .map((name) => {
      const text = value[name] === null || value[name] === '' ? 'empty' : String(value[name])
      return shown.length === 1 ? text : `${name.replaceAll('_', ' ')} ${text}`
    })
    .join(', ')
}

/** Where a side's segment lies: what it changed over what is there now. */
function spanOf(row: StoredConflict, value: PortableRow | null, bounds: PortableRow | null): ConflictSide['span'] {
  if (row.table !== 'annotations' || value === null) return null
  const whole: PortableRow = { ...bounds, ...value }
  if (typeof whole.start_seconds !== 'number' || typeof whole.end_seconds !== 'number') return null
  return { startSeconds: whole.start_seconds, endSeconds: whole.end_seconds }
}
