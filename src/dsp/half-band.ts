import { besselI0 } from './bessel'

/** Attenuation of what folds back, and how far the filter reaches to either side of an output sample. */
const stopBandDb = 110
const reach = 37

/** Weights of the odd distances 1, 3, … ; the middle has ½, even distances 0. Together they make 1 at 0 Hz. */
const weights = designWeights()

/** Share of the lower Nyquist frequency up to which nothing folds back and the level is kept within 0.0001 dB. */
export const halvedPassShare = 0.8

/**
 * Every second sample after a half-band low-pass (windowed sinc, Kaiser 1974): output j stands at input 2j. Beyond the
 * ends counts as silence.
 */
export function halveRate(samples: Float64Array): Float64Array {
  const output = new Float64Array(Math.ceil(samples.length / 2))
  const last = samples.length - 1
  for (let j = 0; j < output.length; j++) {
    const at = 2 * j
    let sum = 0.5 * samples[at]!
    if (at >= reach && at + reach <= last) {
      for (let i = 0, distance = 1; i < weights.length; i++, distance += 2)
        sum += weights[i]! * (samples[at - distance]! + samples[at + distance]!)
    } else {
      for (let i = 0, distance = 1; i < weights.length; i++, distance += 2) {
        if (at >= distance) sum += weights[i]! * samples[at - distance]!
        if (at + distance <= last) sum += weights[i]! * samples[at + distance]!
      }
    }
    output[j] = sum
  }
  return output
}

function designWeights(): Float64Array {
  const beta = 0.1102 * (stopBandDb - 8.7)
  const odd = Float64Array.from({ length: (reach + 1) / 2 }, (_, i) => {
    const distance = 2 * i + 1
    const kaiser = besselI0(beta * Math.sqrt(1 - (distance / (reach + 1)) ** 2))
    return (Math.sin((Math.PI * distance) / 2) / (Math.PI * distance)) * kaiser
  })
  const sum = odd.reduce((total, weight) => total + weight, 0)
  return odd.map((weight) => (weight * 0.25) / sum)
}
