/** Convolution by the FFT. */
import { RealFft } from '../fft'

let lastPlan: RealFft | null = null

/** Clips of a training are as long as each other mostly: the tables of the last size are kept. */
function planFor(size: number): RealFft {
  if (lastPlan?.size !== size) lastPlan = new RealFft(size)
  return lastPlan
}

/** y[n] = Σ h[k]·x[n − k], `samples.length + response.length − 1` long; nothing where one of them is empty. */
export function convolve(samples: ArrayLike<number>, response: ArrayLike<number>): Float64Array {
  if (samples.length === 0 || response.length === 0) return new Float64Array(0)
  const length = samples.length + response.length - 1
  const fft = planFor(2 ** Math.max(1, Math.ceil(Math.log2(length))))
  const { input, real, imaginary } = fft
  load(input, response)
  fft.transform()
  const [ownReal, ownImaginary] = [real.slice(), imaginary.slice()]
  load(input, samples)
  fft.transform()
  for (let k = 0; k < real.length; k++) {
    const [re, im] = [real[k]!, imaginary[k]!]
    real[k] = re * ownReal[k]! - im * ownImaginary[k]!
    imaginary[k] = re * ownImaginary[k]! + im * ownReal[k]!
  }
  fft.invert()
  return input.slice(0, length)
}

/** The sound with each frequency times a gain that does not turn its phase; silence beyond its ends. */
export function filterZeroPhase(
  samples: Float32Array,
  sampleRateHz: number,
  gainOf: (hz: number) => number,
): Float32Array {
  if (samples.length === 0) return new Float32Array(0)
  const fft = planFor(2 ** Math.ceil(Math.log2(2 * samples.length)))
  const { input, real, imaginary } = fft
  load(input, samples)
  fft.transform()
  for (let k = 0; k < real.length; k++) {
    const gain = gainOf((k * sampleRateHz) / fft.size)
    real[k] = gain * real[k]!
    imaginary[k] = gain * imaginary[k]!
  }
  fft.invert()
  return Float32Array.from(input.subarray(0, samples.length))
}

function load(input: Float64Array, values: ArrayLike<number>): void {
  input.fill(0)
  input.set(values)
}
