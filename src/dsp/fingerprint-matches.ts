import { fingerprintFramesPerSecond } from './fingerprint'

/** Two sounds that are the same for a while. */
export interface SoundMatch {
  /** Positions in the list of fingerprints, first < second. */
  first: number
  second: number
  /** Where the common part begins in each, and how long it is. */
  firstStartSeconds: number
  secondStartSeconds: number
  seconds: number
  /** Share of bits that differ: 0 is the same sound, 0.5 what two strangers have. */
  errorRate: number
}

/**
 * Frames with sound in both that a match has at least, and the largest share of different bits for so many. Haitsma &
 * Kalker take 0.35 for 3.3 s; here shorter spans must do. Among the 320 recordings of ESC-10, strangers have 0.25 or
 * more over up to half a second; the same sound resampled, 12 dB softer and cut has 0.05 at most.
 */
const limits = [
  { frames: 96, errorRate: 0.3 },
  { frames: 24, errorRate: 0.2 },
  { frames: 8, errorRate: 0.1 },
]

const blockFrames = 16
/** A block with more different bits than this ends the common part. */
const blockErrorRate = 0.42
/** Places of one code that are compared with each: more than any sound has copies. */
const reach = 24

/**
 * Finds all pairs of sounds with a common part: places with the same code are looked up in an index of all codes in
 * order, and the common part is followed from there as long as its bits agree. The work grows with the number of
 * frames, not with that of pairs.
 */
export function findSoundMatches(
  prints: readonly Uint32Array[],
  onProgress?: (done: number, total: number) => void,
): SoundMatch[] {
  const index = buildIndex(prints)
  const best = new Map<number, SoundMatch>()
  const tried = new Map<number, Set<number>>()
  for (let start = 0; start < index.size;) {
    let end = start + 1
    while (end < index.size && index.codes[end] === index.codes[start]) end++
    for (let a = start; a < end; a++)
      for (let b = a + 1; b < Math.min(end, a + reach); b++) {
        const [first, second] = [index.owners[a]!, index.owners[b]!]
        if (first === second) continue
        const [atFirst, atSecond] = [index.frames[a]!, index.frames[b]!]
        const pair = first * prints.length + second
        const offset = atSecond - atFirst
        let offsets = tried.get(pair)
        if (!offsets) tried.set(pair, (offsets = new Set()))
        if (offsets.has(offset)) continue
        offsets.add(offset)
        const common = follow(prints[first]!, prints[second]!, atFirst, atSecond)
        if (!limits.some(({ frames, errorRate }) => common.frames >= frames && common.errorRate <= errorRate)) continue
        const known = best.get(pair)
        if (known && known.errorRate <= common.errorRate) continue
        best.set(pair, {
          first,
          second,
          firstStartSeconds: common.from / fingerprintFramesPerSecond,
          secondStartSeconds: (common.from + offset) / fingerprintFramesPerSecond,
          seconds: (common.to - common.from) / fingerprintFramesPerSecond,
          errorRate: common.errorRate,
        })
      }
    if (onProgress && end >>> 12 > start >>> 12) onProgress(end, index.size)
    start = end
  }
  return [...best.values()].sort((a, b) => a.first - b.first || a.second - b.second)
}

interface Index {
  size: number
  /** In ascending order; equal ones in the order of their sounds and frames. */
  codes: Uint32Array
  owners: Uint32Array
  frames: Uint32Array
}

/** Every place of every code, without silence and without repetitions of the frame before. */
function buildIndex(prints: readonly Uint32Array[]): Index {
  const isPlace = (print: Uint32Array, frame: number): boolean =>
    print[frame] !== 0 && print[frame] !== print[frame - 1]
  let size = 0
  for (const print of prints) for (let frame = 0; frame < print.length; frame++) size += Number(isPlace(print, frame))
  let index: Index = makeIndex(size)
  let at = 0
  prints.forEach((print, owner) => {
    for (let frame = 0; frame < print.length; frame++) {
      if (!isPlace(print, frame)) continue
      index.codes[at] = print[frame]!
      index.owners[at] = owner
      index.frames[at++] = frame
    }
  })
  for (const shift of [0, 16]) index = sortBySixteenBits(index, shift)
  return index
}

function makeIndex(size: number): Index {
  return { size, codes: new Uint32Array(size), owners: new Uint32Array(size), frames: new Uint32Array(size) }
}

/** One stable pass of a radix sort. */
function sortBySixteenBits(index: Index, shift: number): Index {
  const starts = new Uint32Array(65_537)
  for (let at = 0; at < index.size; at++) starts[((index.codes[at]! >>> shift) & 0xffff) + 1]!++
  for (let digit = 0; digit < 65_536; digit++) starts[digit + 1]! += starts[digit]!
  const sorted = makeIndex(index.size)
  for (let at = 0; at < index.size; at++) {
    const to = starts[(index.codes[at]! >>> shift) & 0xffff]!++
    sorted.codes[to] = index.codes[at]!
    sorted.owners[to] = index.owners[at]!
    sorted.frames[to] = index.frames[at]!
  }
  return sorted
}

interface Common {
  from: number
  to: number
  /** With sound in both. */
  frames: number
  errorRate: number
}

/** The common part around a place, block by block to both sides. */
function follow(a: Uint32Array, b: Uint32Array, atA: number, atB: number): Common {
  const offset = atB - atA
  const least = Math.max(0, -offset)
  const end = Math.min(a.length, b.length - offset)
  let [from, to, frames, errors] = [atA, atA, 0, 0]
  const extend = (step: 1 | -1): void => {
    for (;;) {
      const [low, high] = step > 0 ? [to, Math.min(end, to + blockFrames)] : [Math.max(least, from - blockFrames), from]
      if (low >= high) return
      let [blockErrors, blockCount] = [0, 0]
      for (let frame = low; frame < high; frame++) {
        const [codeA, codeB] = [a[frame]!, b[frame + offset]!]
        if (codeA === 0 || codeB === 0) continue
        blockCount++
        blockErrors += countBits(codeA ^ codeB)
      }
      if (blockCount > 0 && blockErrors > blockErrorRate * 32 * blockCount) return
      frames += blockCount
      errors += blockErrors
      if (step > 0) to = high
      else from = low
    }
  }
  extend(1)
  extend(-1)
  return { from, to, frames, errorRate: frames === 0 ? 1 : errors / (32 * frames) }
}

function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
