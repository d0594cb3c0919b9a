import { designBandPass, FirFilter } from './band-pass'

/**
 * Brings ultrasound down as a bat detector does: the signal times a tone, of which only the difference of the two
 * frequencies is kept. What lies within `bandHz` of the tone is heard at its distance from it.
 */
export class Heterodyne {
  readonly #step: number
  readonly #low: FirFilter
  #at: number

  /**
   * @param toneHz below half the rate
   * @param startSample number of the first sample that will come: the tone's phase belongs to the recording, so that
   *   the same place sounds the same wherever listening began
   */
  constructor(toneHz: number, sampleRateHz: number, { bandHz = 5000, startSample = 0 } = {}) {
    if (!(toneHz > 0 && toneHz < sampleRateHz / 2))
      throw new RangeError(`a tone of ${toneHz} Hz does not fit a sample rate of ${sampleRateHz} Hz`)
    this.#step = toneHz / sampleRateHz
    this.#at = startSample
    // A transition of 1 kHz, as long as a Hamming window needs for it.
    const count = 2 * Math.ceil((1.65 * sampleRateHz) / 1000) + 1
    this.#low = new FirFilter(designBandPass(0, Math.min(bandHz, sampleRateHz / 2), sampleRateHz, count))
  }

  get delaySamples(): number {
    return this.#low.delaySamples
  }

  process(block: Float32Array): Float32Array<ArrayBuffer> {
    const mixed = block.map((sample, n) => 2 * sample * Math.cos(2 * Math.PI * (((this.#at + n) * this.#step) % 1)))
    this.#at += block.length
    return this.#low.process(mixed)
  }
}
