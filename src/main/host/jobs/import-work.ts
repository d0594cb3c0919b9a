import { basename } from 'node:path'
import type { ImportCounts, Job } from '../../../shared/contract/jobs'
import type { JobManifest } from '../../../shared/job/manifest'
import { readAliases } from '../../../shared/job/interaction-rows'
import type { WorkerEvent } from '../../../shared/job/worker-event'
import { addCounts, ingestNamed, nothingCounted } from '../catalog/bulk-ingest'
import type { Database } from '../catalog/database'
import { addIssues, setJobEntry } from '../catalog/jobs'
import { closeEntry, takeBack } from '../catalog/journal'
import { countNoun } from '../catalog/labels'
import { ingestInteractions } from '../catalog/ingest-interactions'
import { linkItems } from '../catalog/interaction-clips'
import { ensureClasses } from '../catalog/ontology'
import { ensureRoot, ingestRecordings, listKnownRecordings } from '../catalog/recordings'
import { Recorder } from '../catalog/recorder'
import { addTouched, nothingTouched, type Touched } from '../catalog/touched'
import type { JobWork } from './queue'

export interface ImportRequest {
  kind: 'import' | 'sample'
  /** Absolute real path of the dataset's folder. */
  path: string
  format: string
  author: string
  manifest(known: ReturnType<typeof listKnownRecordings>): JobManifest
  tell(touched: Touched): void
}

const tellMs = 1000

/** Of clips that keep what a person set, so many are listed one by one: a split by hand may be of millions. */
const mostNotes = 1000

/** Pairs of users and items that were left, told of one by one: a list that stands twice in its file has millions. */
const mostPairs = 10_000

/** An import: every batch is one transaction, all of them are one journal entry, and a failure takes it back. */
export function createImportWork(database: Database, request: ImportRequest): JobWork {
  const { path, format, author } = request
  const name = request.kind === 'sample' ? 'the sample sounds' : basename(path)
  let recorder: Recorder | null = null
  let touched = nothingTouched()
  let toldMs = -Infinity
  let notes = 0
  /** Of this import; from there on a pair that is here stands twice in it. */
  let firstInteraction: number | null = null
  let leftPairs = 0
  const aliases = new Map<string, string>()

  const batch = (job: Job, work: (recorder: Recorder) => void): void => {
    const own = (recorder ??= new Recorder(database, { kind: 'import', title: `Import ${name}`, author }, 'open'))
    const mark = own.mark()
    try {
      // An import that is not ended is taken back: its batches need not be durable by themselves.
      database.hastyTransaction(() => {
        work(own)
        own.writeCount()
        if (own.seq !== mark.seq) setJobEntry(database, job.id, own.seq)
      })
    } catch (error) {
      own.rewind(mark)
      throw error
    }
  }

  type Ingested = ReturnType<typeof ingestRecordings>
  const take = (job: Job, ingest: (own: Recorder, rootKey: number) => Ingested): void =>
    takeCounted(job, (own) => ingest(own, ensureRoot(database, own, path, format)))

  const takeCounted = (job: Job, ingest: (own: Recorder) => Ingested): void => {
    let counts: ImportCounts = nothingCounted
    batch(job, (own) => {
      const added = ingest(own)
      counts = added.counts
      const issues = added.issues.filter(({ kind }) => kind !== 'note' || ++notes <= mostNotes)
      if (issues.length > 0) addIssues(database, job.id, issues)
      job.issueCount += issues.length
    })
    job.importCounts = addCounts(job.importCounts!, counts)
    addTouched(touched, recorder!.drainTouched())
    // Windows ask their lists anew when they are told: not at every one of hundreds of batches.
    if (performance.now() - toldMs > tellMs) tell()
  }

  /** Items of interactions are matched with the clips that are here when all have come. */
  const linkClips = (job: Job, own: Recorder): void => {
    const { interactions } = job.importCounts!
    job.importCounts!.interactions = { ...interactions!, matchedItems: linkItems(database, own, aliases) }
    own.writeCount()
    if (own.seq !== null) setJobEntry(database, job.id, own.seq)
  }

  const tell = (): void => {
    request.tell(touched)
    touched = nothingTouched()
    toldMs = performance.now()
  }

  return {
    kind: request.kind,
    title: request.kind === 'sample' ? 'Create the sample sounds' : `Import ${name}`,
    runId: null,
    outPath: null,
    start(job) {
      job.importCounts = nothingCounted
      return request.manifest(listKnownRecordings(database, path))
    },
    ingest(job, event: WorkerEvent) {
      switch (event.type) {
        case 'classes':
          batch(job, (own) => ensureClasses(database, own, event.classes))
          break
        case 'recordings':
          take(job, (own, root) => ingestRecordings(database, own, root, event.recordings))
          break
        case 'named':
          take(job, (own, root) =>
            ingestNamed(database, own, root, event.rows, (drafts) => ingestRecordings(database, own, root, drafts)),
          )
          break
        case 'interactions':
          firstInteraction ??= database.nextKey('interactions')
          for (const [alias, item] of readAliases(event.rows)) aliases.set(alias, item)
          takeCounted(job, (own) => {
            const { counts, issues } = ingestInteractions(database, own, event.rows, firstInteraction!)
            const room = Math.max(0, mostPairs - leftPairs)
            leftPairs += issues.length
            return { counts, issues: issues.slice(0, room).map(({ file, row, reason }) => ({ file, row, reason })) }
          })
          break
        case 'issues':
          database.transaction(() => addIssues(database, job.id, event.issues))
          job.issueCount += event.issues.length
          break
        case 'skipped':
          job.importCounts = { ...job.importCounts!, skipped: job.importCounts!.skipped + event.count }
          break
        default:
          break
      }
    },
    end(job, status) {
      if (status === 'done' && firstInteraction !== null) linkClips(job, recorder!)
      const seq = recorder?.seq ?? null
      if (status === 'done') {
        recorder?.retitle(`Import ${name}: ${describeImport(job.importCounts ?? nothingCounted)}`)
        if (seq !== null) closeEntry(database, seq)
        if (notes > mostNotes)
          addIssues(database, job.id, [
            { file: path, row: null, reason: `note: ${countNoun(notes - mostNotes, 'more value')} kept as set here` },
          ])
        if (leftPairs > mostPairs)
          addIssues(database, job.id, [
            {
              file: path,
              row: null,
              reason: `note: ${countNoun(leftPairs - mostPairs, 'more row')} left for like reasons`,
            },
          ])
      } else {
        if (seq !== null) addTouched(touched, takeBack(database, seq))
        job.importCounts = null
      }
    },
    afterEnd() {
      // The batch that failed may have noted rows that are not there; telling too much does no harm.
      if (recorder) addTouched(touched, recorder.drainTouched())
      tell()
    },
  }
}

function describeImport({ clips, interactions }: ImportCounts): string {
  if (!interactions) return countNoun(clips, 'clip')
  return `${countNoun(interactions.pairs, 'count')} of ${countNoun(interactions.users, 'new user')}`
}
