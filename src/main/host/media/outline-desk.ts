import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { columnsOfOutline } from '../../../dsp/outline'
import type { ChannelChoice } from '../../../dsp/recipe'
import { BoundedFolder } from '../../media/bounded-folder'
import type { MediaPool } from '../../media/media-pool'
import {
  countEntries,
  entrySamples,
  outlineChunkFrames,
  outlineLevels,
  type OutlineShape,
  OutlineWriter,
  readOutline,
} from '../../media/outline-file'

export interface OutlinedSound {
  recordingId: string
  path: string
  soundKey: string
}

export interface OutlineDeskOptions {
  folder: string
  run: MediaPool['run']
  /** How far the outline of a recording is; told last when it is whole. */
  onProgress(recordingId: string, doneSeconds: number, totalSeconds: number): void
  log(line: string): void
}

/** Spans of no more than this are no reason to outline the whole recording: they can be read from the sound itself. */
const directFrames = outlineChunkFrames
/** Columns of no less than this have two entries of an outline: where there is one, no sound needs to be read. */
const wideColumn = 2 * entrySamples(0)
/** Of a span that nobody has outlined yet, so many samples of each column are looked at. */
const sketchSamples = 4096
const maxBytes = 2 * 2 ** 30

let nextPartial = 1

/**
 * Waveforms of any span in columns. What is looked at closely comes from the sound; the rest from an outline of the whole
 * recording. For a long span it is computed once, in the background, while a sketch is shown.
 */
export class OutlineDesk {
  private readonly outlines: BoundedFolder
  private building: { soundKey: string; controller: AbortController } | null = null

  constructor(private readonly options: OutlineDeskOptions) {
    this.outlines = new BoundedFolder(options.folder, maxBytes)
  }

  /**
   * @param span places in the recording, in samples
   * @returns see outlineColumns; `isExact` false where it is a sketch and the outline is being computed
   */
  async columns(
    sound: OutlinedSound,
    span: { from: number; to: number; count: number; channel: ChannelChoice },
    signal?: AbortSignal,
  ): Promise<{ columns: Float32Array; isExact: boolean }> {
    const { path, soundKey } = sound
    const { from, to, count } = span
    const isDirect = to - from <= directFrames
    const isWide = (to - from) / count >= wideColumn
    const kept = isDirect && !isWide ? null : await this.readKept(soundKey, span)
    if (kept) return { columns: kept, isExact: true }
    if (!isDirect) this.build(sound)
    const isExact = isDirect || (to - from) / count <= sketchSamples
    const input = { path, soundKey, ...span, sketchSamples: isDirect ? null : sketchSamples }
    return { ...(await this.options.run('outlineSpan', input, { signal })), isExact }
  }

  close(): void {
    this.building?.controller.abort()
  }

  private async readKept(
    soundKey: string,
    { from, to, count, channel }: { from: number; to: number; count: number; channel: ChannelChoice },
  ): Promise<Float32Array | null> {
    let first = 0
    let size = 1
    const outline = await readOutline(this.outlines.place(soundKey), (shape) => {
      const track = channel === 'mean' || shape.channelCount === 1 ? 0 : channel + 1
      if (track > shape.channelCount) return null
      const samplesPerColumn = (to - from) / count
      let level = 0
      while (level + 1 < outlineLevels && entrySamples(level + 1) * 2 <= samplesPerColumn) level++
      size = entrySamples(level)
      first = Math.max(0, Math.floor(from / size))
      return { level, track, from: first, to: Math.min(countEntries(shape, level), Math.ceil(to / size)) }
    })
    return outline && columnsOfOutline(outline, from / size - first, to / size - first, count)
  }

  /** One outline at a time; whoever opens the next recording does not wait for the last one's. */
  private build(sound: OutlinedSound): void {
    if (this.building?.soundKey === sound.soundKey) return
    this.building?.controller.abort()
    const controller = new AbortController()
    const building = { soundKey: sound.soundKey, controller }
    this.building = building
    this.compute(sound, controller.signal)
      .catch((thrown: unknown) => {
        if (!controller.signal.aborted) this.options.log(`no outline of ${sound.path}: ${String(thrown)}`)
      })
      .finally(() => {
        if (this.building === building) this.building = null
      })
  }

  private async compute({ path, soundKey, recordingId }: OutlinedSound, signal: AbortSignal): Promise<void> {
    const { run, onProgress } = this.options
    const file = { path, soundKey }
    const { sampleRateHz, ...shape } = await run('facts', file, { signal })
    this.outlines.makeRoom(sizeEstimate(shape))
    const partial = `${this.outlines.place(soundKey)}.${process.pid}-${nextPartial++}.partial`
    const writer = await OutlineWriter.create(partial, shape)
    const chunks = Math.ceil(shape.frames / outlineChunkFrames)
    const seconds = (frames: number): number => Math.min(frames, shape.frames) / sampleRateHz
    try {
      for (let chunk = 0; chunk < chunks; chunk++) {
        const { tables } = await run('outlineChunk', { ...file, chunk }, { signal })
        await writer.write(chunk, tables)
        if (chunk + 1 < chunks)
          onProgress(recordingId, seconds((chunk + 1) * outlineChunkFrames), seconds(shape.frames))
      }
      await writer.finish()
      await rename(partial, this.outlines.place(soundKey))
      onProgress(recordingId, seconds(shape.frames), seconds(shape.frames))
    } finally {
      await writer.abandon()
      await rm(partial, { force: true })
    }
  }
}

/** Three numbers for every entry of every track; the levels above the finest add a third. */
const sizeEstimate = ({ frames, channelCount }: OutlineShape): number =>
  (frames / entrySamples(0)) * 12 * (4 / 3) * (channelCount + 1)

/** Where a catalog's outlines are. */
export const outlineFolder = (catalogFolder: string): string => join(catalogFolder, 'cache', 'outline')
