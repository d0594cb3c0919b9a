import { computed, ref, type Ref, watch } from 'vue'
import { isTabTaken } from './actions'

/**
 * A region in which actions may have Tab, where the person's keys say so. Escape gives Tab back to the page, so that
 * nobody is held in it (WCAG 2.1.2); the focus coming from outside arms it again.
 */
export function useTabRegion(region: Ref<HTMLElement | null>) {
  const isReleased = ref(false)
  const attribute = computed(() => (isReleased.value ? 'released' : 'armed'))
  const isHeld = computed(() => isTabTaken.value && !isReleased.value)

  const onFocusIn = (event: FocusEvent): void => {
    const from = event.relatedTarget
    const isInside = from instanceof Node && region.value?.contains(from)
    // The focus that comes from nowhere was set by a click or by the view itself.
    if (from !== null && !isInside) isReleased.value = false
  }
  const onPointer = (): void => void (isReleased.value = false)
  watch(
    region,
    (element, _old, onCleanup) => {
      element?.addEventListener('focusin', onFocusIn)
      element?.addEventListener('pointerdown', onPointer)
      onCleanup(() => {
        element?.removeEventListener('focusin', onFocusIn)
        element?.removeEventListener('pointerdown', onPointer)
      })
    },
    { immediate: true },
  )

  /** Gives Tab back. @returns whether an action had it until now, with the focus in the region */
  function release(): boolean {
    const wasHeld = isHeld.value && region.value?.contains(document.activeElement) === true
    isReleased.value = true
    return wasHeld
  }

  return { attribute, isHeld, release }
}
