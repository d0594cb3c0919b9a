import { computed, onScopeDispose, ref, shallowRef, type ComputedRef } from 'vue'
import { hostLink } from '../client'
import { useToaster } from './use-toaster'

/** How long an edit may wait for the host's answer before the page says that it is not kept yet. */
export const unsavedAfterMs = 150

/** What a person did, from the moment it is shown until the host has kept or refused it. */
export interface Edit<T, A> {
  /** What it belongs to, the id of the clip; it is shown only there. */
  of: string
  /** Names of what it changes, for the mark of what is not kept yet. */
  marks: readonly string[]
  /** The edit over a value. Over one that has it already it changes nothing; where its subject is gone, neither. */
  apply: (value: T) => T
  ask: () => Promise<A>
  /** The value with the edit, and with what the host answered. */
  settle?: (edited: T, answer: A) => T
  /** The title of the message where it is refused. */
  failure: string
}

/**
 * A value of the host's with the edits over it that are on their way: shown at once, and of these only what is refused is
 * taken back, with its reason. An answer to an older question never overwrites an edit.
 * @param of whose value is asked for; null: none
 * @param empty what is shown until the first answer
 */
export function usePendingEdits<T>(of: () => string | null, ask: (of: string) => Promise<T>, empty: T) {
  const toaster = useToaster()
  const base = shallowRef<{ of: string | null; value: T }>({ of: null, value: empty })
  const edits = shallowRef<readonly (Pick<Edit<T, unknown>, 'of' | 'marks' | 'apply'> & { isSlow: boolean })[]>([])
  const error = shallowRef<unknown>(null)
  const isLoading = ref(false)
  let asked = 0
  let settled = 0
  let isStale = false

  const shown = computed(() =>
    edits.value.reduce((value, edit) => (edit.of === base.value.of ? edit.apply(value) : value), base.value.value),
  )
  /** What has waited for its answer for longer than an eye would notice. */
  const unsaved: ComputedRef<ReadonlySet<string>> = computed(
    () => new Set(edits.value.flatMap((edit) => (edit.isSlow && edit.of === base.value.of ? edit.marks : []))),
  )
  const isUnderWay = (id: string): boolean => edits.value.some((edit) => edit.of === id)

  /** Forgets what was shown, as when another clip is opened; what is done before its value comes is shown all the same. */
  function clear(): void {
    base.value = { of: of(), value: empty }
  }

  /** Shows a value that is known already, instead of asking for it. */
  function take(id: string, value: T): void {
    asked++
    isLoading.value = false
    base.value = { of: id, value }
    error.value = null
  }

  async function load(): Promise<void> {
    const id = of()
    if (id !== null && id === base.value.of && isUnderWay(id)) {
      // Asked for once, when the last of them is answered.
      isStale = true
      return
    }
    const mine = ++asked
    if (id === null) return clear()
    isLoading.value = true
    const before = settled
    try {
      const value = await ask(id)
      if (mine !== asked) return
      // An edit was answered meanwhile, and this value may be from before it.
      if (settled !== before) return void load()
      base.value = { of: id, value }
      error.value = null
    } catch (thrown) {
      if (mine === asked) error.value = thrown
    } finally {
      if (mine === asked) isLoading.value = false
    }
  }

  /** Shows an edit and asks the host for it. @returns the answer, null where it is refused */
  async function edit<A>({ of: id, marks, apply, ask: send, settle, failure }: Edit<T, A>): Promise<A | null> {
    let own = { of: id, marks, apply, isSlow: false }
    edits.value = [...edits.value, own]
    const timer = setTimeout(() => {
      const slow = { ...own, isSlow: true }
      edits.value = edits.value.map((other) => (other === own ? slow : other))
      own = slow
    }, unsavedAfterMs)
    try {
      const answer = await send()
      if (base.value.of === id) {
        const edited = apply(base.value.value)
        base.value = { of: id, value: settle ? settle(edited, answer) : edited }
      }
      return answer
    } catch (thrown) {
      isStale = true
      toaster.error(thrown, failure)
      return null
    } finally {
      clearTimeout(timer)
      settled++
      edits.value = edits.value.filter((other) => other !== own)
      // Of two edits of one thing the later may have been answered first.
      if (isUnderWay(id)) isStale = true
      else if (isStale) {
        isStale = false
        void load()
      }
    }
  }

  onScopeDispose(hostLink().onReconnect(() => void load()))
  return { shown, unsaved, error, isLoading, load, take, clear, edit }
}
