import Sqlite from 'better-sqlite3'
import { AppError } from '../../../shared/errors'
import { type Migration, migrations } from './migrations/migrations'

export type SqlValue = string | number | null | Uint8Array

/** "EARm" in ASCII: tells a catalog from any other SQLite file. */
const applicationId = 0x4541526d

const slowMs = 200

/** A SQLite connection with its prepared statements kept. Everything is synchronous; one writer. */
export class Database {
  private readonly statements = new Map<string, Sqlite.Statement<SqlValue[]>>()
  private lockedFor: { reason: string; hint: string } | null = null

  /** @param log hears of statements that took longer than 200 ms, by their text without values */
  constructor(
    readonly sqlite: Sqlite.Database,
    private readonly log: (line: string) => void = () => undefined,
  ) {}

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.timed(sql, () => this.prepare(sql).all(...values)) as Row[]
  }

  /** The first column of each row. */
  pluck<Value>(sql: string, ...values: SqlValue[]): Value[] {
    const work = (): unknown[] =>
      this.sqlite
        .prepare<SqlValue[]>(sql)
        .pluck()
        .all(...values)
    return this.timed(sql, work) as Value[]
  }

  /** Row by row, for what should not stand in memory at once. */
  iterate<Row>(sql: string, ...values: SqlValue[]): IterableIterator<Row> {
    return this.sqlite.prepare<SqlValue[]>(sql).iterate(...values) as IterableIterator<Row>
  }

  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.timed(sql, () => this.prepare(sql).get(...values)) as Row | undefined
  }

  /**
   * Refuses every write until `unlock`, because another thread has begun one that takes long: waiting for it would hold
   * up everything. @param reason a sentence
   */
  lock(reason: string, hint = 'Wait until that is done; the lists can be read meanwhile.'): void {
    this.lockedFor = { reason, hint }
  }

  get isLocked(): boolean {
    return this.lockedFor !== null
  }

  unlock(): void {
    this.lockedFor = null
  }

  /** @returns how many rows changed. */
  run(sql: string, ...values: SqlValue[]): number {
    this.refuseWhileLocked()
    return this.timed(sql, () => this.prepare(sql).run(...values).changes)
  }

  /** Inserts one row. @returns its rowid; meaningless for tables without one */
  insert(sql: string, ...values: SqlValue[]): number {
    this.refuseWhileLocked()
    return this.timed(sql, () => Number(this.prepare(sql).run(...values).lastInsertRowid))
  }

  /** The key that the next row of a table gets: greater than any it ever had. */
  nextKey(table: string): number {
    return 1 + (this.get<{ seq: number }>('SELECT seq FROM sqlite_sequence WHERE name = ?', table)?.seq ?? 0)
  }

  /**
   * Inserts many rows with one statement, which is several times as fast as one by one. Names of tables and columns are
   * the caller's constants, never input.
   * @param firstKey the key of the first row, counted up from there
   * @param constants what is the same in every row
   * @param rows the values of the other columns, in their order
   */
  insertAll(
    table: string,
    firstKey: number,
    constants: Record<string, string | number | null>,
    columns: readonly string[],
    rows: readonly (string | number | null)[][],
  ): void {
    const fixed = Object.keys(constants)
    const values = [...fixed.map(() => '?'), ...columns.map((_column, place) => `value ->> ${place}`)]
    this.run(
      `INSERT INTO ${table} (${['key', ...fixed, ...columns].join(', ')})
         SELECT ${['? + key', ...values].join(', ')} FROM json_each(?)`,
      firstKey,
      ...Object.values(constants),
      JSON.stringify(rows),
    )
  }

  /** Runs `work` whole or not at all; inside another transaction it becomes a savepoint. */
  transaction<T>(work: () => T): T {
    this.refuseWhileLocked()
    return this.sqlite.transaction(work).immediate()
  }

  /**
   * As `transaction`, for work that is worth nothing until a later one completes it: nothing waits for the disk, and
   * when the power fails the last of it may be gone, never a part. The next `transaction` makes all before it durable.
   * References are not looked up again: the caller adds only rows whose owners it has just written or read.
   */
  hastyTransaction<T>(work: () => T): T {
    this.refuseWhileLocked()
    this.sqlite.pragma('synchronous = NORMAL')
    this.sqlite.pragma('foreign_keys = OFF')
    try {
      return this.transaction(work)
    } finally {
      this.sqlite.pragma('synchronous = FULL')
      this.sqlite.pragma('foreign_keys = ON')
    }
  }

  close(): void {
    // Lets SQLite refresh its statistics where tables have grown; it decides and is quick.
    try {
      this.sqlite.pragma('optimize')
    } catch (error) {
      this.log(`statistics were not refreshed: ${String(error)}`)
    }
    this.sqlite.close()
  }

  /** @throws AppError 'conflict' */
  private refuseWhileLocked(): void {
    if (this.lockedFor !== null) throw new AppError('conflict', this.lockedFor.reason, { hint: this.lockedFor.hint })
  }

  private timed<T>(sql: string, work: () => T): T {
    const start = performance.now()
    const result = work()
    const tookMs = performance.now() - start
    if (tookMs > slowMs) this.log(`slow query, ${tookMs.toFixed(0)} ms: ${sql.replace(/\s+/g, ' ').slice(0, 300)}`)
    return result
  }

  private prepare(sql: string): Sqlite.Statement<SqlValue[]> {
    let statement = this.statements.get(sql)
    if (!statement) {
      statement = this.sqlite.prepare<SqlValue[]>(sql)
      // Queries are put together from few parts, so the texts are few; the bound is for a hostile caller.
      if (this.statements.size > 500) this.statements.clear()
      this.statements.set(sql, statement)
    }
    return statement
  }
}

