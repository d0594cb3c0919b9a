import type { PcenLevel } from './front-end'

/**
 * Per-channel energy normalisation (Wang et al. 2017, "Trainable Frontend for Robust and Far-Field Keyword Spotting";
 * librosa.pcen): M[t] = (1 − b)·M[t−1] + b·S[t] smooths every band, then P = (S/(ε + M)^gain + bias)^power − bias^power.
 * b = (√(1 + 4T²) − 1)/(2T²) with T = time constant in frames. A bias of 0 has the limit S^power·(ε + M)^(−power·gain),
 * a power of 0 ln(1 + S·(ε + M)^(−gain)).
 *
 * @param energies frames × bands, frame by frame; scaled by `level.scale` first
 * @param frameSeconds time from one frame to the next
 */
export function computePcen(
  energies: Float64Array,
  bands: number,
  frameSeconds: number,
  level: PcenLevel,
): Float32Array {
  const { gain, bias, power, epsilon, scale } = level
  const frames = energies.length / bands
  const b = smoothingCoefficient(level.timeConstantSeconds / frameSeconds)
  const smooth = new Float64Array(bands)
  const reference = new Float64Array(bands)
  const output = new Float32Array(energies.length)
  const biasPower = bias ** power
  for (let frame = 0; frame < frames; frame++) {
    const row = frame * bands
    loudestAround(energies, row, bands, level.maximumOverBands ?? 1, reference)
    for (let band = 0; band < bands; band++) {
      const around = scale * reference[band]!
      const before = frame > 0 ? smooth[band]! : level.start === 'one' ? 1 : around
      const follower = (1 - b) * before + b * around
      smooth[band] = follower
      const ratio = scale * energies[row + band]! * Math.exp(-gain * Math.log(epsilon + follower))
      // The third as bias^power·((ratio/bias + 1)^power − 1), which keeps its digits where the ratio is small.
      output[row + band] =
        power === 0
          ? Math.log1p(ratio)
          : bias === 0
            ? ratio ** power
            : biasPower * Math.expm1(power * Math.log1p(ratio / bias))
    }
  }
  return output
}

/** Of a first-order low-pass with this time constant (3 dB down at its frequency, as librosa has it). */
export function smoothingCoefficient(frames: number): number {
  const t2 = frames * frames
  return (Math.sqrt(1 + 4 * t2) - 1) / (2 * t2)
}

/** The loudest of `width` bands around each, mirrored with the edge bands repeated (scipy's maximum_filter1d). */
function loudestAround(energies: Float64Array, row: number, bands: number, width: number, output: Float64Array): void {
  const before = Math.floor(width / 2)
  for (let band = 0; band < bands; band++) {
    let loudest = -Infinity
    for (let i = band - before; i < band - before + width; i++) {
      const inPeriod = ((i % (2 * bands)) + 2 * bands) % (2 * bands)
      const value = energies[row + (inPeriod < bands ? inPeriod : 2 * bands - 1 - inPeriod)]!
      if (value > loudest) loudest = value
    }
    output[band] = loudest
  }
}
