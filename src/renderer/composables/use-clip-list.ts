import { onScopeDispose, ref, shallowRef, triggerRef, watch, type Ref } from 'vue'
import { type ClipQuery, formatClipQuery } from '../../shared/contract/clip-query'
import type { ClipRow } from '../../shared/contract/clips'
import { type AppError, toAppError } from '../../shared/errors'
import { hostLink } from '../client'
import { useClient, useHostEvent } from './use-client'

const pageSize = 100
const keptPages = 60

interface Page {
  rows: ClipRow[]
  isStale: boolean
  isLoading: boolean
}

/**
 * The clips of a query, page by page as they come into view. Pages are kept in a sparse cache; when clips
 * change, the pages in view are fetched again and replace the old ones in place, so that nothing jumps.
 */
export function useClipList(query: Ref<ClipQuery>) {
  const client = useClient()
  const total = ref(0)
  const status = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<AppError | null>(null)
  const pages = shallowRef(new Map<number, Page>())
  let controller = new AbortController()
  let view = { first: 0, last: 0 }
  let age = 0

  function row(index: number): ClipRow | undefined {
    return pages.value.get(Math.floor(index / pageSize))?.rows[index % pageSize]
  }

  async function fetchPage(number: number): Promise<void> {
    const known = pages.value.get(number)
    if (known?.isLoading || (known && !known.isStale)) return
    const startedAt = age
    const { signal } = controller
    pages.value.set(number, { rows: known?.rows ?? [], isStale: false, isLoading: true })
    try {
      const page = await client.clips.list(
        { query: query.value, offset: number * pageSize, limit: pageSize },
        { signal },
      )
      if (startedAt !== age) return
      pages.value.set(number, { rows: page.rows, isStale: false, isLoading: false })
      total.value = page.total
      status.value = 'ready'
      error.value = null
      forgetFarPages()
      triggerRef(pages)
    } catch (thrown) {
      if (startedAt !== age || signal.aborted) return
      pages.value.set(number, { rows: known?.rows ?? [], isStale: true, isLoading: false })
      error.value = toAppError(thrown)
      status.value = 'error'
    }
  }

  function forgetFarPages(): void {
    if (pages.value.size <= keptPages) return
    const middle = (view.first + view.last) / 2 / pageSize
    const farthest = [...pages.value.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle))
    for (const number of farthest.slice(0, pages.value.size - keptPages)) pages.value.delete(number)
  }

  /** Says which rows are in view; what is missing of them is fetched. */
  function ensure(first: number, last: number): void {
    view = { first, last }
    for (let number = Math.floor(first / pageSize); number <= Math.floor(Math.max(first, last) / pageSize); number++)
      void fetchPage(number)
  }

  /** Everything may have changed: fetches what is in view again, keeping the old rows until then. */
  function refresh(): void {
    age++
    controller.abort()
    controller = new AbortController()
    for (const page of pages.value.values()) {
      page.isStale = true
      page.isLoading = false
    }
    ensure(view.first, view.last)
  }

  watch(
    () => formatClipQuery(query.value),
    () => {
      // The old rows stay on screen until the first page of the new list has come.
      view = { first: 0, last: 0 }
      const old = pages.value.get(0)
      pages.value = new Map(old ? [[0, { ...old, isStale: true }]] : [])
      status.value = 'loading'
      refresh()
    },
  )
  let timer: ReturnType<typeof setTimeout> | null = null
  const refreshSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      refresh()
    }, 60)
  }
  useHostEvent('clips.changed', refreshSoon)
  useHostEvent('annotations.changed', refreshSoon)
  useHostEvent('ontology.changed', refreshSoon)
  const stopReconnect = hostLink().onReconnect(refreshSoon)
  onScopeDispose(() => {
    stopReconnect()
    controller.abort()
    if (timer) clearTimeout(timer)
  })
  ensure(0, 0)

  /** The ids from one index to another, both included, whether their rows are here or not. */
  async function idsBetween(a: number, b: number): Promise<string[]> {
    const [first, last] = a < b ? [a, b] : [b, a]
    const here: string[] = []
    for (let index = first; index <= last; index++) {
      const known = row(index)
      if (!known) return client.clips.ids({ query: query.value, offset: first, limit: last - first + 1 })
      here.push(known.id)
    }
    return here
  }

  /** Whether the row is as the host has last said, and nothing newer is asked for. */
  function isFresh(index: number): boolean {
    const page = pages.value.get(Math.floor(index / pageSize))
    return page !== undefined && !page.isStale && !page.isLoading
  }

  /** Where a clip stands among the rows that are here; null where it is not among them. */
  function indexOf(id: string): number | null {
    for (const [number, { rows }] of pages.value) {
      const place = rows.findIndex((row) => row.id === id)
      if (place >= 0) return number * pageSize + place
    }
    return null
  }

  return { total, status, error, pages, row, ensure, refresh, idsBetween, isFresh, indexOf }
}

export type ClipList = ReturnType<typeof useClipList>
