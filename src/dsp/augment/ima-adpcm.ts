/** IMA ADPCM (DVI4; IMA Digital Audio Focus 1992): 4 bits a sample, the difference to what the one before foretells. */

/** The widths of a step: each some 10 % more than the one before. */
const steps = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118,
  130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060,
  1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484,
  7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
] as const

/** By how many steps the width moves after each size of a difference. */
const moves = [-1, -1, -1, -1, 2, 4, 6, 8] as const

/** Samples of 16 bits as a decoder gives them back; without blocks, from 0 and the narrowest step on. */
export function throughImaAdpcm(pcm: Int16Array): Int16Array {
  const back = new Int16Array(pcm.length)
  let [level, index] = [0, 0]
  for (let n = 0; n < pcm.length; n++) {
    let step: number = steps[index]!
    let rest = Math.abs(pcm[n]! - level)
    let [code, change] = [0, step >> 3]
    for (const bit of [4, 2, 1]) {
      if (rest >= step) {
        code |= bit
        rest -= step
        change += step
      }
      step >>= 1
    }
    level = Math.max(-32768, Math.min(32767, pcm[n]! < level ? level - change : level + change))
    index = Math.max(0, Math.min(steps.length - 1, index + moves[code]!))
    back[n] = level
  }
  return back
}
