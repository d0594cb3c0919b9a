import { computed, onScopeDispose, ref, type Ref, shallowRef, watch } from 'vue'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ClipRow } from '../../../shared/contract/clips'
import { type AppError, toAppError } from '../../../shared/errors'
import { useClient, useHostEvent } from '../../composables/use-client'
import { decide, mergeRows, nextOpen, type PlaylistItem, relabel as relabelItem } from './playlist'

/** Clips fetched of one cell; a cell with more says so, and they come as the first ones are dealt with. */
export const playlistLimit = 500

/**
 * The clips of a query as a list to go through by ear: which one is current, what was decided, and how a correction
 * changes it. Decisions belong to the query and are forgotten with it; the labels themselves are in the catalog.
 */
export function usePlaylist(query: Ref<ClipQuery | null>) {
  const client = useClient()
  const items = shallowRef<PlaylistItem[]>([])
  const total = ref(0)
  const currentId = ref<string | null>(null)
  const isLoading = ref(false)
  const isBusy = ref(false)
  const error = ref<AppError | null>(null)
  const index = computed(() => items.value.findIndex((item) => item.row.id === currentId.value))
  const current = computed<PlaylistItem | null>(() => items.value[index.value] ?? null)

  // An answer that was asked for before the newest decision knows nothing of it and is thrown away.
  let generation = 0

  async function load(isFresh: boolean): Promise<void> {
    const asked = query.value
    const own = ++generation
    if (!asked) {
      items.value = []
      total.value = 0
      currentId.value = null
      return
    }
    isLoading.value = isFresh
    try {
      const page = await client.clips.list({ query: asked, offset: 0, limit: playlistLimit })
      if (own !== generation) return
      take(page.rows, isFresh)
      total.value = page.total
      error.value = null
    } catch (thrown) {
      if (own === generation) error.value = toAppError(thrown)
    } finally {
      if (own === generation) isLoading.value = false
    }
  }

  function take(rows: ClipRow[], isFresh: boolean): void {
    const before = index.value
    items.value = mergeRows(isFresh ? [] : items.value, rows)
    if (index.value >= 0) return
    // The current clip went away: its place in the list is taken by the one that followed it.
    const place = isFresh ? 0 : Math.min(Math.max(0, before), items.value.length - 1)
    currentId.value = items.value[place]?.row.id ?? null
  }

  function select(id: string): void {
    if (items.value.some((item) => item.row.id === id)) currentId.value = id
  }

  /** Moves by `step` and stops at the ends. @returns the clip now current, null when it was at the end already. */
  function move(step: number): ClipRow | null {
    const next = items.value[index.value + step]
    if (!next) return null
    currentId.value = next.row.id
    return next.row
  }

  /** Goes to the next clip without a decision; stays where it is when there is none. */
  function advance(): ClipRow | null {
    const next = items.value[nextOpen(items.value, index.value)]
    if (!next || next.row.id === currentId.value) return null
    currentId.value = next.row.id
    return next.row
  }

  /** The label stays as it is; goes on to the next clip. */
  function keep(): ClipRow | null {
    if (!current.value) return null
    items.value = decide(items.value, current.value.row.id, { kind: 'kept' })
    return advance()
  }

  /** Makes the class the clip's one present label, as one undoable edit, and goes on to the next clip. */
  async function relabel(to: { classId: string; name: string }): Promise<ClipRow | null> {
    const item = current.value
    if (!item || isBusy.value) return null
    isBusy.value = true
    try {
      await client.labels.correct({ clipIds: [item.row.id], toClassId: to.classId })
      generation++
      items.value = relabelItem(items.value, item.row.id, { classId: to.classId, name: to.name })
      const next = advance()
      void load(false)
      return next
    } finally {
      isBusy.value = false
    }
  }

  let timer: ReturnType<typeof setTimeout> | null = null
  useHostEvent('clips.changed', () => {
    timer ??= setTimeout(() => {
      timer = null
      void load(false)
    }, 80)
  })
  onScopeDispose(() => timer && clearTimeout(timer))
  watch(
    () => JSON.stringify(query.value),
    () => void load(true),
    { immediate: true },
  )

  return {
    items,
    total,
    current,
    currentId,
    index,
    isLoading,
    isBusy,
    error,
    select,
    move,
    keep,
    relabel,
    reload: () => load(true),
  }
}
