import { computed, ref, type Ref } from 'vue'

/** Which item of a list is looked at. When it leaves the list, the one that takes its place is next. */
export function useCurrent<Item extends { id: string }>(items: Ref<Item[]>) {
  const currentId = ref<string | null>(null)
  const place = ref(0)
  const index = computed(() => {
    const found = items.value.findIndex(({ id }) => id === currentId.value)
    return found >= 0 ? found : Math.min(place.value, items.value.length - 1)
  })
  const current = computed<Item | null>(() => items.value[index.value] ?? null)

  function select(id: string): void {
    currentId.value = id
    place.value = index.value
  }
  /** @returns the item that is looked at now */
  function move(by: number): Item | null {
    const next = items.value[Math.min(Math.max(0, index.value + by), items.value.length - 1)]
    if (next) select(next.id)
    return next ?? null
  }
  /** Before an item leaves the list: remembers where it stood. */
  function release(): void {
    place.value = Math.max(0, index.value)
    currentId.value = null
  }
  return { index, current, select, move, release }
}
