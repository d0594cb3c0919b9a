/** What the cases of the numeric suite name: the layers as Earmark's models use them. */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { Random } from '../../../dsp/random'
import { makeWindow } from '../../../dsp/window'
import { activations, leakyRelu, parametricRelu } from './activations'
import { BatchNormalization } from './batch-normalization'
import { convolve1d, convolve2d, depthwiseConvolve2d, separableConvolve2d } from './convolve'
import type { Convolution1dOptions, Convolution2dOptions } from './convolve'
import { embed } from './embed'
import { layerNormalize, localResponseNormalize, type LocalResponseOptions } from './normalize'
import type { Operation, Prepared, Settings, Tensors } from './numeric-suite'
import { globalPool, pool1d, pool2d, type Pool1dOptions, type PoolOptions } from './pool'
import { Bidirectional } from './recurrent-bidirectional'
import { GatedRecurrent, type GatedRecurrentOptions } from './recurrent-gru'
import { LongShortTerm } from './recurrent-lstm'
import { SeededDropout } from './seeded-dropout'
import { applyFilterBank, fourierKernels, spectrum, toDecibels, type SpectrumOptions } from './spectrum'

/** An operation that is a function of its inputs. */
export function pure(run: (inputs: Tensors, settings: Settings) => tf.Tensor): Operation {
  return (inputs, settings) => ({ parameters: inputs, compute: () => ({ y: run(inputs, settings) }) })
}

/**
 * A layer with weights, which are set from the inputs of these names, in the order of `layer.weights`.
 *
 * @param x the name of the layer's input
 */
export function prepareLayer(
  layer: tfl.layers.Layer,
  inputs: Tensors,
  weightNames: readonly string[],
  x = 'x',
  training = false,
): Prepared {
  const input = inputs[x]!
  // Builds the layer.
  tf.dispose(layer.apply(input) as tf.Tensor)
  const wanted = weightNames.map((name) => inputs[name]!)
  layer.setWeights(wanted)
  const variables = layer.weights.map((weight) => weight.read())
  return {
    parameters: { [x]: input, ...Object.fromEntries(weightNames.map((name, index) => [name, variables[index]!])) },
    compute: () => ({ y: layer.apply(input, { training }) as tf.Tensor }),
    dispose: () => void layer.dispose(),
  }
}

const batchNormalization: Operation = (inputs, settings) => {
  const { axis, epsilon, momentum, training } = settings as {
    axis: number
    epsilon: number
    momentum: number
    training: boolean
  }
  const names = ['scale', 'offset', 'mean', 'variance'].filter((name) => name in inputs)
  const layer = new BatchNormalization({ axis, epsilon, momentum, hasScale: 'scale' in inputs })
  const prepared = prepareLayer(layer, inputs, names, 'x', training)
  return {
    ...prepared,
    compute: () => {
      // The running statistics of this one step, however often it is computed.
      for (const [index, name] of names.entries()) (layer.weights[index]!.read() as tf.Variable).assign(inputs[name]!)
      const outputs = prepared.compute()
      const [mean, variance] = layer.weights.slice(-2).map((weight) => weight.read().clone())
      return { ...outputs, mean: mean!, variance: variance! }
    },
  }
}

const dropout: Operation = (inputs, settings) =>
  prepareLayer(new SeededDropout(settings.rate as number, new Random(1), 'dropout-off'), inputs, [])

const dense: Operation = (inputs) => {
  const names = ['kernel', 'bias'].filter((name) => name in inputs)
  const layer = tfl.layers.dense({ units: inputs.kernel!.shape[1]!, useBias: names.length === 2 })
  return prepareLayer(layer, inputs, names)
}

/** The frozen front end: a window of the signal room, and the kernels made of it. */
const stft: Operation = pure(({ x }, settings) => {
  const { size, ...options } = settings as unknown as SpectrumOptions & { size: number }
  const { real, imaginary, bins } = fourierKernels(makeWindow({ window: 'hann' }, size))
  const shape: [number, number, number] = [size, 1, bins]
  return spectrum(x as tf.Tensor2D, tf.tensor3d(real, shape), tf.tensor3d(imaginary, shape), options)
})

