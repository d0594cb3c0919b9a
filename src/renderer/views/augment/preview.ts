/** What a chain makes of a clip, computed by a worker: the code that training runs, on the page. */
import AugmentWorker from './augment-worker.ts?worker'
import type { PreviewAnswer, PreviewQuestion } from './preview-messages'

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
