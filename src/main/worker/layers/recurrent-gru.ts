/** The gated recurrent unit (Cho et al. 2014). */
import * as tf from '@tensorflow/tfjs-core'
import { hasNativeRecurrence, runNativeGru } from './recurrent-native'
import {
  flattenSteps,
  gateSlope,
  giveStates,
  inFrameOrder,
  openGates,
  projectInput,
  RecurrentLayer,
  takeSlopes,
  takeSteps,
  type RecurrentOptions,
  type RecurrentWeights,
  type Walk,
} from './recurrent-layer'

export interface GatedRecurrentOptions extends RecurrentOptions {
  /**
   * Whether the reset gate acts on the product of state and kernel (true, Keras's default and what cuDNN and PyTorch
   * compute) or on the state before it (false, the paper's first form).
   */
  resetAfter?: boolean
}

/**
 * Keras's GRU: z and r, then the candidate c = tanh(x·Wc + …); state' = z·state + (1 − z)·c.
 * Kernels hold z, r, c side by side; the bias is [2, 3 · units] (input's and state's) with resetAfter, else
 * [3 · units].
 */
export class GatedRecurrent extends RecurrentLayer {
  static readonly className = 'EarmarkGatedRecurrent'
  protected readonly gates = 3
  readonly #resetAfter: boolean

  constructor(options: GatedRecurrentOptions) {
    super(options)
    this.#resetAfter = options.resetAfter ?? true
  }

  protected initialBias(): { shape: number[]; values: Float32Array } {
    const shape = this.#resetAfter ? [2, 3 * this.units] : [3 * this.units]
    return { shape, values: new Float32Array(tf.util.sizeFromShape(shape)) }
  }

  protected run(input: tf.Tensor3D, weights: RecurrentWeights): tf.Tensor {
    if (this.#resetAfter) return runResetAfter(input, weights, this)
    return hasNativeRecurrence(this) ? runNativeGru(input, weights, this) : runResetBefore(input, weights, this)
  }
}

function splitGates(values: tf.Tensor, units: number, axis: number): [gates: tf.Tensor, candidate: tf.Tensor] {
  return tf.split(values, [2 * units, units], axis) as [tf.Tensor, tf.Tensor]
}

/**
 * c = tanh(xc + r · (h·Uc + b)). Along each state's slope dh, the slopes of what enters z, r and the product h·Uc + b are dh
 * times factors known before the way back begins, so that a step back is one product with them and one with the kernel.
 */
export function runResetAfter(
  input: tf.Tensor3D,
  { kernel, recurrentKernel, bias }: RecurrentWeights,
  walk: Walk,
): tf.Tensor {
  const units = recurrentKernel.shape[0]
  const [inputBias, stateBias] = tf.unstack(bias)
  const [gateBias, candidateBias] = splitGates(stateBias!, units, 0)
  // The gates' two biases are one.
  const folded = tf.add(inputBias!, tf.concat([gateBias, tf.zeros([units])]))
  const scan = tf.customGrad((...args) => {
    const [projected, full, offset, save] = args as unknown as [tf.Tensor, tf.Tensor2D, tf.Tensor, tf.GradSaveFunc]
    const [forGates, forCandidate] = splitGates(projected, units, 2)
    const [gateSteps, candidateSteps] = [takeSteps(forGates, walk), takeSteps(forCandidate, walk)]
    const [gateKernel, candidateKernel] = splitGates(full, units, 1) as [tf.Tensor2D, tf.Tensor2D]
    const states: tf.Tensor[] = [tf.zeros([projected.shape[0]!, units])]
    const gates: tf.Tensor[] = []
    const products: tf.Tensor[] = []
    const candidates: tf.Tensor[] = []
    for (const [step, entering] of gateSteps.entries()) {
      const state = states[step] as tf.Tensor2D
      gates.push(openGates(tf.add(entering, tf.matMul(state, gateKernel)), walk))
      const [z, r] = tf.split(gates[step]!, 2, 1) as [tf.Tensor, tf.Tensor]
      products.push(tf.add(tf.matMul(state, candidateKernel), offset))
      candidates.push(tf.tanh(tf.add(candidateSteps[step]!, tf.mul(r, products[step]!))))
      states.push(mix(z, state, candidates[step]!))
    }
    save([full, ...states.slice(0, -1), ...gates, ...products, ...candidates])
    return {
      value: giveStates(states.slice(1), walk),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => gradeResetAfter(dy, saved, walk)),
    }
  })
  return scan(projectInput(input, kernel, folded), recurrentKernel, candidateBias)
}

/** state' = c + z·(state − c). */
function mix(z: tf.Tensor, state: tf.Tensor, candidate: tf.Tensor): tf.Tensor {
  return tf.add(candidate, tf.mul(z, tf.sub(state, candidate)))
}

/** Parts a saved list into its stacks [batch, time, …], in the order of the steps. */
function stackSaved(saved: readonly tf.Tensor[], count: number): tf.Tensor[] {
  const steps = saved.length / count
  return Array.from({ length: count }, (_, part) => tf.stack(saved.slice(part * steps, (part + 1) * steps), 1))
}

