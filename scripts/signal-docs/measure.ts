/** What the reference cases reach, for docs/signal.md. */
import { frontEndPresets } from '../../src/dsp/front-end-presets'
import type { AugmentationError } from './augmentation-row'
import { augmentationRows } from './augmentations'
import { measureFolding, measureRipple } from './measure-resampler'
import { frontEndParts, measureWindows, partsOf } from './parts'
import { computeCase, frontEndOf, hasSound, referenceCases, worstErrors } from './reference-cases'

export interface Reached {
  /** 'dB', 'log', 'linear', 'cqt', …; see `tolerances`. */
  unit: string
  error: number
  cases: number
}

export interface Measured {
  presets: ReadonlyMap<string, readonly Reached[]>
  /** By their names in the page. */
  parts: ReadonlyMap<string, readonly Reached[]>
  windows: { error: number; windows: number }
  /** By the rows' names. */
  augmentations: ReadonlyMap<string, readonly AugmentationError[]>
  resampler: { fromHz: number; toHz: number; rippleDb: number; foldingDb: number | null }[]
}

/**
 * The worst error of each unit over the cases of every named front end, and over those of every part, each only over cases
 * whose sound is here.
 */
export async function measureFrontEnds(): Promise<Pick<Measured, 'presets' | 'parts'>> {
  const presets = new Map<string, Reached[]>(frontEndPresets.map(({ name }) => [name, []]))
  const parts = new Map<string, Reached[]>(frontEndParts.map((part) => [part, []]))
  for (const one of referenceCases) {
    if (!hasSound(one)) continue
    const [picture] = await computeCase(one)
    const lists = [presets.get(one.preset)!, ...partsOf(frontEndOf(one)).map((part) => parts.get(part)!)]
    for (const [unit, error] of worstErrors(picture!, one))
      for (const list of lists) {
        const known = list.find((entry) => entry.unit === unit)
        if (!known) list.push({ unit, error, cases: 1 })
        else [known.error, known.cases] = [Math.max(known.error, error), known.cases + 1]
      }
  }
  return { presets, parts }
}

/** All that the page says. */
export async function measureAll(): Promise<Measured> {
  const augmentations = new Map<string, AugmentationError[]>()
  for (const { name, measure } of augmentationRows) augmentations.set(name, await measure())
  return {
    ...(await measureFrontEnds()),
    ...{ windows: measureWindows(), resampler: measureResampler(), augmentations },
  }
}

const rates: [from: number, to: number][] = [
  [44100, 22050],
  [44100, 16000],
  [48000, 22050],
  [96000, 44100],
  [22050, 44100],
  [8000, 22050],
]

function measureResampler(): Measured['resampler'] {
  return rates.map(([fromHz, toHz]) => ({
    fromHz,
    toHz,
    rippleDb: measureRipple(fromHz, toHz),
    foldingDb: fromHz > toHz ? measureFolding(fromHz, toHz) : null,
  }))
}
