/** Recurrent layers by TensorFlow's own fused kernels. */
import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend, type NativeBackend } from '../backends/native-backend'
import {
  flattenSteps,
  giveStates,
  inFrameOrder,
  takeSlopes,
  takeSteps,
  type RecurrentWeights,
  type Walk,
} from './recurrent-layer'

/**
 * Whether TensorFlow's block kernels compute this layer: on its native library, on the CPU (on the GPU they are kernels
 * that nobody maintains), with sigmoid gates.
 */
export function hasNativeRecurrence({ recurrentActivation }: Walk): boolean {
  const backend = nativeBackend() as (NativeBackend & { isUsingGpuDevice?: boolean }) | null
  return backend !== null && backend.isUsingGpuDevice !== true && recurrentActivation === 'sigmoid'
}

type Attribute = { name: string; type: number; value: unknown }

function floatType({ binding }: NativeBackend): Attribute {
  return { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
}

/** A whole number of 64 bits, a type that tfjs has no tensors of: its backend writes one, and it passes for int32. */
function makeInt64(value: number): tf.Tensor {
  // Low half, high half.
  const dataId = tf.backend().write(Int32Array.of(value, 0), [], 'int64' as tf.DataType)
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [], dtype: 'int32' })
}

/** The same as `runLstm`: the whole sequence by BlockLSTMV2, its gradient by BlockLSTMGradV2, one operation each. */
export function runNativeLstm(
  input: tf.Tensor3D,
  { kernel, recurrentKernel, bias }: RecurrentWeights,
  walk: Walk,
): tf.Tensor {
  const backend = nativeBackend()!
  const units = recurrentKernel.shape[0]
  const type = floatType(backend)
  const peephole = { name: 'use_peephole', type: backend.binding.TF_ATTR_BOOL, value: false }
  const clip = { name: 'cell_clip', type: backend.binding.TF_ATTR_FLOAT, value: 0 }
  const scan = tf.customGrad((...args) => {
    const [x, weights, offset, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    const [steps, batch] = x.shape as [number, number]
    const zeros = tf.zeros([batch, units])
    const none = tf.zeros([units])
    const given = [makeInt64(steps), x, zeros, zeros, weights, none, none, none, offset]
    const outputs = backend.executeMultipleOutputs('BlockLSTMV2', [type, peephole, clip], given, 7)
    save([...given, ...outputs])
    return {
      value: outputs[6]!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const slopes = [tf.zerosLike(dy), dy]
        const gradients = backend.executeMultipleOutputs('BlockLSTMGradV2', [type, peephole], [...saved, ...slopes], 8)
        return [gradients[0]!, gradients[3]!, gradients[7]!]
      },
    }
  })
  // The kernel walks over the first axis.
  const sequence = tf.transpose(inFrameOrder(input, walk), [1, 0, 2])
  const states = scan(sequence, tf.concat([kernel, recurrentKernel], 0), bias)
  if (walk.returnSequences) return tf.transpose(states, [1, 0, 2])
  const steps = states.shape[0]!
  return tf.reshape(tf.slice(states, [steps - 1, 0, 0], [1, -1, -1]), states.shape.slice(1))
}

/** The same as `runResetBefore`: each step by GRUBlockCell, its gradient by GRUBlockCellGrad. */
export function runNativeGru(input: tf.Tensor3D, weights: RecurrentWeights, walk: Walk): tf.Tensor {
  const backend = nativeBackend()!
  const units = weights.recurrentKernel.shape[0]
  const type = [floatType(backend)]
  // The kernel wants input and state in one, gates in the order r, z.
  const [z, r, candidate] = tf.split(tf.concat([weights.kernel, weights.recurrentKernel], 0), 3, 1)
  const [zBias, rBias, candidateBias] = tf.split(weights.bias, 3)
  const scan = tf.customGrad((...args) => {
    const [x, gateKernel, candidateKernel, gateBias, offset, save] = args as unknown as [
      ...[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
      tf.GradSaveFunc,
    ]
    const kernels = [gateKernel, candidateKernel, gateBias, offset]
    const inputs = takeSteps(x, walk)
    const states: tf.Tensor[] = [tf.zeros([x.shape[0]!, units])]
    const resets: tf.Tensor[] = []
    const updates: tf.Tensor[] = []
    const candidates: tf.Tensor[] = []
    for (const [step, entering] of inputs.entries()) {
      const outputs = backend.executeMultipleOutputs('GRUBlockCell', type, [entering, states[step]!, ...kernels], 4)
      const [reset, update, proposed, state] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
      resets.push(reset)
      updates.push(update)
      candidates.push(proposed)
      states.push(state)
    }
    save([...kernels, ...inputs, ...states.slice(0, -1), ...resets, ...updates, ...candidates])
    return {
      value: giveStates(states.slice(1), walk),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => gradeNativeGru(backend, dy, saved, walk)),
    }
  })
  return scan(input, tf.concat([r!, z!], 1), candidate!, tf.concat([rBias!, zBias!]), candidateBias!)
}

function gradeNativeGru(backend: NativeBackend, dy: tf.Tensor, saved: tf.Tensor[], walk: Walk): tf.Tensor[] {
  const kernels = saved.slice(0, 4)
  const perStep = saved.slice(4)
  const steps = perStep.length / 5
  const take = (part: number): tf.Tensor[] => perStep.slice(part * steps, (part + 1) * steps)
  const [inputs, states, resets, updates, candidates] = [take(0), take(1), take(2), take(3), take(4)]
  const outside = takeSlopes(dy, steps, walk)
  const [inputSlopes, candidateSlopes, gateSlopes]: [tf.Tensor[], tf.Tensor[], tf.Tensor[]] = [[], [], []]
  let slope = outside[steps - 1]!
  for (let step = steps - 1; step >= 0; step--) {
    const given = [inputs[step]!, states[step]!, ...kernels, resets[step]!, updates[step]!, candidates[step]!, slope]
    const [dx, dState, dCandidate, dGates] = backend.executeMultipleOutputs(
      'GRUBlockCellGrad',
      [floatType(backend)],
      given,
      4,
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
    inputSlopes[step] = dx
    candidateSlopes[step] = dCandidate
    gateSlopes[step] = dGates
    const next = step === 0 ? null : outside[step - 1]!
    slope = next === null ? dState : tf.add(dState, next)
  }
  const [forCandidate, forGates] = [flattenSteps(tf.stack(candidateSlopes, 1)), flattenSteps(tf.stack(gateSlopes, 1))]
  const [x, before] = [tf.stack(inputs, 1), tf.stack(states, 1)]
  const toGates = flattenSteps(tf.concat([x, before], 2))
  const toCandidate = flattenSteps(tf.concat([x, tf.mul(before, tf.stack(resets, 1))], 2))
  return [
    inFrameOrder(tf.stack(inputSlopes, 1), walk),
    tf.matMul(toGates, forGates, true, false),
    tf.matMul(toCandidate, forCandidate, true, false),
    tf.sum(forGates, 0),
    tf.sum(forCandidate, 0),
  ]
}
