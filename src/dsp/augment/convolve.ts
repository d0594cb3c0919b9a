/** Convolution by the FFT. */
import { RealFft } from '../fft'

const plans = new Map<number, RealFft>()
const keptPlans = 4

/** Clips of a training are as long as each other mostly: the tables of the last sizes are kept. */
function planFor(size: number): RealFft {
  const plan = plans.get(size) ?? new RealFft(size)
  plans.delete(size)
  plans.set(size, plan)
  if (plans.size > keptPlans) plans.delete(plans.keys().next().value!)
  return plan
}

/**
 * y[n] = Σ h[k]·x[n − k], `samples.length + response.length − 1` long; nothing where one of them is empty. The longer one
 * goes through in blocks, whose ends are added up: small transforms stay in the processor's cache.
 */
export function convolve(samples: Float32Array, response: Float32Array): Float64Array {
  const [long, short] = samples.length < response.length ? [response, samples] : [samples, response]
  if (short.length === 0) return new Float64Array(0)
  const length = long.length + short.length - 1
  const size = 2 ** Math.max(1, Math.ceil(Math.log2(Math.min(length, Math.max(leastBlock, 4 * short.length)))))
  const fft = planFor(size)
  const { input, real, imaginary } = fft
  load(input, short)
  fft.transform()
  const [ownReal, ownImaginary] = [real.slice(), imaginary.slice()]
  const output = new Float64Array(length)
  const step = size - short.length + 1
  for (let at = 0; at < long.length; at += step) {
    load(input, long.subarray(at, at + step))
    fft.transform()
    for (let k = 0; k < real.length; k++) {
      const re = real[k]!
      const im = imaginary[k]!
      real[k] = re * ownReal[k]! - im * ownImaginary[k]!
      imaginary[k] = re * ownImaginary[k]! + im * ownReal[k]!
    }
    fft.invert()
    const end = Math.min(size, length - at)
    for (let n = 0; n < end; n++) output[at + n]! += input[n]!
  }
  return output
}

const leastBlock = 1024

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
  return new Float32Array(input.subarray(0, samples.length))
}

function load(input: Float64Array, values: Float32Array): void {
  input.set(values)
  input.fill(0, values.length)
}
