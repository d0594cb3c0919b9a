/** The signals that scripts/make-dsp-reference.py gave to librosa; read by tests only. */

/** 0.5·sin(2π·440·n/rate) + 0.25·sin(2π·3000·n/rate). */
export function goldenTones(sampleRateHz: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, n) => {
    const angle = (2 * Math.PI * n) / sampleRateHz
    return 0.5 * Math.sin(440 * angle) + 0.25 * Math.sin(3000 * angle)
  })
}

/** A linear congruential generator (Numerical Recipes), −1 to 1. */
export function referenceNoise(samples: number, seed = 1): Float32Array {
  let state = seed
  return Float32Array.from({ length: samples }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** Quiet noise, loud noise, silence, by thirds. */
function noiseBursts(samples: number): Float32Array {
  const third = Math.floor(samples / 3)
  return referenceNoise(samples).map((value, n) => (n < third ? Math.fround(value * 0.01) : n < 2 * third ? value : 0))
}

/**
 * The named signal of a reference file: 'G1' (440 and 3000 Hz, one second at 22050 Hz), 'G2' (the same at 16000 Hz), 'G3'
 * (1000 Hz, three seconds at 16000 Hz), 'noise N' or 'bursts N'.
 */
export function referenceSignal(name: string): Float32Array {
  const [kind, samples] = name.split(' ')
  switch (kind) {
    case 'G1':
      return goldenTones(22050, 22050)
    case 'G2':
      return goldenTones(16000, 16000)
    case 'G3':
      return Float32Array.from({ length: 48000 }, (_, n) => Math.sin((2 * Math.PI * 1000 * n) / 16000))
    case 'noise':
      return referenceNoise(Number(samples))
    case 'bursts':
      return noiseBursts(Number(samples))
    default:
      throw new RangeError(`there is no reference signal ${name}`)
  }
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
