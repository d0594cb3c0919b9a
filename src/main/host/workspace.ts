import { accessSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { WorkspaceState } from '../../shared/contract/workspace'
import { AppError } from '../../shared/errors'
import { Announcer } from './announcer'
import { BackupKeeper } from './backup-keeper'
import type { Moment } from './catalog/as-of'
import { runTask } from './catalog/catalog-task'
import { createCatalog, type CatalogFolder, databaseName, openCatalog, requireAbsolute } from './catalog/catalog-folder'
import { ClipReader } from './catalog/clip-reader'
import { type Database, openDatabase } from './catalog/database'
import { restoreBackup } from './catalog/restore'
import { makeSnapshot, type SnapshotHead } from './catalog/snapshots'
import { catalogJobStore, type JobStore } from './catalog/jobs'
import { moveHistory } from './catalog/history-mover'
import { findNext, type HistoryMove, readHistoryState, runCommand } from './catalog/journal'
import { currentOntologyVersion } from './catalog/ontology-versions'
import type { Recorder } from './catalog/recorder'
import type { Touched } from './catalog/touched'
import { ComputeDesk } from './compute/compute-desk'
import type { HostOptions } from './host-options'
import { memoryJobStore } from './jobs/memory-job-store'
import { OtherProcesses } from './jobs/other-processes'
import { JobQueue } from './jobs/queue'
import type { WorkerHandle } from './jobs/run-worker'
import { recoverJobs } from './jobs/recovery'
import { MediaDesk, type OpenMediaPool } from './media/media-desk'
import { SettingsFile } from './settings'

/** An edit of more rows is undone in a thread, which jobs would have to wait for. */
const mostBesideJobs = 50_000

/** Up to here a snapshot is made within a blink, and needs no thread. */
const mostAtOnce = 10_000

const hourMs = 60 * 60 * 1000

/** What an open copy of a past moment is a copy of: the catalog's folder, and the time. */
export interface AsOf {
  path: string
  at: string
}

/** A catalog that is open, with all that works on it. */
export interface OpenCatalog extends CatalogFolder {
  queue: JobQueue
  media: MediaDesk
  others: OtherProcesses
  reader: ClipReader
  /** Null for one that is only read. */
  backups: BackupKeeper | null
  asOf: AsOf | null
}

/** What one host holds: at most one open catalog, the person's settings, the windows to tell. */
export class Workspace {
  readonly announcer = new Announcer()
  readonly settings: SettingsFile
  readonly compute: ComputeDesk
  /** Short-lived worker processes that are no jobs: they end with the host. */
  readonly helpers = new Set<WorkerHandle>()
  /** Work for the machine and not for a catalog: it goes on when another catalog is opened. */
  readonly machineQueue: JobQueue
  private current: OpenCatalog | null = null

  constructor(
    readonly options: HostOptions,
    private readonly openMediaPool: OpenMediaPool,
  ) {
    this.settings = new SettingsFile(options.userFolder, options.log)
    this.compute = new ComputeDesk({
      ...options,
      helpers: this.helpers,
      onMeasuring: (backend) => this.announcer.tell('compute.measuring', { backend }),
    })
    this.machineQueue = this.makeQueue(memoryJobStore())
  }

  get isCatalogOpen(): boolean {
    return this.current !== null
  }

  /** @throws AppError 'no-catalog' */
  get catalog(): OpenCatalog {
    if (!this.current) throw new AppError('no-catalog', 'No catalog is open.', { hint: 'Open one, or make a new one.' })
    return this.current
  }

  get database(): Database {
    return this.catalog.database
  }

  async state(): Promise<WorkspaceState> {
    const { version, kind } = this.options
    const current = this.current
    const { author, recent } = this.settings.read()
    return {
      version,
      hostKind: kind,
      platform: process.platform,
      author,
      defaultFolder: this.defaultFolder(),
      catalog: current && {
        path: current.path,
        name: current.name,
        asOf: current.asOf,
        ...(await current.reader.ask({ kind: 'counts' })),
      },
      recent,
    }
  }

  async create(path: string): Promise<void> {
    this.refuseWhileBusy()
    const folder = createCatalog(path, this.options.log)
    await this.use(folder)
  }

  /** Opens a catalog; the one that is open already stays as it is. */
  async open(path: string): Promise<void> {
    if (this.current && requireAbsolute(path) === this.current.path) return
    this.refuseWhileBusy()
    const folder = openCatalog(path, this.options.log)
    if (folder.path === this.current?.path) return folder.database.close()
    await this.use(folder)
  }

  /** Closes the catalog of a window's wish. @throws AppError 'conflict' while jobs run */
  async closeCatalog(): Promise<void> {
    this.refuseWhileBusy()
    await this.release()
    this.announcer.tell('workspace.changed', {})
  }

  /** Cancels jobs and closes the catalog. */
  async release(): Promise<void> {
    const catalog = this.current
    this.current = null
    if (!catalog) return
    catalog.others.close()
    await catalog.queue.close()
    await catalog.media.close()
    await catalog.reader.close()
    await catalog.backups?.close()
    catalog.database.close()
    if (catalog.asOf) rmSync(dirname(catalog.path), { recursive: true, force: true })
  }

  /**
   * Opens the catalog as it was at a moment: a copy that can be read, and goes when another is opened.
   * @throws AppError 'conflict' while jobs run, 'not-found' for an entry that is not there
   */
  async openAsOf(moment: Moment): Promise<void> {
    this.refuseWhileBusy()
    const { path, asOf } = this.catalog
    const origin = asOf?.path ?? path
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'earmark-as-of-')))
    try {
      const copy = join(folder, basename(origin))
      for (const name of ['cache', 'runs', 'backups']) mkdirSync(join(copy, name), { recursive: true })
      const file = join(copy, databaseName)
      const { at } = await runTask(
        { kind: 'as-of', file: join(origin, databaseName), to: file, moment },
        (done, total) =>
          this.announcer.tell('catalog.working', { title: 'Going back through the history', done, total }),
      )
      const database = openDatabase(file, { create: false, log: this.options.log })
      await this.use({ path: copy, name: basename(origin), database }, { path: origin, at })
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Puts a catalog back to a copy, and opens it. @param path its folder; the open one's by default */
  async restore(given: string | undefined, name: string): Promise<{ kept: string | null }> {
    const path = given === undefined ? this.ownPath() : realpathSync(requireAbsolute(given))
    if (this.current?.path === path) {
      this.refuseWhileBusy()
      await this.release()
    }
    try {
      return restoreBackup(path, databaseName, name)
    } finally {
      await this.open(path)
    }
  }

  /** The open catalog's folder, also while it is open as it was. */
  ownPath(): string {
    return this.catalog.asOf?.path ?? this.catalog.path
  }

  /** Makes a snapshot of the open catalog; of a large one in a thread. @throws AppError 'conflict' */
  async makeSnapshot(head: SnapshotHead): Promise<{ id: string; isNew: boolean }> {
    const { database, path } = this.catalog
    database.transaction(() => undefined) // refused for a catalog that is only read
    const { clips } = database.get<{ clips: number }>('SELECT count(*) AS clips FROM clips')!
    const onRead = (done: number, total: number): void =>
      this.announcer.tell('catalog.working', { title: 'Making a snapshot', done, total })
    const made =
      clips <= mostAtOnce
        ? makeSnapshot(database, head)
        : await runTask({ kind: 'snapshot', file: join(path, databaseName), head }, onRead)
    this.announcer.tell('snapshots.changed', {})
    return made
  }

  /** Makes one edit by a person and tells every window. */
  edit<T extends { title: string }>(kind: string, author: string, work: (recorder: Recorder) => T): T {
    const { result, touched } = runCommand(this.database, kind, author, work)
    this.tellEdit(touched)
    return result
  }

  /** Undoes or makes again; a very large edit takes seconds, of which windows hear. @throws AppError 'conflict' */
  async moveHistory(direction: 'undo' | 'redo'): Promise<HistoryMove> {
    const { database, path, queue } = this.catalog
    const { title = '', changeCount = 0 } = findNext(database, direction) ?? {}
    const titles = queue.titles()
    // What a job writes meanwhile would be refused, and the job would fail.
    if (changeCount > mostBesideJobs && titles.length > 0)
      throw new AppError('conflict', `“${title}” is too large to be moved while jobs run: ${titles.join(', ')}.`, {
        hint: 'Wait for them, or cancel them first.',
      })
    const onMoved = (done: number, total: number): void =>
      this.announcer.tell('history.moving', { title, direction, done, total })
    try {
      return await moveHistory({ database, file: join(path, databaseName), onMoved }, direction)
    } catch (error) {
      // Windows that have heard of the move hear that it is over.
      this.announcer.tell('history.changed', readHistoryState(database))
      throw error
    }
  }

  tellEdit(touched: Touched, database = this.database): void {
    if (touched.isOntologyTouched) currentOntologyVersion(database)
    if (this.current?.database === database) this.current.reader.note(touched)
    this.announcer.tellTouched(touched, database)
    this.announcer.tell('history.changed', readHistoryState(database))
  }

  runningJobs(): string[] {
    return [...this.machineQueue.titles(), ...(this.current?.queue.titles() ?? [])]
  }

  /** Ends everything; the workspace cannot be used afterwards. */
  async dispose(): Promise<void> {
    for (const helper of this.helpers) helper.kill()
    await Promise.all([...this.helpers].map((helper) => helper.exited))
    await this.machineQueue.close()
    await this.release()
  }

  private makeQueue(store: JobStore): JobQueue {
    return new JobQueue({
      store,
      launchWorker: this.options.launchWorker,
      announce: (job) => this.announcer.tell('jobs.changed', job),
      log: this.options.log,
    })
  }

  private async use(folder: CatalogFolder, asOf: AsOf | null = null): Promise<void> {
    try {
      await this.release()
      if (asOf === null) recoverJobs(folder.database)
      else
        folder.database.lock(
          `This is ${folder.name} as it was at ${asOf.at}; it can only be read.`,
          'Open the catalog itself to change it.',
        )
    } catch (error) {
      folder.database.close()
      throw error
    }
    const reader = new ClipReader({
      database: folder.database,
      file: join(folder.path, databaseName),
      log: this.options.log,
      onLoaded: () => this.announcer.tell('clips.changed', { clipIds: null }),
    })
    this.current = {
      ...folder,
      reader,
      queue: this.makeQueue(catalogJobStore(folder.database)),
      media: new MediaDesk({
        folder: folder.path,
        database: folder.database,
        openPool: this.openMediaPool,
        onMissing: (clipId) => {
          reader.noteSound(clipId)
          this.announcer.tell('clips.changed', { clipIds: [clipId] })
        },
        onPreparing: (event) => this.announcer.tell('media.preparing', event),
        log: this.options.log,
      }),
      others: this.watchOthers(folder.database),
      backups:
        asOf === null
          ? new BackupKeeper({
              ...folder,
              // A command is over soon: it makes the daily copy, and the windows' hosts make the others.
              afterMs: this.options.kind === 'cli' ? 24 * hourMs : hourMs,
              log: this.options.log,
            })
          : null,
      asOf,
    }
    if (asOf === null) this.settings.addRecent(folder.path, folder.name)
    this.tellAll(folder.database)
  }

  private watchOthers(database: Database): OtherProcesses {
    return new OtherProcesses({
      database,
      onChange: () => this.tellAll(database),
      onJob: (job) => {
        this.announcer.tell('jobs.changed', job)
        if (job.runId !== null) this.announcer.tell('runs.changed', { runId: job.runId })
      },
      log: this.options.log,
    })
  }

  /** Anything may be another now. */
  private tellAll(database: Database): void {
    if (this.current?.database === database) this.current.reader.note(null)
    this.announcer.tell('workspace.changed', {})
    this.announcer.tell('ontology.changed', {})
    this.announcer.tell('clips.changed', { clipIds: null })
    this.announcer.tell('annotations.changed', { clipId: null })
    this.announcer.tell('history.changed', readHistoryState(database))
  }

  private refuseWhileBusy(): void {
    const titles = this.current?.queue.titles() ?? []
    if (titles.length > 0)
      throw new AppError('conflict', `This catalog is still at work: ${titles.join(', ')}.`, {
        hint: 'Wait for it, or cancel it first.',
      })
  }

  private defaultFolder(): string {
    for (const folder of [this.options.documentsFolder, this.options.userFolder, homedir()]) {
      try {
        accessSync(folder, constants.W_OK)
        return folder
      } catch {
        continue
      }
    }
    return homedir()
  }
}
