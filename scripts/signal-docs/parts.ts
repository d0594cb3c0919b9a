/** The parts that a front end can be made of, and which of them one has: docs/signal.md counts reference cases by them. */
import type {
  Bands,
  DecibelLevel,
  DeltaStep,
  FrontEnd,
  FrontEndStep,
  Level,
  WaveformFrontEnd,
  WindowShape,
} from '../../src/dsp/front-end'
import reference from '../../src/dsp/reference/window.json'
import { makeWindow } from '../../src/dsp/window'

/** The type check holds each list to all that a front end may say. */
type All<Name extends string> = Record<Name, string>

const transforms: All<NonNullable<FrontEnd['kind']> | 'variable-q'> = {
  spectrogram: 'short-time spectra',
  'constant-q': 'constant-Q transform',
  'variable-q': 'variable-Q transform',
  waveform: 'samples in frames',
}
const bands: All<Bands['scale']> = {
  linear: 'all bins',
  mel: 'mel bands',
  'log-normal': 'log-normal bands',
  'log-triangles': 'log-frequency triangles',
}
const levels: All<NonNullable<Level['kind']>> = {
  decibel: 'decibels',
  logarithm: 'logarithm',
  pcen: 'PCEN',
  plain: 'no level',
}
const weightings: All<NonNullable<DecibelLevel['weighting']>> = {
  A: 'A-weighting',
  B: 'B-weighting',
  C: 'C-weighting',
  D: 'D-weighting',
}
const steps: All<Exclude<FrontEndStep['kind'], 'delta'>> = {
  cepstrum: 'cepstrum',
  mel: 'mel bands of levels',
  crop: 'crop of bands',
  'sub-bands': 'overlapping crops',
  'difference-of-gaussians': 'difference of Gaussians',
  sobel: 'Sobel gradients',
}
const deltas: All<DeltaStep['method']> = {
  'savitzky-golay': 'deltas, Savitzky–Golay',
  regression: 'deltas, regression',
  'librosa-0.3': 'deltas of librosa 0.3.1',
}
const compandings: All<NonNullable<WaveformFrontEnd['companding']>['output']> = {
  codes: 'µ-law codes',
  values: 'µ-law values',
}

const segments = 'segments'

/** Every part by its name in the page. */
export const frontEndParts: readonly string[] = [
  ...[transforms, bands, levels, weightings, steps, deltas, compandings].flatMap((own) => Object.values(own)),
  segments,
]

export function partsOf(frontEnd: FrontEnd): string[] {
  const own = (frontEnd.steps ?? []).map((step) => (step.kind === 'delta' ? deltas[step.method] : steps[step.kind]))
  if (frontEnd.segments) own.push(segments)
  if (frontEnd.kind === 'waveform') {
    const { companding } = frontEnd
    return [transforms.waveform, ...(companding ? [compandings[companding.output]] : []), ...own]
  }
  const { level } = frontEnd
  own.unshift(levels[level.kind ?? 'decibel'])
  if ('weighting' in level && level.weighting) own.push(weightings[level.weighting])
  if (frontEnd.kind !== 'constant-q') return [transforms.spectrogram, bands[frontEnd.bands.scale], ...own]
  return [frontEnd.gammaHz > 0 ? transforms['variable-q'] : transforms['constant-q'], ...own]
}

/** Of all windows that scipy has too, the largest error of a value, and how many they are. */
export function measureWindows(): { error: number; windows: number } {
  const errors = reference.flatMap(({ values, ...shape }) => {
    const made = makeWindow(shape as WindowShape, values.length)
    return values.map((value, n) => Math.abs(made[n]! - value))
  })
  return { error: Math.max(...errors), windows: new Set(reference.map(({ window }) => window)).size }
}
