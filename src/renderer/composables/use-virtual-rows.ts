import { computed, onBeforeUnmount, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue'

interface VirtualRowsOptions {
  count: MaybeRefOrGetter<number>
  rowHeight: MaybeRefOrGetter<number>
  /** Height of what stands above the rows and stays there while they scroll. */
  headerHeight?: MaybeRefOrGetter<number>
  overscan?: number
}

/** Which rows of equal height are in view of a scrolling element, so that only they are in the page. */
export function useVirtualRows(viewport: Ref<HTMLElement | null>, options: VirtualRowsOptions) {
  const scrollTop = ref(0)
  const height = ref(0)
  const overscan = options.overscan ?? 6
  const header = (): number => toValue(options.headerHeight) ?? 0
  const rowHeight = (): number => toValue(options.rowHeight)

  const first = computed(() => Math.max(0, Math.floor(scrollTop.value / rowHeight()) - overscan))
  const last = computed(() =>
    Math.min(toValue(options.count) - 1, Math.ceil((scrollTop.value + height.value) / rowHeight()) + overscan),
  )
  const indices = computed(() => {
    const rows: number[] = []
    for (let index = first.value; index <= last.value; index++) rows.push(index)
    return rows
  })
  const totalHeight = computed(() => toValue(options.count) * rowHeight())
  const rowsInView = computed(() => Math.max(1, Math.floor((height.value - header()) / rowHeight())))

  const onScroll = (): void => {
    if (viewport.value) scrollTop.value = viewport.value.scrollTop
  }
  const observer =
    typeof ResizeObserver === 'undefined'
      ? null
      : new ResizeObserver(([entry]) => {
          if (entry) height.value = entry.contentRect.height
        })
  watch(
    viewport,
    (element, old) => {
      if (old) {
        observer?.unobserve(old)
        old.removeEventListener('scroll', onScroll)
      }
      if (!element) return
      height.value = element.clientHeight
      observer?.observe(element)
      element.addEventListener('scroll', onScroll, { passive: true })
    },
    { flush: 'post', immediate: true },
  )
  onBeforeUnmount(() => {
    observer?.disconnect()
    viewport.value?.removeEventListener('scroll', onScroll)
  })

  /** Scrolls as little as needed for a row to be in view. */
  function reveal(index: number): void {
    const element = viewport.value
    if (!element) return
    const top = index * rowHeight()
    const room = height.value - header()
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight() > element.scrollTop + room) element.scrollTop = top + rowHeight() - room
    scrollTop.value = element.scrollTop
  }

  return { indices, first, last, totalHeight, rowsInView, reveal, scrollTop }
}
