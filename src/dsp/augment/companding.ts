/** G.711: 8 bits a sample in steps that grow with the level, and back (ITU-T G.711, as Sun's g711.c has it). */

const muBias = 33
const muMost = 8159

/** Of a whole number of 14 bits: the number that comes back of its mu-law byte. */
function muLaw14(value: number): number {
  const size = Math.min(muMost, Math.abs(value)) + muBias
  const step = 2 ** (Math.floor(Math.log2(size)) - 4)
  const back = (Math.floor(size / step) + 0.5) * step - muBias
  return value < 0 ? -back : back
}

/** Of a whole number of 13 bits: the number that comes back of its A-law byte, at the middle of its step. */
function aLaw13(value: number): number {
  const isNegative = value < 0
  const size = isNegative ? -value - 1 : value
  const step = size < 64 ? 2 : 2 ** (Math.floor(Math.log2(size)) - 4)
  const back = (Math.floor(size / step) + 0.5) * step
  return isNegative ? -back : back
}

/** What comes back of each of the 2^16 values, from −32768 on. */
function tabulate(back: (value: number) => number): Int16Array {
  return Int16Array.from({ length: 2 ** 16 }, (_, index) => back(index - 2 ** 15))
}

function look(table: Int16Array, pcm: Int16Array): Int16Array {
  const back = new Int16Array(pcm.length)
  for (let n = 0; n < pcm.length; n++) back[n] = table[pcm[n]! + 2 ** 15]!
  return back
}

let muLaw: Int16Array | null = null
let aLaw: Int16Array | null = null

/** Samples of 16 bits as they come back from mu-law at 64 kbit/s for 8 kHz. */
export function throughMuLaw(pcm: Int16Array): Int16Array {
  muLaw ??= tabulate((value) => 4 * muLaw14(value >> 2))
  return look(muLaw, pcm)
}

/** The same by A-law. */
export function throughALaw(pcm: Int16Array): Int16Array {
  aLaw ??= tabulate((value) => 8 * aLaw13(value >> 3))
  return look(aLaw, pcm)
}
