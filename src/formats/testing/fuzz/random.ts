/** Numbers from 0 to 1, 1 excluded. */
export type Random = () => number

/** Mulberry32: small, seeded, the same on every machine. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A seed of its own for each input, so that one can be made again without those before it (FNV-1a). */
export function seedOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const char of parts.join('\0')) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  return hash >>> 0
}

/** A whole number from 0 to `limit` − 1. */
export const below = (random: Random, limit: number): number => Math.floor(random() * limit)

export const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!

export const isOneIn = (random: Random, count: number): boolean => random() * count < 1

/** One of several, each as often as its weight says. */
export function pickWeighted<T>(random: Random, from: readonly (readonly [weight: number, what: T])[]): T {
  let at = random() * from.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, what] of from) if ((at -= weight) < 0) return what
  return from.at(-1)![1]
}
