import { computed, ref, shallowRef } from 'vue'
import { mostChosen } from '../../shared/contract/clip-choice'
import { formatCount } from '../display-format'

interface SelectableList {
  idAt(index: number): string | undefined
  idsBetween(a: number, b: number): Promise<string[]>
  total(): number
  /** Hears why a span was not selected. */
  refuse?(reason: string): void
}

/** All of a longer list are selected as that, and not one by one. */
const mostListed = 5000

/**
 * Selecting in a list, the same everywhere: a click selects one, Ctrl toggles one, Shift selects a span
 * from the anchor; the focused row moves with the arrows and takes the selection along. All of a long list are selected
 * without knowing their ids: `except` is then those that were taken out of it again, and else null.
 */
export function useSelection(list: SelectableList) {
  const focusIndex = ref(-1)
  const anchorIndex = ref(-1)
  const ids = shallowRef<ReadonlySet<string>>(new Set())
  const except = shallowRef<ReadonlySet<string> | null>(null)
  let asked = 0

  function set(next: Iterable<string>): void {
    asked++
    ids.value = new Set(next)
    except.value = null
  }

  async function extendTo(index: number, keep: ReadonlySet<string>): Promise<void> {
    if (Math.abs(index - anchorIndex.value) >= mostChosen)
      return list.refuse?.(`At most ${formatCount(mostChosen)} can be selected as a span.`)
    const mine = ++asked
    const span = await list.idsBetween(anchorIndex.value, index)
    if (mine === asked) set([...keep, ...span])
  }

  function toggle(id: string): void {
    const next = new Set(except.value ?? ids.value)
    if (!next.delete(id)) next.add(id)
    if (except.value === null) return set(next)
    asked++
    except.value = next
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
      if (id !== undefined) toggle(id)
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
    if (list.total() > mostListed) {
      set([])
      except.value = new Set()
      return
    }
    const mine = ++asked
    const all = await list.idsBetween(0, list.total() - 1)
    if (mine === asked) set(all)
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

  const has = (id: string): boolean => (except.value === null ? ids.value.has(id) : !except.value.has(id))
  const count = computed(() => (except.value === null ? ids.value.size : Math.max(0, list.total() - except.value.size)))
  return { focusIndex, ids, except, has, count, select, move, selectAll, clear, reset }
}
