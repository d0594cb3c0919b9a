/** Runs a chain over a clip apart from the page: resampled as the recipe hears it, and seen by its front end. */
import { previewChain } from './preview-chain'
import type { PreviewAnswer, PreviewQuestion } from './preview-messages'

/** What of a worker's scope is used here; the page's types know only windows. */
declare const self: {
  onmessage: ((event: MessageEvent<{ id: number; question: PreviewQuestion }>) => void) | null
  postMessage(
    message: { id: number; answer: PreviewAnswer } | { id: number; error: string },
    transfer: Transferable[],
  ): void
}

self.onmessage = ({ data: { id, question } }) => {
  void previewChain(question).then(
    (answer) => {
      const buffers = [answer.before, ...answer.draws].flatMap(({ samples, values }) => [samples.buffer, values.buffer])
      self.postMessage({ id, answer }, buffers as ArrayBuffer[])
    },
    (thrown: unknown) => self.postMessage({ id, error: thrown instanceof Error ? thrown.message : String(thrown) }, []),
  )
}
