import { onScopeDispose } from 'vue'

/**
 * A list or slider of a toolbar that was used with the mouse gives the keyboard back, so that Space goes on
 * playing and the arrows go on moving. Used with the keyboard it keeps the focus.
 */
export function usePointerFocus(): void {
  let isPointer = false
  const onPointer = (): void => void (isPointer = true)
  const onKey = (): void => void (isPointer = false)
  const onChange = ({ target }: Event): void => {
    if (isPointer && target instanceof HTMLElement && target.closest('[role="toolbar"], [aria-label="Transport"]'))
      target.blur()
  }
  window.addEventListener('pointerdown', onPointer, true)
  window.addEventListener('keydown', onKey, true)
  window.addEventListener('change', onChange)
  onScopeDispose(() => {
    window.removeEventListener('pointerdown', onPointer, true)
    window.removeEventListener('keydown', onKey, true)
    window.removeEventListener('change', onChange)
  })
}
