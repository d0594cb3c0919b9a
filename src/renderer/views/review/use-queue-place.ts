import { computed, ref, shallowRef, watch } from 'vue'
import type { ClipRow } from '../../../shared/contract/clips'
import type { ClipList } from '../../composables/use-clip-list'

/**
 * Which clip of a queue is looked at: it stays the same one while others come and go around it. When it leaves the list,
 * the one that takes its place is next.
 * @param start place in the list to begin at
 */
export function useQueuePlace(list: ClipList, start = 0) {
  const index = ref(start)
  const current = shallowRef<ClipRow | null>(null)
  /** Moved on, and waited for: the list is to say whether it is still in it. */
  const leaving = ref<string | null>(null)

  function settle(): void {
    void list.pages.value
    if (list.status.value === 'loading') return
    if (list.total.value === 0) {
      current.value = null
      leaving.value = null
      return
    }
    index.value = Math.min(Math.max(0, index.value), list.total.value - 1)
    const here = list.row(index.value)
    if (here === undefined || !list.isFresh(index.value)) {
      list.ensure(index.value, index.value)
      if (here === undefined || leaving.value !== null) return
    }
    if (leaving.value !== null) {
      const isStill = here.id === leaving.value
      leaving.value = null
      // In a queue of all statuses a clip stays where it is, and the next one follows.
      if (isStill && index.value + 1 < list.total.value) {
        current.value = null
        index.value++
        return
      }
    } else if (current.value !== null && here.id !== current.value.id) {
      const found = list.indexOf(current.value.id)
      if (found !== null) {
        index.value = found
        return
      }
    }
    current.value = here
  }
  watch([list.pages, list.total, list.status, index], settle, { immediate: true })

  function select(place: number): void {
    current.value = null
    leaving.value = null
    index.value = place
    settle()
  }
  return {
    index,
    current,
    /** Whether the clip was moved on and the next one is not here yet: keys wait. */
    isLeaving: computed(() => leaving.value !== null),
    select,
    move: (by: number): void => select(Math.min(Math.max(0, index.value + by), Math.max(0, list.total.value - 1))),
    /** After a clip was moved on: asks the list whether it is still in it. */
    release(): void {
      if (current.value === null) return
      leaving.value = current.value.id
      list.refresh()
    },
  }
}
