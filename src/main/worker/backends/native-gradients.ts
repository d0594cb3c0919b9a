/** Gradients that TensorFlow has as one operation and tfjs composes of many. */
import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend } from './native-backend'
import { registerNativePooling } from './native-pooling'

/**
 * Replaces the gradient of ReLU: tfjs multiplies with a step function that its native backend puts together from
 * seven operations. On other backends the gradient stays what it was. Replaces the kernels of max pooling too. Called
 * once, after the library was loaded.
 */
export function registerNativeGradients(): void {
  registerNativePooling()
  const composed = tf.getGradient(tf.Relu)
  tf.unregisterGradient(tf.Relu)
  tf.registerGradient({
    ...composed,
    gradFunc: (dy, saved, attributes) => {
      const backend = nativeBackend()
      if (backend === null) return composed.gradFunc(dy, saved, attributes)
      const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding
      const type = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }]
      return { x: () => backend.executeMultipleOutputs('ReluGrad', type, [dy as tf.Tensor, saved[0]!], 1)[0]! }
    },
  })
}
