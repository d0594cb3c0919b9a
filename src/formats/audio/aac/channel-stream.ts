/** One channel of one frame: from its bits to its spectrum (ISO/IEC 14496-3, 4.4.2.7 and 4.6.1 to 4.6.9). */
import type { BitReader } from './bit-reader'
import { bandOffsets, shapedBands } from './bands'
import { readCode, scaleFactorBook, spectralBooks } from './codebooks'
import { eightShort, frameSamples } from './filter-bank'

/** How a frame is cut into windows, groups of windows, and bands. */
export interface WindowInfo {
  sequence: number
  shape: number
  isShort: boolean
  maxBand: number
  /** Windows of each group. */
  groups: number[]
  /** Of one window. */
  offsets: readonly number[]
  rateIndex: number
}

const noiseBook = 13
const outOfPhaseBook = 14
const inPhaseBook = 15

interface Shaping {
  window: number
  lengthBands: number
  order: number
  isDownwards: boolean
  coefficients: Float64Array
}

/** What stands in the bits of a channel; its spectrum is complete only after `shape`. */
export interface ChannelStream {
  info: WindowInfo
  /** By group and band. */
  books: Uint8Array
  /** Scale factors, positions of intensity, or levels of noise, as the book says. */
  factors: Int16Array
  spectrum: Float64Array
  shaping: Shaping[]
}

export function readWindowInfo(bits: BitReader, rateIndex: number): WindowInfo {
  bits.skip(1)
  const sequence = bits.read(2)
  const shape = bits.read(1)
  const isShort = sequence === eightShort
  const offsets = bandOffsets(rateIndex, isShort)
  const maxBand = bits.read(isShort ? 4 : 6)
  const groups = [1]
  if (isShort)
    for (let window = 1; window < 8; window++)
      if (bits.read(1)) groups[groups.length - 1]!++
      else groups.push(1)
  else if (bits.read(1)) throw new Error('prediction is not of AAC’s low complexity')
  if (maxBand >= offsets.length) throw new Error('more bands than there are')
  return { sequence, shape, isShort, maxBand, groups, offsets, rateIndex }
}

/** @param shared what both channels of a pair have in common; null where the channel has its own */
export function readChannelStream(bits: BitReader, rateIndex: number, shared: WindowInfo | null): ChannelStream {
  const gain = bits.read(8)
  const info = shared ?? readWindowInfo(bits, rateIndex)
  const books = readSections(bits, info)
  const factors = readScaleFactors(bits, info, books, gain)
  const pulses = bits.read(1) ? readPulses(bits, info) : []
  const shaping = bits.read(1) ? readShaping(bits, info) : []
  if (bits.read(1)) throw new Error('gain control is not of AAC’s low complexity')
  const spectrum = readSpectrum(bits, info, books, factors, pulses)
  return { info, books, factors, spectrum, shaping }
}

function readSections(bits: BitReader, { isShort, maxBand, groups }: WindowInfo): Uint8Array {
  const books = new Uint8Array(groups.length * maxBand)
  const lengthBits = isShort ? 3 : 5
  const escape = 2 ** lengthBits - 1
  for (let group = 0; group < groups.length; group++)
    for (let band = 0; band < maxBand;) {
      const book = bits.read(4)
      if (book === 12) throw new Error('a reserved codebook')
      let length = 0
      let part: number
      do length += part = bits.read(lengthBits)
      while (part === escape)
      if (length === 0 || band + length > maxBand) throw new Error('sections that do not fit')
      books.fill(book, group * maxBand + band, group * maxBand + band + length)
      band += length
    }
  return books
}

function readScaleFactors(bits: BitReader, { maxBand, groups }: WindowInfo, books: Uint8Array, gain: number) {
  const factors = new Int16Array(groups.length * maxBand)
  let [scale, position, noise] = [gain, 0, gain - 90]
  let isFirstNoise = true
  for (let at = 0; at < books.length; at++) {
    const book = books[at]!
    if (book === 0) continue
    const difference = (): number => scaleFactorBook.values[readCode(bits, scaleFactorBook)]! - 60
    if (book === noiseBook) {
      factors[at] = noise += isFirstNoise ? bits.read(9) - 256 : difference()
      isFirstNoise = false
    } else if (book >= outOfPhaseBook) factors[at] = position += difference()
    else {
      factors[at] = scale += difference()
      if (scale < 0 || scale > 255) throw new Error('a scale factor out of range')
    }
  }
  return factors
}

function readPulses(bits: BitReader, { isShort, offsets }: WindowInfo): { at: number; height: number }[] {
  if (isShort) throw new Error('pulses in short windows')
  const count = bits.read(2) + 1
  const firstBand = bits.read(6)
  if (firstBand >= offsets.length - 1) throw new Error('a pulse beyond the bands')
  let at = offsets[firstBand]!
  return Array.from({ length: count }, () => {
    at += bits.read(5)
    return { at, height: bits.read(4) }
  })
}

