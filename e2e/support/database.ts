import Database from 'better-sqlite3'
import { join } from 'node:path'

/** Asks a catalog's database directly, read-only: what the tests believe is what is on the disk. */
export function readCatalog<T>(catalog: string, sql: string, ...parameters: unknown[]): T[] {
  const database = new Database(join(catalog, 'earmark.db'), { readonly: true, fileMustExist: true })
  try {
    return database.prepare(sql).all(...parameters) as T[]
  } finally {
    database.close()
  }
}

/** The one number a query gives. */
export function countIn(catalog: string, sql: string, ...parameters: unknown[]): number {
  return Number(Object.values(readCatalog<Record<string, number>>(catalog, sql, ...parameters)[0]!)[0])
}
