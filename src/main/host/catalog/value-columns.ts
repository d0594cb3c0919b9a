/** Which value of a metadata, or which group, each clip has: numbers by position, read one name after another. */
import type { ClipColumns } from './clip-columns'
import { ClipSet } from './clip-set'
import type { Database } from './database'

/** A name of metadata; null: the group. */
export type ValueName = string | null

/** Numbers from 1 in the order of `values`; 0: none. */
export interface ValueColumn {
  codes: Uint16Array
  values: string[]
  numbers: Map<string, number>
}

/** Where there are more values than numbers: who has any. The index finds the few clips that one of them has. */
export interface ManyValues {
  has: ClipSet
}

/** So many names are kept, of four bytes a clip at most; clips of further ones are found by the database's index. */
const mostNames = 40

const pieceRows = 20_000

/** Below what sixteen bits hold, by as many as an edit may bring. */
const mostNumbers = 55_000

const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export class ValueColumns {
  private readonly loaded = new Map<ValueName, ValueColumn | ManyValues>()
  private readonly loading = new Map<ValueName, Promise<void>>()
  /** Edited while something was being read. */
  private readonly editedKeys = new Set<number>()

  /**
   * @param database where the clips are as they are now
   * @param openReader opens a connection of its own for what is read in pieces
   */
  constructor(
    private readonly database: Database,
    private readonly columns: ClipColumns,
    private readonly openReader: () => Database,
    private readonly mostValues: number,
  ) {}

  /** undefined: not read yet. */
  get(name: ValueName): ValueColumn | ManyValues | undefined {
    return this.loaded.get(name)
  }

  /** Reads one name; what is asked of the database meanwhile goes between its pieces. */
  load(name: ValueName): Promise<void> {
    if (this.loaded.has(name)) return Promise.resolve()
    let own = this.loading.get(name)
    if (!own) this.loading.set(name, (own = this.read(name).finally(() => this.loading.delete(name))))
    return own
  }

  /** Reads all names, one after another. @param isWanted whether to go on */
  async loadAll(isWanted: () => boolean): Promise<void> {
    const names: ValueName[] = this.database.pluck<string>(
      'SELECT name FROM metadata_names ORDER BY key LIMIT ?',
      mostNames,
    )
    for (const name of [null, ...names]) {
      if (!isWanted()) return
      await this.load(name)
    }
  }

  /** Reads the values of some clips anew. */
  refresh(keys: readonly number[]): void {
    if (this.loading.size > 0) for (const key of keys) this.editedKeys.add(key)
    for (const [name, column] of this.loaded) this.refreshColumn(name, column, keys)
  }

  private async read(name: ValueName): Promise<void> {
    const reader = this.openReader()
    try {
      reader.sqlite.exec('BEGIN')
      const nameKey = name === null ? 0 : findNameKey(reader, name)
      const { table, key, value, condition } = sourceOf(name, nameKey)
      const column = this.makeColumn()
      let rows = 0
      // From value to value along the index: no text is read twice.
      const nextSql = `SELECT min(${value}) AS value FROM ${table} WHERE ${condition} AND ${value} `
      let next = reader.get<{ value: string | null }>(`${nextSql} >= ''`)!.value
      while (next !== null) {
        if (column.values.length >= this.mostValues)
          return this.finish(name, await this.readMany(reader, name, nameKey))
        const number = addValue(column, next)
        const keys = reader.pluck<number>(`SELECT ${key} FROM ${table} WHERE ${condition} AND ${value} = ?`, next)
        for (const clip of keys) {
          const position = this.columns.positions[clip] ?? -1
          if (position >= 0) column.codes[position] = number
        }
        rows += keys.length + 50
        if (rows > pieceRows) {
          rows = 0
          await giveWay()
        }
        next = reader.get<{ value: string | null }>(`${nextSql} > ?`, next)!.value
      }
      this.finish(name, column)
    } finally {
      reader.close()
      if (this.loading.size <= 1) this.editedKeys.clear()
    }
  }

  private async readMany(reader: Database, name: ValueName, nameKey: number): Promise<ManyValues> {
    const has = new ClipSet(this.columns.keys.length)
    const { table, key, condition } = sourceOf(name, nameKey)
    let rows = 0
    for (const row of reader.iterate<{ key: number }>(`SELECT ${key} AS key FROM ${table} WHERE ${condition}`)) {
      has.add(this.columns.positions[row.key]!)
      if (++rows % pieceRows === 0) await giveWay()
    }
    return { has }
  }

  private finish(name: ValueName, column: ValueColumn | ManyValues): void {
    this.loaded.set(name, column)
    this.refreshColumn(name, column, [...this.editedKeys])
  }

  private makeColumn(): ValueColumn {
    return { codes: new Uint16Array(this.columns.keys.length), values: [], numbers: new Map() }
  }

  private refreshColumn(name: ValueName, column: ValueColumn | ManyValues, keys: readonly number[]): void {
    if (keys.length === 0) return
    const nameKey = name === null ? 0 : findNameKey(this.database, name)
    const { table, key, value, condition } = sourceOf(name, nameKey)
    const rows = this.database.all<{ key: number; value: string }>(
      `SELECT ${key} AS key, ${value} AS value FROM ${table}
         WHERE ${condition} AND ${key} IN (SELECT value FROM json_each(?))`,
      JSON.stringify(keys),
    )
    const positionOf = (clip: number): number => this.columns.positions[clip]!
    if ('has' in column) {
      for (const clip of keys) column.has.remove(positionOf(clip))
      for (const row of rows) column.has.add(positionOf(row.key))
      return
    }
    for (const clip of keys) column.codes[positionOf(clip)] = 0
    for (const row of rows) {
      const number = column.numbers.get(row.value) ?? addValue(column, row.value)
      column.codes[positionOf(row.key)] = number
    }
    // The numbers have an end; then only who has any value is kept.
    if (column.values.length <= mostNumbers) return
    const has = new ClipSet(column.codes.length)
    column.codes.forEach((code, position) => {
      if (code > 0) has.add(position)
    })
    this.loaded.set(name, { has })
  }
}

function addValue(column: ValueColumn, value: string): number {
  const number = column.values.push(value)
  column.numbers.set(value, number)
  return number
}

const findNameKey = (database: Database, name: string): number =>
  database.get<{ key: number }>('SELECT key FROM metadata_names WHERE name = ?', name)?.key ?? 0

/** Where a name's values stand. Its key is a number of the database's own. */
function sourceOf(name: ValueName, nameKey: number): Record<'table' | 'key' | 'value' | 'condition', string> {
  return name === null
    ? { table: 'clips', key: 'key', value: 'group_key', condition: 'group_key IS NOT NULL' }
    : { table: 'clip_metadata', key: 'clip_key', value: 'value', condition: `name_key = ${nameKey}` }
}
