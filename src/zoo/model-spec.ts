/**
 * Networks as data: a list of layers that the worker builds with tfjs and that the window can draw. Pictures
 * are [frames, bands, channels]; pooling has no padding and steps by its own size.
 */

export type LayerSpec =
  | {
      kind: 'convolution'
      filters: number
      kernel: [frames: number, bands: number]
      /** 1 and 1 where not given. */
      strides?: [frames: number, bands: number]
      /** As TensorFlow has them; 'same' where not given. */
      padding?: 'same' | 'valid'
      /** Whether each filter has an offset; none where not given, for a batch normalisation that follows. */
      bias?: boolean
    }
  | { kind: 'batch-normalization' }
  /** Batch normalisation of a picture of one channel, each band for itself. */
  | { kind: 'band-normalization' }
  | { kind: 'relu' }
  /** x where positive, else eˣ − 1 (Clevert et al. 2016). */
  | { kind: 'elu' }
  | { kind: 'max-pool'; size: [frames: number, bands: number] }
  /** Mean and maximum over all frames, band by band and channel by channel, in one row: 2 · bands · channels values. */
  | { kind: 'pool-time' }
  /** Mean over all frames and bands: one value for each channel. */
  | { kind: 'global-average-pool' }
  /** Frames of zeros before the first and after the last. */
  | { kind: 'pad-time'; before: number; after: number }
  /** A picture as a sequence: for each frame a row of bands · channels values. */
  | { kind: 'frames' }
  /**
   * A GRU (Cho et al. 2014) over a sequence: its state after every frame, or after the last as a row of values.
   * `resetAfter` as Keras has it.
   */
  | { kind: 'gated-recurrent'; units: number; returnSequences: boolean; resetAfter: boolean }
  | { kind: 'dropout'; rate: number }
  | { kind: 'dense'; units: number }

export interface ModelSpec {
  name: string
  /** Absent channels: one. */
  input: { frames: number; bands: number; channels?: number }
  layers: LayerSpec[]
}

/** What flows between two layers: a picture [frames, bands, channels], a sequence [frames, values] or a row of values. */
export type FlowShape =
  [frames: number, bands: number, channels: number] | [frames: number, values: number] | [values: number]

/** What a shape is called in a message. */
const flowNames = ['', 'a row of values', 'a sequence', 'a picture']

/** The pictures that a network takes. */
export function inputShape({ input }: ModelSpec): [frames: number, bands: number, channels: number] {
  return [input.frames, input.bands, input.channels ?? 1]
}

/** The shape after each layer, without the batch. Throws RangeError where a layer does not fit. */
export function flowShapes(spec: ModelSpec): FlowShape[] {
  let shape: FlowShape = inputShape(spec)
  return spec.layers.map((layer, index) => {
    shape = shapeAfter(layer, shape, `layer ${index + 1} (${layer.kind}) of ${spec.name}`)
    return shape
  })
}

function shapeAfter(layer: LayerSpec, shape: FlowShape, where: string): FlowShape {
  switch (layer.kind) {
    case 'batch-normalization':
    case 'relu':
    case 'elu':
    case 'dropout':
      return shape
    case 'dense':
      expectRank(shape, 1, where)
      return [layer.units]
    case 'gated-recurrent': {
      const [frames] = expectRank(shape, 2, where)
      return layer.returnSequences ? [frames!, layer.units] : [layer.units]
    }
    default:
      return shapeOfPicture(layer, expectRank(shape, 3, where) as [number, number, number], where)
  }
}

function expectRank(shape: FlowShape, rank: 1 | 2 | 3, where: string): FlowShape {
  if (shape.length === rank) return shape
  throw new RangeError(`${where} needs ${flowNames[rank]}, not ${flowNames[shape.length]}`)
}

type PictureKind =
  'convolution' | 'band-normalization' | 'max-pool' | 'pool-time' | 'global-average-pool' | 'pad-time' | 'frames'

function shapeOfPicture(
  layer: Extract<LayerSpec, { kind: PictureKind }>,
  [frames, bands, channels]: [number, number, number],
  where: string,
): FlowShape {
  switch (layer.kind) {
    case 'convolution': {
      const across = (size: number, axis: 0 | 1): number => {
        const covered = layer.padding === 'valid' ? size - layer.kernel[axis] + 1 : size
        return Math.ceil(covered / (layer.strides?.[axis] ?? 1))
      }
      return expectSome([across(frames, 0), across(bands, 1), layer.filters], 'cover', frames, bands, where)
    }
    case 'max-pool': {
      const pooled: FlowShape = [Math.floor(frames / layer.size[0]), Math.floor(bands / layer.size[1]), channels]
      return expectSome(pooled, 'pool', frames, bands, where)
    }
    case 'band-normalization':
      if (channels !== 1) throw new RangeError(`${where} needs a picture of one channel, not of ${channels}`)
      return [frames, bands, channels]
    case 'pad-time':
      return [frames + layer.before + layer.after, bands, channels]
    case 'pool-time':
      return [2 * bands * channels]
    case 'global-average-pool':
      return [channels]
    case 'frames':
      return [frames, bands * channels]
  }
}

function expectSome(shape: FlowShape, what: string, frames: number, bands: number, where: string): FlowShape {
  if (shape[0] >= 1 && shape[1]! >= 1) return shape
  throw new RangeError(`${where} has nothing left to ${what}: ${frames} frames × ${bands} bands`)
}

/**
 * Weights that training changes: kernelFrames · kernelBands · in · out for a convolution (and out for its bias),
 * 2 for each normalised channel or band, in · units + units for a dense layer, 3 · units · (in + units + 1) for a GRU (and
 * 3 · units with resetAfter). The running mean and variance of batch normalisation are not counted.
 */
export function countParameters(spec: ModelSpec): number {
  return sumLayers(spec, countTrained)
}

/** All values that a checkpoint of the network holds: the trained ones and the running means and variances. */
export function countValues(spec: ModelSpec): number {
  return sumLayers(spec, (layer, before) => {
    const isNormalization = layer.kind === 'batch-normalization' || layer.kind === 'band-normalization'
    return (isNormalization ? 2 : 1) * countTrained(layer, before)
  })
}

function sumLayers(spec: ModelSpec, count: (layer: LayerSpec, before: FlowShape) => number): number {
  const shapes = [inputShape(spec), ...flowShapes(spec)]
  return spec.layers.reduce((total, layer, index) => total + count(layer, shapes[index]!), 0)
}

function countTrained(layer: LayerSpec, before: FlowShape): number {
  const inputs = before.at(-1)!
  switch (layer.kind) {
    case 'convolution':
      return layer.kernel[0] * layer.kernel[1] * inputs * layer.filters + (layer.bias ? layer.filters : 0)
    case 'batch-normalization':
      return 2 * inputs
    case 'band-normalization':
      return 2 * before[1]!
    case 'dense':
      return inputs * layer.units + layer.units
    case 'gated-recurrent':
      return 3 * layer.units * (inputs + layer.units + (layer.resetAfter ? 2 : 1))
    default:
      return 0
  }
}
