import { join } from 'node:path'
import { findExporter, type Exporter, type SkippedClip } from '../../formats/exporters/exporter'
import {
  count,
  describeClip,
  type ExportPlan,
  type ExportTexts,
  type PlannedAudio,
} from '../../formats/exporters/export-plan'
import { writeCredits } from '../../formats/exporters/credits'
import { refuseClip, writesSound } from '../../formats/exporters/refuse-clip'
import { describeUnknown } from '../../formats/exporters/unknown-labels'
import { AppError, toAppError } from '../../shared/errors'
import { formatReport } from '../../shared/job/export-report'
import { addFollowed, type ExportClip, type ExportJobManifest, type FollowedLabels } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { mapInOrder } from '../../shared/map-in-order'
import { ClipFile, FoundClips, type FoundClip } from './clip-file'
import { ExportFiles } from './export-files'
import { readSound, Sources, type Sound } from './export-sound'
import { JsonLines } from './json-lines'
import { withMediaPool, type MediaRunner } from './media-runner'
import { nameAttempt, syncTree, withPartialFolder } from './partial-folder'
import { throttleProgress } from './throttle-progress'
import { verifyExport } from './verify-export'

const threads = 2
/** Clips that are left out in the event; the report has them all. */
const mostTold = 1000
/** Changed sound files that the report names. */
const mostNamed = 100

/**
 * Exports clips in a format, with checksums, credits, a report (`export-report.json`) of every file and decision, and
 * the certificate of reading it again (`round-trip.json`). The folder appears only when it is complete. A clip whose
 * recording is missing or cannot be read is left out and named; the rest goes on. What a crash has left of the same
 * export is taken up. Clips are walked in their file, several times, and never all in memory.
 * @throws AppError conflict (`out` is not empty), no-space, no-permission, invalid-argument (nothing to export).
 */
export async function runExport(
  manifest: ExportJobManifest,
  tell: (event: WorkerEvent) => void,
  media?: MediaRunner,
): Promise<void> {
  const exporter = findExporter(manifest.format)
  const clips = new ClipFile(manifest.clipsFile)
  try {
    const attempt = await nameAttempt(manifest)
    const event = await withPartialFolder(manifest.out, attempt, (folder) =>
      withMediaPool(threads, media, (pool) => new Attempt(exporter, manifest, folder, tell, pool).write(clips)),
    )
    tell(event)
  } catch (thrown) {
    throw explain(thrown, manifest.out)
  } finally {
    clips.close()
  }
}

/** One way through an export: find, plan, write sound, write texts, read again, report. */
class Attempt {
  private readonly createdAt = new Date()
  private readonly files: ExportFiles
  private readonly skipped: JsonLines<SkippedClip>
  /** Clips of the export that are not fully annotated. */
  private unfinished = 0
  private readonly followed: FollowedLabels = { labels: 0, clips: 0 }

  constructor(
    private readonly exporter: Exporter,
    private readonly manifest: ExportJobManifest,
    private readonly folder: string,
    private readonly tell: (event: WorkerEvent) => void,
    private readonly media: MediaRunner,
  ) {
    this.files = new ExportFiles(folder)
    this.skipped = new JsonLines(join(folder, '.earmark-skipped.jsonl'))
    // An interrupted attempt may have left its own.
    this.skipped.remove()
  }

  async write(file: ClipFile): Promise<WorkerEvent> {
    const { exporter, files } = this
    try {
      const clips = await this.findClips(file)
      const plan = exporter.plan(
        { ...this.manifest, clips },
        { createdAt: this.createdAt, containerOf: (clip) => (clip as FoundClip).container },
      )
      const { failed, changed } = await this.writeSounds(plan, clips.length)
      const texts = plan.finish(failed)
      if (texts.clips === 0) throw this.nothingToExport(file.length)
      for (const piece of texts.files) await files.put(piece)
      await files.finish()

      const total = clips.length
      this.tell({ type: 'progress', done: total, total, message: 'Reading it again' })
      const certificate = await verifyExport(exporter, plan, this.folder, failed)
      const credits = writeCredits(clips, failed)
      for (const piece of credits.files) await files.put(piece)
      if (certificate) await files.append('round-trip.json', JSON.stringify(certificate, null, 2) + '\n')
      await files.finish()
      const choices = [
        ...texts.choices,
        ...describeSnapshot(this.manifest),
        ...describeUnknown(exporter, this.manifest.options, this.unfinished),
        ...(this.manifest.propagate === true ? [describeFollowed(this.followed)] : []),
        ...describeChanged(changed),
      ]
      await this.report(texts, choices, credits.warnings)
      const told = [...firstOf(this.skipped, mostTold)].map(({ clip, reason }) => ({ clip, reason }))
      const left = this.skipped.length
      this.skipped.remove()
      const written = files.written.length
      files.forgetProgress()
      await syncTree(this.folder)
      return {
        type: 'exported',
        files: written,
        clips: texts.clips,
        skipped: told,
        skippedCount: left,
        roundTrip: certificate && {
          verdict: certificate.verdict,
          clips: certificate.clips,
          differences: certificate.differences,
        },
        choices,
        warnings: credits.warnings,
      }
    } finally {
      await files.abandon()
    }
  }

  /** Marks the clips that the format takes and whose sound is there; the others are left out, with the reason. */
  private async findClips(file: ClipFile): Promise<FoundClips> {
    const { exporter, manifest } = this
    const sources = writesSound(exporter, manifest.options) ? new Sources() : null
    const found = new FoundClips(file)
    const progress = throttleProgress(this.tell, file.length)
    await mapInOrder(
      file,
      8,
      (clip) =>
        sources && clip.soundProblem === undefined
          ? sources.look(clip.path)
          : Promise.resolve({ container: null, problem: undefined }),
      ({ container, problem }, clip, index) => {
        const reason = problem ?? refuseClip(exporter, clip, manifest.options)
        if (reason !== null) this.skip(clip, reason)
        else {
          found.mark(index, container)
          this.tally(clip, 1)
        }
        if (index % 1000 === 999) progress(index, 'Looking at the clips')
      },
    )
    return found
  }

