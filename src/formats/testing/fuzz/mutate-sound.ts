import { concat, mutateBytes, mutateWithin } from './mutate-bytes'
import { isOneIn, type Random } from './random'

/** Where heads with rates, channels, bits and lengths stand. */
const headBytes = 120

const polynomial = 0x04c11db7
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value & 0x80000000 ? polynomial : 0)
  return value >>> 0
})

/** Ogg pages with the checksums that they should have (RFC 3533), so that a decoder goes on to what is in them. */
function mendOggChecksums(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  for (let at = 0; at + 27 <= copy.length && view.getUint32(at) === 0x4f676753;) {
    const segments = copy.subarray(at + 27, at + 27 + copy[at + 26]!)
    const end = Math.min(copy.length, at + 27 + segments.length + segments.reduce((sum, length) => sum + length, 0))
    view.setUint32(at + 22, 0, true)
    let sum = 0
    for (let i = at; i < end; i++) sum = ((sum << 8) ^ table[((sum >>> 24) ^ copy[i]!) & 255]!) >>> 0
    view.setUint32(at + 22, sum, true)
    at = end
  }
  return copy
}

/** Damages a sound file, its head more often than its samples. */
export function mutateSound(bytes: Uint8Array, random: Random): Uint8Array {
  const damaged = isOneIn(random, 2)
    ? mutateWithin(bytes, 0, Math.min(headBytes, bytes.length), random)
    : mutateBytes(bytes, random)
  const isOgg = bytes[0] === 0x4f && bytes[1] === 0x67
  if (isOgg && isOneIn(random, 2)) return mendOggChecksums(damaged)
  return isOneIn(random, 20) ? concat(bytes, damaged) : damaged
}
