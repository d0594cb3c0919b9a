import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { type ClipQuery, everyClip, parseClipQuery } from '../../shared/contract/clip-query'

/**
 * The query of a view as text, kept in its address as `?q=…`: a link leads to the same clips. What stands in
 * the address but cannot be read lists nothing else than it did.
 */
export function useQueryRoute() {
  const route = useRoute()
  const router = useRouter()
  const name = route.name
  const fromRoute = (): string => (typeof route.query.q === 'string' ? route.query.q : '')
  const text = ref(fromRoute())

  watch(text, (value) => {
    if (value === fromRoute()) return
    void router.replace({ query: { ...route.query, q: value === '' ? undefined : value } })
  })
  watch(
    () => route.query.q,
    () => {
      if (route.name === name && fromRoute() !== text.value) text.value = fromRoute()
    },
  )

  let last: ClipQuery = everyClip
  const query = computed<ClipQuery>(() => {
    try {
      last = parseClipQuery(text.value)
    } catch {
      // QueryBar shows why.
    }
    return last
  })
  return { text, query }
}
