/** Builds a network of the zoo with tfjs layers. */
import * as tfl from '@tensorflow/tfjs-layers'
import type { Random } from '../../../dsp/random'
import { flowShapes, inputShape, type FlowShape, type LayerSpec, type ModelSpec } from '../../../zoo/model-spec'
import { BatchNormalization } from '../layers/batch-normalization'
import { Convolution } from '../layers/convolution'
import { GatedRecurrent } from '../layers/recurrent-gru'
import { SeededDropout } from '../layers/seeded-dropout'

/**
 * A network that takes pictures [batch, frames, bands, channels] and gives logits [batch, classes].
 *
 * @param random where the initial weights (He normal for convolutions, He et al. 2015; Glorot uniform for
 *   dense layers and recurrent kernels from the input) and the dropout masks come from: the same stream gives the same network
 * @throws RangeError where the layers do not fit the input
 */
export function buildModel(spec: ModelSpec, random: Random): tfl.LayersModel {
  const shapes = flowShapes(spec)
  const shape = inputShape(spec)
  const input = tfl.input({ shape, name: 'picture' })
  let flow: tfl.SymbolicTensor = input
  let before: FlowShape = shape
  for (const [index, layer] of spec.layers.entries()) {
    // Such a ReLU is the batch normalisation's.
    const isDone = layer.kind === 'relu' && spec.layers[index - 1]?.kind === 'batch-normalization'
    const isRectified = spec.layers[index + 1]?.kind === 'relu'
    if (!isDone) flow = applyLayer(layer, flow, before, `${layer.kind}-${index + 1}`, random, isRectified)
    before = shapes[index]!
  }
  return tfl.model({ inputs: input, outputs: flow, name: spec.name })
}

function applyLayer(
  layer: LayerSpec,
  flow: tfl.SymbolicTensor,
  before: FlowShape,
  name: string,
  random: Random,
  isRectified: boolean,
): tfl.SymbolicTensor {
  const seed = random.stream(name).integer(2 ** 31)
  switch (layer.kind) {
    case 'convolution':
      return new Convolution({ ...layer, initializer: tfl.initializers.heNormal({ seed }), name }).apply(
        flow,
      ) as tfl.SymbolicTensor
    case 'batch-normalization':
      return new BatchNormalization({ name, isRectified }).apply(flow) as tfl.SymbolicTensor
    case 'band-normalization': {
      // The last axis is the one that is normalised.
      const [frames, bands] = before as [number, number, number]
      const turned = tfl.layers.reshape({ targetShape: [frames, 1, bands], name: `${name}-bands` }).apply(flow)
      const normalized = new BatchNormalization({ name }).apply(turned)
      const shape = { targetShape: [frames, bands, 1], name: `${name}-picture` }
      return tfl.layers.reshape(shape).apply(normalized) as tfl.SymbolicTensor
    }
    case 'relu':
      return tfl.layers.reLU({ name }).apply(flow) as tfl.SymbolicTensor
    case 'elu':
      return tfl.layers.elu({ name }).apply(flow) as tfl.SymbolicTensor
    case 'max-pool':
      return tfl.layers
        .maxPooling2d({ poolSize: layer.size, strides: layer.size, name })
        .apply(flow) as tfl.SymbolicTensor
    case 'pool-time': {
      const size: [number, number] = [before[0], 1]
      const mean = tfl.layers.averagePooling2d({ poolSize: size, strides: size, name: `${name}-mean` }).apply(flow)
      const maximum = tfl.layers.maxPooling2d({ poolSize: size, strides: size, name: `${name}-maximum` }).apply(flow)
      const both = tfl.layers.concatenate({ name }).apply([mean, maximum] as tfl.SymbolicTensor[])
      return tfl.layers.flatten({ name: `${name}-row` }).apply(both) as tfl.SymbolicTensor
    }
    case 'global-average-pool':
      return tfl.layers.globalAveragePooling2d({ name }).apply(flow) as tfl.SymbolicTensor
    case 'pad-time': {
      const padding: [[number, number], [number, number]] = [
        [layer.before, layer.after],
        [0, 0],
      ]
      return tfl.layers.zeroPadding2d({ padding, name }).apply(flow) as tfl.SymbolicTensor
    }
    case 'frames': {
      const [frames, bands, channels] = before as [number, number, number]
      return tfl.layers.reshape({ targetShape: [frames, bands * channels], name }).apply(flow) as tfl.SymbolicTensor
    }
    case 'gated-recurrent':
      return new GatedRecurrent({ ...layer, random: random.stream(name), name }).apply(flow) as tfl.SymbolicTensor
    case 'dropout':
      return new SeededDropout(layer.rate, random.stream(`${name}/masks`), name).apply(flow) as tfl.SymbolicTensor
    case 'dense':
      return tfl.layers
        .dense({ units: layer.units, kernelInitializer: tfl.initializers.glorotUniform({ seed }), name })
        .apply(flow) as tfl.SymbolicTensor
  }
}
