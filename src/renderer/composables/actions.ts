import { computed, onScopeDispose, shallowReactive, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { nameKey, showKeys } from '../keys/key-names'
import { currentKeymap, keysIn } from '../keys/keymap'
import { type ActionId, type KeyEntry, keyTable } from '../keys/key-table'
import { useToaster } from './use-toaster'

/** What is there only because of the data: it is found by its title in the palette, and has no key. */
type DataId = `library.view.${string}`

/** One thing a person can do here. Its name, section and keys stand in the key table. */
export interface Action {
  id: ActionId | DataId
  /** Where the table's is too general, as for the classes of the palette. */
  title?: string
  /** Only offered while this holds. */
  when?: () => boolean
  run(): unknown
}

/** An action with its name and its keys of now. */
export interface ShownAction extends Action, Omit<KeyEntry, 'title' | 'isFixed'> {
  title: string
}

const registered = shallowReactive(new Map<string, Action>())

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

const isDataId = (id: ActionId | DataId): id is DataId => id.startsWith('library.view.')

function show(action: Action): ShownAction {
  const { id, title } = action
  if (isDataId(id)) return { ...action, title: title ?? id, scope: 'library', section: 'Views', keys: [] }
  const entry: KeyEntry = keyTable[id]
  return { ...entry, ...action, title: title ?? entry.title, keys: keysIn(currentKeymap.value, id) }
}

/** All that exist, whether they can be done now or not. */
const shownActions = computed(() => [...registered.values()].map(show))
/** The same without those for which another one stands here. */
export const knownActions = computed(() => {
  const replaced = new Set(shownActions.value.map(({ follows }) => follows))
  return shownActions.value.filter(({ id }) => !replaced.has(id))
})
/** All actions that can be done now. */
export const availableActions = computed(() => shownActions.value.filter((action) => action.when?.() ?? true))

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

/**
 * Tab belongs to the page. Only inside a region that asks for it (data-takes-tab) may an action have it, and only until
 * Escape gives it back: then it leads out, and the region has it again when the focus comes from outside.
 */
function takesTab(target: EventTarget | null): boolean {
  const region = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-takes-tab]') : null
  return region !== null && region.dataset.takesTab !== 'released'
}

/** Whether an action that can be done now has Tab. */
export const isTabTaken = computed(() => availableActions.value.some(({ keys }) => keys.includes('Tab')))

/** What a key does now. The newest action wins: a view's goes before the frame's. */
function actionOfKey(key: string): ShownAction | undefined {
  return availableActions.value.findLast((action) => action.keys.includes(key))
}

/** Does what an action's key does now, for its button: in the annotator the key of the loop loops the segment. */
export function runByKey(id: ActionId): void {
  const key = keysIn(currentKeymap.value, id)[0]
  const action =
    (key === undefined ? undefined : actionOfKey(key)) ?? availableActions.value.find((one) => one.id === id)
  if (action) runAction(action)
}

/** Runs the action of a key press. @returns whether there was one. */
export function dispatchKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false
  const key = nameKey(event)
  if (key === '') return false
  const isInField = isField(event.target)
  if (!isInField && isTaken(event.target, key)) return false
  if (key === 'Tab' || key === 'Shift+Tab') if (isInField || !takesTab(event.target)) return false
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
export function runAction(action: ShownAction): void {
  const fail = (thrown: unknown): void => useToaster().error(thrown, `${action.title} failed`)
  try {
    const result = action.run()
    if (result instanceof Promise) result.catch(fail)
  } catch (thrown) {
    fail(thrown)
  }
}

/** The first key of an action, for tooltips, part by part; none while the action is not there. */
export function keysOf(id: ActionId): string[] {
  const first = registered.has(id) ? keysIn(currentKeymap.value, id)[0] : undefined
  return first === undefined ? [] : showKeys(first)
}
