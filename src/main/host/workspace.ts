import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { WorkspaceState } from '../../shared/contract/workspace'
import { AppError } from '../../shared/errors'
import { Announcer } from './announcer'
import { createCatalog, type CatalogFolder, databaseName, openCatalog, requireAbsolute } from './catalog/catalog-folder'
import { ClipReader } from './catalog/clip-reader'
import type { Database } from './catalog/database'
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

/** A catalog that is open, with all that works on it. */
export interface OpenCatalog extends CatalogFolder {
  queue: JobQueue
  media: MediaDesk
  others: OtherProcesses
  reader: ClipReader
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
      catalog: current && { path: current.path, name: current.name, ...(await current.reader.ask({ kind: 'counts' })) },
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
    catalog.database.close()
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

  private async use(folder: CatalogFolder): Promise<void> {
    try {
      await this.release()
      recoverJobs(folder.database)
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
      }),
      others: this.watchOthers(folder.database),
    }
    this.settings.addRecent(folder.path, folder.name)
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
