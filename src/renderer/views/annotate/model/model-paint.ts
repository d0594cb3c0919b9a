/** From the array that a model is given to pixels. Pure, so that it can be tested. */
import type { ModelInput } from '../../../../shared/contract/model-view'

/** The values that take the first and the last colour. */
export interface ValueRange {
  low: number
  high: number
}

/**
 * Standardised values from −2 to 3 deviations, so that clips compare by eye; others from their lowest to their highest.
 * @throws RangeError for a channel that is not there
 */
export function findRange({ values, channels, isStandardised }: ModelInput, channel: number): ValueRange {
  if (channel >= channels) throw new RangeError(`there is no channel ${channel} of ${channels}`)
  if (isStandardised) return { low: -2, high: 3 }
  let [low, high] = [Infinity, -Infinity]
  for (let at = channel; at < values.length; at += channels) {
    const value = values[at]!
    if (value < low) low = value
    if (value > high) high = value
  }
  return high > low ? { low, high } : { low: low - 1, high: low + 1 }
}

/** Which frames a pixel column shows: from and to (exclusive), empty where none lies. */
export interface FrameColumns {
  from: Int32Array
  to: Int32Array
}

/**
 * The frames of each column of the picture, where frame t covers half a hop on both sides of its middle. A single frame
 * (a summary of the clip) covers everything.
 * @param secondsOf the moment at the left edge of a column, in seconds of the clip
 */
export function frameColumns(
  { frames, frameSeconds, firstFrameSeconds }: ModelInput,
  columns: number,
  secondsOf: (column: number) => number,
): FrameColumns {
  const from = new Int32Array(columns)
  const to = new Int32Array(columns)
  if (frames === 1) return { from, to: to.fill(1) }
  const placeOf = (column: number): number => (secondsOf(column) - firstFrameSeconds) / frameSeconds + 0.5
  for (let column = 0; column < columns; column++) {
    const [first, last] = [Math.floor(placeOf(column) + 1e-6), Math.ceil(placeOf(column + 1) - 1e-6)]
    from[column] = Math.max(0, first)
    to[column] = Math.min(frames, Math.max(last, first + 1))
  }
  return { from, to }
}

/**
 * Paints columns × rows pixels, row by row from the top; the highest band is at the top. A pixel that holds several cells
 * shows the highest value. Where there is a map, what speaks less for the class is dimmed by `share`, which needs no
 * colour to be seen. Pixels beyond the frames are left as they are.
 * @param colours 256 whole pixels; @param map of frames × bands, 0 to 1
 */
export function paintInput(
  input: ModelInput,
  { from, to }: FrameColumns,
  look: { channel: number; range: ValueRange; colours: Uint32Array; map: Float32Array | null; share: number },
  rows: number,
  pixels: Uint32Array,
): void {
  const { bands, channels, values } = input
  const { channel, range, colours, map, share } = look
  const scale = 255 / (range.high - range.low)
  const columns = from.length
  for (let row = 0; row < rows; row++) {
    // Band b covers [b, b + 1) / bands of the height from the bottom.
    const top = ((rows - row) * bands) / rows
    const bottom = ((rows - row - 1) * bands) / rows
    const lowBand = Math.max(0, Math.floor(bottom))
    const highBand = Math.min(bands, Math.max(lowBand + 1, Math.floor(top)))
    for (let column = 0; column < columns; column++) {
      let highest = -Infinity
      let speaks = 0
      for (let frame = from[column]!; frame < to[column]!; frame++)
        for (let band = lowBand; band < highBand; band++) {
          const value = values[(frame * bands + band) * channels + channel]!
          if (value > highest) highest = value
          if (map) speaks = Math.max(speaks, map[frame * bands + band]!)
        }
      if (highest === -Infinity) continue
      const level = Math.min(255, Math.max(0, Math.round((highest - range.low) * scale)))
      const colour = colours[level]!
      pixels[row * columns + column] = map ? dim(colour, 1 - share * (1 - speaks)) : colour
    }
  }
}

function dim(colour: number, share: number): number {
  const part = (shift: number): number => Math.round(((colour >>> shift) & 255) * share) << shift
  return ((255 << 24) | part(16) | part(8) | part(0)) >>> 0
}

/** The cell at a place of the picture; null beyond the frames. @param share from the lower edge, 0 to 1 */
export function cellAt(
  { frames, bands, frameSeconds, firstFrameSeconds }: ModelInput,
  seconds: number,
  share: number,
): { frame: number; band: number } | null {
  const frame = frames === 1 ? 0 : Math.floor((seconds - firstFrameSeconds) / frameSeconds + 0.5)
  if (frame < 0 || frame >= frames || share < 0 || share > 1) return null
  return { frame, band: Math.min(bands - 1, Math.floor(share * bands)) }
}

const roundHertz = [50, 100, 200, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000]

/** Round frequencies and where they stand, as shares of the height from the lower edge; none where rows are no bands. */
export function bandTicks({ bandHz }: Pick<ModelInput, 'bandHz'>, heightPixels: number, gapPixels = 26) {
  const ticks: { hertz: number; share: number }[] = []
  for (const hertz of roundHertz) {
    const above = bandHz.findIndex((centre) => centre >= hertz)
    if (above < 0 || (above === 0 && bandHz[0]! > hertz)) continue
    const [low, high] = [bandHz[Math.max(0, above - 1)]!, bandHz[above]!]
    const place = high > low ? above - (high - hertz) / (high - low) : above
    const share = (place + 0.5) / bandHz.length
    if (ticks.length === 0 || (share - ticks.at(-1)!.share) * heightPixels >= gapPixels) ticks.push({ hertz, share })
  }
  return ticks
}