/** GRU and LSTM, one way or both, with the weights by the names of the cases. */
const recurrent =
  (make: (options: GatedRecurrentOptions) => GatedRecurrent | LongShortTerm): Operation =>
  (inputs, settings) => {
    const { bidirectional, ...rest } = settings as unknown as GatedRecurrentOptions & { bidirectional: boolean }
    const oneWay = (goBackwards: boolean): GatedRecurrent | LongShortTerm =>
      make({ ...rest, goBackwards, random: new Random(1), name: 'recurrent' })
    const layer = bidirectional
      ? new Bidirectional(oneWay(false), oneWay(true), 'both')
      : oneWay(rest.goBackwards ?? false)
    const names = Object.keys(inputs).filter((name) => name !== 'x')
    return prepareLayer(layer, inputs, names)
  }

const as4 = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D
const biasOf = (inputs: Tensors): tf.Tensor1D | null => (inputs.bias as tf.Tensor1D | undefined) ?? null

/** By the name that cases have in `operation`. */
export const layerOperations: Record<string, Operation> = {
  ...Object.fromEntries(Object.entries(activations).map(([name, run]) => [name, pure(({ x }) => run(x!))])),
  leakyRelu: pure(({ x }, { slope }) => leakyRelu(x!, slope as number)),
  prelu: pure(({ x, slope }) => parametricRelu(x!, slope!)),
  conv2d: pure((inputs, settings) =>
    convolve2d(as4(inputs.x), as4(inputs.kernel), biasOf(inputs), settings as unknown as Convolution2dOptions),
  ),
  conv1d: pure((inputs, settings) =>
    convolve1d(
      inputs.x as tf.Tensor3D,
      inputs.kernel as tf.Tensor3D,
      biasOf(inputs),
      settings as unknown as Convolution1dOptions,
    ),
  ),
  depthwiseConv2d: pure((inputs, settings) =>
    depthwiseConvolve2d(as4(inputs.x), as4(inputs.kernel), biasOf(inputs), settings as unknown as Convolution2dOptions),
  ),
  separableConv2d: pure((inputs, settings) =>
    separableConvolve2d(
      as4(inputs.x),
      as4(inputs.depthwiseKernel),
      as4(inputs.pointwiseKernel),
      biasOf(inputs),
      settings as unknown as Convolution2dOptions,
    ),
  ),
  pool2d: pure(({ x }, settings) => pool2d(as4(x), settings as unknown as PoolOptions)),
  pool1d: pure(({ x }, { size, strides, kind, padding }) => {
    const sides = padding as Pool1dOptions['padding'] | [[number, number]]
    return pool1d(x as tf.Tensor3D, {
      kind: kind as 'max' | 'average',
      size: (size as [number])[0],
      stride: (strides as [number])[0],
      padding: typeof sides === 'string' ? sides : (sides as [[number, number]])[0],
    })
  }),
  globalPool: pure(({ x }, { kind }) => globalPool(x!, kind as 'max' | 'average')),
  batchNormalization,
  layerNormalization: pure(({ x, scale, offset }, { epsilon }) =>
    layerNormalize(x!, scale!, offset!, epsilon as number),
  ),
  localResponseNormalization: pure(({ x }, settings) =>
    localResponseNormalize(as4(x), settings as unknown as LocalResponseOptions),
  ),
  embedding: pure(({ indices, table }) => embed(indices!, table as tf.Tensor2D)),
  dense,
  flatten: (inputs) => prepareLayer(tfl.layers.flatten(), inputs, []),
  concatenate: pure(({ x, other }) => tfl.layers.concatenate().apply([x!, other!]) as tf.Tensor),
  add: pure(({ x, other }) => tfl.layers.add().apply([x!, other!]) as tf.Tensor),
  dropout,
  gru: recurrent((options) => new GatedRecurrent(options)),
  lstm: recurrent((options) => new LongShortTerm(options)),
  stft,
  spectrum: pure(({ x, real, imaginary }, settings) =>
    spectrum(x as tf.Tensor2D, real as tf.Tensor3D, imaginary as tf.Tensor3D, settings as unknown as SpectrumOptions),
  ),
  decibels: pure(({ x }, settings) =>
    toDecibels(x as tf.Tensor3D, settings as { least: number; rangeDb: number; exponent: number }),
  ),
  filterBank: pure(({ x, bank }) => applyFilterBank(x as tf.Tensor3D, bank as tf.Tensor2D)),
}
