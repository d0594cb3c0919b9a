/** The signals that scripts/make-dsp-reference.py gave to librosa; read by tests only. */

/** 0.5·sin(2π·440·n/rate) + 0.25·sin(2π·3000·n/rate). */
export function goldenTones(sampleRateHz: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, n) => {
    const angle = (2 * Math.PI * n) / sampleRateHz
    return 0.5 * Math.sin(440 * angle) + 0.25 * Math.sin(3000 * angle)
  })
}

/** A linear congruential generator (Numerical Recipes), −1 to 1, from the seed 1. */
export function referenceNoise(samples: number): Float32Array {
  let state = 1
  return Float32Array.from({ length: samples }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** The named signal of a reference file: 'G1' (22050 Hz, one second) or 'noise N'. */
export function referenceSignal(name: string): Float32Array {
  return name === 'G1' ? goldenTones(22050, 22050) : referenceNoise(Number(name.split(' ')[1]))
}

/** Largest |actual − expected| / (atol + rtol·|expected|): at most 1 when all values are within tolerance. */
export function worstDeviation(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  rtol: number,
  atol: number,
): number {
  if (actual.length !== expected.length) return Infinity
  let worst = 0
  for (let i = 0; i < expected.length; i++) {
    const deviation = Math.abs(actual[i]! - expected[i]!) / (atol + rtol * Math.abs(expected[i]!))
    if (!(deviation <= worst)) worst = deviation
  }
  return worst
}
