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
export function findRange(
  { values, channels, isStandardised }: Pick<ModelInput, 'values' | 'channels' | 'isStandardised'>,
  channel: number,
): ValueRange {
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

/** Frames that follow each other, the end exclusive. */
export interface FrameSpan {
  first: number
  end: number
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
 * @param span frames that are shown, the end exclusive
 */
export function frameColumns(
  { frames, frameSeconds, firstFrameSeconds }: ModelInput,
  columns: number,
  secondsOf: (column: number) => number,
  span: FrameSpan = { first: 0, end: frames },
): FrameColumns {
  const from = new Int32Array(columns)
  const to = new Int32Array(columns)
  if (frames === 1) return { from, to: to.fill(1) }
  const placeOf = (column: number): number => (secondsOf(column) - firstFrameSeconds) / frameSeconds + 0.5
  for (let column = 0; column < columns; column++) {
    const [first, last] = [Math.floor(placeOf(column) + 1e-6), Math.ceil(placeOf(column + 1) - 1e-6)]
    from[column] = Math.max(span.first, first)
    to[column] = Math.min(span.end, Math.max(last, first + 1))
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
  input: Pick<ModelInput, 'values' | 'bands' | 'channels'>,
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

/**
 * The line at which a map reaches a level (marching squares, interpolated along the edges between the cells' middles).
 * @param span frames that are looked at, the end exclusive
 * @returns x0, y0, x1, y1 of each stretch: x in frames from the input's beginning, y in bands from its lower edge
 */
export function traceContour(values: Float32Array, bands: number, { first, end }: FrameSpan, level: number): number[] {
  const stretches: number[] = []
  const valueAt = (frame: number, band: number): number => values[frame * bands + band]!
  const between = (from: number, to: number): number => (level - from) / (to - from)
  for (let frame = first; frame + 1 < end; frame++)
    for (let band = 0; band + 1 < bands; band++) {
      const corners = [
        valueAt(frame, band),
        valueAt(frame + 1, band),
        valueAt(frame + 1, band + 1),
        valueAt(frame, band + 1),
      ] as const
      const [southWest, southEast, northEast, northWest] = corners
      const isHigh = corners.map((value) => value >= level)
      const points: [number, number][] = []
      if (isHigh[0] !== isHigh[1]) points.push([between(southWest, southEast), 0])
      if (isHigh[1] !== isHigh[2]) points.push([1, between(southEast, northEast)])
      if (isHigh[3] !== isHigh[2]) points.push([between(northWest, northEast), 1])
      if (isHigh[0] !== isHigh[3]) points.push([0, between(southWest, northWest)])
      // A saddle has two stretches; which points belong together is told by the middle.
      const isSaddle = points.length === 4
      const joinsNext = isSaddle && (southWest + southEast + northEast + northWest) / 4 >= level === isHigh[0]
      const order = isSaddle && !joinsNext ? [0, 3, 1, 2] : [0, 1, 2, 3]
      for (let at = 0; at + 1 < points.length; at += 2) {
        const [x0, y0] = points[order[at]!]!
        const [x1, y1] = points[order[at + 1]!]!
        stretches.push(frame + 0.5 + x0, band + 0.5 + y0, frame + 0.5 + x1, band + 0.5 + y1)
      }
    }
  return stretches
}
