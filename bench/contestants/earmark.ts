/** Earmark's own training step as a contestant: reads requests from standard input, answers on standard output. */
import { createInterface } from 'node:readline'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { Random } from '../../src/dsp/random'
import { selectBackend } from '../../src/main/worker/backends/select-backend'
import { buildModel } from '../../src/main/worker/learning/build-model'
import { NetworkTrainer } from '../../src/main/worker/learning/network-trainer'
import { optimizerDefaults } from '../../src/main/worker/learning/optimizers/settings'
import type { BackendName } from '../../src/shared/job/manifest'
import { countParameters } from '../../src/zoo/model-spec'
import type { BuildRequest, StepsAnswer, StepsRequest } from './contestant'

/** Answers until standard input ends. */
export async function serve(backend: BackendName): Promise<void> {
  const { device } = await selectBackend(backend)
  let network: Prepared | null = null
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as BuildRequest | StepsRequest
    if ('spec' in request) {
      network?.trainer.dispose()
      network?.model.dispose()
      network = prepare(request)
      await measure(network.step, 2)
      const name = `Earmark, ${backend}: ${device}`
      console.log(JSON.stringify({ name, remark: '', parameters: countParameters(request.spec) }))
    } else console.log(JSON.stringify(await measure(network!.step, request.steps)))
  }
}

interface Prepared {
  model: tfl.LayersModel
  trainer: NetworkTrainer
  /** Resolves with the loss. */
  step: () => Promise<number>
}

/** A step as training takes it, on one batch: it is uploaded anew, and the loss is read. */
function prepare({ spec, batch, classes }: BuildRequest): Prepared {
  const model = buildModel(spec, new Random(1))
  const trainer = new NetworkTrainer(model, optimizerDefaults.adam)
  const { frames, bands } = spec.input
  const random = new Random(2)
  const pictures = Float32Array.from({ length: batch * frames * bands }, () => random.normal())
  const targets = new Float32Array(batch * classes)
  for (let row = 0; row < batch; row++) targets[row * classes + (row % classes)] = 1
  const step = async (): Promise<number> => {
    const { loss, logits } = trainer.step({ pictures, shape: [batch, frames, bands, 1], targets }, 0.001)
    const [value] = await loss.data()
    tf.dispose([loss, logits])
    return value!
  }
  return { model, trainer, step }
}

async function measure(step: () => Promise<number>, steps: number): Promise<StepsAnswer> {
  const started = performance.now()
  const used = process.cpuUsage()
  let loss = 0
  for (let index = 0; index < steps; index++) loss = await step()
  const { user, system } = process.cpuUsage(used)
  return { wall: (performance.now() - started) / steps, processor: (user + system) / 1000 / steps, loss }
}
