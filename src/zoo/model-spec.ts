/**
 * Networks as data: a list of layers that the worker builds with tfjs and that the window can draw. Pictures
 * are [frames, bands, channels]; padding is 'same' for convolutions (stride 1), 'valid' for pooling.
 */

export type LayerSpec =
  | { kind: 'convolution'; filters: number; kernel: [frames: number, bands: number] }
  | { kind: 'batch-normalization' }
  | { kind: 'relu' }
  | { kind: 'max-pool'; size: [frames: number, bands: number] }
  /** Mean and maximum over all frames, band by band and channel by channel, in one row: 2 · bands · channels values. */
  | { kind: 'pool-time' }
  | { kind: 'dropout'; rate: number }
  | { kind: 'dense'; units: number }

export interface ModelSpec {
  name: string
  input: { frames: number; bands: number }
  layers: LayerSpec[]
}

/** What flows between two layers: [frames, bands, channels], or a row of values. */
export type FlowShape = [frames: number, bands: number, channels: number] | [values: number]

/** The shape after each layer, without the batch. Throws RangeError where a layer does not fit. */
export function flowShapes(spec: ModelSpec): FlowShape[] {
  let shape: FlowShape = [spec.input.frames, spec.input.bands, 1]
  return spec.layers.map((layer, index) => {
    shape = shapeAfter(layer, shape, `layer ${index + 1} (${layer.kind}) of ${spec.name}`)
    return shape
  })
}

function shapeAfter(layer: LayerSpec, shape: FlowShape, where: string): FlowShape {
  switch (layer.kind) {
    case 'batch-normalization':
    case 'relu':
    case 'dropout':
      return shape
    case 'dense':
      if (shape.length !== 1) throw new RangeError(`${where} needs a row of values, not a picture`)
      return [layer.units]
    case 'convolution':
    case 'max-pool':
    case 'pool-time': {
      if (shape.length === 1) throw new RangeError(`${where} needs a picture, not a row of values`)
      const [frames, bands, channels] = shape
      if (layer.kind === 'convolution') return [frames, bands, layer.filters]
      if (layer.kind === 'pool-time') return [2 * bands * channels]
      const pooled: FlowShape = [Math.floor(frames / layer.size[0]), Math.floor(bands / layer.size[1]), channels]
      if (pooled[0] < 1 || pooled[1] < 1)
        throw new RangeError(`${where} has nothing left to pool: ${frames} frames × ${bands} bands`)
      return pooled
    }
  }
}

/**
 * Weights that training changes: kernelFrames · kernelBands · in · out for a convolution (no bias: a batch
 * normalisation follows, with 2 · channels), in · units + units for a dense layer. The running mean and
 * variance of batch normalisation are not counted.
 */
export function countParameters(spec: ModelSpec): number {
  let shape: FlowShape = [spec.input.frames, spec.input.bands, 1]
  let total = 0
  const shapes = flowShapes(spec)
  for (const [index, layer] of spec.layers.entries()) {
    const inputs = shape.at(-1)!
    if (layer.kind === 'convolution') total += layer.kernel[0] * layer.kernel[1] * inputs * layer.filters
    if (layer.kind === 'batch-normalization') total += 2 * inputs
    if (layer.kind === 'dense') total += inputs * layer.units + layer.units
    shape = shapes[index]!
  }
  return total
}
