import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { EventName } from '../../shared/contract/contract'
import { type AppError, toAppError } from '../../shared/errors'
import { useHostEvent } from './use-client'

const pauseMs = 150

/**
 * Keeps the answer to a question up to date, shortly after the question or what it is about has changed. The last
 * answer stays until the next is there; a question that is null is not asked.
 * @param waitMs how long a question may still change before it is asked: 0 where nobody types it
 */
export function useAnswer<Question, Answer>(
  question: () => Question | null,
  ask: (question: Question, options: { signal: AbortSignal }) => Promise<Answer>,
  events: EventName[],
  { waitMs = pauseMs }: { waitMs?: number } = {},
) {
  const answer = shallowRef<Answer | null>(null)
  const error = ref<AppError | null>(null)
  const isAsking = ref(false)
  let timer: ReturnType<typeof setTimeout> | null = null
  let controller: AbortController | null = null

  async function askNow(): Promise<void> {
    controller?.abort()
    const wanted = question()
    if (wanted === null) {
      isAsking.value = false
      return
    }
    const own = (controller = new AbortController())
    isAsking.value = true
    try {
      const found = await ask(wanted, { signal: own.signal })
      if (own.signal.aborted) return
      answer.value = found
      error.value = null
    } catch (thrown) {
      if (own.signal.aborted) return
      answer.value = null
      error.value = toAppError(thrown)
    }
    isAsking.value = false
  }
  function askSoon(): void {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => void askNow(), waitMs)
  }
  watch(() => JSON.stringify(question()), askSoon, { immediate: true })
  for (const event of events) useHostEvent(event, askSoon)
  onScopeDispose(() => {
    if (timer) clearTimeout(timer)
    controller?.abort()
  })
  return { answer, error, isAsking, askNow }
}
