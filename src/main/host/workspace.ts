// A little over 400 lines: what one open catalog has, from its opening to its closing, is begun and ended in one place.
import { accessSync, constants, realpathSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Job } from '../../shared/contract/jobs'
import type { CopyOf, WorkspaceState } from '../../shared/contract/workspace'
import { AppError } from '../../shared/errors'
import { Announcer } from './announcer'
import { BackupKeeper } from './backup-keeper'
import type { Moment } from './catalog/as-of'
import { runTask } from './catalog/catalog-task'
import {
  createCatalog,
  type CatalogFolder,
  databaseName,
  isReadOnly,
  openCatalog,
  requireAbsolute,
} from './catalog/catalog-folder'
import { ClipReader } from './catalog/clip-reader'
import { type Database, openDatabase } from './catalog/database'
import { restoreBackup } from './catalog/restore'
import { makeSnapshot, type SnapshotHead } from './catalog/snapshots'
import { catalogJobStore, type JobStore } from './catalog/jobs'
import type { MergeOptions, MergeResult } from './catalog/merge/merge-catalogs'
import { type HistoryMove, readHistoryState, runCommand } from './catalog/journal'
import { doEdit, type EditResult, type LargeEdit } from './catalog/large-edit'
import { currentOntologyVersion } from './catalog/ontology-versions'
import type { Recorder } from './catalog/recorder'
import type { Touched } from './catalog/touched'
import { borrowRuns, makeCopyFolder, sweepCopyFolders } from './copy-folders'
import { ComputeDesk } from './compute/compute-desk'
import type { HostOptions } from './host-options'
import { memoryJobStore } from './jobs/memory-job-store'
import { OtherProcesses } from './jobs/other-processes'
import { JobQueue } from './jobs/queue'
import type { WorkerHandle } from './jobs/run-worker'
import { recoverJobs } from './jobs/recovery'
import { ThreadJobs } from './jobs/thread-jobs'
import { moveHistoryOf, runLargeEdit, startMergeInto } from './large-edits'
import { MediaDesk, type OpenMediaPool } from './media/media-desk'
import { SettingsFile } from './settings'

/** Up to here a snapshot is made within a blink, and needs no thread. */
const mostAtOnce = 10_000

const hourMs = 60 * 60 * 1000

/** A catalog that is open, with all that works on it. */
export interface OpenCatalog extends CatalogFolder {
  queue: JobQueue
  media: MediaDesk
  others: OtherProcesses
  /** Merges, and large edits that are undone. */
  threadJobs: ThreadJobs
  reader: ClipReader
  /** Null for one that is only read. */
  backups: BackupKeeper | null
  /** Of what it is a copy; null for the catalog itself. */
  copyOf: CopyOf | null
}

