/** Scale factor bands by sample rate (ISO/IEC 14496-3, Tables 4.110 to 4.128, frames of 1024), and what hangs on them. */

/** In the order of the standard's index of rates. */
export const sampleRates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]

/** Bands as widths: `4x10` is ten bands of 4. */
const offsets = (text: string): number[] => {
  const all = [0]
  for (const run of text.split(' ')) {
    const [width, count = 1] = run.split('x').map(Number)
    for (let n = 0; n < count; n++) all.push(all.at(-1)! + width!)
  }
  return all
}

const long = [
  '4x14 8x5 12x5 16x2 24 28 36 44 64x11',
  '4x14 8x4 12x3 16x3 20 24x2 28 36 40x18',
  '4x10 8x7 12x4 16x2 20x2 24x2 28x2 32x19 96',
  '4x10 8x7 12x4 16x2 20x2 24x2 28x2 32x22',
  '4x11 8x10 12x4 16x3 20x2 24x2 28x2 32 36x2 40 44 48 52x2 64x5',
  '8x11 12x9 16x4 20x3 24x2 28x2 32 36 40x2 44 48 52 56 60 64x3',
  '12x13 16x7 20x4 24x3 28x2 32 36x2 40 44 48 52 56 60 64 80',
].map(offsets)
const short = [
  '4x6 8x3 16 28 36',
  '4x5 8x3 12x3 16x3',
  '4x7 8x3 12x2 16x2 20',
  '4x8 8x2 12x2 16 20x2',
  '4x7 8x4 12 16 20x2',
].map(offsets)
const longOf = [0, 0, 1, 2, 2, 3, 4, 4, 5, 5, 5, 6, 6]
const shortOf = [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4]
const longTnsBands = [31, 31, 34, 40, 42, 51, 46, 46, 42, 42, 42, 39, 39]
const shortTnsBands = [9, 9, 10, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14]

/** Where the bands of one window begin; the last number is where the last one ends. */
export const bandOffsets = (rateIndex: number, isShort: boolean): readonly number[] =>
  isShort ? short[shortOf[rateIndex]!]! : long[longOf[rateIndex]!]!

/** How many bands noise shaping reaches (low complexity). */
export const shapedBands = (rateIndex: number, isShort: boolean): number =>
  (isShort ? shortTnsBands : longTnsBands)[rateIndex]!
