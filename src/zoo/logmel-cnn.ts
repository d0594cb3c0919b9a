import type { LogmelCnnModel } from '../dsp/recipe'
import type { LayerSpec, ModelSpec } from './model-spec'

/**
 * The baseline network: blocks of 3×3 convolution, batch normalisation, 2×2 max pooling and ReLU, then the
 * mean and the maximum over time of every remaining band and channel, dropout and a dense layer with one
 * logit per class.
 *
 * Time is pooled away, frequency is not: when in a clip a sound comes says little of its class, at which frequency
 * it comes says much. With few blocks, pooling frequency too costs several points on ESC-10.
 */
export function describeLogmelCnn(model: LogmelCnnModel, input: ModelSpec['input'], classCount: number): ModelSpec {
  const blocks = model.filters.flatMap((filters): LayerSpec[] => [
    { kind: 'convolution', filters, kernel: [3, 3] },
    { kind: 'batch-normalization' },
    // Before the ReLU, which gives the same as after it at a quarter of the work.
    { kind: 'max-pool', size: [2, 2] },
    { kind: 'relu' },
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
