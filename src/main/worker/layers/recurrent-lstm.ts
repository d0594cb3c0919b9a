/** Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000). */
import * as tf from '@tensorflow/tfjs-core'
import { hasNativeRecurrence, runNativeLstm } from './recurrent-native'
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
  type RecurrentWeights,
  type Walk,
} from './recurrent-layer'

/**
 * Keras's LSTM: cell' = f·cell + i·tanh(…), state' = o·tanh(cell'). Kernels hold i, f, the candidate and
 * o side by side; the bias, [4 · units], starts at 0, the forget gate's at 1 (Jozefowicz et al. 2015).
 */
export class LongShortTerm extends RecurrentLayer {
  static readonly className = 'EarmarkLongShortTerm'
  protected readonly gates = 4

  protected initialBias(): { shape: number[]; values: Float32Array } {
    const values = new Float32Array(4 * this.units).fill(1, this.units, 2 * this.units)
    return { shape: [4 * this.units], values }
  }

  protected run(input: tf.Tensor3D, weights: RecurrentWeights): tf.Tensor {
    return hasNativeRecurrence(this) ? runNativeLstm(input, weights, this) : runLstm(input, weights, this)
  }
}

/** The layer composed of tfjs's operations, with its gradient written out. */
export function runLstm(
  input: tf.Tensor3D,
  { kernel, recurrentKernel, bias }: RecurrentWeights,
  walk: Walk,
): tf.Tensor {
  const units = recurrentKernel.shape[0]
  const scan = tf.customGrad((...args) => {
    const [projected, full, save] = args as unknown as [tf.Tensor, tf.Tensor2D, tf.GradSaveFunc]
    const steps = takeSteps(projected, walk)
    const zeros = tf.zeros([projected.shape[0]!, units])
    const [states, cells]: [tf.Tensor[], tf.Tensor[]] = [[zeros], [zeros]]
    const gates: tf.Tensor[] = []
    const bounded: tf.Tensor[] = []
    for (const [step, entering] of steps.entries()) {
      const sums = tf.add(entering, tf.matMul(states[step] as tf.Tensor2D, full))
      const [forTwo, forCandidate, forOutput] = tf.split(sums, [2 * units, units, units], 1)
      const two = openGates(forTwo!, walk)
      const [i, f] = tf.split(two, 2, 1)
      const [candidate, output] = [tf.tanh(forCandidate!), openGates(forOutput!, walk)]
      cells.push(tf.add(tf.mul(f!, cells[step]!), tf.mul(i!, candidate)))
      bounded.push(tf.tanh(cells[step + 1]!))
      states.push(tf.mul(output, bounded[step]!))
      gates.push(two, candidate, output)
    }
    save([full, ...states.slice(0, -1), ...cells.slice(0, -1), ...bounded, ...gates])
    return {
      value: giveStates(states.slice(1), walk),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => gradeLstm(dy, saved, walk)),
    }
  })
  return scan(projectInput(input, kernel, bias), recurrentKernel)
}

function gradeLstm(dy: tf.Tensor, [full, ...saved]: tf.Tensor[], walk: Walk): tf.Tensor[] {
  const steps = saved.length / 6
  const take = (part: number): tf.Tensor => tf.stack(saved.slice(part * steps, (part + 1) * steps), 1)
  const [states, cells, bounded] = [take(0), take(1), take(2)]
  const takeGates = (which: number): tf.Tensor =>
    tf.stack(
      saved.slice(3 * steps).filter((_, index) => index % 3 === which),
      1,
    )
  const [i, f] = tf.split(takeGates(0), 2, 2) as [tf.Tensor, tf.Tensor]
  const [candidate, output] = [takeGates(1), takeGates(2)]
  const [batch, , units] = states.shape as [number, number, number]
  // What a slope of the state or of the cell is multiplied by; known for all steps before the way back.
  const toCell = tf.unstack(tf.mul(output, tf.sub(1, tf.square(bounded))), 1)
  const toOutput = tf.unstack(tf.mul(bounded, gateSlope(output, walk)), 1)
  const toThree = tf.unstack(
    tf.stack(
      [
        tf.mul(candidate, gateSlope(i, walk)),
        tf.mul(cells, gateSlope(f, walk)),
        tf.mul(i, tf.sub(1, tf.square(candidate))),
      ],
      2,
    ),
    1,
  )
  const kept = tf.unstack(f, 1)
  const outside = takeSlopes(dy, steps, walk)
  const entering: tf.Tensor[] = []
  let slope = outside[steps - 1]!
  let carried: tf.Tensor | null = null
  for (let step = steps - 1; step >= 0; step--) {
    const fromState: tf.Tensor = tf.mul(slope, toCell[step]!)
    const cellSlope: tf.Tensor = carried === null ? fromState : tf.add(fromState, carried)
    const three = tf.reshape(tf.mul(toThree[step]!, tf.expandDims(cellSlope, 1)), [batch, 3 * units])
    entering[step] = tf.concat([three, tf.mul(slope, toOutput[step]!)], 1)
    if (step === 0) break
    carried = tf.mul(cellSlope, kept[step]!)
    const through: tf.Tensor = tf.matMul(entering[step] as tf.Tensor2D, full as tf.Tensor2D, false, true)
    const given = outside[step - 1]!
    slope = given === null ? through : tf.add(through, given)
  }
  const all = tf.stack(entering, 1)
  return [inFrameOrder(all, walk), tf.matMul(flattenSteps(states), flattenSteps(all), true, false)]
}
