import { computed, onBeforeUnmount, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue'
import { ScrollScale } from './scroll-scale'

interface VirtualRowsOptions {
  count: MaybeRefOrGetter<number>
  rowHeight: MaybeRefOrGetter<number>
  /** Height of what stands above the rows and stays there while they scroll. */
  headerHeight?: MaybeRefOrGetter<number>
  overscan?: number
}

/**
 * Which rows of equal height are in view of a scrolling element, so that only they are in the page. `scrollTop` and
 * `scrollTo` count in pixels of the whole list, which may be higher than a browser can lay out.
 */
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
  /** True top less laid-out top. */
  const offset = ref(0)
  let laidOutTop = 0
  const scale = computed(
    () => new ScrollScale(toValue(options.count) * rowHeight() + header(), Math.max(height.value, header())),
  )
  const totalHeight = computed(() => scale.value.height - header())
  const rowsInView = computed(() => Math.max(1, Math.floor((height.value - header()) / rowHeight())))

  const onScroll = (): void => {
    const element = viewport.value
    if (!element) return
    const top = element.scrollTop
    // A small movement moves the rows by just as much; a great one is the scrollbar, dragged to a share of the list.
    if (Math.abs(top - laidOutTop) < height.value) scrollTo(top + offset.value)
    else {
      offset.value = scale.value.offsetAt(top)
      laidOutTop = top
      scrollTop.value = top + offset.value
    }
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

  /** Scrolls to a place of the whole list. */
  function scrollTo(trueTop: number): void {
    const place = scale.value.place(trueTop)
    offset.value = place.offset
    if (viewport.value && viewport.value.scrollTop !== place.scrollTop)
      viewport.value.scrollTo({ top: place.scrollTop, behavior: 'instant' })
    laidOutTop = viewport.value?.scrollTop ?? 0
    scrollTop.value = laidOutTop + place.offset
  }

  /** Scrolls as little as needed for a row to be in view. */
  function reveal(index: number): void {
    if (!viewport.value) return
    const top = index * rowHeight()
    const room = height.value - header()
    if (top < scrollTop.value) scrollTo(top)
    else if (top + rowHeight() > scrollTop.value + room) scrollTo(top + rowHeight() - room)
  }

  /** Where a row is laid out. */
  const topOf = (index: number): number => index * rowHeight() - offset.value

  return { indices, first, last, totalHeight, rowsInView, reveal, scrollTop, scrollTo, topOf }
}
