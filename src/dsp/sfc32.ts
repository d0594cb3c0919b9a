/** Doty-Humphrey's Small Fast Counting generator of 32 bits (PractRand), on a state of four words, the last a counter. */

/** The next 32 bits, as a signed number. */
export function nextBits(s: Uint32Array): number {
  const result = (s[0]! + s[1]! + s[3]!) | 0
  s[3] = s[3]! + 1
  s[0] = s[1]! ^ (s[1]! >>> 9)
  s[1] = s[2]! + (s[2]! << 3)
  s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + result
  return result
}
