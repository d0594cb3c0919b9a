import { designBandPass, FirFilter } from './band-pass'

/**
 * Brings ultrasound down as a bat detector does: the signal times a tone, of which only the difference of the two
 * frequencies is kept. What lies within `bandHz` of the tone is heard at its distance from it.
 */
export class Heterodyne {
  readonly #toneHz: number
  readonly #sampleRateHz: number
  readonly #low: FirFilter
  #at = 0

  /** @param toneHz below half the rate */
  constructor(toneHz: number, sampleRateHz: number, bandHz = 5000) {
    if (!(toneHz > 0 && toneHz < sampleRateHz / 2))
      throw new RangeError(`a tone of ${toneHz} Hz does not fit a sample rate of ${sampleRateHz} Hz`)
    this.#toneHz = toneHz
    this.#sampleRateHz = sampleRateHz
    this.#low = new FirFilter(designBandPass(0, Math.min(bandHz, sampleRateHz / 2), sampleRateHz, 255))
  }

  get delaySamples(): number {
    return this.#low.delaySamples
  }

  process(block: Float32Array): Float32Array<ArrayBuffer> {
    const step = (2 * Math.PI * this.#toneHz) / this.#sampleRateHz
    const mixed = block.map((sample, n) => 2 * sample * Math.cos(step * (this.#at + n)))
    this.#at += block.length
    return this.#low.process(mixed)
  }
}
