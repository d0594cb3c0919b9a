/** One step of each optimiser over a row of all weights. */
import * as tf from '@tensorflow/tfjs-core'
import type {
  AdadeltaSettings,
  AdagradSettings,
  AdamSettings,
  Definition,
  RmspropSettings,
  SgdSettings,
  UpdateSettings,
} from './settings'

type Row = tf.Tensor1D

export interface Step {
  weights: Row
  gradient: Row
  /** The running values, as many as `countSlots` says. */
  slots: readonly Row[]
  learningRate: number
  /** From 1. */
  number: number
  definition: Definition
}

export interface Updated {
  weights: Row
  slots: Row[]
}

/** How many rows of running values an optimiser keeps for its weights. */
export function countSlots(settings: UpdateSettings): number {
  switch (settings.kind) {
    case 'sgd':
      return settings.momentum === 0 ? 0 : 1
    case 'adam':
    case 'adadelta':
      return 2
    case 'adagrad':
      return 1
    case 'rmsprop':
      return 1 + (settings.momentum > 0 ? 1 : 0) + (settings.isCentered ? 1 : 0)
  }
}

/** What every running value is before the first step. */
export function initialSlot(settings: UpdateSettings): number {
  return settings.kind === 'adagrad' ? settings.initialAccumulator : 0
}

/** The weights and running values after a step. To be called within tf.tidy. */
export function takeStep(settings: UpdateSettings, step: Step): Updated {
  switch (settings.kind) {
    case 'sgd':
      return sgd(settings, step)
    case 'adam':
      return adam(settings, step)
    case 'rmsprop':
      return rmsprop(settings, step)
    case 'adagrad':
      return adagrad(settings, step)
    case 'adadelta':
      return adadelta(settings, step)
  }
}

/** PyTorch keeps the learning rate out of the velocity, which matters when it changes from step to step. */
function sgd({ momentum, isNesterov }: SgdSettings, step: Step): Updated {
  const { weights, gradient, learningRate, definition } = step
  if (momentum === 0) return { weights: tf.sub(weights, tf.mul(gradient, learningRate)), slots: [] }
  const isKeras = definition === 'keras'
  const pull: Row = isKeras ? tf.mul(gradient, -learningRate) : gradient
  const velocity: Row = tf.add(tf.mul(step.slots[0]!, momentum), pull)
  const move: Row = isNesterov ? tf.add(tf.mul(velocity, momentum), pull) : velocity
  return { weights: isKeras ? tf.add(weights, move) : tf.sub(weights, tf.mul(move, learningRate)), slots: [velocity] }
}

/** PyTorch adds ε to the corrected root, Keras to the uncorrected one: its ε is larger by 1/√(1 − β₂ᵗ). */
function adam({ beta1, beta2, epsilon }: AdamSettings, step: Step): Updated {
  const { weights, gradient, slots, learningRate, number, definition } = step
  const first: Row = follow(slots[0]!, gradient, beta1)
  const second: Row = follow(slots[1]!, tf.square(gradient), beta2)
  const correction = Math.sqrt(1 - beta2 ** number)
  const rate = (learningRate * correction) / (1 - beta1 ** number)
  const floor = definition === 'keras' ? epsilon : epsilon * correction
  const move: Row = tf.div(tf.mul(first, rate), tf.add(tf.sqrt(second), floor))
  return { weights: tf.sub(weights, move), slots: [first, second] }
}

function rmsprop({ rho, momentum, epsilon, isCentered }: RmspropSettings, step: Step): Updated {
  const { weights, gradient, slots, learningRate, definition } = step
  const kept: Row[] = [follow(slots[0]!, tf.square(gradient), rho)]
  let power = kept[0]!
  if (isCentered) {
    kept.push(follow(slots[1]!, gradient, rho))
    power = tf.sub(power, tf.square(kept[1]!))
  }
  const isKeras = definition === 'keras'
  const scaled: Row = tf.div(gradient, divisor(power, epsilon, definition))
  if (momentum === 0) return { weights: tf.sub(weights, tf.mul(scaled, learningRate)), slots: kept }
  const push: Row = isKeras ? tf.mul(scaled, learningRate) : scaled
  const velocity: Row = tf.add(tf.mul(slots[kept.length]!, momentum), push)
  const move: Row = isKeras ? velocity : tf.mul(velocity, learningRate)
  return { weights: tf.sub(weights, move), slots: [...kept, velocity] }
}

function adagrad({ epsilon }: AdagradSettings, step: Step): Updated {
  const { weights, gradient, learningRate, definition } = step
  const sum: Row = tf.add(step.slots[0]!, tf.square(gradient))
  const move: Row = tf.mul(tf.div(gradient, divisor(sum, epsilon, definition)), learningRate)
  return { weights: tf.sub(weights, move), slots: [sum] }
}

/** Keras and PyTorch agree: ε stands under both roots. */
function adadelta({ rho, epsilon }: AdadeltaSettings, step: Step): Updated {
  const { weights, gradient, slots, learningRate } = step
  const power: Row = follow(slots[0]!, tf.square(gradient), rho)
  const ratio: Row = tf.div(tf.add(slots[1]!, epsilon), tf.add(power, epsilon))
  const move: Row = tf.mul(gradient, tf.sqrt(ratio))
  return {
    weights: tf.sub(weights, tf.mul(move, learningRate)),
    slots: [power, follow(slots[1]!, tf.square(move), rho)],
  }
}

/** decay·average + (1 − decay)·value. */
function follow(average: Row, value: Row, decay: number): Row {
  return tf.add(tf.mul(average, decay), tf.mul(value, 1 - decay))
}

/** √(power + ε) in Keras, √power + ε in PyTorch. */
function divisor(power: Row, epsilon: number, definition: Definition): Row {
  return definition === 'keras' ? tf.sqrt(tf.add(power, epsilon)) : tf.add(tf.sqrt(power), epsilon)
}
