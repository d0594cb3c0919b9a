/** A host on a temporary folder, spoken to through the contract, for tests. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client, EventName, HostEvents } from '../../../shared/contract/contract'
import type { Job } from '../../../shared/contract/jobs'
import type { RecordingDraft, SoundDraft, WorkerEvent } from '../../../shared/job/worker-event'
import { connect, type Connection } from '../../../shared/rpc/client'
import { createLocalPair } from '../../../shared/rpc/local-pair'
import { createHost, type Host } from '../host'
import type { OpenMediaPool } from '../media/media-desk'
import { createFakeLauncher, type FakeScript, type FakeWorker } from './fake-worker'

export interface HostFixture {
  folder: string
  host: Host
  connection: Connection
  client: Client
  launched: FakeWorker[]
  logged: string[]
  /** Every event heard, by name. */
  heard<N extends EventName>(name: N): HostEvents[N][]
  /** Waits for a job's end. */
  finish(jobId: string): Promise<Job>
  close(): Promise<void>
}

const noMedia: OpenMediaPool = () => {
  throw new Error('this test has no media threads')
}

/** @param folder an earlier fixture's, to open its catalogs again */
export function openHost(
  script: FakeScript,
  options: { folder?: string; openMediaPool?: OpenMediaPool } = {},
): HostFixture {
  const folder = options.folder ?? realpathSync(mkdtempSync(join(tmpdir(), 'earmark-host-')))
  const { launchWorker, launched } = createFakeLauncher(script)
  const logged: string[] = []
  mkdirSync(join(folder, 'documents'), { recursive: true })
  const host = createHost(
    {
      kind: 'headless',
      version: '0.0.0-test',
      userFolder: join(folder, 'user'),
      documentsFolder: join(folder, 'documents'),
      launchWorker,
      log: (line) => void logged.push(line),
    },
    options.openMediaPool ?? noMedia,
  )
  const [near, far] = createLocalPair()
  host.connect(far)
  const connection = connect(near)
  const events = new Map<EventName, unknown[]>()
  const names: EventName[] = [
    'workspace.changed',
    'clips.changed',
    'annotations.changed',
    'ontology.changed',
    'history.changed',
    'jobs.changed',
    'runs.changed',
    'runs.epoch',
    'compute.measuring',
    'media.preparing',
  ]
  for (const name of names) {
    const list: unknown[] = []
    events.set(name, list)
    connection.on(name, (payload) => void list.push(payload))
  }
  return {
    folder,
    host,
    connection,
    client: connection.client,
    launched,
    logged,
    heard: <N extends EventName>(name: N) => events.get(name) as HostEvents[N][],
    finish: (jobId) => waitForJob(connection, jobId),
    async close() {
      await host.close()
      connection.close()
    },
  }
}

function waitForJob(connection: Connection, jobId: string): Promise<Job> {
  return new Promise((resolve, reject) => {
    const isOver = (job: Job): boolean => job.status !== 'queued' && job.status !== 'running'
    const stop = connection.on('jobs.changed', (job) => {
      if (job.id !== jobId || !isOver(job)) return
      stop()
      resolve(job)
    })
    connection.client.jobs.get({ id: jobId }).then((job) => {
      if (!isOver(job)) return
      stop()
      resolve(job)
    }, reject)
  })
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** One 5-second recording in ESC-50's manner with one clip over all of it. */
export function draft(name: string, fold: string, className: string, group: string | null = null): SoundDraft {
  return {
    path: `audio/${name}.wav`,
    contentHash: `hash-of-${name}`,
    sizeBytes: 441_044,
    modifiedMs: 1_700_000_000_000.5,
    format: 'wav',
    sampleRateHz: 44_100,
    channelCount: 1,
    durationSeconds: 5,
    clips: [
      {
        startSeconds: 0,
        endSeconds: null,
        fold,
        group: group ?? `source-${name}`,
        labels: [{ className, state: 'present' }],
        source: { filename: `${name}.wav`, take: 'A' },
      },
    ],
  }
}

export const classNames = ['dog', 'rain', 'crying baby'] as const

/** `perClass` recordings of three classes, dealt over four folds: what a small ESC-50 looks like. */
export function smallSet(perClass = 8): SoundDraft[] {
  return classNames.flatMap((className, code) =>
    Array.from({ length: perClass }, (_, index) => draft(`${index}-${code}`, String((index % 4) + 1), className)),
  )
}

/** What an import of these drafts tells, in batches of ten. */
export function importEvents(drafts: RecordingDraft[]): WorkerEvent[] {
  const events: WorkerEvent[] = [
    { type: 'classes', classes: classNames.map((name, code) => ({ name, code, mid: null })) },
  ]
  for (let start = 0; start < drafts.length; start += 10) {
    events.push({ type: 'recordings', recordings: drafts.slice(start, start + 10) })
    const done = Math.min(start + 10, drafts.length)
    events.push({ type: 'progress', done, total: drafts.length, message: `audio/${done}` })
  }
  return events
}

/** A script that imports these drafts. */
export function importScript(drafts: () => RecordingDraft[]): FakeScript {
  return (worker) => {
    for (const event of importEvents(drafts())) worker.tell(event)
    worker.tell({ type: 'done' })
  }
}
