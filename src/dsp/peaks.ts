/**
 * The outline of a waveform: lowest and highest sample of each of `count` equal parts, in pairs
 * (min, max, min, max, …), 2·count values. A part of less than one sample repeats the sample it stands on,
 * an empty signal gives zeros.
 */
export function computePeaks(samples: Float32Array, count: number): Float32Array {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`the number of peaks must be 1 or more, not ${count}`)
  const peaks = new Float32Array(2 * count)
  if (samples.length === 0) return peaks
  for (let part = 0; part < count; part++) {
    const from = Math.min(Math.floor((part * samples.length) / count), samples.length - 1)
    const to = Math.max(Math.floor(((part + 1) * samples.length) / count), from + 1)
    let lowest = samples[from]!
    let highest = lowest
    for (let i = from + 1; i < to; i++) {
      const value = samples[i]!
      if (value < lowest) lowest = value
      else if (value > highest) highest = value
    }
    peaks[2 * part] = lowest
    peaks[2 * part + 1] = highest
  }
  return peaks
}
