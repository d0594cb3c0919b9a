/** The steps that mix clips, those of the picture, and SpecAugment's policies, as a person chooses them. */
import type { AugmentationStep } from '../../../dsp/recipe'
import type { StepField, StepInfo } from './step-info'

const alpha: StepField = { path: 'alpha', name: 'Beta α', kind: 'number', unit: '', step: 0.1 }
const labels: StepField = {
  path: 'labels',
  name: 'Labels',
  kind: 'choice',
  choices: [
    { value: 'shares', name: 'in the shares of the clips' },
    { value: 'both', name: 'of both as heard' },
  ],
}
const count = (path: string, name: string, unit: string): StepField => ({ path, name, kind: 'number', unit, step: 1 })
const masks = count('masks', 'Masks', '')
const unheard = 'Of the picture: there is nothing to hear.'

export const mixingKinds: readonly StepInfo[] = [
  {
    kind: 'between-class',
    title: 'Between-class mixing',
    explain: 'With a clip of another class, by how loud each is heard',
    fields: [{ path: 'ratio', name: 'Own part', kind: 'range', unit: '', step: 0.1 }],
    make: () => ({ kind: 'between-class', ratio: [0, 1] }),
    caution: 'Labels become shares, and training takes about twice the epochs.',
  },
  {
    kind: 'sound-mixup',
    title: 'Mixup of sounds',
    explain: 'With any other clip of the training',
    fields: [alpha, labels],
    make: () => ({ kind: 'sound-mixup', alpha: 10, labels: 'shares', probability: 0.5 }),
    caution: 'Labels become shares, however soft one of the clips is.',
  },
  {
    kind: 'picture-gain',
    title: 'Picture gain',
    explain: 'As of a louder or softer sound, without hearing it anew',
    fields: [{ path: 'decibels', name: 'Gain', kind: 'range', unit: 'dB', step: 1 }],
    make: () => ({ kind: 'picture-gain', decibels: [-6, 6] }),
    caution: `${unheard} Only for levels in decibels.`,
  },
  {
    kind: 'frequency-mask',
    title: 'Frequency masks',
    explain: 'Stripes of bands blanked (SpecAugment)',
    fields: [masks, count('widestBands', 'Widest', 'bands')],
    make: () => ({ kind: 'frequency-mask', masks: 2, widestBands: 12 }),
    caution: unheard,
  },
  {
    kind: 'time-mask',
    title: 'Time masks',
    explain: 'Stretches of time blanked (SpecAugment)',
    fields: [
      masks,
      count('widestFrames', 'Widest', 'frames'),
      { path: 'widestShare', name: 'At most', kind: 'number', unit: 'of the length', step: 0.05 },
    ],
    make: () => ({ kind: 'time-mask', masks: 2, widestFrames: 24, widestShare: 0.2 }),
    caution: unheard,
  },
  {
    kind: 'time-warp',
    title: 'Time warp',
    explain: 'Time stretched here and pressed there (SpecAugment)',
    fields: [count('widestFrames', 'Moved by', 'frames at most')],
    make: () => ({ kind: 'time-warp', widestFrames: 20 }),
    caution: unheard,
  },
  {
    kind: 'mixup',
    title: 'Mixup of pictures',
    explain: 'Pairs of a batch, each mostly itself',
    fields: [alpha, labels],
    make: () => ({ kind: 'mixup', alpha: 0.2, labels: 'shares' }),
    caution: `${unheard} Labels become shares.`,
  },
]

const policy = (
  warp: number,
  widestBands: number,
  widestFrames: number,
  widestShare: number,
  masksEach: number,
): AugmentationStep[] => [
  { kind: 'time-warp', widestFrames: warp },
  { kind: 'frequency-mask', masks: masksEach, widestBands },
  { kind: 'time-mask', masks: masksEach, widestFrames, widestShare },
]

/** SpecAugment's policies (Park et al. 2019, table 1), made for frames of 10 ms and 80 bands. */
export const policies: readonly { name: string; title: string; make: () => AugmentationStep[] }[] = [
  { name: 'LB', title: 'SpecAugment LB', make: () => policy(80, 27, 100, 1, 1) },
  { name: 'LD', title: 'SpecAugment LD', make: () => policy(80, 27, 100, 1, 2) },
  { name: 'SM', title: 'SpecAugment SM', make: () => policy(40, 15, 70, 0.2, 2) },
  { name: 'SS', title: 'SpecAugment SS', make: () => policy(40, 27, 70, 0.2, 2) },
]
