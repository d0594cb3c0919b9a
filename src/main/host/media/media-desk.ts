import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChannelChoice, FrontEnd } from '../../../dsp/recipe'
import type { HostEvents } from '../../../shared/contract/contract'
import type {
  ClipOutline,
  ClipSamples,
  ClipThumbnail,
  MediaRange,
  SpectrogramTile,
} from '../../../shared/contract/media'
import { AppError, toAppError } from '../../../shared/errors'
import { MediaCache } from '../../media/media-cache'
import type { MediaPool } from '../../media/media-pool'
import type { MediaInput, MediaOutput, MediaSpan, MediaTaskKind } from '../../media/media-task'
import { type ClipSound, readClipSound } from '../catalog/clip-sound'
import type { Database } from '../catalog/database'
import { markMissing } from '../catalog/missing-sound'
import { OutlineDesk, outlineFolder } from './outline-desk'
import { resolveInside } from './resolve-inside'
import { TileDesk, type TileRequest } from './tile-desk'

/** @param options what the pool is for, and where long compressed recordings are kept decoded */
export type OpenMediaPool = (options: { threads?: number; decodedFolder?: string }) => Pick<MediaPool, 'run' | 'close'>

export interface MediaDeskOptions {
  /** The catalog's folder; pictures are kept under its `cache/`. */
  folder: string
  database: Database
  openPool: OpenMediaPool
  /** A clip's file turned out to be gone, or to be back. */
  onMissing(clipId: string): void
  /** A long recording is being decoded or outlined: seconds of how many. */
  onPreparing(event: HostEvents['media.preparing']): void
  log(line: string): void
}

/** Where a catalog keeps long compressed recordings decoded. */
export const decodedSoundFolder = (catalogFolder: string): string => join(catalogFolder, 'cache', 'sound')

/** Cells of a thumbnail: what a table row shows, at twice its size for sharp screens. */
const thumbnailSize = { width: 160, height: 48 }
/** To look at fewer samples takes no more than a fraction of a second, and nobody needs a sketch of them. */
const longThumbnailSamples = 2 ** 24

const linearFormats: readonly string[] = ['wav', 'w64', 'aiff']
/** Recordings that are smaller than this as floats are decoded into memory by whichever thread needs them. */
const shortBytes = 60 * 2 ** 20

/** A clip's file as it is now. */
interface Located extends ClipSound {
  path: string
  soundKey: string
}

/** Sound and pictures of clips, by clip id: files are found by the catalog, never named by a window. */
export class MediaDesk {
  private pool: Pick<MediaPool, 'run' | 'close'> | null = null
  /** Its one thread does nothing but what is heard: playing never waits for a picture. */
  private soundPool: Pick<MediaPool, 'run' | 'close'> | null = null
  private readonly cache: MediaCache
  /** By the recording's key: under way, or done. */
  private readonly preparing = new Map<string, Promise<void>>()
  private readonly outlines: OutlineDesk
  private readonly tiles: TileDesk

  constructor(private readonly options: MediaDeskOptions) {
    this.cache = new MediaCache(join(options.folder, 'cache'))
    this.outlines = new OutlineDesk({
      folder: outlineFolder(options.folder),
      run: (kind, input, runOptions) => this.openPool().run(kind, input, runOptions),
      onProgress: (recordingId, doneSeconds, totalSeconds) =>
        options.onPreparing({ recordingId, what: 'waveform', doneSeconds, totalSeconds }),
      log: options.log,
    })
    this.tiles = new TileDesk({
      folder: join(options.folder, 'cache', 'tiles'),
      run: (kind, input, runOptions) => this.openPool().run(kind, input, runOptions),
    })
  }

  /** A piece of the spectrogram of the clip's recording. @throws AppError 'invalid-argument' where there is none */
  async tile(clipId: string, request: TileRequest, signal?: AbortSignal): Promise<SpectrogramTile> {
    return this.withSound(clipId, (sound) => this.tiles.tile(sound, request, signal))
  }

