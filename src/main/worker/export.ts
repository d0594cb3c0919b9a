import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeWav } from '../../formats/audio/encode-wav'
import { findExporter, type Exporter, type PlannedAudio, type SkippedClip } from '../../formats/exporters/exporter'
import { describeClip } from '../../formats/exporters/export-plan'
import { AppError, toAppError } from '../../shared/errors'
import type { ExportClip, ExportManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { mapInOrder } from './map-in-order'
import { withMediaPool, type MediaRunner } from './media-runner'
import { syncTree, withPartialFolder, writeDurably } from './partial-folder'
import { throttleProgress } from './throttle-progress'

const threads = 2

interface WrittenFile {
  path: string
  sizeBytes: number
  sha256: string
}

/**
 * Exports clips in a format, with a report (`export-report.json`) of every file and decision. The folder
 * appears only when it is complete. A clip whose recording is missing or cannot be read is left out and
 * named; the rest goes on.
 * @throws AppError conflict (`out` is not empty), no-space, no-permission, invalid-argument (nothing to export).
 */
export async function runExport(
  manifest: ExportManifest,
  tell: (event: WorkerEvent) => void,
  media?: MediaRunner,
): Promise<void> {
  const exporter = findExporter(manifest.format)
  const event = await withPartialFolder(manifest.out, (folder) =>
    withMediaPool(threads, media, (pool) => writeExport(exporter, manifest, folder, tell, pool)),
  ).catch((thrown: unknown) => {
    throw explain(thrown, manifest.out)
  })
  tell(event)
}

async function writeExport(
  exporter: Exporter,
  manifest: ExportManifest,
  folder: string,
  tell: (event: WorkerEvent) => void,
  media: MediaRunner,
): Promise<WorkerEvent> {
  const createdAt = new Date()
  const sources = exporter.holdsAudio ? await openSources(manifest.clips) : null
  const isMissing = (clip: ExportClip): boolean => sources?.get(clip.path)?.problem !== undefined
  const readable = manifest.clips.filter((clip) => !isMissing(clip))
  const plan = exporter.plan(
    { ...manifest, clips: readable },
    { createdAt, containerOf: (path) => sources?.get(path)?.container ?? null },
  )
  const skipped: SkippedClip[] = [
    ...manifest.clips.filter(isMissing).map((clip) => ({
      clipId: clip.id,
      clip: describeClip(clip),
      reason: sources?.get(clip.path)?.problem ?? '',
    })),
    ...plan.skipped,
  ]

  const written: WrittenFile[] = []
  const changed: string[] = []
  const clipOfId = new Map(manifest.clips.map((clip) => [clip.id, clip]))
  const progress = throttleProgress(tell, plan.audio.length)
  const failed = new Set<string>()
  await mapInOrder(
    plan.audio,
    threads * 2,
    (audio) => readSound(audio, media),
    async (sound, audio, index) => {
      if ('reason' in sound) {
        failed.add(audio.clipId)
        skipped.push({ clipId: audio.clipId, clip: describeClip(clipOfId.get(audio.clipId)!), reason: sound.reason })
      } else {
        if (sound.hasChanged) changed.push(audio.from)
        written.push(await writeFile(folder, audio.path, sound.bytes))
      }
      progress(index + 1, audio.path)
    },
  )

  const texts = plan.finish(failed)
  if (texts.clips === 0) throw nothingToExport(exporter, manifest, skipped)
  for (const { path, content } of texts.files) written.push(await writeFile(folder, path, content))
  const report = {
    format: exporter.id,
    catalog: manifest.catalogName,
    query: manifest.query,
    createdAt: createdAt.toISOString(),
    counts: { clips: texts.clips, files: written.length, skipped: skipped.length },
    choices: [
      ...texts.choices,
      ...[...new Set(changed)].map(
        (path) => `${path} has changed since it was imported; it was exported as it is now.`,
      ),
    ],
    skipped,
    files: written,
    ...texts.details,
  }
  await writeFile(folder, 'export-report.json', JSON.stringify(report, null, 2) + '\n')
  await syncTree(folder)
  return {
    type: 'exported',
    files: written.length + 1,
    clips: texts.clips,
    skipped: skipped.map(({ clip, reason }) => ({ clip, reason })),
  }
}

async function writeFile(folder: string, path: string, content: Uint8Array | string): Promise<WrittenFile> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  await writeDurably(join(folder, path), bytes)
  return { path, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

type Sound = { bytes: Uint8Array; hasChanged: boolean } | { reason: string }

/** The bytes to write for a clip: the recording's own, or its span cut from the decoded samples in every channel. */
async function readSound(audio: PlannedAudio, media: MediaRunner): Promise<Sound> {
  try {
    if (audio.isCopy) {
      const bytes = await readFile(audio.from)
      const hash = createHash('sha256').update(bytes).digest('hex')
      return { bytes, hasChanged: audio.contentHash !== null && hash !== audio.contentHash }
    }
    const { startSeconds, endSeconds } = audio
    const { channels, sampleRateHz } = await media.run('channels', { path: audio.from, startSeconds, endSeconds })
    return { bytes: encodeWav(channels, sampleRateHz), hasChanged: false }
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    // These are not the recording's fault and would befall every other clip as well.
    if (code === 'no-space' || code === 'cancelled') throw thrown
    return { reason: message }
  }
}

interface Source {
  container: 'wav' | 'ogg' | null
  problem?: string
}

/** Looks at the first bytes of every recording: whether it is there, and what it is whatever its name says. */
async function openSources(clips: readonly ExportClip[]): Promise<Map<string, Source>> {
  const paths = [...new Set(clips.map((clip) => clip.path))]
  const sources = new Map<string, Source>()
  await mapInOrder(paths, 8, openSource, (source, path) => void sources.set(path, source))
  return sources
}

async function openSource(path: string): Promise<Source> {
  try {
    const file = await open(path, 'r')
    try {
      const head = Buffer.alloc(12)
      await file.read(head, 0, head.length, 0)
      const text = head.toString('latin1')
      if (text.startsWith('RIFF') && text.endsWith('WAVE')) return { container: 'wav' }
      return { container: text.startsWith('OggS') ? 'ogg' : null }
    } finally {
      await file.close()
    }
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    return { container: null, problem: code === 'not-found' ? 'the recording’s file is missing' : message }
  }
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
