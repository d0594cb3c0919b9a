import { createHash } from 'node:crypto'
import { findExporter, type Exporter, type SkippedClip } from '../../formats/exporters/exporter'
import { count, describeClip, type ExportPlan, type PlannedAudio } from '../../formats/exporters/export-plan'
import { describeUnknown, refuseUnknown } from '../../formats/exporters/unknown-labels'
import { writeCredits } from '../../formats/exporters/credits'
import { AppError, toAppError } from '../../shared/errors'
import type { ExportClip, ExportManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { ExportFiles, type WrittenFile } from './export-files'
import { openSources, readSound, type Sound } from './export-sound'
import { mapInOrder } from './map-in-order'
import { withMediaPool, type MediaRunner } from './media-runner'
import { syncTree, withPartialFolder } from './partial-folder'
import { throttleProgress } from './throttle-progress'
import { verifyExport } from './verify-export'

const threads = 2

/**
 * Exports clips in a format, with checksums, credits, a report (`export-report.json`) of every file and decision, and
 * the certificate of reading it again (`round-trip.json`). The folder appears only when it is complete. A clip whose
 * recording is missing or cannot be read is left out and named; the rest goes on. What a crash has left of the same
 * export is taken up.
 * @throws AppError conflict (`out` is not empty), no-space, no-permission, invalid-argument (nothing to export).
 */
export async function runExport(
  manifest: ExportManifest,
  tell: (event: WorkerEvent) => void,
  media?: MediaRunner,
): Promise<void> {
  const exporter = findExporter(manifest.format)
  const event = await withPartialFolder(manifest.out, nameAttempt(manifest), (folder) =>
    withMediaPool(threads, media, (pool) => writeExport(exporter, manifest, folder, tell, pool)),
  ).catch((thrown: unknown) => {
    throw explain(thrown, manifest.out)
  })
  tell(event)
}

/** Eight digits that are the same for the same clips with the same labels in the same format. */
function nameAttempt({ clips, ...rest }: ExportManifest): string {
  const hash = createHash('sha256').update(JSON.stringify(rest))
  for (const clip of clips) hash.update(JSON.stringify(clip))
  return hash.digest('hex').slice(0, 8)
}

async function writeExport(
  exporter: Exporter,
  manifest: ExportManifest,
  folder: string,
  tell: (event: WorkerEvent) => void,
  media: MediaRunner,
): Promise<WorkerEvent> {
  const createdAt = new Date()
  const isReference = exporter.isSoundOptional === true && manifest.options.sound === 'reference'
  const sources = exporter.holdsAudio && !isReference ? await openSources(manifest.clips) : null
  /** Why a clip is left out before the format has seen it. */
  const refuse = (clip: ExportClip): string | null =>
    sources?.get(clip.path)?.problem ?? refuseUnknown(exporter, manifest.options, clip)
  const readable = manifest.clips.filter((clip) => refuse(clip) === null)
  const plan = exporter.plan(
    { ...manifest, clips: readable },
    { createdAt, containerOf: (path) => sources?.get(path)?.container ?? null },
  )
  const skipped: SkippedClip[] = [
    ...manifest.clips.flatMap((clip) => {
      const reason = refuse(clip)
      return reason === null ? [] : [{ clipId: clip.id, clip: describeClip(clip), reason }]
    }),
    ...plan.skipped,
  ]

  const files = new ExportFiles(folder)
  try {
    const { failed, changed } = await writeSounds(plan, manifest, files, skipped, tell, media)
    const texts = plan.finish(failed)
    if (texts.clips === 0) throw nothingToExport(exporter, manifest, skipped)
    for (const { path, content } of texts.files) await files.append(path, content)
    await files.finish()

    const left = new Set([...skipped.map(({ clipId }) => clipId), ...failed])
    const exported = readable.filter((clip) => !left.has(clip.id))
    tell({ type: 'progress', done: plan.audio.length, total: plan.audio.length, message: 'Reading it again' })
    const certificate = await verifyExport(exporter, folder, exported, placesOf(plan), {
      ...exporter.losses,
      ...plan.losses,
    })
    const credits = writeCredits(exported)
    await files.append('CREDITS.txt', credits.text)
    if (certificate) await files.append('round-trip.json', JSON.stringify(certificate, null, 2) + '\n')
    await files.finish()
    const choices = [
      ...texts.choices,
      ...describeUnknown(exporter, manifest.options, exported),
      ...describeFollowed(manifest),
      ...changed.map((path) => `${path} has changed since it was imported; it was exported as it is now.`),
    ]
    const report = {
      format: exporter.id,
      catalog: manifest.catalogName,
      query: manifest.query,
      options: manifest.options,
      createdAt: createdAt.toISOString(),
      counts: { clips: texts.clips, files: files.written.length, skipped: skipped.length },
      followedLabels: manifest.followed ?? null,
      choices,
      warnings: credits.warnings,
      skipped,
      ...texts.details,
    }
    await writeReport(files, report)
    await syncTree(folder)
    return {
      type: 'exported',
      files: files.written.length,
      clips: texts.clips,
      skipped: skipped.map(({ clip, reason }) => ({ clip, reason })),
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

/** What of the labels nobody has given. */
function describeFollowed({ followed }: ExportManifest): string[] {
  if (!followed) return []
  const { labels, clips } = followed
  return [
    `Written too, as was asked for: ${count(labels, 'label')} on ${count(clips, 'clip')} that follow from others by the tree of classes.`,
  ]
}

/** Writes the sound, each clip's as a file of its own or packed; what an interrupted attempt has written is kept. */
async function writeSounds(
  plan: ExportPlan,
  manifest: ExportManifest,
  files: ExportFiles,
  skipped: SkippedClip[],
  tell: (event: WorkerEvent) => void,
  media: MediaRunner,
): Promise<{ failed: Set<string>; changed: string[] }> {
  const clipOfId = new Map(manifest.clips.map((clip) => [clip.id, clip]))
  const progress = throttleProgress(tell, plan.audio.length)
  const failed = new Set<string>()
  const changed = new Set<string>()
  if (files.resumed > 0)
    tell({ type: 'note', message: `Going on from an interrupted export: ${files.resumed} files are written already.` })
  const read = async (audio: PlannedAudio): Promise<Sound | 'finished'> =>
    !plan.pack && files.takeFinished(audio.path) ? 'finished' : readSound(audio, manifest.options, media)
  await mapInOrder(plan.audio, threads * 2, read, async (outcome, audio, index) => {
    if (outcome === 'finished') {
      progress(index + 1, audio.path)
      return
    }
    if ('reason' in outcome) {
      failed.add(audio.clipId)
      skipped.push({ clipId: audio.clipId, clip: describeClip(clipOfId.get(audio.clipId)!), reason: outcome.reason })
    } else {
      if (outcome.hasChanged) changed.add(audio.from)
      if (plan.pack) {
        for (const piece of plan.pack(audio, outcome.sound)) await files.append(piece.path, piece.content)
      } else if (outcome.sound.kind === 'file') await files.write(audio.path, outcome.sound.bytes)
    }
    progress(index + 1, audio.path)
  })
  return { failed, changed: [...changed] }
}

/** Where each clip is found again: as the plan says, else the whole of its sound file. */
function placesOf(plan: ExportPlan): NonNullable<ExportPlan['placeOf']> {
  if (plan.placeOf) return (clip) => plan.placeOf!(clip)
  const paths = new Map(plan.audio.map(({ clipId, path }) => [clipId, path]))
  return (clip) => {
    const path = paths.get(clip.id)
    return path === undefined ? null : { path, startSeconds: 0, endSeconds: null }
  }
}

/** The report and the checksums, file by file: an export of millions has more of them than a string can hold. */
async function writeReport(files: ExportFiles, report: Record<string, unknown>): Promise<void> {
  const written: readonly WrittenFile[] = [...files.written].sort((a, b) => (a.path < b.path ? -1 : 1))
  for (const { path, sha256 } of written) await files.append('checksums.sha256', toChecksumLine(path, sha256))
  await files.append('export-report.json', JSON.stringify(report, null, 2).replace(/\n\}$/, ',\n  "files": [\n'))
  for (const [index, file] of written.entries()) {
    const comma = index < written.length - 1 ? ',' : ''
    await files.append('export-report.json', `    ${JSON.stringify(file)}${comma}\n`)
  }
  await files.append('export-report.json', '  ]\n}\n')
  await files.finish()
}

/** As `sha256sum` writes and `sha256sum --check` reads: names with a backslash or a line break are escaped. */
function toChecksumLine(path: string, sha256: string): string {
  if (!/[\\\n]/.test(path)) return `${sha256}  ${path}\n`
  return `\\${sha256}  ${path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`
}

function nothingToExport(exporter: Exporter, manifest: ExportManifest, skipped: SkippedClip[]): AppError {
  const first = skipped[0]
  const why = first ? ` ${first.clip}: ${first.reason}.` : ' The query matches no clips.'
  return new AppError('invalid-argument', `There is nothing to export as ${exporter.name}.${why}`, {
    hint:
      skipped.length > 1
        ? `All ${manifest.clips.length} clips were left out; widen the query or label them.`
        : 'Widen the query.',
  })
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
