/** What a chain makes of a clip, computed by a worker: the code that training runs, on the page. */
import type { DrawnStep } from '../../../dsp/augment/apply-chain'
import type { AugmentationChain, FrontEnd } from '../../../dsp/recipe'
import AugmentWorker from './augment-worker.ts?worker'

export interface PreviewQuestion {
  /** Mono. */
  samples: Float32Array
  sampleRateHz: number
  frontEnd: FrontEnd
  chain: AugmentationChain
  seed: number
  className: string | null
  /** How many: examples 0, 1, … of epoch 1 of a training with this seed. */
  draws: number
}

export interface PreviewSound {
  samples: Float32Array
  frames: number
  bands: number
  /** As the front end sees it, frame by frame. */
  values: Float32Array
}

export interface PreviewAnswer {
  before: PreviewSound
  /** The recipe's. */
  sampleRateHz: number
  draws: (PreviewSound & { drawn: DrawnStep[] })[]
}

type Reply = { id: number; answer: PreviewAnswer } | { id: number; error: string }

/** One worker of a page; questions are answered in turn. */
export class PreviewDesk {
  readonly #worker = new AugmentWorker()
  readonly #waiting = new Map<number, { resolve: (answer: PreviewAnswer) => void; reject: (error: Error) => void }>()
  #nextId = 1

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const waiting = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('answer' in data) waiting?.resolve(data.answer)
      else waiting?.reject(new Error(data.error))
    }
    this.#worker.onerror = ({ message }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(message))
      this.#waiting.clear()
    }
  }

  ask(question: PreviewQuestion): Promise<PreviewAnswer> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, question })
    })
  }

  close(): void {
    this.#worker.terminate()
  }
}
