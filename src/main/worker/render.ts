import { createHash } from 'node:crypto'
import { encodeWav } from '../../formats/audio/encode-wav'
import { toClipRecord } from '../../formats/clip-record'
import { toRow } from '../../formats/exporters/audio-folder'
import { describeClip } from '../../formats/exporters/export-plan'
import { NameTemplate } from '../../formats/exporters/name-template'
import { csvLine } from '../../formats/exporters/write-csv'
import { AppError, toAppError } from '../../shared/errors'
import { formatReport } from '../../shared/job/export-report'
import type { ExportClip, RenderManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { mapInOrder } from '../../shared/map-in-order'
import { drawSounds } from '../media/draw-sounds'
import type { MediaOutput } from '../media/media-task'
import { ClipFile } from './clip-file'
import { DrawLog, type DrawRecord } from './draw-log'
import { encodeFlac } from './encode-flac'
import { ExportFiles } from './export-files'
import { withMediaPool, type MediaRunner } from './media-runner'
import { nameAttempt, syncTree, withPartialFolder } from './partial-folder'
import { classNameOf, drawnClip, soundSegments } from './rendered-clip'
import { throttleProgress } from './throttle-progress'

const threads = 2
/** Clips that are left out in the event; the report has them all. */
const mostTold = 1000

/**
 * Writes draws of a chain over clips as a new folder that AudioFolder's readers, Earmark among them, take: the sound,
 * `metadata.csv` with labels, folds, groups and segments where they are now, `augmentation.jsonl` with what was drawn of
 * each file, `chain.json`, `export-report.json` and `checksums.sha256`. All but the report's time is the same, byte for byte,
 * for the same clips, chain and seed. The folder appears only when it is complete; what a crash has left of the same
 * rendering is taken up. A clip that cannot be read is left out and named.
 *
 * Draw d of the clip at place p of the query is example p · draws + d of the epoch.
 * @throws AppError conflict (`out` is not empty), no-space, no-permission, invalid-argument (nothing could be rendered)
 */
export async function runRender(
  manifest: RenderManifest,
  tell: (event: WorkerEvent) => void,
  media?: MediaRunner,
): Promise<void> {
  const clips = new ClipFile(manifest.clipsFile)
  try {
    const attempt = await nameAttempt(manifest)
    const event = await withPartialFolder(manifest.out, attempt, (folder) =>
      withMediaPool(threads, media, (pool) => writeDraws(manifest, clips, folder, pool, tell)),
    )
    tell(event)
  } finally {
    clips.close()
  }
}

/** One file that is to be. */
interface Draw {
  clip: ExportClip
  example: number
  path: string
}

function* listDraws({ draws, encoding }: RenderManifest, clips: ClipFile): Generator<Draw> {
  const names = new NameTemplate('{recording}_{start}')
  const hasSplit = [...clips].some(({ split }) => split !== null)
  let position = 0
  for (const clip of clips) {
    const name = names.nameOf(clip)
    for (let draw = 0; draw < draws; draw++)
      yield {
        clip,
        example: position * draws + draw,
        path: `${(hasSplit && clip.split) || 'train'}/${name}-${draw + 1}.${encoding === 'flac' ? 'flac' : 'wav'}`,
      }
    position++
  }
}

/** `bytes` are null of a file that an interrupted attempt has written. */
type Rendered = { record: DrawRecord; bytes: Uint8Array | null } | { reason: string }

async function writeDraws(
  manifest: RenderManifest,
  clips: ClipFile,
  folder: string,
  media: MediaRunner,
  tell: (event: WorkerEvent) => void,
): Promise<WorkerEvent> {
  const files = new ExportFiles(folder)
  const log = new DrawLog(folder)
  const total = clips.length * manifest.draws
  const progress = throttleProgress(tell, total)
  const createdAt = new Date().toISOString()
  const hasLabel = ![...clips].some((clip) => classNameOf(clip) === null)
  const skipped = new Map<string, { clipId: string; clip: string; reason: string }>()
  let [written, clipped] = [0, 0]
  let header: string[] | null = null
  try {
    await mapInOrder(
      listDraws(manifest, clips),
      2 * threads,
      async (draw): Promise<Rendered> => {
        const record = log.find(draw.example)
        if (record && files.isFinished(draw.path)) return { record, bytes: null }
        return renderDraw(draw, manifest, hasLabel, media)
      },
      async (made, draw, index) => {
        progress(index + 1, draw.path)
        const { clip } = draw
        if ('reason' in made) {
          skipped.set(clip.id, { clipId: clip.id, clip: describeClip(clip), reason: made.reason })
          return
        }
        const { record, bytes } = made
        if (bytes === null) files.takeFinished(draw.path)
        else {
          await files.write(draw.path, bytes)
          log.add(record)
        }
        const { row, entry } = record
        if (header === null) await files.append('metadata.csv', csvLine((header = Object.keys(row))) + '\n')
        await files.append('metadata.csv', csvLine(header.map((name) => row[name]!)) + '\n')
        await files.append('augmentation.jsonl', JSON.stringify(entry) + '\n')
        written++
        if (entry.clippedSamples > 0) clipped++
      },
    )
    if (written === 0) throw nothingRendered([...skipped.values()][0]?.reason)
    await files.append('chain.json', JSON.stringify(manifest.chain, null, 2) + '\n')
    await files.finish()
    const choices = [
      `Draw d of the clip at place p of the query, both from 0, is example ${manifest.draws} · p + d of epoch ${manifest.epoch} with seed ${manifest.seed}.`,
      'Files keep the fold, the split and the group of the clip that they were made of.',
      ...(clipped > 0 && manifest.encoding !== 'wav-float'
        ? [`In ${clipped} of the files samples went beyond full scale and were clipped; wav-float keeps them.`]
        : []),
    ]
    await writeReport(files, manifest, { createdAt, choices, clips: written, skipped: [...skipped.values()] })
    const count = files.written.length
    files.forgetProgress()
    log.remove()
    await syncTree(folder)
    return {
      type: 'exported',
      files: count,
      clips: written,
      skipped: [...skipped.values()].slice(0, mostTold).map(({ clip, reason }) => ({ clip, reason })),
      skippedCount: skipped.size,
      choices,
      warnings: [],
      importAs: 'audio-folder',
    }
  } finally {
    await files.abandon()
  }
}

async function renderDraw(
  draw: Draw,
  manifest: RenderManifest,
  hasLabel: boolean,
  media: MediaRunner,
): Promise<Rendered> {
  const { clip, example } = draw
  if (clip.soundProblem !== undefined) return { reason: clip.soundProblem }
  const { chain, seed, epoch, materials = [], sampleRateHz, encoding } = manifest
  const { path, startSeconds, endSeconds } = clip
  const place = { seed, epoch, example, className: classNameOf(clip) }
  // A file that keeps its clip's fold has nothing in it of another.
  const sources = materials.map((own) =>
    own
      .filter(({ fold }) => fold === null || fold === clip.fold)
      .map(({ path, startSeconds, endSeconds }) => ({ path, startSeconds, endSeconds: endSeconds ?? Infinity })),
  )
  try {
    const sound = await media.run('augmented', {
      path,
      startSeconds,
      endSeconds,
      sampleRateHz,
      channel: 'mean',
      segments: soundSegments(clip),
      augmentation: { chain, place, materials: drawSounds(chain, place, sources) },
    })
    const channels = [sound.samples]
    const bytes =
      encoding === 'flac'
        ? await encodeFlac(channels, sound.sampleRateHz)
        : encodeWav(channels, sound.sampleRateHz, encoding)
    return { bytes, record: describeDraw(draw, manifest, { bytes, sound }, hasLabel) }
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    // These are not the recording's fault and would befall every other clip as well.
    if (code === 'no-space' || code === 'cancelled') throw thrown
    return { reason: message }
  }
}

function describeDraw(
  { clip, example, path }: Draw,
  { seed, epoch }: RenderManifest,
  { bytes, sound }: { bytes: Uint8Array; sound: MediaOutput<'augmented'> },
  hasLabel: boolean,
): DrawRecord {
  const own = drawnClip(clip, sound, { augmented_from: clip.id, augmented_recording: clip.recordingPath })
  const record = toClipRecord(own, 0)
  let beyond = 0
  for (const sample of sound.samples) if (sample > 1 || sample < -1) beyond++
  const { id, recordingPath, contentHash, startSeconds, endSeconds } = clip
  const { fold, split, group, labels, segments } = record
  const entry = {
    file: path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    source: { clip: id, recording: recordingPath, contentHash, startSeconds, endSeconds },
    fold,
    split,
    group,
    labels,
    className: classNameOf(clip),
    seed,
    epoch,
    example,
    seconds: own.endSeconds,
    sampleRateHz: sound.sampleRateHz,
    clippedSamples: beyond,
    drawn: sound.drawn,
    segments,
  }
  return { row: toRow(path, record, hasLabel), entry }
}

async function writeReport(
  files: ExportFiles,
  { catalogName, query, chain, seed, epoch, draws, sampleRateHz, encoding }: RenderManifest,
  made: { createdAt: string; choices: string[]; clips: number; skipped: unknown[] },
): Promise<void> {
  const written = [...files.written]
  for (const { path, sha256 } of written) await files.append('checksums.sha256', `${sha256}  ${path}\n`)
  const head = {
    format: 'rendered chain',
    catalog: catalogName,
    query,
    options: { seed, epoch, draws, sampleRateHz, encoding, chain },
    createdAt: made.createdAt,
    counts: { clips: made.clips, files: written.length, skipped: made.skipped.length },
    choices: made.choices,
    warnings: [],
  }
  for (const text of formatReport(head, { skipped: made.skipped, files: written }))
    await files.append('export-report.json', text)
  await files.finish()
}

const nothingRendered = (reason: string | undefined): AppError =>
  new AppError('invalid-argument', `No clip could be rendered${reason === undefined ? '' : `: ${reason}`}.`)
