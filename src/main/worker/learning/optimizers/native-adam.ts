/** Adam by TensorFlow's own fused operation, which changes weights and moments where they lie. */
import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend, type NativeAttribute, type NativeBackend } from '../../backends/native-backend'
import type { AdamSettings, Definition } from './settings'

/** Eager TensorFlow gives every variable of this name a resource of its own. */
const anonymous = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347'

export interface AdamStep {
  gradient: tf.Tensor1D
  learningRate: number
  /** From 1. */
  number: number
  definition: Definition
}

/**
 * Keeps a network's two rows of moments in variables inside TensorFlow: one pass over the memory and every core, where
 * the operations that a step is otherwise composed of pass over it eleven times.
 */
export class NativeAdam {
  readonly #backend: NativeBackend
  readonly #size: number
  readonly #settings: AdamSettings
  readonly #weights: number
  readonly #moments: readonly number[]

  /** @returns null where the current backend is not TensorFlow's library on processors */
  static open(size: number, settings: AdamSettings): NativeAdam | null {
    const backend = nativeBackend()
    return backend === null || backend.isUsingGpuDevice ? null : new NativeAdam(backend, size, settings)
  }

  private constructor(backend: NativeBackend, size: number, settings: AdamSettings) {
    this.#backend = backend
    this.#size = size
    this.#settings = settings
    this.#weights = this.#makeVariable()
    this.#moments = [this.#makeVariable(), this.#makeVariable()]
    this.write([new Float32Array(size), new Float32Array(size)])
  }

  /**
   * @param weights disposed here, so that nobody else holds their memory: only then are they changed without a copy
   * @returns the weights after the step
   */
  step(weights: tf.Tensor1D, { gradient, learningRate, number, definition }: AdamStep): tf.Tensor1D {
    const { binding } = this.#backend
    const { beta1, beta2, epsilon } = this.#settings
    this.#assign(this.#weights, this.#backend.getInputTensorIds([weights])[0]!)
    weights.dispose()
    // The kernel has Keras's ε; PyTorch adds its own to the corrected root.
    const floor = definition === 'keras' ? epsilon : epsilon * Math.sqrt(1 - beta2 ** number)
    const scalars = [beta1 ** number, beta2 ** number, learningRate, beta1, beta2, floor].map((value) =>
      binding.createTensor([], binding.TF_FLOAT, Float32Array.of(value)),
    )
    const inputs = [this.#weights, ...this.#moments, ...scalars, ...this.#backend.getInputTensorIds([gradient])]
    binding.executeOp('ResourceApplyAdam', this.#type('T'), inputs, 0)
    for (const scalar of scalars) binding.deleteTensor(scalar)
    const [changed] = binding.executeOp('ReadVariableOp', this.#type('dtype'), [this.#weights], 1)
    return this.#backend.createOutputTensor(changed!) as tf.Tensor1D
  }

  /** Copies of both rows of moments. */
  read(): Float32Array[] {
    const { binding } = this.#backend
    return this.#moments.map((moment) => {
      const { id } = binding.executeOp('ReadVariableOp', this.#type('dtype'), [moment], 1)[0]!
      const values = binding.tensorDataSync(id).slice()
      binding.deleteTensor(id)
      return values
    })
  }

  /** Replaces the moments; the arrays stay the caller's. */
  write(moments: readonly Float32Array[]): void {
    const { binding } = this.#backend
    for (const [index, values] of moments.entries()) {
      const id = binding.createTensor([this.#size], binding.TF_FLOAT, values.slice())
      this.#assign(this.#moments[index]!, id)
      binding.deleteTensor(id)
    }
  }

  dispose(): void {
    const { binding } = this.#backend
    for (const id of [this.#weights, ...this.#moments]) binding.deleteTensor(id)
  }

  #makeVariable(): number {
    const { binding } = this.#backend
    const attributes: NativeAttribute[] = [
      ...this.#type('dtype'),
      { name: 'shape', type: binding.TF_ATTR_SHAPE, value: [this.#size] },
      { name: 'shared_name', type: binding.TF_ATTR_STRING, value: anonymous },
    ]
    return binding.executeOp('VarHandleOp', attributes, [], 1)[0]!.id
  }

  #assign(variable: number, values: number): void {
    this.#backend.binding.executeOp('AssignVariableOp', this.#type('dtype'), [variable, values], 0)
  }

  #type(name: 'T' | 'dtype'): NativeAttribute[] {
    const { TF_ATTR_TYPE, TF_FLOAT } = this.#backend.binding
    return [{ name, type: TF_ATTR_TYPE, value: TF_FLOAT }]
  }
}
