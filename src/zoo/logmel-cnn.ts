import type { LogmelCnnModel } from '../dsp/recipe'
import type { LayerSpec, ModelSpec } from './model-spec'

/**
 * The baseline network: blocks of 3×3 convolution, batch normalisation, ReLU and 2×2 max pooling, then the
 * mean and the maximum over time of every remaining band and channel, dropout and a dense layer with one
 * logit per class.
 *
 * Time is pooled away, frequency is not: where a sound happens in a clip says nothing of its class, but
 * at which frequency it happens does. Pooling frequency as well cost 5 points on ESC-10.
 */
export function describeLogmelCnn(
  model: LogmelCnnModel,
  input: { frames: number; bands: number },
  classCount: number,
): ModelSpec {
  const blocks = model.filters.flatMap((filters): LayerSpec[] => [
    { kind: 'convolution', filters, kernel: [3, 3] },
    { kind: 'batch-normalization' },
    { kind: 'relu' },
    { kind: 'max-pool', size: [2, 2] },
  ])
  return {
    name: 'logmel-cnn',
    input,
    layers: [
      ...blocks,
      { kind: 'pool-time' },
      { kind: 'dropout', rate: model.dropout },
      { kind: 'dense', units: classCount },
    ],
  }
}