/** Why a copy cannot be changed, and what to do instead. */
function sayReadOnly(name: string, { path, at }: CopyOf): [reason: string, hint: string] {
  return at === null
    ? [
        `${path} is on a disk that cannot be written, so it can only be read.`,
        'Copy the catalog’s folder to a disk that can be written, and open it there.',
      ]
    : [`This is ${name} as it was at ${at}; it can only be read.`, 'Open the catalog itself to change it.']
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

  /** Media threads of one's own, for files that need no catalog; whoever asks closes them. */
  openMedia(): ReturnType<OpenMediaPool> {
    return this.openMediaPool({})
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
        copyOf: current.copyOf,
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

  /**
   * Opens a catalog; the one that is open already stays as it is. One on a disk that cannot be written is copied, since
   * SQLite has to write beside what it reads, and the copy can only be read.
   */
  async open(path: string): Promise<void> {
    if (this.current && requireAbsolute(path) === this.current.path) return
    this.refuseWhileBusy()
    if (isReadOnly(path)) return this.openForReading(realpathSync(requireAbsolute(path)))
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
    await catalog.threadJobs.close()
    await catalog.media.close()
    await catalog.reader.close()
    await catalog.backups?.close()
    catalog.database.close()
    if (catalog.copyOf) rmSync(dirname(catalog.path), { recursive: true, force: true })
  }

  /**
   * Opens the catalog as it was at a moment: a copy that can be read, and goes when another is opened.
   * @throws AppError 'conflict' while jobs run, 'not-found' for an entry that is not there
   */
  async openAsOf(moment: Moment): Promise<void> {
    this.refuseWhileBusy()
    const { path, copyOf } = this.catalog
    // What lies on a disk that cannot be written is opened as a copy already.
    const source = copyOf === null || copyOf.at === null ? path : copyOf.path
    await this.openCopy(this.ownPath(), 'Going back through the history', async (to, onProgress) => {
      const { at } = await runTask({ kind: 'as-of', file: join(source, databaseName), to, moment }, { onProgress })
      return at
    })
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

  /** The open catalog's own folder, also while a copy of it is open. */
  ownPath(): string {
    return this.catalog.copyOf?.path ?? this.catalog.path
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
        : await runTask({ kind: 'snapshot', file: join(path, databaseName), head }, { onProgress: onRead })
    this.announcer.tell('snapshots.changed', {})
    return made
  }

  /** Makes one edit by a person and tells every window. */
  edit<T extends { title: string }>(kind: string, author: string, work: (recorder: Recorder) => T): T {
    const { result, touched } = runCommand(this.database, kind, author, work)
    this.tellEdit(touched)
    return result
  }

  /**
   * Makes an edit that may change very many rows: at once where it is small, else as a job, whose end is waited for.
   * @param how its title as a job, and whether it is small
   * @throws AppError 'cancelled', 'conflict' and what the edit throws
   */
  async editMany<E extends LargeEdit>(
    edit: E,
    author: string,
    { title, isSmall }: { title: string; isSmall: boolean },
  ): Promise<EditResult<E>> {
    const { database } = this
    if (isSmall) return this.edit(edit.kind, author, (recorder) => doEdit(database, recorder, edit, author))
    const { result, touched } = await runLargeEdit(this.catalog, edit, { title, author })
    this.tellEdit(touched, database)
    return result
  }

  /** Undoes or makes again; of a very large edit that is a job. @throws AppError 'conflict', 'cancelled' */
  moveHistory(direction: 'undo' | 'redo'): Promise<HistoryMove> {
    return moveHistoryOf(this.catalog, direction)
  }

  /** Merges another catalog into the open one, as a job. @throws AppError 'conflict', 'not-a-catalog' */
  startMerge(options: MergeOptions): { job: Job; result: Promise<MergeResult> } {
    const { database } = this.catalog
    const { job, result } = startMergeInto(this.catalog, options)
    return {
      job,
      result: result.then((merged) => {
        if (!options.isDryRun) this.tellEdit(merged.touched, database)
        return merged
      }),
    }
  }

  tellEdit(touched: Touched, database = this.database): void {
    try {
      if (touched.isOntologyTouched) currentOntologyVersion(database)
    } catch (error) {
      // On a full disk, say. The edit stands; its version is written when somebody asks for it.
      this.options.log(`the version of the ontology was not written: ${String(error)}`)
    }
    if (this.current?.database === database) this.current.reader.note(touched)
    this.announcer.tellTouched(touched, database)
    this.announcer.tell('history.changed', readHistoryState(database))
  }

  runningJobs(): string[] {
    return [this.machineQueue, ...(this.current ? [this.current.queue, this.current.threadJobs] : [])].flatMap((jobs) =>
      jobs.titles(),
    )
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

  private openForReading(origin: string): Promise<void> {
    return this.openCopy(origin, 'Copying a catalog that cannot be written', async (to, onProgress) => {
      await runTask({ kind: 'view', file: join(origin, databaseName), to }, { onProgress })
      borrowRuns(origin, dirname(to))
      return null
    })
  }

  /** @param make fills the database file of the copy, and says of when it is */
  private async openCopy(
    origin: string,
    title: string,
    make: (to: string, onProgress: (done: number, total: number) => void) => Promise<string | null>,
  ): Promise<void> {
    const { copy, folder } = makeCopyFolder(origin)
    try {
      const file = join(copy, databaseName)
      const at = await make(file, (done, total) => this.announcer.tell('catalog.working', { title, done, total }))
      const database = openDatabase(file, { create: false, log: this.options.log })
      await this.use({ path: copy, name: basename(origin), database }, { path: origin, at })
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  private async use(folder: CatalogFolder, copyOf: CopyOf | null = null): Promise<void> {
    try {
      await this.release()
      if (copyOf === null) recoverJobs(folder.database)
      else folder.database.lock(...sayReadOnly(folder.name, copyOf))
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
      threadJobs: new ThreadJobs((job) => this.announcer.tell('jobs.changed', job)),
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
        copyOf === null
          ? new BackupKeeper({
              ...folder,
              // A command is over soon: it makes the daily copy, and the windows' hosts make the others.
              afterMs: this.options.kind === 'cli' ? 24 * hourMs : hourMs,
              log: this.options.log,
            })
          : null,
      copyOf,
    }
    if (copyOf?.at == null) this.settings.addRecent(copyOf?.path ?? folder.path, folder.name)
    sweepCopyFolders()
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
    const titles = this.current ? [...this.current.queue.titles(), ...this.current.threadJobs.titles()] : []
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
