/** tfjs's WebGPU backend, with every fault of the GPU turned into an error of the step that reads its result. */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import type * as tf from '@tensorflow/tfjs-core'
import { AppError } from '../../../shared/errors'

/**
 * The GPU works behind the program: an operation returns before it ran, and what goes wrong there (a shader that is
 * refused, no memory, a driver that was reset) is told to the device, not to the caller. This backend keeps the first
 * such fault; every later read of values, which is where a training step waits for the GPU, fails with it.
 */
export class GuardedWebgpuBackend extends WebGPUBackend {
  #fault: AppError | null = null
  readonly #name: string

  /** @param name what the device is called in an error */
  constructor(device: GPUDevice, adapterInfo: GPUAdapterInfo, name: string) {
    super(device, adapterInfo)
    this.#name = name
    device.addEventListener('uncapturederror', (event) => {
      const { error } = event as GPUUncapturedErrorEvent
      // Without this Dawn prints it to stderr as well.
      event.preventDefault()
      this.#fault ??= describeError(error, name)
    })
    void device.lost.then(({ reason, message }) => {
      // What `dispose` did is no fault.
      if (!this.#isDisposed()) this.#fault ??= describeLoss(reason, message, name)
    })
  }

  /** @throws AppError when the device has failed since it was opened */
  checkFault(): void {
    if (this.#fault !== null) throw this.#fault
  }

  /** @throws AppError 'training-failed' with the GPU's first fault */
  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    this.checkFault()
    let values: tf.backend_util.BackendValues
    try {
      values = await super.read(dataId)
    } catch (error) {
      // The loss of the device is told a moment after its reads fail.
      await new Promise((resolve) => setTimeout(resolve, 20))
      this.checkFault()
      const detail = error instanceof Error ? error.message || error.name : String(error)
      throw failed(`Values could not be read from ${this.#name}: ${detail}.`, error)
    }
    this.checkFault()
    return values
  }

  /** tfjs's own way needs a browser's canvas. @throws AppError unless the values are in memory */
  override readSync(dataId: object): tf.backend_util.BackendValues {
    const known = this.tensorMap.get(dataId as tf.DataId)
    if (known.values === null || known.values === undefined) {
      this.checkFault()
      throw new AppError('internal', 'On WebGPU values can only be read with await data(), not with dataSync().')
    }
    return super.readSync(dataId)
  }

  #isDisposed(): boolean {
    return (this as unknown as { disposed: boolean }).disposed
  }
}

function describeError(error: GPUError, name: string): AppError {
  const detail = error.message.split('\n', 1)[0]!.replace(/\.$/, '')
  if (error.constructor.name === 'GPUOutOfMemoryError')
    return failed(`${name} has no memory left (${detail}).`, error, 'Lower the batch size, or choose another backend.')
  return failed(
    `${name} refused an operation (${detail}).`,
    error,
    'Choose another backend; this is a fault to report.',
  )
}

function describeLoss(reason: string, message: string, name: string): AppError {
  const detail = message.split('\n', 1)[0]!.replace(/\.$/, '')
  return failed(
    `${name} was lost while it computed (${detail === '' ? reason : detail}).`,
    undefined,
    'The driver was reset or the GPU was taken away: start the run again, or choose another backend.',
  )
}

function failed(message: string, cause?: unknown, hint?: string): AppError {
  return new AppError('training-failed', message, { cause, ...(hint === undefined ? {} : { hint }) })
}
