import { computed, ref, shallowRef } from 'vue'

interface SelectableList {
  idAt(index: number): string | undefined
  idsBetween(a: number, b: number): Promise<string[]>
  total(): number
}

/**
 * Selecting in a list, the same everywhere: a click selects one, Ctrl toggles one, Shift selects a span
 * from the anchor; the focused row moves with the arrows and takes the selection along.
 */
export function useSelection(list: SelectableList) {
  const focusIndex = ref(-1)
  const anchorIndex = ref(-1)
  const ids = shallowRef<ReadonlySet<string>>(new Set())
  let asked = 0

  function set(next: Iterable<string>): void {
    asked++
    ids.value = new Set(next)
  }

  async function extendTo(index: number, keep: ReadonlySet<string>): Promise<void> {
    const mine = ++asked
    const span = await list.idsBetween(anchorIndex.value, index)
    if (mine === asked) ids.value = new Set([...keep, ...span])
  }

  /** Puts the focus on a row and selects as the pressed keys say. */
  function select(index: number, keys: { shift?: boolean; toggle?: boolean } = {}): void {
    if (index < 0 || index >= list.total()) return
    const id = list.idAt(index)
    focusIndex.value = index
    if (keys.shift && anchorIndex.value >= 0) {
      void extendTo(index, keys.toggle ? ids.value : new Set())
      return
    }
    anchorIndex.value = index
    if (keys.toggle) {
      if (id === undefined) return
      const next = new Set(ids.value)
      if (!next.delete(id)) next.add(id)
      set(next)
    } else if (id === undefined) {
      // Not fetched yet: select it when it is known, unless something else was selected meanwhile.
      set([])
      const mine = asked
      void list.idsBetween(index, index).then((found) => {
        if (mine === asked) set(found)
      })
    } else set([id])
  }

  function move(by: number, keys: { shift?: boolean } = {}): void {
    const last = list.total() - 1
    if (last < 0) return
    const from = focusIndex.value < 0 ? (by > 0 ? -1 : 0) : focusIndex.value
    if (keys.shift && anchorIndex.value < 0) anchorIndex.value = Math.max(0, from)
    select(Math.min(last, Math.max(0, from + by)), keys)
  }

  async function selectAll(): Promise<void> {
    if (list.total() === 0) return
    const mine = ++asked
    const all = await list.idsBetween(0, list.total() - 1)
    if (mine === asked) ids.value = new Set(all)
  }

  function clear(): void {
    set([])
    anchorIndex.value = focusIndex.value
  }

  function reset(): void {
    set([])
    focusIndex.value = -1
    anchorIndex.value = -1
  }

  return { focusIndex, ids, count: computed(() => ids.value.size), select, move, selectAll, clear, reset }
}
