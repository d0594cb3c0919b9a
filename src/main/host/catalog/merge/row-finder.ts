import type { Database, SqlValue } from '../database'
import type { JournaledTable, Row, RowKey } from '../journal-tables'
import { journaledTables } from '../journal-tables'
import { ensureMetadataName } from '../metadata'
import {
  columnsOf,
  identityColumns,
  type MergedTable,
  type PortableRow,
  type ReferredTable,
  referenceOf,
} from './portable-row'

export type RawRow = Record<string, SqlValue>

/**
 * Finds in our catalog what a row of another one names: by id; else classes by MID or name, recordings by content and
 * path, clips by recording and span, folders by path.
 */
export class RowFinder {
  private readonly keys = new Map<string, number>()

  constructor(private readonly database: Database) {}

  /** From now on their id means our row: it was found by other means, or has just been made. */
  remember(table: string, theirId: string, ourKey: number): void {
    this.keys.set(`${table}/${theirId}`, ourKey)
  }

  /** Our key for their id; null where we have no such row. */
  resolve(table: ReferredTable, theirId: string): number | null {
    if (table === 'metadata_names') return ensureMetadataName(this.database, theirId)
    const name = `${table}/${theirId}`
    const known = this.keys.get(name)
    if (known !== undefined) return known
    const key = this.database.get<{ key: number }>(`SELECT key FROM ${table} WHERE id = ?`, theirId)?.key ?? null
    if (key !== null) this.keys.set(name, key)
    return key
  }

  /** Their row with our keys in it; null where what it belongs to is not here. */
  translate(row: PortableRow): RawRow | null {
    const own: RawRow = {}
    for (const [column, value] of Object.entries(row)) {
      const referred = referenceOf(column)
      own[column] = referred === null || value === null ? value : this.resolve(referred, String(value))
      if (own[column] === null && value !== null) return null
    }
    return own
  }

  /** Our row of the same name, with its key as the journal writes it. */
  find(table: MergedTable, row: PortableRow): { key: RowKey; row: RawRow } | null {
    const own = this.translate(row)
    if (own === null) return null
    const found = this.selectBy(table, own, identityColumns(table)) ?? this.findByNature(table, own)
    if (!found) return null
    if (typeof row.id === 'string') this.remember(table, row.id, Number(found.key))
    const key = table === 'embeddings' ? ['key'] : journaledTables[table].key
    return { key: key.map((column) => found[column] as string | number), row: found }
  }

  /** Our row as the journal writes it. */
  read(table: JournaledTable, key: RowKey): Row | null {
    const where = journaledTables[table].key.map((column) => `${column} = ?`).join(' AND ')
    return (
      this.database.get<Row>(
        `SELECT ${journaledTables[table].columns.join(', ')} FROM ${table} WHERE ${where}`,
        ...key,
      ) ?? null
    )
  }

  private findByNature(table: MergedTable, own: RawRow): RawRow | null {
    switch (table) {
      case 'roots':
        return this.selectBy(table, own, ['path'])
      case 'recordings':
        return own.content_hash === null
          ? this.selectBy(table, own, ['path', 'root_key'])
          : this.selectBy(table, own, ['content_hash', 'path'])
      case 'ontology_classes':
        return (own.mid === null ? null : this.selectBy(table, own, ['mid'])) ?? this.selectBy(table, own, ['name'])
      case 'clips':
        return this.selectBy(table, own, ['recording_key', 'start_seconds', 'end_seconds'])
      default:
        return null
    }
  }

  private selectBy(table: MergedTable, own: RawRow, columns: readonly string[]): RawRow | null {
    const where = columns.map((column) => `${column} = ?`).join(' AND ')
    const values = columns.map((column) => own[column] ?? null)
    return (
      this.database.get<RawRow>(`SELECT ${columnsOf(table).join(', ')} FROM ${table} WHERE ${where}`, ...values) ?? null
    )
  }
}
