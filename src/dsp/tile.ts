/** The spectrogram of a recording of any length in tiles: pictures of 256 columns that fit without a seam. */
import { writeDecibelSteps } from './fast-decibel'
import type { WindowName } from './front-end'
import { computePcen } from './pcen'
import { StftPlan, type StftShape } from './stft'
import { makeWindow } from './window'

export interface TileSettings {
  /** One column stands for so many samples around its middle; column c of the recording is at sample c·columnSamples. */
  columnSamples: number
  windowSamples: number
  window: WindowName
  /** Decibels below a sine of full scale, or per-channel energy normalisation. */
  level: 'decibel' | 'pcen'
}

export interface Tile {
  /** 256, less in the last one. */
  columns: number
  /** Of the FFT: half the window and one. */
  bins: number
  /** Column by column from the lowest frequency, in steps of `tileStep`. */
  values: Int16Array
}

export const tileColumns = 256
/** What one step of a value is, dB or PCEN: quantising is off by half of it at most. */
export const tileStep = { decibel: 0.01, pcen: 0.001 } as const
/** Silence. */
export const tileFloorDb = -160
/** Raise this when the numbers change: kept tiles of another version are computed again. */
export const tileVersion = 3

/** So many windows a column of a sketch looks at. */
export const sketchWindows = 8
/** librosa.pcen's defaults on magnitudes, begun with the first frame. */
export const tilePcen = {
  kind: 'pcen',
  gain: 0.98,
  bias: 2,
  power: 0.5,
  epsilon: 1e-6,
  timeConstantSeconds: 0.4,
  start: 'first-frame',
  scale: 2 ** 31,
} as const
/** Of PCEN's smoother: of no less than four columns, for one that is over within a column would leave nothing to see. */
const timeConstant = (columnSeconds: number): number => Math.max(tilePcen.timeConstantSeconds, 4 * columnSeconds)
/** So many columns before a tile are looked at for PCEN, whose smoother has forgotten all before them. */
const mostWarmUp = 3072

/** Windows a column looks at, half overlapping: all that it has. */
export function framesPerColumn({
  columnSamples,
  windowSamples,
}: Pick<TileSettings, 'columnSamples' | 'windowSamples'>): number {
  return Math.max(1, Math.floor((2 * columnSamples) / windowSamples))
}

/** Columns of a recording: every sample belongs to the column whose middle is nearest. */
export const countColumns = (frames: number, { columnSamples }: TileSettings): number =>
  Math.floor((frames - 1) / columnSamples + 0.5) + 1

/** How many columns before its own a tile looks at. */
export function warmUpColumns(settings: TileSettings, sampleRateHz: number): number {
  if (settings.level === 'decibel') return 0
  const columnSeconds = settings.columnSamples / sampleRateHz
  const columns = timeConstant(columnSeconds) / columnSeconds
  // e^−10: of what came before nothing is left.
  return Math.min(mostWarmUp, Math.ceil(10 * columns) + 1)
}

/** Samples from `from` to `to` (exclusive) of a recording; zeros where there is none. */
export type ReadSamples = (from: number, to: number) => Promise<Float32Array>

/** Samples that are looked at in one go: a column of a long recording may have millions. */
const samplesAtOnce = 2 ** 18

/**
 * Computes one tile. A column of no more samples than half a window is one frame of an STFT as scipy computes it
 * (scaling 'spectrum', one-sided amplitudes: a sine of full scale is 0 dB); one of more is the loudest of all its
 * frames, half overlapping, bin by bin: no sample is left out at any zoom, and a short faint call is as loud in the
 * farthest picture as in the nearest. Their mean would sink it into the rest of its column; the price is a floor of noise that rises by 1 to 2 dB with
 * every halving of the zoom.
 *
 * @param read mono samples of the recording
 * @param frames samples in the recording
 * @param mostWindows a sketch: no more windows than these, spread over each column, whatever lies between them
 * @throws RangeError where the settings cannot be or there is no tile of that index
 */
