/** SQL of edits that change many rows with one statement, and of what the journal keeps of them. */
import { type JournaledTable, journaledTables } from './journal-tables'

/** A row's key as the journal writes it. @param own the name of the table, or of what has its columns, in the statement */
export const keyText = (table: JournaledTable, own: string): string =>
  `json_array(${journaledTables[table].key.map((column) => `${own}.${column}`).join(', ')})`

/** A whole row as the journal writes it. */
export const rowText = (table: JournaledTable, own: string): string =>
  `json_object(${journaledTables[table].columns.map((column) => `'${column}', ${own}.${column}`).join(', ')})`

/** Each statement takes the first value of `by` that is changed and the first that is not. */
interface UpdateTexts {
  /** The column by which an edit is cut into pieces. */
  by: string
  /** What the journal keeps: key, before, after. */
  noted: string
  change: string
  /** Finds a clip that would go into the test set or out of it; null for an edit that moves none. */
  moved: string | null
}

/** The statements that set columns of rows to those of `source`, where they differ. */
export function updateTexts(table: JournaledTable, columns: readonly string[], source: string): UpdateTexts {
  const { key } = journaledTables[table]
  const by = key[0]
  const isSame = key.map((column) => `s.${column} = t.${column}`).join(' AND ')
  const differs = columns.map((column) => `t.${column} IS NOT s.${column}`).join(' OR ')
  const where = `${isSame} AND s.${by} >= ? AND s.${by} < ? AND (${differs})`
  const rows = `FROM ${source} s CROSS JOIN ${table} t WHERE ${where}`
  const write = (own: 's' | 't'): string =>
    `json_object(${[
      ...key.map((column) => `'${column}', t.${column}`),
      ...columns.map((column) => `'${column}', ${own}.${column}`),
    ].join(', ')})`
  return {
    by,
    noted: `SELECT ${keyText(table, 't')}, ${write('t')}, ${write('s')} ${rows}`,
    change: `UPDATE ${table} AS t SET ${columns.map((column) => `${column} = s.${column}`).join(', ')}
      FROM ${source} s WHERE ${where}`,
    moved: columns.includes('split') ? `SELECT 1 ${rows} AND 'test' IN (t.split, s.split) LIMIT 1` : null,
  }
}
