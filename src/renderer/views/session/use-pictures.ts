import { shallowRef, watch, type Ref } from 'vue'
import type { RatingItem } from '../../../shared/contract/sessions'
import { useAfterFrame } from '../../composables/use-after-frame'

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
  // A segment keeps the place it stands at: what is said of it changes nothing of its picture.
  function show(wanted: readonly (RatingItem | null)[]): void {
    const kept = new Map(pictures.value.map((item) => [item.position, item]))
    const all = new Map<number, RatingItem>()
    for (const item of wanted) if (item) all.set(item.position, kept.get(item.position) ?? item)
    // In their order, so that none is moved about in the page.
    pictures.value = [...all.values()].sort((a, b) => a.position - b.position)
  }
  const showAll = useAfterFrame(() => show([current.value, ...beside.value]))
  watch(
    () => [current.value, ...beside.value].map((item) => item?.position ?? '').join(' '),
    () => {
      const now = current.value
      if (now && !pictures.value.some(({ position }) => position === now.position)) show([...pictures.value, now])
      showAll()
    },
    { immediate: true },
  )
  return pictures
}