export async function computeTile(
  read: ReadSamples,
  frames: number,
  sampleRateHz: number,
  settings: TileSettings,
  index: number,
  mostWindows = Infinity,
): Promise<Tile> {
  const { columnSamples, windowSamples, window, level } = settings
  const total = countColumns(frames, settings)
  const first = index * tileColumns
  if (!Number.isInteger(index) || index < 0 || first >= total)
    throw new RangeError(`there is no tile ${index} in ${total} columns`)
  const end = Math.min(total, first + tileColumns)
  const begin = Math.max(0, first - warmUpColumns(settings, sampleRateHz))
  const perColumn = Math.min(mostWindows, framesPerColumn(settings))
  const hopSamples = Math.max(1, Math.floor(columnSamples / perColumn))
  const shape: StftShape = {
    fftSamples: windowSamples,
    windowSamples,
    window,
    hopSamples,
    center: false,
    padMode: 'constant',
  }
  const plan = keptPlan(shape)
  const { bins } = plan
  const lead = Math.floor(((perColumn - 1) * hopSamples) / 2) + Math.floor(windowSamples / 2)
  const values = new Int16Array((end - first) * bins)
  /** PCEN looks back: it needs all columns at once. */
  const energies = level === 'pcen' ? new Float64Array((end - begin) * bins) : null
  const addDb = fullScaleDb(window, windowSamples)
  let column = 0
  const keepColumn = (power: Float64Array): void => {
    if (energies) energies.set(power, column * bins)
    else writeDecibelSteps(power, addDb, tileStep.decibel, tileFloorDb / tileStep.decibel, values, column * bins)
    column++
  }
  const loudest = new Float64Array(bins)
  let seen = 0
  const takeFrame = (power: Float64Array): void => {
    if (perColumn === 1) return keepColumn(power)
    const place = seen++ % perColumn
    if (place === 0) loudest.set(power)
    else for (let bin = 0; bin < bins; bin++) if (power[bin]! > loudest[bin]!) loudest[bin] = power[bin]!
    if (place === perColumn - 1) keepColumn(loudest)
  }
  if (hopSamples > windowSamples) {
    for (let at = begin * columnSamples - lead; column < end - begin; at += columnSamples)
      for (let frame = 0; frame < perColumn; frame++) {
        const from = at + frame * hopSamples
        plan.forEachFrame(await read(from, from + windowSamples), takeFrame)
      }
  } else {
    // The frames of all columns follow one another evenly.
    if (perColumn * hopSamples !== columnSamples)
      throw new RangeError(`columns of ${columnSamples} samples do not divide into ${perColumn} frames`)
    const all = (end - begin) * perColumn
    const atOnce = Math.max(1, Math.floor(samplesAtOnce / hopSamples))
    for (let next = 0; next < all; next += atOnce) {
      const some = Math.min(atOnce, all - next)
      const at = begin * columnSamples - lead + next * hopSamples
      plan.forEachFrame(await read(at, at + (some - 1) * hopSamples + windowSamples), takeFrame)
    }
  }
  if (energies) {
    for (let i = 0; i < energies.length; i++) energies[i] = Math.sqrt(energies[i]!)
    const columnSeconds = columnSamples / sampleRateHz
    const smoother = { ...tilePcen, timeConstantSeconds: timeConstant(columnSeconds) }
    const normalised = computePcen(energies, bins, columnSeconds, smoother)
    const from = (first - begin) * bins
    for (let i = 0; i < values.length; i++)
      values[i] = Math.min(32_767, Math.round(normalised[from + i]! / tileStep.pcen))
  }
  return { columns: end - first, bins, values }
}

/** What makes a power decibels of a sine of full scale. */
function fullScaleDb(window: WindowName, windowSamples: number): number {
  let sum = 0
  for (const weight of makeWindow({ window }, windowSamples)) sum += weight
  return 20 * Math.log10(2 / sum)
}

const plans = new Map<string, StftPlan>()

/** One plan for each of the last few shapes: a tile takes less time than its tables. Used within one turn only. */
function keptPlan(shape: StftShape): StftPlan {
  const key = `${shape.window} ${shape.windowSamples} ${shape.hopSamples}`
  const plan = plans.get(key) ?? new StftPlan(shape)
  plans.delete(key)
  plans.set(key, plan)
  if (plans.size > 4) plans.delete(plans.keys().next().value!)
  return plan
}

/**
 * The window that fits a zoom: about four columns long, 5 to 85 ms, a power of two.
 */
export function fittingWindow(columnSamples: number, sampleRateHz: number): number {
  const least = powerOfTwo(0.0053 * sampleRateHz)
  const most = powerOfTwo(0.0853 * sampleRateHz)
  return Math.max(32, Math.min(most, Math.max(least, 4 * columnSamples)))
}

const powerOfTwo = (samples: number): number => 2 ** Math.round(Math.log2(Math.max(1, samples)))
