/** The one place that turns a ClipQuery into SQL. Every value is a bound parameter. */
import { type ClipQuery, type ClipStatus, parseTerms } from '../../../shared/contract/clip-query'
import { foldText, type SqlValue } from './database'
import { storedState } from './labels'

export interface ClipSql {
  /**
   * `FROM … WHERE …` with the aliases c (clips), r (recordings) and, when the query has a run, p (predictions):
   * the planner chooses where to begin.
   */
  from: string
  /** The same clips, for counting: without r where nothing asks for it. */
  counted: string
  /** `FROM … WHERE … ORDER BY …`, for a page of the list. */
  listed: string
  /** `ORDER BY …`: total, because clips of one recording differ in their span. */
  order: string
  values: SqlValue[]
}

/** The class of a clip with exactly one present label, else null. */
export const singlePresentClass = `(SELECT CASE WHEN count(*) = 1 THEN max(class_key) END FROM clip_labels
  WHERE clip_key = c.key AND state = 1)`

/**
 * One of the conditions that a query's clips all fulfil, as SQL over c (clips), r (recordings) and, when the query has a
 * run, p (predictions). `quick` says the same where the columns that a reader keeps in memory can answer it.
 */
export interface ClipCondition {
  sql: string
  values: SqlValue[]
  quick: QuickCondition | null
}

export type QuickCondition =
  | { kind: 'word'; word: string }
  | { kind: 'label'; name: string; states: readonly (0 | 1)[]; isNegated: boolean }
  | { kind: 'under'; name: string }
  | { kind: 'folds'; folds: readonly (string | null)[] }
  | { kind: 'splits'; splits: readonly (string | null)[] }
  | { kind: 'statuses'; statuses: readonly ClipStatus[] }
  | { kind: 'authors'; authors: readonly string[] }
  /** What stands in a note. */
  | { kind: 'note'; text: string }
  /** A value of metadata by its name; the group where the name is null. */
  | { kind: 'value'; name: string | null; value: string }
  /** No value of this metadata. */
  | { kind: 'valueless'; name: string }
  /** No class is present. */
  | { kind: 'classless' }
  | { kind: 'flag'; flag: 'missing' | 'complete' | 'group' | 'note' | 'embedding'; isNegated: boolean }
  | { kind: 'seconds'; least: number; most: number }
  | { kind: 'labeled'; isNegated: boolean }
  | { kind: 'annotated' }
  /** Of the query's run. */
  | { kind: 'prediction'; test: PredictionTest }
  | { kind: 'disagrees'; run: string }
  /** Those that do not fulfil all of these. */
  | { kind: 'not'; conditions: ClipCondition[] }

export type PredictionTest =
  | { kind: 'any' }
  | { kind: 'score'; least: number; most: number }
  | { kind: 'predicted' | 'truth' | 'was'; name: string }
  /** @property isFrozen by the label of the time when the run was trained */
  | { kind: 'right' | 'wrong'; isFrozen: boolean }

/** The conditions of a query; run-dependent ones are never fulfilled when the query names no run. */
export function listConditions(query: ClipQuery): ClipCondition[] {
  const conditions: ClipCondition[] = []
  const where: Where = (sql, values = [], quick = null) => void conditions.push({ sql, values, quick })
  for (const word of query.text.split(/\s+/)) if (word !== '') addWord(where, word)
  for (const label of query.labels) addLabel(where, label)
  for (const name of query.under) addUnder(where, name)
  if (query.folds.length > 0)
    where('c.fold IN (SELECT value FROM json_each(?))', [JSON.stringify(query.folds)], {
      kind: 'folds',
      folds: query.folds,
    })
  if (query.splits.length > 0)
    where('c.split IN (SELECT value FROM json_each(?))', [JSON.stringify(query.splits)], {
      kind: 'splits',
      splits: query.splits,
    })
  for (const { name, value } of query.metadata)
    where(
      `c.key IN (SELECT clip_key FROM clip_metadata
        WHERE name_key = (SELECT key FROM metadata_names WHERE name = ?) AND value = ?)`,
      [name, value],
      { kind: 'value', name, value },
    )
  for (const proposal of query.proposals) addProposal(where, proposal)
  for (const name of query.lacks) addLack(where, name)
  if (query.statuses.length > 0) addStatuses(where, query.statuses)
  if (query.group !== null) where('c.group_key = ?', [query.group], { kind: 'value', name: null, value: query.group })
  if (query.authors.length > 0) addAuthors(where, query.authors)
  if (query.note !== null) addNote(where, query.note)
  // Half a microsecond of slack: 5.0 s is often 4.9999999 in a file's own arithmetic.
  const least = query.minSeconds === null ? null : query.minSeconds - 5e-7
  const most = query.maxSeconds === null ? null : query.maxSeconds + 5e-7
  if (least !== null) where('c.end_seconds - c.start_seconds >= ?', [least], { kind: 'seconds', least, most: Infinity })
  if (most !== null) where('c.end_seconds - c.start_seconds <= ?', [most], { kind: 'seconds', least: 0, most })
  for (const flag of query.is) addFlag(where, flag, query)
  addPredicted(where, query)
  for (const term of query.not) addNegation(where, term, query)
  return conditions
}