  /** Mono samples of a clip at its own rate. @throws AppError 'not-found', 'bad-file' */
  async samples(clipId: string, signal?: AbortSignal): Promise<ClipSamples> {
    const { channelCount } = readClipSound(this.options.database, clipId)
    const result = await this.runOnClip('samples', clipId, { sampleRateHz: null, channel: 'mean' as const }, signal)
    return { ...result, channelCount }
  }

  /** A sound that a step of an augmentation chain takes. */
  async excerpt(input: MediaInput<'excerpt'>, signal?: AbortSignal): Promise<Float32Array> {
    return (await this.openPool().run('excerpt', input, { signal })).samples
  }

  /** The waveform of a part of a clip in columns; seconds count from the clip's start. */
  async outline(
    clipId: string,
    span: { startSeconds: number; endSeconds: number; count: number; channel: ChannelChoice },
    signal?: AbortSignal,
  ): Promise<ClipOutline> {
    const { count, channel } = span
    return this.withSound(clipId, async (sound) => {
      const placeOf = (seconds: number): number => (sound.startSeconds + seconds) * sound.sampleRateHz
      const [from, to] = [placeOf(span.startSeconds), placeOf(span.endSeconds)]
      return this.outlines.columns(sound, { from, to, count, channel }, signal)
    })
  }

  /** @param takesSketch whether a sketch will do where a long clip has not been looked at whole */
  async thumbnail(clipId: string, takesSketch = false, signal?: AbortSignal): Promise<ClipThumbnail> {
    const { width, height } = thumbnailSize
    const { startSeconds, endSeconds, sampleRateHz } = readClipSound(this.options.database, clipId)
    const key = await this.cacheKey(clipId, `thumbnail-v2-${width}x${height}`)
    const known = await this.cache.read(key)
    if (known?.length === width * height) return { width, height, values: known, isExact: true }
    const isSketch = takesSketch && (endSeconds - startSeconds) * sampleRateHz >= longThumbnailSamples
    const { values } = await this.runOnClip('thumbnail', clipId, { ...thumbnailSize, isSketch }, signal)
    // Of a sketch nothing is kept: who sees it asks for the whole next.
    if (!isSketch) await this.cache.write(key, values)
    return { width, height, values, isExact: !isSketch }
  }

  /** Part of the clip's WAV rendition. @throws AppError 'invalid-argument' for a span outside it */
  async readRange(clipId: string, start: number, end: number | null): Promise<MediaRange> {
    const range = { from: start, to: end ?? Number.MAX_SAFE_INTEGER }
    const { bytes, totalBytes } = await this.runOnClip('rendition', clipId, range, undefined, 'sound')
    return { totalBytes, mediaType: 'audio/wav', bytes }
  }

  /** What a front end makes of a clip, in its segments. */
  async segments(clipId: string, frontEnd: FrontEnd, signal?: AbortSignal): Promise<MediaOutput<'segments'>> {
    return this.runOnClip('segments', clipId, { frontEnd }, signal)
  }

  /** Reads any sound file's facts; for files that are not in the catalog. */
  async probe(path: string, signal?: AbortSignal): Promise<MediaOutput<'probe'>> {
    return this.openPool().run('probe', { path }, { signal })
  }

  async close(): Promise<void> {
    this.outlines.close()
    await Promise.all([this.pool?.close(), this.soundPool?.close()])
    this.pool = null
    this.soundPool = null
  }

  private openPool(purpose: 'picture' | 'sound' = 'picture'): Pick<MediaPool, 'run' | 'close'> {
    const decodedFolder = decodedSoundFolder(this.options.folder)
    if (purpose === 'sound') return (this.soundPool ??= this.options.openPool({ threads: 1, decodedFolder }))
    return (this.pool ??= this.options.openPool({ decodedFolder }))
  }

