/** The feeder's place on the audio thread. */
import { Feeder } from './feeder'
import type { FromFeeder, ToFeeder } from './messages'

/** The audio thread's own names, which the page's types do not know. */
interface WorkletScope {
  currentFrame: number
  registerProcessor(name: string, processor: new () => unknown): void
  AudioWorkletProcessor: new () => { port: MessagePort }
}
const scope = globalThis as unknown as WorkletScope

class FeederProcessor extends scope.AudioWorkletProcessor {
  #worker: MessagePort | null = null
  readonly #feeder = new Feeder((message: FromFeeder) => {
    if (message.kind === 'used') this.#worker?.postMessage(message)
    else this.port.postMessage(message)
  })

  constructor() {
    super()
    this.port.onmessage = ({ data }: MessageEvent<ToFeeder>) => {
      if (data.kind !== 'connect') return
      this.#worker = data.port
      data.port.onmessage = ({ data: message }: MessageEvent<ToFeeder>) => {
        if (message.kind !== 'connect') this.#feeder.receive(message)
      }
    }
  }

  process(_inputs: unknown, outputs: Float32Array[][]): boolean {
    const [left, right] = outputs[0]!
    if (left && right) this.#feeder.process(left, right, scope.currentFrame)
    return true
  }
}

scope.registerProcessor('sound-feeder', FeederProcessor)
