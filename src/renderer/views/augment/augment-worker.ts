/** Runs a chain over a clip apart from the page: resampled as the recipe hears it, and seen by its front end. */
import { applyChain } from '../../../dsp/augment/apply-chain'
import { computeFrontEnd } from '../../../dsp/features'
import { resample } from '../../../dsp/resample'
import type { PreviewAnswer, PreviewQuestion, PreviewSound } from './preview-messages'

/** What of a worker's scope is used here; the page's types know only windows. */
declare const self: {
  onmessage: ((event: MessageEvent<{ id: number; question: PreviewQuestion }>) => void) | null
  postMessage(
    message: { id: number; answer: PreviewAnswer } | { id: number; error: string },
    transfer: Transferable[],
  ): void
}

self.onmessage = ({ data: { id, question } }) => {
  try {
    const answer = preview(question)
    const buffers = [answer.before, ...answer.draws].flatMap(({ samples, values }) => [samples.buffer, values.buffer])
    self.postMessage({ id, answer }, buffers as ArrayBuffer[])
  } catch (thrown) {
    self.postMessage({ id, error: thrown instanceof Error ? thrown.message : String(thrown) }, [])
  }
}

function preview(question: PreviewQuestion): PreviewAnswer {
  const { samples, sampleRateHz, frontEnd, chain, seed, className, draws, materials } = question
  const rateHz = frontEnd.sampleRateHz
  const heard = sampleRateHz === rateHz ? samples : resample(samples, sampleRateHz, rateHz)
  const see = (own: Float32Array): PreviewSound => {
    const { frames, bands, channels, values } = computeFrontEnd(own, frontEnd)
    // One channel is shown: the level itself, before deltas.
    const shown =
      channels === 1 ? values : Float32Array.from({ length: frames * bands }, (_, cell) => values[cell * channels]!)
    return { samples: own, frames, bands, values: shown }
  }
  return {
    before: see(heard.slice()),
    sampleRateHz: rateHz,
    draws: Array.from({ length: draws }, (_, example) => {
      const sound = { samples: heard, sampleRateHz: rateHz, segments: [] }
      const done = applyChain(sound, chain, { seed, epoch: 1, example, className }, materials[example])
      return { ...see(done.sound.samples.slice()), drawn: done.drawn }
    }),
  }
}
