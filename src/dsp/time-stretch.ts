/**
 * Makes a signal that comes in blocks faster or slower and keeps its pitch: waveform-similarity overlap-add (Verhelst &
 * Roelands 1993). Windows of 40 ms are laid half over each other; each is taken within 10 ms of where the speed wants
 * it, where it continues best what was laid before. Channels move together.
 */
export class TimeStretch {
  readonly #speed: number
  readonly #window: Float64Array
  /** Half a window: by so much each one is laid after the one before. */
  readonly #hop: number
  readonly #reach: number
  #kept: Float32Array[]
  #first = 0
  #received = 0
  /** Where the speed wants the next window to begin. */
  #wanted = 0
  /** What should follow the last window, where it was taken. */
  #following: number | null = null
  #overlap: Float64Array[]

  /** @param speed above 0: 2 is twice as fast */
  constructor(speed: number, sampleRateHz: number, channelCount: number) {
    if (!(speed > 0 && Number.isFinite(speed))) throw new RangeError(`a speed of ${speed} cannot be played`)
    this.#speed = speed
    this.#hop = Math.round(0.02 * sampleRateHz)
    this.#reach = Math.round(0.01 * sampleRateHz)
    const length = 2 * this.#hop
    this.#window = Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length))
    this.#kept = Array.from({ length: channelCount }, () => new Float32Array(0))
    this.#overlap = Array.from({ length: channelCount }, () => new Float64Array(this.#hop))
  }

  /** @param isLast what comes after is silence, so that the end can go out too */
  process(block: readonly Float32Array[], isLast = false): Float32Array<ArrayBuffer>[] {
    const tail = isLast ? 2 * this.#hop + this.#reach : 0
    this.#kept = this.#kept.map((kept, channel) => {
      const joined = new Float32Array(kept.length + block[channel]!.length + tail)
      joined.set(kept)
      joined.set(block[channel]!, kept.length)
      return joined
    })
    this.#received += block[0]!.length
    const known = this.#received + tail
    const pieces: Float32Array[][] = this.#kept.map(() => [])
    const isEnough = (): boolean =>
      isLast ? this.#wanted < this.#received : this.#wanted + this.#reach + 2 * this.#hop <= known
    while (isEnough()) {
      const start = this.#following === null ? 0 : this.#findStart()
      this.#lay(start, pieces)
      this.#following = start + this.#hop
      this.#wanted += this.#hop * this.#speed
      this.#forget()
    }
    return pieces.map((list) => {
      const joined = new Float32Array(list.length * this.#hop)
      list.forEach((piece, index) => joined.set(piece, index * this.#hop))
      return joined
    })
  }

  /** The start within reach whose beginning is most like what would have followed: the largest normalised product. */
  #findStart(): number {
    const wanted = Math.round(this.#wanted)
    const following = this.#following!
    let best = wanted
    let bestLikeness = -Infinity
    for (let start = Math.max(0, wanted - this.#reach); start <= wanted + this.#reach; start++) {
      let product = 0
      let energy = 1e-9
      // Every fourth sample is enough to tell, and four times as fast.
      for (const kept of this.#kept)
        for (let n = 0; n < this.#hop; n += 4) {
          const sample = kept[start + n - this.#first] ?? 0
          product += sample * (kept[following + n - this.#first] ?? 0)
          energy += sample * sample
        }
      const likeness = product / Math.sqrt(energy)
      if (likeness > bestLikeness) [best, bestLikeness] = [start, likeness]
    }
    return best
  }

  #lay(start: number, pieces: Float32Array[][]): void {
    const isFirst = this.#following === null
    this.#kept.forEach((kept, channel) => {
      const overlap = this.#overlap[channel]!
      const piece = new Float32Array(this.#hop)
      for (let n = 0; n < this.#hop; n++) {
        // The very first window has nothing under its rise.
        const weight = isFirst ? 1 : this.#window[n]!
        piece[n] = overlap[n]! + weight * (kept[start + n - this.#first] ?? 0)
        overlap[n] = this.#window[n + this.#hop]! * (kept[start + n + this.#hop - this.#first] ?? 0)
      }
      pieces[channel]!.push(piece)
    })
  }

  #forget(): void {
    const needed = Math.min(Math.round(this.#wanted) - this.#reach, this.#following!)
    const drop = Math.max(0, needed - this.#first)
    if (drop < 4 * this.#hop) return
    this.#kept = this.#kept.map((kept) => kept.slice(drop))
    this.#first += drop
  }
}
