/** The outline of a recording: a stretch of all levels for the file, or the columns of a picture at once. */
import {
  coarsenOutline,
  computeOutline,
  outlineBase,
  outlineColumns,
  outlineFields,
  outlineStep,
} from '../../dsp/outline'
import { mixDown } from '../../dsp/mixdown'
import type { ChannelChoice } from '../../dsp/recipe'
import type { OpenSound } from './open-sound'
import { outlineChunkFrames, outlineLevels } from './outline-file'
import { readMono } from './read-mono'

/** Every level of the chunk's samples, one table a track: of the mean (where there is more than one channel), then of each channel. */
export async function outlineChunk(sound: OpenSound, chunk: number): Promise<Float32Array[]> {
  const from = chunk * outlineChunkFrames
  const to = Math.min(sound.frames, from + outlineChunkFrames)
  const finest = await outlineFinest(sound, from, to)
  const levels = [finest]
  while (levels.length < outlineLevels) levels.push(levels.at(-1)!.map((table) => coarsenOutline(table, outlineStep)))
  return levels.flat()
}

async function outlineFinest(sound: OpenSound, from: number, to: number): Promise<Float32Array[]> {
  const blockFrames = 256 * outlineBase
  const blocks: Float32Array[][] = []
  let into: Float32Array[] | undefined
  for (let at = from; at < to; at += blockFrames) {
    const end = Math.min(to, at + blockFrames)
    const channels = await sound.read(at, end, into?.[0]?.length === end - at ? into : undefined)
    into = channels
    const tracks = channels.length > 1 ? [mixDown(channels, 'mean'), ...channels] : channels
    blocks.push(tracks.map((samples) => computeOutline(samples, outlineBase)))
  }
  return blocks[0]!.map((_, track) => {
    const table = new Float32Array(Math.ceil((to - from) / outlineBase) * outlineFields)
    let at = 0
    for (const block of blocks) {
      table.set(block[track]!, at)
      at += block[track]!.length
    }
    return table
  })
}

export interface ColumnsInput {
  /** Places in the recording, in samples, of any fraction. */
  from: number
  to: number
  count: number
  channel: ChannelChoice
  /** No more than so many samples of a column are looked at, those in its middle; null looks at all. */
  sketchSamples: number | null
}

/** The outline of a span in columns. */
export async function outlineSpan(sound: OpenSound, input: ColumnsInput): Promise<Float32Array> {
  const { from, to, count, channel, sketchSamples } = input
  const width = (to - from) / count
  if (sketchSamples === null || width <= sketchSamples) {
    const first = Math.max(0, Math.floor(from))
    const samples = await readMono(sound, first, Math.min(sound.frames, Math.ceil(to)), channel)
    return outlineColumns(samples, from - first, to - first, count)
  }
  const columns = new Float32Array(outlineFields * count)
  for (let column = 0; column < count; column++) {
    const middle = Math.floor(from + (column + 0.5) * width - sketchSamples / 2)
    const first = Math.min(Math.max(0, middle), sound.frames - sketchSamples)
    const samples = await readMono(sound, first, first + sketchSamples, channel)
    columns.set(outlineColumns(samples, 0, samples.length, 1), outlineFields * column)
  }
  return columns
}
