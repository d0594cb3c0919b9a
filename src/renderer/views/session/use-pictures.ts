import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { RatingItem } from '../../../shared/contract/sessions'

/**
 * Of which segments there are pictures: the shown one, and those beside it, so that a verdict finds the next one drawn. Those
 * are begun once the shown one is on screen: between a key and what it shows nothing is made that is not looked at yet.
 * @param current the shown segment
 * @param beside those that may be shown next
 */
export function usePictures(
  current: Readonly<Ref<RatingItem | null>>,
  beside: Readonly<Ref<readonly (RatingItem | null)[]>>,
): Readonly<Ref<readonly RatingItem[]>> {
  const pictures = shallowRef<readonly RatingItem[]>([])
  let frame = 0
  let timer = 0

  function stop(): void {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
  // A segment keeps the place it stands at: what is said of it changes nothing of its picture.
  function show(wanted: readonly (RatingItem | null)[]): void {
    const kept = new Map(pictures.value.map((item) => [item.position, item]))
    const list = wanted.filter((item) => item !== null).map((item) => kept.get(item.position) ?? item)
    pictures.value = [...new Map(list.map((item) => [item.position, item])).values()]
  }
  const places = (): string => [current.value, ...beside.value].map((item) => item?.position ?? '').join(' ')
  watch(
    places,
    () => {
      stop()
      const now = current.value
      if (now && !pictures.value.some(({ position }) => position === now.position)) show([...pictures.value, now])
      // A timer set in a frame ends after that frame has been drawn.
      frame = requestAnimationFrame(() => {
        timer = window.setTimeout(() => show([current.value, ...beside.value]))
      })
    },
    { immediate: true },
  )
  onScopeDispose(stop)
  return pictures
}
