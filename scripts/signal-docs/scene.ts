/** The sound that the pictures of docs/signal.md are of: a voice, a sweep, clicks, a burst of noise. */
import { referenceNoise } from '../../src/dsp/reference-signals'

/**
 * Four seconds: a voice of eight partials around 220 Hz that trembles; a sweep from 100 Hz to four fifths of half the rate;
 * three clicks; noise that dies away. Under all of it noise 60 dB below.
 */
export function drawScene(rate: number): Float32Array {
  const noise = referenceNoise(4 * rate)
  let phase = 0
  const top = 0.4 * rate
  return noise.map((hiss, n) => {
    const t = n / rate
    let value = 0.001 * hiss
    if (t < 1) {
      phase += (2 * Math.PI * 220 * (1 + 0.03 * Math.sin(2 * Math.PI * 5 * t))) / rate
      const swell = Math.sin(Math.PI * t)
      for (let partial = 1; partial <= 8 && partial * 230 < rate / 2; partial++)
        value += (0.3 / partial) * swell * Math.sin(partial * phase)
    } else if (t < 2) {
      const u = t - 1
      value += 0.4 * Math.sin(2 * Math.PI * (100 * u + ((top - 100) * u * u) / 2)) * Math.sin(Math.PI * u) ** 0.25
    } else if (t < 3) {
      if (Math.round((t - 2) * rate) % Math.round(rate / 4) === 0 && t > 2.1) value += 0.9
    } else value += 0.5 * hiss * Math.exp(-4 * (t - 3))
    return value
  })
}
