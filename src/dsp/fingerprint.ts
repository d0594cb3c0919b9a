import { StftPlan } from './stft'

/**
 * Fingerprints of sound that stay the same when it is encoded again, resampled or made louder (J. Haitsma & T. Kalker
 * 2002, "A Highly Robust Audio Fingerprinting System", ISMIR): every 11.6 ms, 32 bits that say whether the difference
 * of energy between two neighbouring bands, out of 33 from 300 to 2000 Hz, grew or fell since the frame before.
 * Unlike there, a frame without sound says nothing, so that silence is not found to be the same everywhere.
 */
export const fingerprintRateHz = 5500
const frameSamples = 2048
const hopSamples = 64
export const fingerprintFramesPerSecond = fingerprintRateHz / hopSamples

const bandCount = 33
const lowHz = 300
const highHz = 2000

/** Mean square in the bands below which a frame has no sound: what is left of 16 bits after 12 dB less is beneath it. */
const silence = 1e-8

/** Raise this when the numbers change: kept fingerprints of another version are made again. */
export const fingerprintVersion = 1

const shape = {
  fftSamples: frameSamples,
  windowSamples: frameSamples,
  window: 'hann',
  hopSamples,
  center: false,
  padMode: 'constant',
} as const

/**
 * The fingerprint of a recording: one whole number for each frame of 372 ms, every 11.6 ms; 0 where there is no sound.
 * Empty for less than a frame.
 * @param samples the mean of its channels at `fingerprintRateHz`
 */
export function computeFingerprint(samples: Float32Array): Uint32Array {
  if (samples.length < frameSamples) return new Uint32Array()
  const plan = new StftPlan(shape)
  const edges = bandEdges()
  const codes: number[] = []
  const [before, now] = [new Float64Array(bandCount), new Float64Array(bandCount)]
  // Of a windowed frame: mean square = 2·Σ|X|² / (N · Σw²), and Σw² is 3N/8 for this window.
  const scale = 2 / (frameSamples * frameSamples * 0.375)
  plan.forEachFrame(samples, (power, frame) => {
    let total = 0
    for (let band = 0; band < bandCount; band++) {
      let energy = 0
      for (let bin = edges[band]!; bin < edges[band + 1]!; bin++) energy += power[bin]!
      now[band] = energy
      total += energy
    }
    codes.push(frame > 0 && total * scale > silence ? encode(before, now) : 0)
    before.set(now)
  })
  return Uint32Array.from(codes)
}

function encode(before: Float64Array, now: Float64Array): number {
  let code = 0
  for (let bit = 0; bit < bandCount - 1; bit++) {
    const change = now[bit]! - now[bit + 1]! - (before[bit]! - before[bit + 1]!)
    code = (code << 1) | Number(change > 0)
  }
  // 0 is kept for silence.
  return code === 0 ? 1 : code >>> 0
}

/** First bin of each band, and the end of the last: steps of equal ratio. */
function bandEdges(): number[] {
  const binHz = fingerprintRateHz / frameSamples
  return Array.from({ length: bandCount + 1 }, (_, band) =>
    Math.round((lowHz * (highHz / lowHz) ** (band / bandCount)) / binHz),
  )
}