  /** Counts a clip in, or out again. */
  private tally(clip: ExportClip, times: 1 | -1): void {
    if (!clip.isFullyAnnotated) this.unfinished += times
    addFollowed(this.followed, clip, times)
  }

  private skip(clip: ExportClip, reason: string): void {
    this.skipped.add({ clipId: clip.id, clip: describeClip(clip), reason })
  }

  /** Writes the sound, each clip's as a file of its own or packed; what an interrupted attempt has written is kept. */
  private async writeSounds(plan: ExportPlan, total: number): Promise<{ failed: Set<string>; changed: Changed }> {
    const { files, manifest, media } = this
    const progress = throttleProgress(this.tell, total)
    const failed = new Set<string>()
    const changed: Changed = { paths: new Set(), others: 0 }
    if (files.resumed > 0)
      this.tell({
        type: 'note',
        message: `Going on from an interrupted export: ${files.resumed} files are written already.`,
      })
    const read = async (audio: PlannedAudio): Promise<Sound | 'finished'> =>
      !plan.pack && files.takeFinished(audio.path) ? 'finished' : readSound(audio, manifest.options, media)
    await mapInOrder(plan.audio, threads * 2, read, async (outcome, audio, index) => {
      if (outcome !== 'finished') {
        if ('reason' in outcome) {
          failed.add(audio.clip.id)
          this.tally(audio.clip, -1)
          this.skip(audio.clip, outcome.reason)
        } else {
          if (outcome.hasChanged) {
            if (changed.paths.size < mostNamed) changed.paths.add(audio.clip.path)
            else changed.others++
          }
          if (plan.pack) for (const piece of plan.pack(audio, outcome.sound)) await files.put(piece)
          else if (outcome.sound.kind === 'file') await files.write(audio.path, outcome.sound.bytes)
        }
      }
      progress(index + 1, audio.path)
    })
    return { failed, changed }
  }

  /** The report and the checksums, item by item: an export of millions has more of them than a string can hold. */
  private async report(
    { clips, details, lists = {} }: ExportTexts,
    choices: string[],
    warnings: string[],
  ): Promise<void> {
    const { exporter, files, manifest, skipped } = this
    const fileCount = files.written.length
    for (const { path, sha256 } of firstOf(files.written, fileCount))
      await files.append('checksums.sha256', toChecksumLine(path, sha256))
    const head = {
      format: exporter.id,
      catalog: manifest.catalogName,
      query: manifest.query,
      snapshot: manifest.snapshot ?? null,
      options: manifest.options,
      createdAt: this.createdAt.toISOString(),
      counts: { clips, files: fileCount, skipped: skipped.length },
      followedLabels: manifest.propagate === true ? this.followed : null,
      choices,
      warnings,
      ...details,
    }
    const path = 'export-report.json'
    const texts = formatReport(head, { skipped, ...lists, files: firstOf(files.written, fileCount) })
    for (const text of texts) await files.append(path, text)
    await files.finish()
  }

  private nothingToExport(clips: number): AppError {
    const [first] = firstOf(this.skipped, 1)
    const why = first ? ` ${first.clip}: ${first.reason}.` : ' The query matches no clips.'
    return new AppError('invalid-argument', `There is nothing to export as ${this.exporter.name}.${why}`, {
      hint:
        this.skipped.length > 1
          ? `All ${clips} clips were left out; widen the query or label them.`
          : 'Widen the query.',
    })
  }
}

/** Sound files that are not as they were imported: some by name, and how many clips are of others. */
interface Changed {
  paths: Set<string>
  others: number
}

function describeSnapshot({ snapshot }: ExportJobManifest): string[] {
  if (!snapshot) return []
  const { name, contentHash, at, ontologyVersion, hasMetadata } = snapshot
  const title = name === null ? contentHash.slice(0, 12) : `“${name}”`
  const own = `All of it is as snapshot ${title} of ${at} holds it, with version ${ontologyVersion} of the ontology.`
  if (hasMetadata) return [own]
  return [own, 'The snapshot was made before they held metadata: licences and other metadata are those of now.']
}

function describeFollowed({ labels, clips }: FollowedLabels): string {
  return `Written too, as was asked for: ${count(labels, 'label')} on ${count(clips, 'clip')} that follow from others by the tree of classes.`
}

function describeChanged({ paths, others }: Changed): string[] {
  const named = [...paths].map((path) => `${path} has changed since it was imported; it was exported as it is now.`)
  if (others === 0) return named
  return [...named, `So have others, which hold ${count(others, 'more clip')}.`]
}

function* firstOf<T>(items: Iterable<T>, most: number): Generator<T> {
  let count = 0
  for (const item of items) {
    if (count++ >= most) return
    yield item
  }
}

/** As `sha256sum` writes and `sha256sum --check` reads: names with a backslash or a line break are escaped. */
function toChecksumLine(path: string, sha256: string): string {
  if (!/[\\\n]/.test(path)) return `${sha256}  ${path}\n`
  return `\\${sha256}  ${path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`
}

/** A full disk says nothing of where; a person needs the folder. */
function explain(thrown: unknown, out: string): AppError {
  const error = toAppError(thrown)
  if (thrown instanceof AppError || error.code === 'internal') return error
  return new AppError(error.code, `Exporting to ${out} failed, nothing was left there: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: thrown,
  })
}
