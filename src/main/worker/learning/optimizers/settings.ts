/** What an optimiser can be told. */

/** Whose definition: the two differ in where ε stands (Keras 3 and PyTorch 2). */
export type Definition = 'keras' | 'pytorch'

/** Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013). */
export interface SgdSettings {
  kind: 'sgd'
  /** 0 is none. */
  momentum: number
  isNesterov: boolean
}

/** Adam (Kingma & Ba 2015). */
export interface AdamSettings {
  kind: 'adam'
  beta1: number
  beta2: number
  epsilon: number
}

/** RMSprop (Hinton, lecture 6e, 2012). */
export interface RmspropSettings {
  kind: 'rmsprop'
  rho: number
  momentum: number
  epsilon: number
  /** Divide by the deviation and not by the root mean square (Graves 2013). */
  isCentered: boolean
}

/** Adagrad (Duchi et al. 2011). */
export interface AdagradSettings {
  kind: 'adagrad'
  initialAccumulator: number
  epsilon: number
}

/** Adadelta (Zeiler 2012). */
export interface AdadeltaSettings {
  kind: 'adadelta'
  rho: number
  epsilon: number
}

export type UpdateSettings = SgdSettings | AdamSettings | RmspropSettings | AdagradSettings | AdadeltaSettings

/** What is the same for all of them. */
export interface SharedSettings {
  definition: Definition
  /** Decoupled decay (Loshchilov & Hutter 2019; with Adam this is AdamW): w ← w − η·decay·w before the step. 0 is none. */
  weightDecay: number
  /**
   * λ of a penalty λ/2·‖w‖² on every weight, coupled: λ·w joins the gradient, before it is clipped where Keras's
   * definition is followed (there the penalty is part of the loss) and after where PyTorch's is. 0 is none.
   */
  l2: number
  /** Largest absolute value of any component of the gradient; null is no limit. */
  clipValue: number | null
  /** Largest Euclidean norm of the whole gradient (Pascanu et al. 2013); null is no limit. */
  clipNorm: number | null
}

/** An update with what is left out at its default: Keras's definition, no decay, no limits. */
export type OptimizerSettings = UpdateSettings & Partial<SharedSettings>

/** Keras 3's defaults by its names. */
export const optimizerDefaults = {
  sgd: { kind: 'sgd', momentum: 0, isNesterov: false },
  adam: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  adamw: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.004 },
  rmsprop: { kind: 'rmsprop', rho: 0.9, momentum: 0, epsilon: 1e-7, isCentered: false },
  adagrad: { kind: 'adagrad', initialAccumulator: 0.1, epsilon: 1e-7 },
  adadelta: { kind: 'adadelta', rho: 0.95, epsilon: 1e-7 },
} as const satisfies Record<string, OptimizerSettings>
