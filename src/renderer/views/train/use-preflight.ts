import { onScopeDispose, ref, type Ref, shallowRef, watch } from 'vue'
import type { RunPreflight, RunRequest } from '../../../shared/contract/runs'
import { type AppError, toAppError } from '../../../shared/errors'
import { useClient, useHostEvent } from '../../composables/use-client'

const pauseMs = 200

/** Keeps the pre-flight of a request up to date, shortly after it or the clips change. Null while it cannot be asked. */
export function usePreflight(request: Ref<RunRequest | null>) {
  const client = useClient()
  const preflight = shallowRef<RunPreflight | null>(null)
  const error = ref<AppError | null>(null)
  let timer: ReturnType<typeof setTimeout> | null = null
  let controller: AbortController | null = null

  async function ask(): Promise<void> {
    controller?.abort()
    if (!request.value) return
    const own = (controller = new AbortController())
    try {
      const answer = await client.runs.preflight(request.value, { signal: own.signal })
      if (own.signal.aborted) return
      preflight.value = answer
      error.value = null
    } catch (thrown) {
      if (own.signal.aborted) return
      preflight.value = null
      error.value = toAppError(thrown)
    }
  }
  function askSoon(): void {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => void ask(), pauseMs)
  }
  watch(() => JSON.stringify(request.value), askSoon, { immediate: true })
  useHostEvent('clips.changed', askSoon)
  onScopeDispose(() => {
    if (timer) clearTimeout(timer)
    controller?.abort()
  })
  return { preflight, error, ask }
}