/** Opens a catalog's database file for reading only, beside the one that writes. */
export function openReader(file: string): Database {
  const sqlite = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5000 })
  sqlite.pragma('temp_store = MEMORY')
  addFunctions(sqlite)
  return new Database(sqlite)
}

/** Whether a file is a database in which nothing was ever written: what a program that was killed while it made it leaves. */
export function isEmptyDatabase(file: string): boolean {
  try {
    const sqlite = new Sqlite(file, { readonly: true, fileMustExist: true })
    try {
      const hasVersion = ['application_id', 'user_version'].some((name) => sqlite.pragma(name, { simple: true }) !== 0)
      return !hasVersion && sqlite.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
    } finally {
      sqlite.close()
    }
  } catch {
    return false
  }
}

/** `in (…)` over any number of values with one statement text: `select value from json_each(?)`. */
export function listParameter(values: readonly (string | number)[]): string {
  return JSON.stringify(values)
}

/**
 * Opens a catalog's database file and brings it to the newest schema.
 * @param file absolute path, or ':memory:'
 * @param beforeMigrating makes a copy of an older catalog; not called for a new one
 * @throws AppError 'not-a-catalog', 'catalog-newer', 'catalog-older', 'catalog-damaged'
 */
export function openDatabase(
  file: string,
  options: {
    create: boolean
    beforeMigrating?(database: Database, version: number): void
    log?(line: string): void
  },
  known: readonly Migration[] = migrations,
): Database {
  const sqlite = connect(file, options.create)
  try {
    const version = readVersion(sqlite, file, options.create, known)
    configure(sqlite)
    const database = new Database(sqlite, options.log)
    if (version > 0 && version < newestVersion(known)) options.beforeMigrating?.(database, version)
    migrate(sqlite, version, known)
    return database
  } catch (error) {
    sqlite.close()
    throw error
  }
}

const newestVersion = (known: readonly Migration[]): number => known.at(-1)?.version ?? 0

