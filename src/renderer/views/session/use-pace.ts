import { shallowRef, type Ref } from 'vue'
import type { RatingPace } from '../../../shared/contract/sessions'
import { useClient } from '../../composables/use-client'

/** The own pace in a session, as the host computes it for the tables too; null before the first verdict. */
export function usePace(id: Ref<string>) {
  const client = useClient()
  const pace = shallowRef<RatingPace | null>(null)
  let isAsking = false
  let isStale = false

  /** Asks anew; while an answer is on its way, one more question follows it. What cannot be read stays as it is. */
  async function refreshPace(): Promise<void> {
    isStale = true
    if (isAsking) return
    isAsking = true
    while (isStale) {
      isStale = false
      const asked = id.value
      const answer = await client.sessions.pace({ id: asked }).catch(() => pace.value)
      if (asked === id.value) pace.value = answer
    }
    isAsking = false
  }
  return { pace, refreshPace }
}
