/** Draws from the Beta distribution. */
import type { Random } from '../random'

/** One draw from Beta(α, α). */
export function drawBeta(alpha: number, random: Random): number {
  const a = drawGamma(alpha, random)
  const b = drawGamma(alpha, random)
  // Both can round to 0 when α is tiny; the distribution then sits at its two ends.
  return a + b > 0 ? a / (a + b) : random.integer(2)
}

/** One draw from Gamma(shape, 1): Marsaglia & Tsang (2000); shapes under 1 by their boosting rule. */
function drawGamma(shape: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, random) * (1 - random.uniform()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = random.normal()
    const v = (1 + c * normal) ** 3
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * normal * normal + d - d * v + d * Math.log(v)) return d * v
  }
}
