import { computed, onScopeDispose, shallowReactive, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { useToaster } from './use-toaster'

/** One thing a person can do: it has a name, may have keys, and shows itself in the palette and the cheat sheet. */
export interface Action {
  id: string
  title: string
  /** Heading under which it is listed. */
  section: string
  /** As 'Mod+Z', 'Shift+Enter', 'Space', '?', 'L'. Mod is Ctrl, and ⌘ on a Mac. */
  keys?: string[]
  /** Id of the frame's action that this one stands for here; without it, two actions never share a key. */
  instead?: string
  /** Only offered while this holds. */
  when?: () => boolean
  /** Also works while the caret is in a field. */
  isAllowedInFields?: boolean
  /** Keys only: too small or too many for the palette. */
  isHiddenInPalette?: boolean
  run(): unknown
}

const registered = shallowReactive(new Map<string, Action>())
const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)

/** Offers actions until the calling component goes; a getter's actions follow what it reads. */
export function useActions(actions: MaybeRefOrGetter<Action[]>): void {
  let own: Action[] = []
  const withdraw = (): void => {
    for (const action of own) if (registered.get(action.id) === action) registered.delete(action.id)
  }
  watch(
    () => toValue(actions),
    (next) => {
      withdraw()
      own = next
      for (const action of own) registered.set(action.id, action)
    },
    { immediate: true },
  )
  onScopeDispose(withdraw)
}

/** All actions that can be done now. */
export const availableActions = computed(() => [...registered.values()].filter((action) => action.when?.() ?? true))
/** All that exist, whether they can be done now or not, but those for which another one stands. */
export const knownActions = computed(() => {
  const actions = [...registered.values()]
  const replaced = new Set(actions.map(({ instead }) => instead))
  return actions.filter(({ id }) => !replaced.has(id))
})

const keyNames: Record<string, string> = { ' ': 'Space', Esc: 'Escape', Del: 'Delete' }

/** The name of a pressed key, as in `Action.keys`. */
export function nameKey(event: KeyboardEvent): string {
  const key = event.altKey ? unwrapAlt(event) : nameOf(event.key)
  const parts: string[] = []
  if (isMac ? event.metaKey : event.ctrlKey) parts.push('Mod')
  if (isMac && event.ctrlKey) parts.push('Ctrl')
  if (event.altKey) parts.push('Alt')
  // The Shift of a sign such as ? is part of the sign.
  const isSign = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase() && event.key !== ' '
  if (event.shiftKey && !isSign) parts.push('Shift')
  return [...parts, key].join('+')
}

const nameOf = (key: string): string => keyNames[key] ?? (key.length === 1 ? key.toUpperCase() : key)

/** The key under Alt: with it a Mac types ¡ for 1, and on French keyboards digits are written with Shift. */
function unwrapAlt({ key, code }: KeyboardEvent): string {
  const physical = /^(?:Digit|Key)(.)$/.exec(code)?.[1]
  return physical === undefined || /^[a-z0-9]$/i.test(key) ? nameOf(key) : physical
}

/** How a key is shown: "Ctrl Shift Z", or signs on a Mac. */
export function showKeys(keys: string): string[] {
  const shown: Record<string, string> = isMac
    ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃' }
    : { Mod: 'Ctrl', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Delete: 'Del', Escape: 'Esc' }
  return keys.split('+').map((part) => shown[part] ?? part)
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true
  return target instanceof HTMLInputElement && !['range', 'checkbox', 'radio', 'button'].includes(target.type)
}

/** Whether the focused control itself answers to this key, so that an action must not take it away. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('[role="menu"], [role="listbox"]') && key !== 'Escape') return true
  if (target instanceof HTMLSelectElement) return !key.includes('+')
  if (target instanceof HTMLInputElement && target.type === 'range') return /^(Arrow|Home|End|Page)/.test(key)
  if (key === 'Space') return target.matches('button, input, summary, [role="button"], [role="tab"], [role="radio"]')
  if (key === 'Enter') return target.matches('button, a, summary, [role="button"]')
  return target.matches('[role="tab"], [role="radio"]') && key.startsWith('Arrow')
}

/** What a key does now. The newest action wins: a view's goes before the frame's. */
export function actionOfKey(key: string): Action | undefined {
  return availableActions.value.findLast((action) => action.keys?.includes(key))
}

/** Runs the action of a key press. @returns whether there was one. */
export function dispatchKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false
  const key = nameKey(event)
  const isInField = isField(event.target)
  if (!isInField && isTaken(event.target, key)) return false
  // Behind an open dialog only the dialog's own keys count.
  const dialog = document.querySelector('[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"]')
  if (dialog) return false
  const action = actionOfKey(key)
  if (!action || (isInField && !action.isAllowedInFields)) return false
  event.preventDefault()
  runAction(action)
  return true
}

/** Runs an action; what it throws is said. */
export function runAction(action: Action): void {
  const fail = (thrown: unknown): void => useToaster().error(thrown, `${action.title} failed`)
  try {
    const result = action.run()
    if (result instanceof Promise) result.catch(fail)
  } catch (thrown) {
    fail(thrown)
  }
}

/** The first key of an action by its id, for tooltips. */
export function keysOf(id: string): string[] {
  const first = registered.get(id)?.keys?.[0]
  return first ? showKeys(first) : []
}
