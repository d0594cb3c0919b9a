/** How loud a sound is to an ear, roughly. */
import { RealFft } from '../fft'
import { frequencyWeighting } from '../weighting'

interface Plan {
  fft: RealFft
  sampleRateHz: number
  /** Power gain of each bin over the size; those that stand for two count twice. */
  gains: Float64Array
}

let lastPlan: Plan | null = null

/** Mean square after A-weighting (IEC 61672-1), from the spectrum of the whole sound (Parseval). */
export function weightedPower(samples: Float32Array, sampleRateHz: number): number {
  if (samples.length === 0) return 0
  const { fft, gains } = planFor(2 ** Math.max(1, Math.ceil(Math.log2(samples.length))), sampleRateHz)
  fft.input.fill(0)
  fft.input.set(samples)
  fft.transform()
  let sum = 0
  for (let k = 0; k < gains.length; k++)
    sum += gains[k]! * (fft.real[k]! * fft.real[k]! + fft.imaginary[k]! * fft.imaginary[k]!)
  return sum / samples.length
}

/** Clips of a training are as long as each other mostly: the tables of the last length are kept. */
function planFor(size: number, sampleRateHz: number): Plan {
  if (lastPlan?.fft.size === size && lastPlan.sampleRateHz === sampleRateHz) return lastPlan
  const fft = new RealFft(size)
  const gains = Float64Array.from({ length: fft.bins }, (_, k) => {
    const isAlone = k === 0 || k === size / 2
    return ((isAlone ? 1 : 2) * 10 ** (frequencyWeighting((k * sampleRateHz) / size, 'A') / 10)) / size
  })
  lastPlan = { fft, sampleRateHz, gains }
  return lastPlan
}
