import type { LayerSpec, ModelSpec } from './model-spec'

/**
 * The deep and narrow VGG network of CP-JKU's entry to DCASE 2016 (Eghbal-zadeh et al. 2016): eleven convolutions, each
 * followed by batch normalisation, and the mean over what is left of the picture. Published for pictures of
 * 149 × 149; gives logits.
 *
 * @throws RangeError (from flowShapes) for pictures smaller than 47 × 47
 */
export function describeDeepVgg(input: { frames: number; bands: number }, classCount: number): ModelSpec {
  return {
    name: 'deep-vgg',
    input,
    layers: [
      ...convolve(32, { kernel: [5, 5], strides: [2, 2] }),
      ...convolve(32),
      ...shrink(),
      ...repeat(2, 64),
      ...shrink(),
      ...repeat(4, 128),
      ...shrink(),
      ...convolve(512, { padding: 'valid' }),
      { kind: 'dropout', rate: 0.5 },
      ...convolve(512, { kernel: [1, 1] }),
      { kind: 'dropout', rate: 0.5 },
      // The last has no ReLU.
      ...convolve(classCount, { kernel: [1, 1] }).slice(0, 2),
      { kind: 'global-average-pool' },
    ],
  }
}

type Convolution = Extract<LayerSpec, { kind: 'convolution' }>

function convolve(filters: number, settings: Partial<Convolution> = {}): LayerSpec[] {
  return [
    { kind: 'convolution', filters, kernel: [3, 3], ...settings },
    { kind: 'batch-normalization' },
    { kind: 'relu' },
  ]
}

function repeat(times: number, filters: number): LayerSpec[] {
  return Array.from({ length: times }, () => convolve(filters)).flat()
}

function shrink(): LayerSpec[] {
  return [
    { kind: 'max-pool', size: [2, 2] },
    { kind: 'dropout', rate: 0.3 },
  ]
}
