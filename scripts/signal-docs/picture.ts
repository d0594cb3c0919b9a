/** Small pictures of what a front end makes of a sound that shows its ways, and of what an augmentation does to it. */
import { crc32, deflateSync } from 'node:zlib'
import { colormap } from '../../src/dsp/colormap'
import type { Spectrogram } from '../../src/dsp/features'
import type { FrontEnd } from '../../src/dsp/front-end'
import { computeSegments } from '../../src/dsp/segments'
import type { AugmentationRow } from './augmentation-row'
import { previewRow } from './preview-row'
import { drawScene } from './scene'

const width = 288
const height = 96
const mostPanels = 3
const gap = 4
/** Few colours keep the files small. */
const shades = 40

/** The picture as an indexed PNG of 288 × 96: channels, or else the first segments, side by side; of samples their course. */
export function drawFrontEnd(frontEnd: FrontEnd): Uint8Array {
  const pictures = computeSegments(drawScene(frontEnd.sampleRateHz), frontEnd).map(({ picture }) => picture)
  const first = pictures[0]!
  const pixels = new Uint8Array(width * height)
  if (frontEnd.kind === 'waveform') drawCourse(first, pixels)
  else {
    const panels: [Spectrogram, number][] =
      first.channels > 1
        ? Array.from({ length: Math.min(mostPanels, first.channels) }, (_, channel) => [first, channel])
        : pictures.slice(0, mostPanels).map((picture) => [picture, 0])
    const panelWidth = Math.floor((width - gap * (panels.length - 1)) / panels.length)
    const isDecibel = frontEnd.level.kind === undefined || frontEnd.level.kind === 'decibel'
    const range = isDecibel && !frontEnd.steps?.length ? 80 : null
    panels.forEach(([picture, channel], index) =>
      drawPanel(picture, channel, levelsOf(picture, channel, range), pixels, index * (panelWidth + gap), panelWidth),
    )
  }
  return encodePng(pixels)
}

/** Before and after side by side in the log-mel of the recipe `logmel-cnn`, in the levels of the sound before and one scale of time. */
export async function drawAugmentation(row: AugmentationRow): Promise<Uint8Array> {
  const { before, after } = await previewRow(row)
  const pixels = new Uint8Array(width * height)
  const panelWidth = (width - gap) / 2
  const levels = levelsOf({ ...before, channels: 1 }, 0, 80)
  const longest = Math.max(before.frames, after.frames)
  for (const [index, panel] of [before, after].entries()) {
    const own = Math.round((panelWidth * panel.frames) / longest)
    drawPanel({ ...panel, channels: 1 }, 0, levels, pixels, index * (panelWidth + gap), own)
  }
  return encodePng(pixels)
}

/** What of a picture is drawn. */
type Cells = Pick<Spectrogram, 'bands' | 'frames' | 'channels' | 'values'>

interface Levels {
  floor: number
  ceiling: number
}

/** What the darkest and the brightest shade stand for. @param range in dB below the loudest; null: nearly all values */
function levelsOf({ bands, frames, channels, values }: Cells, channel: number, range: number | null): Levels {
  const own = Float32Array.from({ length: bands * frames }, (_, cell) => values[cell * channels + channel]!).sort()
  const ceiling = own[Math.floor(0.999 * (own.length - 1))]!
  const floor = range === null ? own[Math.floor(0.02 * own.length)]! : Math.max(own[0]!, own.at(-1)! - range)
  return { floor, ceiling }
}

function drawPanel(
  { bands, frames, channels, values }: Cells,
  channel: number,
  { floor, ceiling }: Levels,
  pixels: Uint8Array,
  left: number,
  panelWidth: number,
): void {
  const at = (frame: number, band: number): number => values[(frame * bands + band) * channels + channel]!
  const scale = ceiling > floor ? (shades - 1) / (ceiling - floor) : 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < panelWidth; x++) {
      let loudest = -Infinity
      // At least one cell, the loudest where a pixel holds many.
      const [band, bandEnd] = cells(height - 1 - y, height, bands)
      const [frame, frameEnd] = cells(x, panelWidth, frames)
      for (let b = band; b < bandEnd; b++) for (let t = frame; t < frameEnd; t++) loudest = Math.max(loudest, at(t, b))
      const shade = Math.round((loudest - floor) * scale)
      pixels[y * width + left + x] = Math.max(0, Math.min(shades - 1, shade))
    }
}

function cells(pixel: number, pixels: number, count: number): [first: number, end: number] {
  const first = Math.floor((pixel * count) / pixels)
  return [first, Math.max(first + 1, Math.floor(((pixel + 1) * count) / pixels))]
}

/** Lowest and highest value in each column. */
function drawCourse({ values }: Spectrogram, pixels: Uint8Array): void {
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity])
  const rowOf = (value: number): number => Math.round(((high - value) / (high - low || 1)) * (height - 1))
  for (let x = 0; x < width; x++) {
    const [from, end] = cells(x, width, values.length)
    let [least, most] = [Infinity, -Infinity]
    for (let i = from; i < end; i++) [least, most] = [Math.min(least, values[i]!), Math.max(most, values[i]!)]
    for (let y = rowOf(most); y <= rowOf(least); y++) pixels[y * width + x] = Math.round(shades * 0.75)
  }
}

/** PNG (ISO/IEC 15948), 8 bits an index into the shades of “magma”. */
function encodePng(pixels: Uint8Array): Uint8Array {
  const colours = colormap('magma')
  const palette = Uint8Array.from({ length: 3 * shades }, (_, i) => {
    const shade = Math.round((Math.floor(i / 3) * 255) / (shades - 1))
    return colours[3 * shade + (i % 3)]!
  })
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ])
}

function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
