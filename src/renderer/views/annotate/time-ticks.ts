/** Marks of a time ruler: round steps, labels no closer than they are wide. */

const steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600]

export interface TimeTick {
  seconds: number
  isLabeled: boolean
}

/** The smallest round step that is at least `gapPixels` wide. */
export function chooseStep(pixelsPerSecond: number, gapPixels: number): number {
  return steps.find((step) => step * pixelsPerSecond >= gapPixels) ?? steps.at(-1)!
}

/** Digits after the point that tell two labels apart. */
export function digitsFor(step: number): 0 | 1 | 2 | 3 {
  return step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3
}

/** Ticks within a span: a labeled one at each step, small ones between. */
export function timeTicks(
  fromSeconds: number,
  toSeconds: number,
  pixelsPerSecond: number,
  labelPixels = 84,
): { ticks: TimeTick[]; digits: 0 | 1 | 2 | 3 } {
  const step = chooseStep(pixelsPerSecond, labelPixels)
  const parts = [10, 5, 4, 2].find((count) => (step * pixelsPerSecond) / count >= 7) ?? 1
  const small = step / parts
  const ticks: TimeTick[] = []
  // Counted in whole small steps, so that no error adds up along the way.
  for (let index = Math.ceil(fromSeconds / small - 1e-9); index * small <= toSeconds + 1e-9; index++)
    ticks.push({ seconds: index * small, isLabeled: index % parts === 0 })
  return { ticks, digits: digitsFor(step) }
}
