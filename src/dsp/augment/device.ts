/** What a microphone and its amplifier let through: a Butterworth band, a tilt, an offset. */

/** b0, b1, b2, a1, a2 of y[n] = b0·x[n] + b1·x[n−1] + b2·x[n−2] − a1·y[n−1] − a2·y[n−2]. */
export type Section = readonly [b0: number, b1: number, b2: number, a1: number, a2: number]

type Complex = readonly [re: number, im: number]

const order = 4

/**
 * Butterworth filter of order 4 at each edge, as scipy.signal.butter(4, …, output='sos') gives it up to the order of its
 * sections: a band, or where one edge lies at 0 or from half the rate on, a low-pass or a high-pass; all open: none.
 *
 * @throws RangeError where the edges are no band within the rate
 */
export function designButterworth(lowHz: number, highHz: number, sampleRateHz: number): Section[] {
  const half = sampleRateHz / 2
  if (!(lowHz >= 0 && highHz > lowHz && lowHz < half))
    throw new RangeError(`a band of ${lowHz} to ${highHz} Hz does not fit a sample rate of ${sampleRateHz} Hz`)
  const [isLowOpen, isHighOpen] = [lowHz === 0, highHz >= half]
  if (isLowOpen && isHighOpen) return []
  const warp = (hz: number): number => 2 * Math.tan((Math.PI * hz) / sampleRateHz)
  // The poles of the prototype above the axis; the others are their conjugates.
  const prototype = Array.from({ length: order / 2 }, (_, k): Complex => {
    const angle = (Math.PI * (2 * k + 1)) / (2 * order)
    return [-Math.sin(angle), Math.cos(angle)]
  })
  if (isLowOpen) {
    const edge = warp(highHz)
    return scaleSections(
      prototype.map(([re, im]) => sectionOf([re * edge, im * edge], 'low')),
      0,
    )
  }
  if (isHighOpen) {
    const edge = warp(lowHz)
    // edge / pole; the poles lie on the unit circle.
    return scaleSections(
      prototype.map(([re, im]) => sectionOf([re * edge, -im * edge], 'high')),
      Math.PI,
    )
  }
  const [low, high] = [warp(lowHz), warp(highHz)]
  const sections = prototype.flatMap(([re, im]) => {
    const [x, y] = [(re * (high - low)) / 2, (im * (high - low)) / 2]
    const root = squareRoot([x * x - y * y - low * high, 2 * x * y])
    return [sectionOf([x + root[0], y + root[1]], 'band'), sectionOf([x - root[0], y - root[1]], 'band')]
  })
  return scaleSections(sections, 2 * Math.atan(Math.sqrt(low * high) / 2))
}

function squareRoot([re, im]: Complex): Complex {
  const size = Math.hypot(re, im)
  return [Math.sqrt((size + re) / 2), Math.sign(im || 1) * Math.sqrt((size - re) / 2)]
}

/** A pole and its conjugate through the bilinear transform z = (2 + s) / (2 − s), with two zeros. */
function sectionOf([re, im]: Complex, kind: 'low' | 'band' | 'high'): Section {
  const below = (2 - re) ** 2 + im * im
  const a1 = (-2 * (4 - re * re - im * im)) / below
  const a2 = ((2 + re) ** 2 + im * im) / below
  const [b1, b2] = { low: [2, 1], band: [0, -1], high: [-2, 1] }[kind] as [number, number]
  return [1, b1, b2, a1, a2]
}

/** Each with a gain of 1 at an angle of the unit circle. */
function scaleSections(sections: Section[], angle: number): Section[] {
  const size = (c0: number, c1: number, c2: number): number =>
    Math.hypot(c0 + c1 * Math.cos(angle) + c2 * Math.cos(2 * angle), c1 * Math.sin(angle) + c2 * Math.sin(2 * angle))
  return sections.map(([b0, b1, b2, a1, a2]) => {
    const gain = size(1, a1, a2) / size(b0, b1, b2)
    return [b0 * gain, b1 * gain, b2 * gain, a1, a2]
  })
}

/** Lower and higher frequencies apart by so many dB, 1 kHz as it was: (s·a + ω) / (s + a·ω), a = 10^(dB/40). */
export function designTilt(tiltDb: number, sampleRateHz: number): Section {
  const a = 10 ** (tiltDb / 40)
  const edge = 2 * Math.tan((Math.PI * Math.min(1000, sampleRateHz / 4)) / sampleRateHz)
  const below = 2 + a * edge
  return [(2 * a + edge) / below, (edge - 2 * a) / below, 0, (a * edge - 2) / below, 0]
}

/** From silence on, as scipy.signal.sosfilt: sample by sample through all sections, which then need not wait for each other. */
export function runSections(samples: Float32Array, sections: readonly Section[]): Float64Array {
  const filtered = new Float64Array(samples.length)
  const factors = Float64Array.from(sections.flat())
  const states = new Float64Array(2 * sections.length)
  for (let n = 0; n < filtered.length; n++) {
    let x: number = samples[n]!
    for (let s = 0, f = 0; s < states.length; s += 2, f += 5) {
      const y = factors[f]! * x + states[s]!
      states[s] = factors[f + 1]! * x - factors[f + 3]! * y + states[s + 1]!
      states[s + 1] = factors[f + 2]! * x - factors[f + 4]! * y
      x = y
    }
    filtered[n] = x
  }
  return filtered
}

export interface Device {
  lowHz: number
  highHz: number
  tiltDb: number
  /** Added to every sample, as a share of full scale. */
  offset: number
}

export function hearThrough(samples: Float32Array, sampleRateHz: number, device: Device): Float32Array {
  const { lowHz, highHz, tiltDb, offset } = device
  const sections = [...designButterworth(lowHz, highHz, sampleRateHz), designTilt(tiltDb, sampleRateHz)]
  const heard = new Float32Array(samples.length)
  const filtered = runSections(samples, sections)
  for (let n = 0; n < heard.length; n++) heard[n] = filtered[n]! + offset
  return heard
}
