/** Class activation maps: which places of a picture speak for a class. */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { AppError } from '../../../shared/errors'
import type { ClassMaps } from '../../../shared/job/model-view'
import type { ClassMapPlan } from '../../../zoo/class-map-plan'
import type { ModelSpec } from '../../../zoo/model-spec'
import { coverStarts, cutCrop } from './crops'
import { countColumns, type Picture } from './features'

const cropsPerBatch = 32
/** Values of all maps together: a clip of an hour by hundreds of classes is cut first. */
const mostValues = 2 ** 24

type Planned = Extract<ClassMapPlan, { method: string }>

/**
 * The maps of every class over every crop that is scored, and the clip's scores.
 *
 * Grad-CAM (Selvaraju et al. 2017): the channels of the activations, each weighted by the mean over all places of the
 * logit's gradient, summed, and cut off below 0. CAM (Zhou et al. 2016): the channels weighted by the dense layer after
 * the mean over all places, or the class's own channel where there is none.
 *
 * @param picture standardised, at least a crop long
 * @param onCrop told after each batch how many crops are done
 * @throws AppError 'invalid-argument' where the maps would be more than can be shown
 */
export async function computeClassMaps(
  model: tfl.LayersModel,
  spec: ModelSpec,
  plan: Planned,
  picture: Picture,
  onCrop: (done: number, total: number) => void = () => undefined,
): Promise<ClassMaps> {
  const cropFrames = spec.input.frames
  const starts = coverStarts(picture.frames, cropFrames)
  const classCount = (model.outputs[0]!.shape as number[]).at(-1)!
  const size = plan.frames * plan.bands
  if (classCount * starts.length * size > mostValues)
    throw new AppError(
      'invalid-argument',
      `The clip is too long to be mapped at once: ${starts.length} crops of ${classCount} classes.`,
      { hint: 'Cut it into shorter clips first.' },
    )
  const values = new Float32Array(classCount * starts.length * size)
  const scores = new Float32Array(classCount)
  const cropScores = new Float32Array(starts.length * classCount)
  const split = splitModel(model, layerName(spec, plan.layer))
  for (let first = 0; first < starts.length; first += cropsPerBatch) {
    const batch = starts.slice(first, first + cropsPerBatch)
    const input = new Float32Array(batch.length * cropFrames * countColumns(picture))
    for (const [row, start] of batch.entries())
      input.set(cutCrop(picture, start, cropFrames), (row * input.length) / batch.length)
    const shape: [number, number, number, number] = [batch.length, cropFrames, picture.bands, picture.channels ?? 1]
    const activations = tf.tidy(() => split.body(tf.tensor4d(input, shape)))
    try {
      const shares = tf.tidy(() => tf.softmax(split.head(activations)))
      const told = await shares.data<'float32'>()
      cropScores.set(told, first * classCount)
      for (const [index, share] of told.entries()) scores[index % classCount]! += share / starts.length
      shares.dispose()
      for (let label = 0; label < classCount; label++) {
        const map = tf.tidy(() =>
          plan.method === 'cam' ? plainMap(split, activations, label) : gradientMap(split, activations, label),
        )
        values.set(await map.data<'float32'>(), (label * starts.length + first) * size)
        map.dispose()
      }
    } finally {
      activations.dispose()
    }
    onCrop(first + batch.length, starts.length)
  }
  return {
    method: plan.method,
    about: plan.about,
    scores,
    cropScores,
    frames: picture.frames,
    bands: picture.bands,
    crops: { frames: cropFrames, starts },
    mapFrames: plan.frames,
    mapBands: plan.bands,
    values,
  }
}

function gradientMap({ head }: SplitModel, activations: tf.Tensor4D, label: number): tf.Tensor3D {
  // Rows of a batch know nothing of each other: the gradient of their sum is that of each.
  const logitOf = (at: tf.Tensor): tf.Scalar => tf.sum(tf.slice(head(at as tf.Tensor4D), [0, label], [-1, 1]))
  const weights = tf.mean(tf.grad(logitOf)(activations), [1, 2], true)
  return tf.relu(tf.sum<tf.Tensor3D>(tf.mul(activations, weights), -1))
}

function plainMap({ dense }: SplitModel, activations: tf.Tensor4D, label: number): tf.Tensor3D {
  if (dense === null) return tf.squeeze(tf.slice(activations, [0, 0, 0, label], [-1, -1, -1, 1]), [3])
  const weights = tf.reshape(tf.slice(dense, [0, label], [-1, 1]), [1, 1, 1, -1])
  return tf.sum<tf.Tensor3D>(tf.mul(activations, weights), -1)
}

interface SplitModel {
  body(input: tf.Tensor4D): tf.Tensor4D
  head(activations: tf.Tensor4D): tf.Tensor2D
  /** Weights [channels, classes] of the last layer where it is dense. */
  dense: tf.Tensor | null
}

/** A ReLU after a batch normalisation is a part of that layer. */
function layerName({ layers }: ModelSpec, index: number): string {
  const isPart = layers[index]!.kind === 'relu' && layers[index - 1]?.kind === 'batch-normalization'
  const at = isPart ? index - 1 : index
  return `${layers[at]!.kind}-${at + 1}`
}

function splitModel(model: tfl.LayersModel, name: string): SplitModel {
  const at = model.layers.findIndex((layer) => layer.name === name)
  if (at < 0) throw new RangeError(`${model.name} has no layer ${name}`)
  // The model's layers stand in the order in which they are computed.
  const nodes = model.layers.map((layer) => ({
    layer,
    inputs: [layer.input].flat().map(({ id }) => id),
    output: (layer.output as tfl.SymbolicTensor).id,
  }))
  const run = (from: number, to: number, given: tf.Tensor, givenId: number): tf.Tensor => {
    const known = new Map([[givenId, given]])
    let last = given
    for (const { layer, inputs, output } of nodes.slice(from, to)) {
      const tensors = inputs.map((id) => known.get(id))
      if (!tensors.every((tensor) => tensor !== undefined))
        throw new RangeError(`${layer.name} needs what is not there`)
      last = layer.apply(tensors.length === 1 ? tensors[0]! : tensors) as tf.Tensor
      known.set(output, last)
    }
    return last
  }
  const end = model.layers.at(-1)!
  return {
    // The first layer is the input itself.
    body: (input) => run(1, at + 1, input, nodes[0]!.output) as tf.Tensor4D,
    head: (activations) => run(at + 1, nodes.length, activations, nodes[at]!.output) as tf.Tensor2D,
    dense: end.getClassName() === 'Dense' ? (end.weights[0]!.read() as tf.Tensor) : null,
  }
}
