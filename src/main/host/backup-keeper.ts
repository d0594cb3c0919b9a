import { join } from 'node:path'
import { databaseName } from './catalog/catalog-folder'
import { isBackupDue, newestBackup, rotateBackups } from './catalog/backup-names'
import { runTask } from './catalog/catalog-task'
import type { Database } from './catalog/database'

export interface BackupKeeperOptions {
  /** The catalog's folder. */
  path: string
  database: Database
  /** How old the newest copy may become while there are edits. */
  afterMs: number
  log(line: string): void
}

const lookMs = 5 * 60 * 1000

/** Copies an open catalog again and again, in a thread: when the newest copy is old and something was written since. */
export class BackupKeeper {
  private readonly timer: NodeJS.Timeout
  private running: Promise<string> | null = null

  constructor(private readonly options: BackupKeeperOptions) {
    this.timer = setInterval(() => this.look(), lookMs)
    this.timer.unref()
    this.look()
  }

  /** Copies now. @param reason why, when not by the clock @returns the copy's name */
  make(reason: 'by-hand' | null): Promise<string> {
    // One at a time; who asks meanwhile gets the next one, because the running one may lack the last edit.
    const before = this.running?.catch(() => undefined)
    const copying = (before ?? Promise.resolve()).then(() => this.copy(reason))
    this.running = copying
    const forget = (): void => {
      if (this.running === copying) this.running = null
    }
    copying.then(forget, forget)
    return copying
  }

  /** Ends the watching, and waits for a copy that is being made. */
  async close(): Promise<void> {
    clearInterval(this.timer)
    await this.running?.catch(() => undefined)
  }

  private look(): void {
    if (this.running !== null || !this.isDue()) return
    // A copy that cannot be made (a full disk) is no reason to stop working.
    this.make(null).catch((error: unknown) => this.options.log(`no backup of ${this.options.path}: ${String(error)}`))
  }

  private isDue(): boolean {
    const { database, afterMs } = this.options
    const created = database.get<{ value: string }>(`SELECT value FROM meta WHERE key = 'created_at'`)?.value
    if (!isBackupDue(this.folder, created ?? '1970-01-01', new Date(), afterMs)) return false
    // Without an edit since, a copy would be the one there is.
    const edited = lastEdit(database)
    return edited !== null && Date.parse(edited) > (newestBackup(this.folder) ?? -Infinity)
  }

  private async copy(reason: 'by-hand' | null): Promise<string> {
    const file = join(this.options.path, databaseName)
    const { name } = await runTask({ kind: 'backup', file, folder: this.folder, reason })
    rotateBackups(this.folder)
    return name
  }

  private get folder(): string {
    return join(this.options.path, 'backups')
  }
}

/** When an edit, an undo, or a run was last written; null for a catalog in which nothing has happened. */
function lastEdit(database: Database): string | null {
  return database.get<{ at: string | null }>(
    `SELECT max(at) AS at FROM (
       SELECT at FROM (SELECT at FROM journal ORDER BY seq DESC LIMIT 1)
       UNION ALL SELECT at FROM (SELECT at FROM journal_moves ORDER BY key DESC LIMIT 1)
       UNION ALL SELECT max(coalesce(finished_at, created_at)) FROM runs)`,
  )!.at
}