/** The key of the run that one bound value names: by its id, its number ('run3' or '3'), or 'last' for the newest finished one. */
export const namedRun = `(SELECT key FROM runs WHERE ? IN (id, 'run' || number, CAST(number AS TEXT),
  CASE WHEN number = (SELECT max(number) FROM runs WHERE status = 'done') THEN 'last' END))`

/** Joins the predictions of a query's run, whose name is the one value it binds. */
export const runJoin = ` JOIN predictions p ON p.clip_key = c.key AND p.run_key = ${namedRun}`

/** Compiles a query. */
export function compileClipQuery(query: ClipQuery): ClipSql {
  const conditions = listConditions(query)
  const join = query.runId === null ? '' : runJoin
  const values = [
    ...(query.runId === null ? [] : [query.runId]),
    ...conditions.flatMap((condition) => condition.values),
  ]
  const needsRecordings = conditions.some(({ sql }) => /\br\./.test(sql))
  // Walking the recordings by path gives a page of the default order without sorting every clip. Where an
  // index finds the clips of a query, that is better than the walk.
  const isFound =
    query.runId !== null ||
    query.group !== null ||
    query.metadata.length > 0 ||
    query.under.length > 0 ||
    query.authors.length > 0 ||
    query.proposals.length > 0 ||
    query.note !== null ||
    query.disagrees !== null ||
    (query.statuses.length > 0 && !query.statuses.includes('unlabeled')) ||
    query.is.some((flag) => flag === 'annotated' || flag === 'missing') ||
    query.labels.some((label) => !isRest(label))
  const isWalk = query.order === 'path' && !isFound
  const whereText = conditions.length > 0 ? ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}` : ''
  const from = `FROM clips c JOIN recordings r ON r.key = c.recording_key${join}${whereText}`
  const order = compileOrder(query)
  return {
    from,
    counted: needsRecordings ? from : `FROM clips c${join}${whereText}`,
    listed: isWalk
      ? `FROM recordings r CROSS JOIN clips c ON c.recording_key = r.key${whereText} ${order}`
      : `${from} ${order}`,
    order,
    values,
  }
}

/** Whether a label's condition is "all but some": no index finds those. */
function isRest(label: ClipQuery['labels'][number]): boolean {
  return label.isNegated !== (label.state === 'unknown')
}

type Where = (sql: string, values?: SqlValue[], quick?: QuickCondition | null) => void

/** Matches itself inside LIKE … ESCAPE '\'. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function addWord(where: Where, word: string): void {
  const pattern = `%${escapeLike(foldText(word))}%`
  // LIKE itself folds the case of ASCII letters only; other words take the slower way.
  const [open, close] = /^[\x00-\x7f]*$/.test(word) ? ['', ''] : ['fold_text(', ')']
  where(
    `(${open}r.path${close} LIKE ? ESCAPE '\\' OR ${open}c.group_key${close} LIKE ? ESCAPE '\\'
      OR ${open}c.note${close} LIKE ? ESCAPE '\\' OR EXISTS (
        SELECT 1 FROM clip_metadata m WHERE m.clip_key = c.key AND ${open}m.value${close} LIKE ? ESCAPE '\\')
      OR c.key IN (SELECT l.clip_key FROM ontology_classes k JOIN clip_labels l ON l.class_key = k.key
        WHERE l.state = 1 AND ${open}k.name${close} LIKE ? ESCAPE '\\'))`,
    Array.from({ length: 5 }, () => pattern),
    { kind: 'word', word },
  )
}

function addLack(where: Where, name: string): void {
  switch (name) {
    case 'split':
      return where('c.split IS NULL', [], { kind: 'splits', splits: [null] })
    case 'fold':
      return where('c.fold IS NULL', [], { kind: 'folds', folds: [null] })
    case 'group':
      return where('c.group_key IS NULL', [], { kind: 'flag', flag: name, isNegated: true })
    case 'note':
      return where(`c.note = ''`, [], { kind: 'flag', flag: name, isNegated: true })
    case 'embedding':
      return where('NOT EXISTS (SELECT 1 FROM embeddings WHERE clip_key = c.key)', [], {
        kind: 'flag',
        flag: name,
        isNegated: true,
      })
    case 'proposals':
      return where(`NOT ${hasWaiting}`, [], {
        kind: 'not',
        conditions: [{ sql: hasWaiting, values: [], quick: null }],
      })
    case 'label':
      return where('NOT EXISTS (SELECT 1 FROM clip_labels WHERE clip_key = c.key AND state = 1)', [], {
        kind: 'classless',
      })
    default: {
      const named = 'name_key = (SELECT key FROM metadata_names WHERE name = ?)'
      return where(`NOT EXISTS (SELECT 1 FROM clip_metadata WHERE clip_key = c.key AND ${named})`, [name], {
        kind: 'valueless',
        name,
      })
    }
  }
}

/** Of a segment a: nobody has said anything to what a model proposes. */
const waiting = `a.tier = 'model' AND NOT EXISTS (SELECT 1 FROM annotation_verdicts v WHERE v.annotation_key = a.key)`

/** From the index that holds the segments of models alone. */
const hasWaiting = `c.key IN (SELECT a.clip_key FROM annotations a WHERE ${waiting})`

function addProposal(where: Where, { name, minScore, maxScore }: ClipQuery['proposals'][number]): void {
  where(
    `c.key IN (SELECT a.clip_key FROM ontology_classes k JOIN annotation_labels l ON l.class_key = k.key
      JOIN annotations a ON a.key = l.annotation_key
      WHERE k.name = ? COLLATE NOCASE AND l.state = 1 AND ${waiting} AND coalesce(a.score, 1) BETWEEN ? AND ?)`,
    [name, minScore ?? 0, maxScore ?? 1],
  )
}

function addStatuses(where: Where, statuses: ClipStatus[]): void {
  where('c.status IN (SELECT value FROM json_each(?))', [JSON.stringify(statuses)], { kind: 'statuses', statuses })
}

function addAuthors(where: Where, authors: string[]): void {
  const findBy = (condition: (table: string) => string): string[] => [
    `SELECT clip_key FROM clip_labels WHERE ${condition('clip_labels')}`,
    `SELECT clip_key FROM annotations WHERE ${condition('annotations')}`,
    `SELECT a.clip_key FROM annotation_labels own JOIN annotations a ON a.key = own.annotation_key
      WHERE ${condition('own')}`,
  ]
  // The indexes have what people did; what came with a dataset is nearly everything.
  const parts = [
    ...findBy((table) => `${table}.author IN (SELECT value FROM json_each(?)) AND ${table}.author <> 'import'`),
    ...(authors.includes('import') ? findBy((table) => `${table}.author = 'import'`) : []),
  ]
  const sql = parts.join(' UNION ALL ')
  const names = JSON.stringify(authors)
  where(`c.key IN (${sql})`, [names, names, names], { kind: 'authors', authors })
}

function addNote(where: Where, note: string): void {
  const pattern = `%${escapeLike(foldText(note))}%`
  where(
    `(fold_text(c.note) LIKE ? ESCAPE '\\' OR c.key IN (
      SELECT clip_key FROM annotations WHERE note <> '' AND fold_text(note) LIKE ? ESCAPE '\\'))`,
    [pattern, pattern],
    { kind: 'note', text: note },
  )
}

/** None of the clips that a term finds: by what SQL cannot tell of a clip (null) it does not find it. */
function addNegation(where: Where, term: string, query: ClipQuery): void {
  const parts = listConditions({ ...parseTerms(term), runId: query.runId })
  if (parts.length === 0) return
  where(
    `NOT coalesce((${parts.map(({ sql }) => sql).join(' AND ')}), 0)`,
    parts.flatMap(({ values }) => values),
    { kind: 'not', conditions: parts },
  )
}

function addLabel(where: Where, { name, state, isNegated }: ClipQuery['labels'][number]): void {
  const judged = (states: string): string =>
    `c.key IN (SELECT l.clip_key FROM ontology_classes k JOIN clip_labels l ON l.class_key = k.key
      WHERE k.name = ? COLLATE NOCASE AND l.state IN (${states}))`
  const states = state === 'unknown' ? ([0, 1] as const) : ([storedState[state]] as const)
  const isRestWanted = isNegated !== (state === 'unknown')
  const sql = judged(states.join(', '))
  where(isRestWanted ? `NOT ${sql}` : sql, [name], { kind: 'label', name, states, isNegated: isRestWanted })
}

/**
 * Certainly below a class is what no way from the top reaches without it: an export with propagation has the class
 * present on the same clips.
 */
function addUnder(where: Where, name: string): void {
  where(
    `c.key IN (SELECT l.clip_key FROM clip_labels l WHERE l.state = 1 AND l.class_key IN (${classesUnder}))`,
    [name, name],
    { kind: 'under', name },
  )
}

/** The keys of a class and of those certainly below it; it binds the name, or the MID, twice. */
export const classesUnder = `
  WITH RECURSIVE wanted (key) AS (SELECT key FROM ontology_classes WHERE name = ? COLLATE NOCASE OR mid = ?),
    apart (key) AS (
      SELECT key FROM ontology_classes
        WHERE key NOT IN (SELECT child_key FROM class_parents) AND key NOT IN (SELECT key FROM wanted)
      UNION
      SELECT e.child_key FROM class_parents e JOIN apart ON e.parent_key = apart.key
        WHERE e.child_key NOT IN (SELECT key FROM wanted))
  SELECT key FROM ontology_classes WHERE key NOT IN (SELECT key FROM apart)`

function addFlag(where: Where, flag: ClipQuery['is'][number], query: ClipQuery): void {
  const truth = query.was === null ? singlePresentClass : 'p.truth_class_key'
  switch (flag) {
    case 'labeled':
      return where('EXISTS (SELECT 1 FROM clip_labels WHERE clip_key = c.key)', [], { kind: flag, isNegated: false })
    case 'unlabeled':
      return where('NOT EXISTS (SELECT 1 FROM clip_labels WHERE clip_key = c.key)', [], {
        kind: 'labeled',
        isNegated: true,
      })
    case 'annotated':
      return where('c.key IN (SELECT clip_key FROM annotations)', [], { kind: flag })
    case 'missing':
      return where('c.recording_key IN (SELECT key FROM recordings WHERE is_missing = 1)', [], {
        kind: 'flag',
        flag,
        isNegated: false,
      })
    case 'complete':
      return where('c.is_fully_annotated = 1', [], { kind: 'flag', flag, isNegated: false })
    // Right and wrong are what the confusion matrix counts: clips the run did not train on, with one present label.
    case 'right':
    case 'wrong': {
      const sign = flag === 'right' ? '=' : '<>'
      const sql = `p.origin <> 'trained' AND ${truth} ${sign} p.predicted_class_key`
      return wherePredicted(where, query, sql, [], { kind: flag, isFrozen: query.was !== null })
    }
  }
}

/** A condition on the predictions of the query's run; without one, no clip fulfils it. */
function wherePredicted(where: Where, query: ClipQuery, sql: string, values: SqlValue[], test: PredictionTest): void {
  if (query.runId === null) where('0')
  else where(sql, values, { kind: 'prediction', test })
}

function addPredicted(where: Where, query: ClipQuery): void {
  // One class: the one with just this name, else one that differs in the case of letters.
  const named = '(SELECT key FROM ontology_classes WHERE name = ? COLLATE NOCASE ORDER BY name = ? DESC, key LIMIT 1)'
  const { predicted, truth, was, minScore, maxScore, disagrees } = query
  const test = (sql: string, values: SqlValue[], what: PredictionTest): void =>
    wherePredicted(where, query, sql, values, what)
  // A score is kept in single precision: 0.4 is a little more or less there.
  const least = minScore === null ? null : minScore - 1e-6
  const most = maxScore === null ? null : maxScore + 1e-6
  if (least !== null) test('p.score >= ?', [least], { kind: 'score', least, most: Infinity })
  if (most !== null) test('p.score <= ?', [most], { kind: 'score', least: -Infinity, most })
  if (disagrees !== null)
    where(
      `EXISTS (SELECT 1 FROM predictions d WHERE d.run_key = ${namedRun} AND d.clip_key = c.key
        AND d.predicted_class_key <> ${singlePresentClass})`,
      [disagrees],
      { kind: 'disagrees', run: disagrees },
    )
  if (predicted !== null)
    test(`p.predicted_class_key = ${named}`, [predicted, predicted], { kind: 'predicted', name: predicted })
  if (truth !== null)
    test(`p.origin <> 'trained' AND ${singlePresentClass} = ${named}`, [truth, truth], { kind: 'truth', name: truth })
  if (was !== null)
    test(`p.origin <> 'trained' AND p.truth_class_key = ${named}`, [was, was], { kind: 'was', name: was })
}

function compileOrder(query: ClipQuery): string {
  const way = query.direction === 'descending' ? 'DESC' : 'ASC'
  const byPath = (w: string): string => `r.path ${w}, r.root_key ${w}, c.start_seconds ${w}, c.end_seconds ${w}`
  const first: Record<ClipQuery['order'], string | null> = {
    path: null,
    // By number where folds are numbers: 10 after 9.
    fold: `CAST(c.fold AS INTEGER) ${way} NULLS LAST, c.fold ${way} NULLS LAST`,
    duration: `c.end_seconds - c.start_seconds ${way}`,
    score: query.runId === null ? null : `p.score ${way}`,
    label: `(SELECT min(k.name) FROM clip_labels l JOIN ontology_classes k ON k.key = l.class_key
      WHERE l.clip_key = c.key AND l.state = 1) ${way} NULLS LAST`,
  }
  const key = first[query.order]
  return `ORDER BY ${key === null ? byPath(way) : `${key}, ${byPath('ASC')}`}`
}
