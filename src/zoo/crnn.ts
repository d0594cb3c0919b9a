import type { LayerSpec, ModelSpec } from './model-spec'

export interface CrnnWidths {
  /** Filters of the four convolutions. */
  filters: [number, number, number, number]
  /** Units of each of the two GRUs. */
  units: number
}

/** The widths of the authors' published network. */
export const publishedCrnnWidths: CrnnWidths = { filters: [64, 128, 128, 128], units: 32 }

const pools: [frames: number, bands: number][] = [
  [2, 2],
  [3, 3],
  [4, 4],
  [4, 4],
]

/** Widths of the paper's five sizes, from 0.1 to 3 million parameters. */
export function paperCrnnWidths(first: number, others: number): CrnnWidths {
  return { filters: [first, others, others, others], units: first }
}

/**
 * The convolutional recurrent network for music tagging (Choi et al. 2016): four convolutions that pool 96 bands to one
 * and 1440 frames to 15, then two GRUs over the frames. Published for pictures of 1366 × 96, padded here by 37 frames at
 * each end as the authors do; gives one logit for each tag.
 *
 * @throws RangeError (from flowShapes) for pictures that are pooled away
 */
export function describeCrnn(
  input: { frames: number; bands: number },
  tagCount: number,
  { filters, units }: CrnnWidths = publishedCrnnWidths,
): ModelSpec {
  const blocks = filters.flatMap((count, block): LayerSpec[] => [
    { kind: 'convolution', filters: count, kernel: [3, 3], bias: true },
    { kind: 'batch-normalization' },
    // Before the ELU, which rises everywhere: the same values as after it at a fraction of the work.
    { kind: 'max-pool', size: pools[block]! },
    { kind: 'elu' },
    { kind: 'dropout', rate: 0.1 },
  ])
  // The authors' GRUs are of the time before cuDNN's form.
  const recurrent = { kind: 'gated-recurrent', units, resetAfter: false } as const
  return {
    name: 'crnn',
    input,
    layers: [
      { kind: 'pad-time', before: 37, after: 37 },
      { kind: 'band-normalization' },
      ...blocks,
      { kind: 'frames' },
      { ...recurrent, returnSequences: true },
      { ...recurrent, returnSequences: false },
      { kind: 'dropout', rate: 0.3 },
      { kind: 'dense', units: tagCount },
    ],
  }
}
