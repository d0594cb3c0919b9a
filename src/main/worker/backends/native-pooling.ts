/** Max pooling by oneDNN, which TensorFlow trains with in Python and which tfjs-node does not reach. */
import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend, type NativeAttribute, type NativeBackend } from './native-backend'

interface PoolAttributes {
  filterSize: [number, number] | number
  strides: [number, number] | number
  pad: 'valid' | 'same' | number | unknown[]
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/**
 * Replaces the kernels of max pooling and its gradient on the native backend. TensorFlow's own kernel for the gradient
 * looks for every maximum anew, one value at a time: it takes a third of a training step of a small network. oneDNN's
 * is an operation of TensorFlow's own that its graph optimiser puts in place; by name it can be called directly. Where
 * the library has none (on a GPU, on some processors) the kernels stay what they were. Called once, after the library was
 * loaded.
 */
export function registerNativePooling(): void {
  replaceKernel('MaxPool', (backend, { x }, attributes) => {
    const [pooled, workspace] = poolWithWorkspace(backend, x!, attributes)
    const output = backend.createOutputTensor(pooled)
    workspacesOf(backend).set(output.dataId, workspace)
    return output
  })
  replaceKernel('MaxPoolGrad', (backend, { dy, input, output }, attributes) => {
    const known = workspacesOf(backend).get(output!.dataId)
    // An output that was not pooled here, or not just so, has none.
    const again = known === undefined ? poolWithWorkspace(backend, input!, attributes) : null
    const workspace = known ?? again![1]
    const inputs = backend.getInputTensorIds([input!, output!, dy!])
    const [gradient] = backend.binding.executeOp(
      '_MklNativeMaxPoolGrad',
      makeAttributes(backend, attributes),
      [...inputs, workspace],
      1,
    )
    if (again !== null) for (const id of [again[0].id, workspace]) backend.binding.deleteTensor(id)
    return backend.createOutputTensor(gradient!)
  })
}

const workspaces = new WeakMap<NativeBackend, Map<tf.DataId, number>>()

/** Where the maxima of each pooled tensor were: kept for the gradient as long as the values of that tensor live. */
function workspacesOf(backend: NativeBackend): Map<tf.DataId, number> {
  const known = workspaces.get(backend)
  if (known !== undefined) return known
  const kept = new Map<tf.DataId, number>()
  workspaces.set(backend, kept)
  const disposeData = backend.disposeData.bind(backend)
  backend.disposeData = (dataId, force) => {
    const isGone = disposeData(dataId, force)
    const workspace = isGone ? kept.get(dataId) : undefined
    if (workspace !== undefined) {
      kept.delete(dataId)
      backend.binding.deleteTensor(workspace)
    }
    return isGone
  }
  return kept
}

type Kernel = (backend: NativeBackend, inputs: Record<string, tf.Tensor>, attributes: PoolAttributes) => tf.Tensor

function replaceKernel(name: 'MaxPool' | 'MaxPoolGrad', kernel: Kernel): void {
  const plain = tf.getKernel(name, 'tensorflow')
  if (!plain) return
  tf.unregisterKernel(name, 'tensorflow')
  tf.registerKernel({
    ...plain,
    kernelFunc: (given) => {
      const backend = nativeBackend()
      const attributes = given.attrs as unknown as PoolAttributes
      const inputs = given.inputs as unknown as Record<string, tf.Tensor>
      const isPlain = typeof attributes.pad !== 'string' || (inputs.x ?? inputs.dy)?.dtype !== 'float32'
      if (backend === null || isPlain || !hasOneDnnPooling(backend)) return plain.kernelFunc(given)
      return kernel(backend, inputs, attributes)
    },
  })
}

const known = new WeakMap<NativeBackend, boolean>()

/** Tried once: the library names no kernels. */
function hasOneDnnPooling(backend: NativeBackend): boolean {
  let has = known.get(backend)
  if (has === undefined) {
    has = !backend.isUsingGpuDevice && tryPooling(backend)
    known.set(backend, has)
  }
  return has
}

function tryPooling(backend: NativeBackend): boolean {
  const { binding } = backend
  const values = binding.createTensor([1, 2, 2, 1], binding.TF_FLOAT, Float32Array.of(1, 4, 3, 2))
  const slope = binding.createTensor([1, 1, 1, 1], binding.TF_FLOAT, Float32Array.of(5))
  const attributes = makeAttributes(backend, { filterSize: 2, strides: 2, pad: 'valid' })
  try {
    const [pooled, workspace] = binding.executeOp('_MklNativeMaxPool', attributes, [values], 2)
    const inputs = [values, pooled!.id, slope, workspace!.id]
    const [gradient] = binding.executeOp('_MklNativeMaxPoolGrad', attributes, inputs, 1)
    const isRight = [...binding.tensorDataSync(gradient!.id)].join() === '0,5,0,0'
    for (const { id } of [pooled!, workspace!, gradient!]) binding.deleteTensor(id)
    return isRight
  } catch {
    return false
  } finally {
    binding.deleteTensor(values)
    binding.deleteTensor(slope)
  }
}

function poolWithWorkspace(
  backend: NativeBackend,
  input: tf.Tensor,
  attributes: PoolAttributes,
): [pooled: ReturnType<NativeBackend['binding']['executeOp']>[number], workspace: number] {
  const inputs = backend.getInputTensorIds([input])
  const [pooled, workspace] = backend.binding.executeOp(
    '_MklNativeMaxPool',
    makeAttributes(backend, attributes),
    inputs,
    2,
  )
  return [pooled!, workspace!.id]
}

function makeAttributes({ binding }: NativeBackend, { filterSize, strides, pad }: PoolAttributes): NativeAttribute[] {
  const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_BOOL, TF_FLOAT } = binding
  const window = (size: [number, number] | number): number[] => [
    1,
    ...(typeof size === 'number' ? [size, size] : size),
    1,
  ]
  return [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'ksize', type: TF_ATTR_INT, value: window(filterSize) },
    { name: 'strides', type: TF_ATTR_INT, value: window(strides) },
    { name: 'padding', type: TF_ATTR_STRING, value: (pad as string).toUpperCase() },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'workspace_enabled', type: TF_ATTR_BOOL, value: true },
    // The label under which TensorFlow registers oneDNN's kernels.
    { name: '_kernel', type: TF_ATTR_STRING, value: 'MklNameChangeOp' },
  ]
}