  /** The clip's file; its name in caches is its content's hash as long as it is what the catalog has seen. */
  private async locate(clipId: string): Promise<Located> {
    const sound = readClipSound(this.options.database, clipId)
    const path = resolveInside(sound.rootPath, sound.recordingPath)
    const { contentHash, sizeBytes, modifiedMs } = sound
    const now = await stat(path).catch(() => null)
    const isUnchanged = !now || (now.size === sizeBytes && Math.abs(now.mtimeMs - modifiedMs) < 1)
    const changed = (): string =>
      createHash('sha256').update(`${contentHash}\n${now!.size}\n${now!.mtimeMs}`).digest('hex')
    return { ...sound, path, soundKey: isUnchanged ? contentHash : changed() }
  }

  private async cacheKey(clipId: string, settings: string): Promise<string> {
    const { soundKey, startSeconds, endSeconds } = await this.locate(clipId)
    return `${soundKey}-${startSeconds}-${endSeconds}-${settings}`
  }

  private async runOnClip<K extends MediaTaskKind>(
    kind: K,
    clipId: string,
    input: Omit<MediaInput<K>, keyof MediaSpan>,
    signal?: AbortSignal,
    purpose: 'picture' | 'sound' = 'picture',
  ): Promise<MediaOutput<K>> {
    return this.withSound(clipId, ({ path, soundKey, startSeconds, endSeconds }) => {
      const span: MediaSpan = { path, soundKey, startSeconds, endSeconds }
      // The pool's input is the span and what the task adds to it.
      const whole = { ...span, ...input } as unknown as MediaInput<K>
      return this.openPool(purpose).run(kind, whole, { signal })
    })
  }

  /** Does something with a clip's file once it is ready, and notes when it turns out to be gone, or to be back. */
  async withSound<T>(clipId: string, work: (sound: Located) => Promise<T>): Promise<T> {
    const sound = await this.locate(clipId)
    const { path, recordingId } = sound
    try {
      await this.prepare(sound)
      const output = await work(sound)
      this.noteMissing(clipId, recordingId, false)
      return output
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.code === 'cancelled' || existsSync(path)) throw error
      this.noteMissing(clipId, recordingId, true)
      throw new AppError('not-found', `${path} is not there any more.`, {
        hint: 'Bring the file back, or connect the disk it is on.',
        cause: thrown,
      })
    }
  }

  /** Long compressed recordings are decoded first, once for all who ask. */
  private prepare({ path, soundKey, recordingId, ...sound }: Located): Promise<void> {
    const { recordingSeconds, sampleRateHz, channelCount } = sound
    const isShort = recordingSeconds * sampleRateHz * channelCount * Float32Array.BYTES_PER_ELEMENT < shortBytes
    if (isShort || linearFormats.includes(sound.format)) return Promise.resolve()
    const known = this.preparing.get(soundKey)
    if (known) return known
    const tell = (seconds: number): void =>
      this.options.onPreparing({
        recordingId,
        what: 'decoding',
        doneSeconds: Math.min(seconds, recordingSeconds),
        totalSeconds: recordingSeconds,
      })
    let hasTold = false
    const onProgress = (frames: number): void => {
      hasTold = true
      tell(frames / sampleRateHz)
    }
    const preparing = this.openPool()
      .run('prepare', { path, soundKey }, { onProgress })
      .then(() => {
        if (hasTold) tell(recordingSeconds)
      })
    this.preparing.set(soundKey, preparing)
    // A file that failed may be whole again when it is asked for next.
    preparing.catch(() => this.preparing.delete(soundKey))
    return preparing
  }

  private noteMissing(clipId: string, recordingId: string, isMissing: boolean): void {
    if (!this.options.database.sqlite.open || this.options.database.isLocked) return
    if (markMissing(this.options.database, recordingId, isMissing)) this.options.onMissing(clipId)
  }
}
