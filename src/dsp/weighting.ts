/** Frequency weightings of loudness (IEC 61672-1: A and C; B and D from its predecessors), as librosa computes them. */

const squares = (...hz: number[]): number[] => hz.map((value) => value * value)
const a = squares(12194.217, 20.598997, 107.65265, 737.86223)
const b = squares(12194.217, 20.598997, 158.48932)
const c = squares(12194.217, 20.598997)
const d = squares(8.3046305e-3, 1018.7, 1039.6, 3136.5, 3424, 282.7, 1160)

const log = Math.log10

const curves: Record<'A' | 'B' | 'C' | 'D', (f2: number) => number> = {
  A: (f2) =>
    2 +
    20 * (log(a[0]!) + 2 * log(f2) - log(f2 + a[0]!) - log(f2 + a[1]!) - 0.5 * log(f2 + a[2]!) - 0.5 * log(f2 + a[3]!)),
  B: (f2) => 0.17 + 20 * (log(b[0]!) + 1.5 * log(f2) - log(f2 + b[0]!) - log(f2 + b[1]!) - 0.5 * log(f2 + b[2]!)),
  C: (f2) => 0.062 + 20 * (log(c[0]!) + log(f2) - log(f2 + c[0]!) - log(f2 + c[1]!)),
  D: (f2) =>
    20 *
    (0.5 * log(f2) -
      log(d[0]!) +
      0.5 *
        (log((d[1]! - f2) ** 2 + d[2]! * f2) -
          log((d[3]! - f2) ** 2 + d[4]! * f2) -
          log(d[5]! + f2) -
          log(d[6]! + f2))),
}

/** Weighting of a frequency in dB, 0 at 1 kHz; at least −80, which 0 Hz has. */
export function frequencyWeighting(hz: number, kind: 'A' | 'B' | 'C' | 'D'): number {
  return hz > 0 ? Math.max(-80, curves[kind](hz * hz)) : -80
}
