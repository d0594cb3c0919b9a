/** What may stand after a key of the query, from indexes: the catalog may have millions of clips. */
import type { QuerySuggestion } from '../../../shared/contract/clips'
import { escapeLike } from './clip-query'
import { type Database, foldText } from './database'

const mostSuggestions = 20

/**
 * Values that begin with what was typed.
 * @param key of the query; '' asks for names of metadata; any that is none of the language's is a name of metadata
 */
export function suggestForQuery(database: Database, key: string, prefix: string): QuerySuggestion[] {
  switch (key) {
    case '':
    case 'no':
    case 'has':
      return suggestNames(database, prefix)
    case 'by':
      return suggestAuthors(database, prefix)
    case 'group':
      return hop(database, 'clips', 'group_key', prefix, 'group_key IS NOT NULL')
    case 'run':
    case 'model':
    case 'disagrees':
      return suggestRuns(database, prefix)
    default:
      return suggestValues(database, key, prefix)
  }
}

/** Values of a metadata. */
export function suggestValues(database: Database, name: string, prefix: string): QuerySuggestion[] {
  const own = database.get<{ key: number }>('SELECT key FROM metadata_names WHERE name = ?', name)
  return own ? hop(database, 'clip_metadata', 'value', prefix, `name_key = ${own.key}`) : []
}

function suggestNames(database: Database, prefix: string): QuerySuggestion[] {
  return database
    .all<{ name: string }>('SELECT name FROM metadata_names ORDER BY name')
    .filter(({ name }) => foldText(name).startsWith(foldText(prefix)))
    .slice(0, mostSuggestions)
    .map(({ name }) => ({ value: name, detail: 'metadata' }))
}

/** Who judged a class or drew an annotation; 'import' stands for what came with a dataset. */
function suggestAuthors(database: Database, prefix: string): QuerySuggestion[] {
  const names = new Set(
    ['clip_labels', 'annotations', 'annotation_labels'].flatMap((table) =>
      hop(database, table, 'author', prefix, `author <> 'import'`).map(({ value }) => value),
    ),
  )
  const people = [...names].sort().map((value) => ({ value, detail: '' }))
  const imported = { value: 'import', detail: 'what came with a dataset' }
  return [...people, ...('import'.startsWith(prefix) ? [imported] : [])].slice(0, mostSuggestions)
}

function suggestRuns(database: Database, prefix: string): QuerySuggestion[] {
  const runs = database.all<{ value: string; status: string; at: string }>(
    `SELECT 'run' || number AS value, status, created_at AS at FROM runs
       WHERE 'run' || number LIKE ? ESCAPE '\\' ORDER BY number DESC LIMIT ?`,
    `${escapeLike(prefix)}%`,
    mostSuggestions,
  )
  const named = runs.map(({ value, status, at }) => ({ value, detail: `${status}, ${at.slice(0, 10)}` }))
  return 'last'.startsWith(prefix) ? [{ value: 'last', detail: 'the newest finished run' }, ...named] : named
}

/**
 * Distinct values of an indexed column, hopping from one to the next: as many steps in the index as there are values,
 * however many rows have each.
 * @param column, @param condition never from input
 */
function hop(database: Database, table: string, column: string, prefix: string, condition: string): QuerySuggestion[] {
  const ceiling = `${prefix}\u{10ffff}`
  const rows = database.all<{ value: string | null }>(
    `WITH RECURSIVE own (value) AS (
       SELECT min(${column}) FROM ${table} WHERE ${condition} AND ${column} >= ?
       UNION ALL
       SELECT (SELECT min(${column}) FROM ${table} WHERE ${condition} AND ${column} > own.value) FROM own
         WHERE own.value IS NOT NULL AND own.value < ?)
     SELECT value FROM own WHERE value IS NOT NULL AND value < ? LIMIT ?`,
    prefix,
    ceiling,
    ceiling,
    mostSuggestions,
  )
  return rows.flatMap(({ value }) => (value === null ? [] : [{ value, detail: '' }]))
}
