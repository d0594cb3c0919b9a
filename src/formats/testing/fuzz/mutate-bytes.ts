import { below, isOneIn, pick, pickWeighted, type Random } from './random'

type ByteMutation = (bytes: Uint8Array, random: Random) => Uint8Array

/** Sizes that a field may claim: nothing, everything, gigabytes, one too many, negative ones. */
const claims = [0, 1, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x40000000]

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => below(random, 256))
}

/** A span of the bytes, at most `most` long. */
function spanOf(bytes: Uint8Array, random: Random, most: number): Uint8Array {
  const start = below(random, bytes.length + 1)
  return bytes.subarray(start, start + below(random, most + 1))
}

const flipBits: ByteMutation = (bytes, random) => {
  const copy = bytes.slice()
  for (let times = 1 + below(random, 12); times > 0 && copy.length > 0; times--)
    copy[below(random, copy.length)]! ^= 1 << below(random, 8)
  return copy
}

const setBytes: ByteMutation = (bytes, random) => {
  const copy = bytes.slice()
  for (let times = 1 + below(random, 8); times > 0 && copy.length > 0; times--)
    copy[below(random, copy.length)] = isOneIn(random, 2) ? below(random, 256) : pick(random, [0, 255, 127, 128, 1])
  return copy
}

/** Overwrites a number of 2, 4 or 8 bytes, either end first, with a size that lies. */
const claimSize: ByteMutation = (bytes, random) => {
  const width = pick(random, [2, 4, 4, 4, 8])
  if (bytes.length < width) return bytes
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  const isLittle = isOneIn(random, 2)
  // Sizes stand mostly at the beginning, or at the end as in zip and Parquet.
  const reach = isOneIn(random, 2) ? Math.min(copy.length, 256) : copy.length
  const from = isOneIn(random, 2) ? 0 : copy.length - reach
  const at = Math.min(from + below(random, reach), copy.length - width)
  const value = isOneIn(random, 3) ? copy.length + below(random, 5) - 2 : pick(random, claims)
  if (width === 2) view.setUint16(at, value & 0xffff, isLittle)
  else if (width === 4) view.setUint32(at, value >>> 0, isLittle)
  else view.setBigUint64(at, BigInt(value) * pick(random, [1n, 0x10000n, 0x100000001n]), isLittle)
  return copy
}

const truncate: ByteMutation = (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1))
const behead: ByteMutation = (bytes, random) => bytes.subarray(below(random, bytes.length + 1))

const removeSpan: ByteMutation = (bytes, random) => {
  const start = below(random, bytes.length + 1)
  return concat(bytes.subarray(0, start), bytes.subarray(start + 1 + below(random, 200)))
}

const insertBytes: ByteMutation = (bytes, random) => {
  const at = below(random, bytes.length + 1)
  const what = isOneIn(random, 2) ? spanOf(bytes, random, 600) : randomBytes(random, below(random, 64))
  return concat(bytes.subarray(0, at), what, bytes.subarray(at))
}

/** One piece written over another. */
const spliceChunk: ByteMutation = (bytes, random) => {
  const copy = bytes.slice()
  const piece = spanOf(bytes, random, 600)
  if (piece.length > 0) copy.set(piece, below(random, copy.length - piece.length + 1))
  return copy
}

const repeatAll: ByteMutation = (bytes) => concat(bytes, bytes)

const fillSpan: ByteMutation = (bytes, random) => {
  const copy = bytes.slice()
  const start = below(random, copy.length + 1)
  return copy.fill(pick(random, [0, 255, 32]), start, start + 1 + below(random, 300))
}

const mutations = [
  [4, flipBits],
  [3, setBytes],
  [5, claimSize],
  [2, truncate],
  [1, behead],
  [2, removeSpan],
  [2, insertBytes],
  [2, spliceChunk],
  [1, repeatAll],
  [1, fillSpan],
] as const satisfies (readonly [number, ByteMutation])[]

/** Damages bytes of any kind, knowing nothing of what they mean. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let damaged = bytes
  for (let times = 1 + below(random, 3); times > 0; times--) damaged = pickWeighted(random, mutations)(damaged, random)
  return damaged
}

/** As `mutateBytes`, within a part of the bytes only. */
export function mutateWithin(bytes: Uint8Array, start: number, end: number, random: Random): Uint8Array {
  return concat(bytes.subarray(0, start), mutateBytes(bytes.subarray(start, end), random), bytes.subarray(end))
}

/** Bytes that are nothing: noise, zeros, one byte over and over, none; sometimes after the true beginning. */
export function rawBytes(original: Uint8Array, random: Random): Uint8Array {
  const length = pick(random, [0, 1, 2, 3, 16, 64, 512, 4096])
  const noise = pickWeighted(random, [
    [5, randomBytes(random, length)],
    [1, new Uint8Array(length)],
    [1, new Uint8Array(length).fill(below(random, 256))],
  ])
  return isOneIn(random, 3) ? concat(original.subarray(0, below(random, 17)), noise) : noise
}
