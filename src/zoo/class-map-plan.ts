import { flowShapes, type LayerSpec, type ModelSpec } from './model-spec'

/** How the class activation maps of a network are made, or why it has none. */
export type ClassMapPlan =
  | {
      /** Of Zhou et al. (2016), where only a mean over all places and at most a dense layer follow; else of Selvaraju et al. (2017). */
      method: 'cam' | 'grad-cam'
      /** Index of the last layer that the last convolution's places go through: its activations are weighted. */
      layer: number
      frames: number
      bands: number
      about: string
    }
  | { method: null; about: string }

/** Layers after a convolution that keep its places, or pool neighbouring ones. */
const keepPlaces: LayerSpec['kind'][] = ['batch-normalization', 'relu', 'elu', 'max-pool', 'dropout']

/** @throws RangeError where the layers do not fit */
export function planClassMaps(spec: ModelSpec): ClassMapPlan {
  const last = spec.layers.findLastIndex(({ kind }) => kind === 'convolution')
  if (last < 0)
    return { method: null, about: `${spec.name} has no convolution: no layer of it says where in the picture.` }
  if (spec.layers.slice(last).some(({ kind }) => kind === 'gated-recurrent'))
    return {
      method: null,
      about: `${spec.name} goes on with a GRU after its last convolution, which carries what it heard from frame to frame: a map of the convolution would not say where.`,
    }
  let layer = last
  while (keepPlaces.includes(spec.layers[layer + 1]?.kind ?? 'dense')) layer++
  const rest = spec.layers.slice(layer + 1).flatMap(({ kind }) => (kind === 'dropout' ? [] : [kind]))
  const isPlain = rest[0] === 'global-average-pool' && rest.slice(1).every((kind, at) => kind === 'dense' && at === 0)
  const [frames, bands] = flowShapes(spec)[layer] as [number, number, number]
  return {
    method: isPlain ? 'cam' : 'grad-cam',
    layer,
    frames,
    bands,
    about: `${isPlain ? 'Class activation map (Zhou et al. 2016)' : 'Grad-CAM (Selvaraju et al. 2017)'} of the last convolution: ${frames} × ${bands} places in a crop.`,
  }
}