function gradeResetAfter(dy: tf.Tensor, [full, ...saved]: tf.Tensor[], walk: Walk): tf.Tensor[] {
  const [states, gates, products, candidates] = stackSaved(saved, 4) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
  const [batch, steps, units] = states.shape as [number, number, number]
  const [z, r] = tf.split(gates, 2, 2) as [tf.Tensor, tf.Tensor]
  const toCandidate = tf.mul(tf.sub(1, z), tf.sub(1, tf.square(candidates)))
  const toUpdate = tf.mul(tf.sub(states, candidates), gateSlope(z, walk))
  const toReset = tf.mul(tf.mul(toCandidate, products), gateSlope(r, walk))
  const factors = tf.unstack(tf.stack([toUpdate, toReset, tf.mul(toCandidate, r)], 2), 1)
  const kept = tf.unstack(z, 1)
  const outside = takeSlopes(dy, steps, walk)
  const slopes: tf.Tensor[] = []
  const entering: tf.Tensor[] = []
  let slope = outside[steps - 1]!
  for (let step = steps - 1; step >= 0; step--) {
    slopes[step] = slope
    entering[step] = tf.reshape(tf.mul(factors[step]!, tf.expandDims(slope, 1)), [batch, 3 * units])
    if (step === 0) break
    const through = tf.matMul(entering[step] as tf.Tensor2D, full as tf.Tensor2D, false, true)
    slope = addAll([tf.mul(slope, kept[step]!), through, outside[step - 1]!])
  }
  const all = flattenSteps(tf.stack(entering, 1))
  const [gateSlopes, productSlopes] = splitGates(all, units, 1)
  const candidateSlopes = tf.mul(tf.stack(slopes, 1), toCandidate)
  const projected = tf.concat([tf.reshape(gateSlopes, [batch, steps, 2 * units]), candidateSlopes], 2)
  const kernelGradient = tf.matMul(flattenSteps(states), all, true, false)
  return [inFrameOrder(projected, walk), kernelGradient, tf.sum(productSlopes, 0)]
}

function addAll(terms: (tf.Tensor | null)[]): tf.Tensor {
  return tf.addN(terms.filter((term): term is tf.Tensor => term !== null))
}

/** c = tanh(xc + (r · h)·Uc). */
export function runResetBefore(
  input: tf.Tensor3D,
  { kernel, recurrentKernel, bias }: RecurrentWeights,
  walk: Walk,
): tf.Tensor {
  const units = recurrentKernel.shape[0]
  const scan = tf.customGrad((...args) => {
    const [projected, full, save] = args as unknown as [tf.Tensor, tf.Tensor2D, tf.GradSaveFunc]
    const [forGates, forCandidate] = splitGates(projected, units, 2)
    const [gateSteps, candidateSteps] = [takeSteps(forGates, walk), takeSteps(forCandidate, walk)]
    const [gateKernel, candidateKernel] = splitGates(full, units, 1) as [tf.Tensor2D, tf.Tensor2D]
    const states: tf.Tensor[] = [tf.zeros([projected.shape[0]!, units])]
    const gates: tf.Tensor[] = []
    const resets: tf.Tensor[] = []
    const candidates: tf.Tensor[] = []
    for (const [step, entering] of gateSteps.entries()) {
      const state = states[step] as tf.Tensor2D
      gates.push(openGates(tf.add(entering, tf.matMul(state, gateKernel)), walk))
      const [z, r] = tf.split(gates[step]!, 2, 1) as [tf.Tensor, tf.Tensor]
      resets.push(tf.mul(r, state))
      const product = tf.matMul(resets[step] as tf.Tensor2D, candidateKernel)
      candidates.push(tf.tanh(tf.add(candidateSteps[step]!, product)))
      states.push(mix(z, state, candidates[step]!))
    }
    save([full, ...states.slice(0, -1), ...gates, ...resets, ...candidates])
    return {
      value: giveStates(states.slice(1), walk),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => gradeResetBefore(dy, saved, walk)),
    }
  })
  return scan(projectInput(input, kernel, bias), recurrentKernel)
}

function gradeResetBefore(dy: tf.Tensor, [full, ...saved]: tf.Tensor[], walk: Walk): tf.Tensor[] {
  const [states, gates, resets, candidates] = stackSaved(saved, 4) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
  const [batch, steps, units] = states.shape as [number, number, number]
  const [gateKernel, candidateKernel] = splitGates(full!, units, 1) as [tf.Tensor2D, tf.Tensor2D]
  const [z, r] = tf.split(gates, 2, 2) as [tf.Tensor, tf.Tensor]
  const toCandidate = tf.unstack(tf.mul(tf.sub(1, z), tf.sub(1, tf.square(candidates))), 1)
  const toUpdate = tf.unstack(tf.mul(tf.sub(states, candidates), gateSlope(z, walk)), 1)
  const toReset = tf.unstack(tf.mul(states, gateSlope(r, walk)), 1)
  const [kept, passed] = [tf.unstack(z, 1), tf.unstack(r, 1)]
  const outside = takeSlopes(dy, steps, walk)
  const gateSlopes: tf.Tensor[] = []
  const candidateSlopes: tf.Tensor[] = []
  let slope = outside[steps - 1]!
  for (let step = steps - 1; step >= 0; step--) {
    const entering = tf.mul(slope, toCandidate[step]!)
    candidateSlopes[step] = entering
    const back = tf.matMul(entering as tf.Tensor2D, candidateKernel, false, true)
    gateSlopes[step] = tf.concat([tf.mul(slope, toUpdate[step]!), tf.mul(back, toReset[step]!)], 1)
    if (step === 0) break
    const through = tf.matMul(gateSlopes[step] as tf.Tensor2D, gateKernel, false, true)
    slope = addAll([tf.mul(slope, kept[step]!), tf.mul(back, passed[step]!), through, outside[step - 1]!])
  }
  const [forGates, forCandidate] = [tf.stack(gateSlopes, 1), tf.stack(candidateSlopes, 1)]
  const kernelGradient = tf.concat(
    [
      tf.matMul(flattenSteps(states), tf.reshape(forGates, [batch * steps, 2 * units]), true, false),
      tf.matMul(flattenSteps(resets), flattenSteps(forCandidate), true, false),
    ],
    1,
  )
  return [inFrameOrder(tf.concat([forGates, forCandidate], 2), walk), kernelGradient]
}
