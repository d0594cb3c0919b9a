/** What the reference cases reach, for docs/signal.md. */
import { frontEndPresets } from '../../src/dsp/front-end-presets'
import type { AugmentationError } from './augmentation-row'
import { augmentationRows } from './augmentations'
import { measureFolding, measureRipple } from './measure-resampler'
import { computeCase, hasSound, referenceCases, worstErrors } from './reference-cases'

export interface Reached {
  /** 'dB', 'log', 'linear', 'cqt', …; see `tolerances`. */
  unit: string
  error: number
  cases: number
}

export interface Measured {
  presets: ReadonlyMap<string, readonly Reached[]>
  /** By the rows' names. */
  augmentations: ReadonlyMap<string, readonly AugmentationError[]>
  resampler: { fromHz: number; toHz: number; rippleDb: number; foldingDb: number | null }[]
}

/** The worst error of every preset's cases by unit, each only over cases whose sound is here. */
export async function measurePresets(): Promise<Map<string, Reached[]>> {
  const reached = new Map<string, Reached[]>(frontEndPresets.map(({ name }) => [name, []]))
  for (const one of referenceCases) {
    if (!hasSound(one)) continue
    const [picture] = await computeCase(one)
    for (const [unit, error] of worstErrors(picture!, one)) {
      const own = reached.get(one.preset)!
      const known = own.find((entry) => entry.unit === unit)
      if (!known) own.push({ unit, error, cases: 1 })
      else [known.error, known.cases] = [Math.max(known.error, error), known.cases + 1]
    }
  }
  return reached
}

const rates: [from: number, to: number][] = [
  [44100, 22050],
  [44100, 16000],
  [48000, 22050],
  [96000, 44100],
  [22050, 44100],
  [8000, 22050],
]

export function measureResampler(): Measured['resampler'] {
  return rates.map(([fromHz, toHz]) => ({
    fromHz,
    toHz,
    rippleDb: measureRipple(fromHz, toHz),
    foldingDb: fromHz > toHz ? measureFolding(fromHz, toHz) : null,
  }))
}

export function measureAugmentations(): Measured['augmentations'] {
  return new Map(augmentationRows.map(({ name, measure }) => [name, measure()]))
}