function readShaping(bits: BitReader, { isShort }: WindowInfo): Shaping[] {
  const all: Shaping[] = []
  for (let window = 0; window < (isShort ? 8 : 1); window++) {
    const count = bits.read(isShort ? 1 : 2)
    const resolution = count > 0 ? 3 + bits.read(1) : 0
    for (let n = 0; n < count; n++) {
      const lengthBands = bits.read(isShort ? 4 : 6)
      const order = bits.read(isShort ? 3 : 5)
      if (order > (isShort ? 7 : 12)) throw new Error('shaping of an order that low complexity has not')
      if (order === 0) {
        all.push({ window, lengthBands, order, isDownwards: false, coefficients: new Float64Array(0) })
        continue
      }
      const isDownwards = bits.read(1) === 1
      const coefficientBits = resolution - bits.read(1)
      const reflections = Array.from({ length: order }, () => {
        const value = bits.read(coefficientBits)
        const signed = value >= 2 ** (coefficientBits - 1) ? value - 2 ** coefficientBits : value
        const steps = 2 ** (resolution - 1) + (signed >= 0 ? -0.5 : 0.5)
        return Math.sin((signed * Math.PI) / 2 / steps)
      })
      all.push({ window, lengthBands, order, isDownwards, coefficients: predictorOf(reflections) })
    }
  }
  return all
}

/** A filter's coefficients from its reflections, one order after the other. */
function predictorOf(reflections: number[]): Float64Array {
  const all = new Float64Array(reflections.length)
  reflections.forEach((reflection, m) => {
    const before = all.slice(0, m)
    for (let i = 0; i < m; i++) all[i] = before[i]! + reflection * before[m - 1 - i]!
    all[m] = reflection
  })
  return all
}

const powers = Float64Array.from({ length: 8192 }, (_, n) => n ** (4 / 3))
const quantised = new Int32Array(frameSamples)

function readSpectrum(
  bits: BitReader,
  info: WindowInfo,
  books: Uint8Array,
  factors: Int16Array,
  pulses: { at: number; height: number }[],
): Float64Array {
  const { groups, offsets, maxBand } = info
  quantised.fill(0)
  eachBand(info, (at, from, to) => {
    const book = books[at]!
    if (book === 0 || book > 11) return
    const { dimension } = spectralBooks[book - 1]!
    for (let k = from; k < to; k += dimension) readValues(bits, book, k)
  })
  for (const { at, height } of pulses) {
    if (at >= frameSamples) throw new Error('a pulse beyond the spectrum')
    quantised[at]! += quantised[at]! > 0 ? height : -height
  }
  const spectrum = new Float64Array(frameSamples)
  eachBand({ groups, offsets, maxBand }, (at, from, to) => {
    const book = books[at]!
    if (book > 11) return
    const gain = 2 ** ((factors[at]! - 100) / 4)
    for (let k = from; k < to; k++) {
      const value = quantised[k]!
      if (value !== 0) spectrum[k] = Math.sign(value) * powers[Math.abs(value)]! * gain
    }
  })
  return spectrum
}

/** Values of one code at `k`: the code, then the signs of what is not zero, then what is too large for the book. */
function readValues(bits: BitReader, book: number, k: number): void {
  const codebook = spectralBooks[book - 1]!
  const { dimension, values } = codebook
  const from = readCode(bits, codebook) * dimension
  for (let n = 0; n < dimension; n++) {
    const value = values[from + n]!
    quantised[k + n] = !codebook.isSigned && value !== 0 && bits.read(1) ? -value : value
  }
  if (book !== 11) return
  for (let n = 0; n < dimension; n++) {
    if (Math.abs(quantised[k + n]!) !== 16) continue
    let length = 4
    while (bits.read(1)) length++
    if (length > 12) throw new Error('a value out of range')
    const value = bits.read(length) + 2 ** length
    quantised[k + n] = quantised[k + n]! < 0 ? -value : value
  }
}

/** Calls for every band of every window: the band's place in books and factors, and where its spectrum lies. */
export function eachBand(
  { groups, offsets, maxBand }: Pick<WindowInfo, 'groups' | 'offsets' | 'maxBand'>,
  visit: (at: number, from: number, to: number) => void,
): void {
  let window = 0
  groups.forEach((count, group) => {
    for (let band = 0; band < maxBand; band++)
      for (let w = window; w < window + count; w++)
        visit(group * maxBand + band, 128 * w + offsets[band]!, 128 * w + offsets[band + 1]!)
    window += count
  })
}

/** Takes the temporal noise shaping off a spectrum. */
export function unshape({ info, shaping, spectrum }: ChannelStream): void {
  const { isShort, offsets, maxBand, rateIndex } = info
  const most = Math.min(shapedBands(rateIndex, isShort), maxBand)
  let [window, bottom] = [-1, 0]
  for (const { window: own, lengthBands, order, isDownwards, coefficients } of shaping) {
    if (own !== window) [window, bottom] = [own, offsets.length - 1]
    const top = bottom
    bottom = Math.max(0, top - lengthBands)
    const from = 128 * window + offsets[Math.min(bottom, most)]!
    const to = 128 * window + offsets[Math.min(top, most)]!
    const step = isDownwards ? -1 : 1
    const start = isDownwards ? to - 1 : from
    for (let n = 0; n < to - from; n++) {
      const at = start + n * step
      let value = spectrum[at]!
      for (let k = 1; k <= Math.min(n, order); k++) value -= spectrum[at - k * step]! * coefficients[k - 1]!
      spectrum[at] = value
    }
  }
}

export const isNoise = (book: number): boolean => book === noiseBook
/** 1 or −1 for a band that is a copy of the left one, 0 for others. */
export const intensitySign = (book: number): number => (book === inPhaseBook ? 1 : book === outOfPhaseBook ? -1 : 0)
