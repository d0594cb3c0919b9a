/**
 * Computes and paints the annotator's spectrogram off the page's thread. It keeps the samples and the last
 * picture's levels, so that another colour map or floor is only a repaint.
 */
import { colormap, type ColormapName } from '../dsp/colormap'
import { computeFrontEnd, type Spectrogram } from '../dsp/features'
import { displayFrontEnd } from '../dsp/presets'

export type FrequencyScale = 'mel' | 'linear'

export type SpectrogramRequest =
  | { kind: 'load'; samples: Float32Array; sampleRateHz: number }
  | { kind: 'draw'; id: number; scale: FrequencyScale; colormap: ColormapName; floorDb: number }

export interface SpectrogramPicture {
  kind: 'picture'
  id: number
  /** One column a frame, one row a band, the highest band on top. */
  bitmap: ImageBitmap
  scale: FrequencyScale
  sampleRateHz: number
  fftSamples: number
  bands: number
  frameSeconds: number
  firstFrameSeconds: number
  /** The level that takes the last colour, in dB re full scale power 1. */
  ceilingDb: number
  floorDb: number
}

export type SpectrogramAnswer = SpectrogramPicture | { kind: 'failed'; id: number; message: string }

/** Wider pictures take a longer hop: no canvas of any browser is wider than this. */
const widestFrames = 16_384

interface WorkerScope {
  postMessage(message: SpectrogramAnswer, transfer: Transferable[]): void
  onmessage: ((event: MessageEvent<SpectrogramRequest>) => void) | null
}
const scope = self as unknown as WorkerScope

let samples: Float32Array = new Float32Array(0)
let sampleRateHz = 1
let last: { scale: FrequencyScale; picture: Spectrogram; fftSamples: number; loudestDb: number } | null = null

function compute(scale: FrequencyScale): NonNullable<typeof last> {
  if (last?.scale === scale) return last
  const frontEnd = displayFrontEnd(sampleRateHz, scale)
  while (samples.length / frontEnd.hopSamples > widestFrames) frontEnd.hopSamples *= 2
  // The floor is the person's choice and is applied when painting.
  frontEnd.level = { ...frontEnd.level, topDb: null }
  const picture = computeFrontEnd(samples, frontEnd)
  let loudestDb = -Infinity
  for (const value of picture.values) if (value > loudestDb) loudestDb = value
  last = { scale, picture, fftSamples: frontEnd.fftSamples, loudestDb }
  return last
}

function paint(
  { values, bands, frames }: Spectrogram,
  name: ColormapName,
  floorDb: number,
  ceilingDb: number,
): ImageData {
  const table = colormap(name)
  const image = new ImageData(frames, bands)
  const pixels = new Uint32Array(image.data.buffer)
  // Colours as whole pixels; ImageData is little-endian RGBA on every machine a browser runs on.
  const colours = Uint32Array.from({ length: 256 }, (_, level) => {
    const [red, green, blue] = [table[3 * level]!, table[3 * level + 1]!, table[3 * level + 2]!]
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0
  })
  const scale = 255 / (ceilingDb - floorDb)
  for (let frame = 0; frame < frames; frame++)
    for (let band = 0; band < bands; band++) {
      const level = (values[frame * bands + band]! - floorDb) * scale
      pixels[(bands - 1 - band) * frames + frame] = colours[level <= 0 ? 0 : level >= 255 ? 255 : Math.round(level)]!
    }
  return image
}

async function draw(request: Extract<SpectrogramRequest, { kind: 'draw' }>): Promise<void> {
  const { picture, fftSamples, loudestDb } = compute(request.scale)
  // Digital silence has no loudest cell to measure from: it is drawn as silence.
  const ceilingDb = loudestDb <= -99 ? 0 : loudestDb
  const floorDb = ceilingDb - request.floorDb
  const bitmap = await createImageBitmap(paint(picture, request.colormap, floorDb, ceilingDb))
  scope.postMessage(
    {
      kind: 'picture',
      id: request.id,
      bitmap,
      scale: request.scale,
      sampleRateHz,
      fftSamples,
      bands: picture.bands,
      frameSeconds: picture.frameSeconds,
      firstFrameSeconds: picture.firstFrameSeconds,
      ceilingDb,
      floorDb,
    },
    [bitmap],
  )
}

scope.onmessage = ({ data }) => {
  if (data.kind === 'load') {
    samples = data.samples
    sampleRateHz = data.sampleRateHz
    last = null
    return
  }
  draw(data).catch((thrown: unknown) => {
    scope.postMessage(
      { kind: 'failed', id: data.id, message: thrown instanceof Error ? thrown.message : String(thrown) },
      [],
    )
  })
}