function connect(file: string, create: boolean): Sqlite.Database {
  try {
    return new Sqlite(file, { fileMustExist: !create, timeout: 5000 })
  } catch (cause) {
    const code = (cause as { code?: string }).code
    if (code === 'SQLITE_CANTOPEN')
      throw new AppError('no-permission', `${file} cannot be opened for writing.`, {
        hint: 'Check the permissions of the catalog’s folder.',
        cause,
      })
    throw cause
  }
}

function readVersion(sqlite: Sqlite.Database, file: string, create: boolean, known: readonly Migration[]): number {
  let id: number
  let version: number
  try {
    id = sqlite.pragma('application_id', { simple: true }) as number
    version = sqlite.pragma('user_version', { simple: true }) as number
  } catch (cause) {
    throw new AppError('catalog-damaged', `${file} is not a readable SQLite file: ${(cause as Error).message}.`, {
      hint: 'Restore the newest copy from the catalog’s backups folder.',
      cause,
    })
  }
  const isEmpty = version === 0 && id === 0 && sqlite.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
  if (create && isEmpty) return 0
  if (isEmpty)
    throw new AppError('not-a-catalog', `${file} is empty: the program that was making it ended before it could.`, {
      hint: 'Make the catalog again, in the same folder.',
    })
  if (id !== applicationId) throw new AppError('not-a-catalog', `${file} is a database, but not Earmark’s.`)
  if (version > newestVersion(known))
    throw new AppError(
      'catalog-newer',
      `${file} was written by a newer Earmark (schema ${version}; this one reads up to ${newestVersion(known)}).`,
      { hint: 'Open it with that version of Earmark, or newer.' },
    )
  refuseFirstLayout(sqlite, file, version)
  return version
}

/** Before it was released, version 1 named rows by text alone; such a catalog cannot be carried over. */
function refuseFirstLayout(sqlite: Sqlite.Database, file: string, version: number): void {
  const hasKeys = sqlite.prepare(`SELECT 1 FROM pragma_table_info('clips') WHERE name = 'key'`).get() !== undefined
  if (version > 0 && !hasKeys)
    throw new AppError('catalog-older', `${file} was written by a preview of Earmark whose layout is no longer read.`, {
      hint: 'Make a new catalog and import the dataset again, or open this one with the version that wrote it.',
    })
}

function configure(sqlite: Sqlite.Database): void {
  // Takes effect in a new file only. Against 4096 a catalog of two million clips is a tenth smaller, and written an
  // eighth faster.
  sqlite.pragma('page_size = 16384')
  sqlite.pragma('journal_mode = WAL')
  // A commit that was acknowledged is in the WAL file, so ending the process (kill -9) never loses it,
  // with any setting. FULL also syncs the WAL at each commit, so that it survives power loss: people label
  // at a human pace and jobs commit in batches, so the sync (a millisecond or so) is never felt. NORMAL
  // would keep the database sound but could lose the last labels when the power goes.
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('fullfsync = ON') // macOS: a sync there is only real with this
  // Imports write gigabytes: the log is copied into the file every 64 MiB, and not at every batch.
  sqlite.pragma('wal_autocheckpoint = 4096')
  sqlite.pragma('foreign_keys = ON')
  sqlite.pragma('temp_store = MEMORY')
  addFunctions(sqlite)
}

function addFunctions(sqlite: Sqlite.Database): void {
  sqlite.function('fold_text', { deterministic: true }, (text) => (typeof text === 'string' ? foldText(text) : null))
}

/** Text for comparing what people type with what file systems keep: lower case, accents composed (macOS splits them). */
export function foldText(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function migrate(sqlite: Sqlite.Database, from: number, known: readonly Migration[]): void {
  const isMade = (table: string): boolean =>
    sqlite.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined
  const pending = known.filter(({ version, makes }) => version > from || (makes !== undefined && !isMade(makes)))
  for (const migration of pending) {
    sqlite
      .transaction(() => {
        sqlite.exec(migration.sql)
        sqlite.pragma(`user_version = ${Math.max(from, migration.version)}`)
      })
      .immediate()
  }
}
