import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ClipPeaks, ClipSamples, ClipThumbnail, MediaRange } from '../../../shared/contract/media'
import { AppError, toAppError } from '../../../shared/errors'
import type { MediaPool } from '../../media/media-pool'
import type { MediaInput, MediaOutput, MediaSpan, MediaTaskKind } from '../../media/media-task'
import { readClip } from '../catalog/clips'
import type { Database } from '../catalog/database'
import { markMissing } from '../catalog/missing-sound'
import { MediaCache } from '../../media/media-cache'
import { resolveInside } from './resolve-inside'

export type OpenMediaPool = () => Pick<MediaPool, 'run' | 'close'>

export interface MediaDeskOptions {
  /** The catalog's folder; pictures are kept under its `cache/`. */
  folder: string
  database: Database
  openPool: OpenMediaPool
  /** A clip's file turned out to be gone, or to be back. */
  onMissing(clipId: string): void
}

/** Cells of a thumbnail: what a table row shows, at twice its size for sharp screens. */
const thumbnailSize = { width: 160, height: 48 }
const renditionCount = 4

interface Rendition {
  clipId: string
  wav: Promise<Uint8Array>
}

/** Sound and pictures of clips, by clip id: files are found by the catalog, never named by a window. */
export class MediaDesk {
  private pool: Pick<MediaPool, 'run' | 'close'> | null = null
  private readonly cache: MediaCache
  private renditions: Rendition[] = []

  constructor(private readonly options: MediaDeskOptions) {
    this.cache = new MediaCache(join(options.folder, 'cache'))
  }

  /** Mono samples of a clip at its own rate. @throws AppError 'not-found', 'bad-file' */
  async samples(clipId: string, signal?: AbortSignal): Promise<ClipSamples> {
    const { channelCount } = requireSound(readClip(this.options.database, clipId))
    const result = await this.runOnClip('samples', clipId, { sampleRateHz: null, channel: 'mean' as const }, signal)
    return { ...result, channelCount }
  }

  async peaks(clipId: string, count: number, signal?: AbortSignal): Promise<ClipPeaks> {
    const key = this.cacheKey(clipId, `peaks-v1-${count}`)
    const bytes = await this.cache.read(key)
    if (bytes && bytes.length === 8 + count * 8) {
      const copy = bytes.slice()
      const durationSeconds = new DataView(copy.buffer).getFloat64(0, true)
      return { durationSeconds, peaks: new Float32Array(copy.buffer, 8, count * 2) }
    }
    const result = await this.runOnClip('peaks', clipId, { count }, signal)
    const packed = new Uint8Array(8 + result.peaks.byteLength)
    new DataView(packed.buffer).setFloat64(0, result.durationSeconds, true)
    packed.set(new Uint8Array(result.peaks.buffer, result.peaks.byteOffset, result.peaks.byteLength), 8)
    await this.cache.write(key, packed)
    return { durationSeconds: result.durationSeconds, peaks: result.peaks }
  }

  async thumbnail(clipId: string, signal?: AbortSignal): Promise<ClipThumbnail> {
    const { width, height } = thumbnailSize
    const key = this.cacheKey(clipId, `thumbnail-v1-${width}x${height}`)
    const bytes = await this.cache.read(key)
    if (bytes && bytes.length === width * height) return { width, height, values: bytes }
    const result = await this.runOnClip('thumbnail', clipId, thumbnailSize, signal)
    if (result.width === width && result.height === height) await this.cache.write(key, result.values)
    return { width: result.width, height: result.height, values: result.values }
  }

  /** Part of the clip's WAV rendition. @throws AppError 'invalid-argument' for a span outside it */
  async readRange(clipId: string, start: number, end: number | null): Promise<MediaRange> {
    const wav = await this.rendition(clipId)
    const stop = Math.min(end ?? wav.length, wav.length)
    if (start > stop || start > wav.length)
      throw new AppError('invalid-argument', `Bytes ${start} to ${stop} are not in a rendition of ${wav.length} bytes.`)
    return { totalBytes: wav.length, mediaType: 'audio/wav', bytes: wav.slice(start, stop) }
  }

  /** Reads any sound file's facts; for files that are not in the catalog. */
  async probe(path: string, signal?: AbortSignal): Promise<MediaOutput<'probe'>> {
    return this.openPool().run('probe', { path }, { signal })
  }

  async close(): Promise<void> {
    this.renditions = []
    await this.pool?.close()
    this.pool = null
  }

  private openPool(): Pick<MediaPool, 'run' | 'close'> {
    return (this.pool ??= this.options.openPool())
  }

  /** A player asks for many small ranges of one clip: the last few renditions are kept. */
  private rendition(clipId: string): Promise<Uint8Array> {
    const own = this.renditions.find((entry) => entry.clipId === clipId)
    if (own) {
      this.renditions = [own, ...this.renditions.filter((entry) => entry !== own)]
      return own.wav
    }
    // Not bound to one caller's signal: other ranges of the same clip wait for it too.
    const entry = { clipId, wav: this.runOnClip('rendition', clipId, {}).then(({ wav }) => wav) }
    this.renditions = [entry, ...this.renditions].slice(0, renditionCount)
    entry.wav.catch(() => {
      this.renditions = this.renditions.filter((other) => other !== entry)
    })
    return entry.wav
  }

  private cacheKey(clipId: string, settings: string): string {
    const clip = requireSound(readClip(this.options.database, clipId))
    return `${clip.contentHash}-${clip.startSeconds}-${clip.endSeconds}-${settings}`
  }

  private async runOnClip<K extends MediaTaskKind>(
    kind: K,
    clipId: string,
    input: Omit<MediaInput<K>, keyof MediaSpan>,
    signal?: AbortSignal,
  ): Promise<MediaOutput<K>> {
    const clip = requireSound(readClip(this.options.database, clipId))
    const path = resolveInside(clip.rootPath, clip.recordingPath)
    const span: MediaSpan = { path, startSeconds: clip.startSeconds, endSeconds: clip.endSeconds }
    try {
      // The pool's input is the span and what the task adds to it.
      const output = await this.openPool().run(kind, { ...span, ...input } as unknown as MediaInput<K>, { signal })
      this.noteMissing(clipId, clip.recordingId, false)
      return output
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.code === 'cancelled' || existsSync(path)) throw error
      this.noteMissing(clipId, clip.recordingId, true)
      throw new AppError('not-found', `${path} is not there any more.`, {
        hint: 'Bring the file back, or connect the disk it is on.',
        cause: thrown,
      })
    }
  }

  private noteMissing(clipId: string, recordingId: string, isMissing: boolean): void {
    if (!this.options.database.sqlite.open || this.options.database.isLocked) return
    if (markMissing(this.options.database, recordingId, isMissing)) this.options.onMissing(clipId)
  }
}

type CatalogClip = ReturnType<typeof readClip>

/** @throws AppError 'not-found' for a recording that its dataset names but nobody has */
function requireSound(clip: CatalogClip): CatalogClip & { contentHash: string; channelCount: number } {
  const { contentHash, channelCount } = clip
  if (contentHash === null || channelCount === null)
    throw new AppError(
      'not-found',
      `The sound of ${clip.recordingPath} is not here: only the dataset’s tables name it.`,
      {
        hint: `Put the file below ${clip.rootPath} and import the dataset again.`,
      },
    )
  return { ...clip, contentHash, channelCount }
}
