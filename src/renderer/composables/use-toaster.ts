import { reactive } from 'vue'
import { toAppError } from '../../shared/errors'

export interface Toast {
  id: number
  tone: 'done' | 'note' | 'error'
  title: string
  detail: string | null
  action: { title: string; run(): void } | null
}

export type ToastInput = Pick<Toast, 'title'> & Partial<Omit<Toast, 'id'>>

const state = reactive<{ toasts: Toast[]; announcement: string }>({ toasts: [], announcement: '' })
let nextId = 1

/** More would cover what a person works on. */
const mostAtOnce = 2
const lifetimeMs = { done: 4000, note: 6000, error: 12_000 }
/** After the pointer has left, or the keyboard. */
const afterHoldMs = 2000

const timers = new Map<number, ReturnType<typeof setTimeout>>()
/** Messages with the pointer or the keyboard on them: they stay, and where they are. */
const held = new Set<number>()

function dismiss(id: number): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
  held.delete(id)
  const index = state.toasts.findIndex((toast) => toast.id === id)
  if (index >= 0) state.toasts.splice(index, 1)
  // A screen reader's cursor must not come upon what was said long ago.
  if (state.toasts.length === 0) state.announcement = ''
}

function dismissAfter(id: number, milliseconds: number): void {
  clearTimeout(timers.get(id))
  timers.set(
    id,
    setTimeout(() => dismiss(id), milliseconds),
  )
}

/** Keeps a message for as long as somebody is on it. */
function hold(id: number): void {
  held.add(id)
  clearTimeout(timers.get(id))
}

function release(id: number): void {
  held.delete(id)
  if (state.toasts.some((toast) => toast.id === id)) dismissAfter(id, afterHoldMs)
}

/** Takes every message away: of what they tell, nothing may be seen here. */
function clear(): void {
  for (const { id } of [...state.toasts]) dismiss(id)
}

/** Whether the newer message says all that the older is still good for: the same again, or how the next edit went. */
function replaces(newer: Toast, older: Toast): boolean {
  const isSame = newer.title === older.title && newer.detail === older.detail
  return isSame || (newer.tone !== 'error' && older.tone !== 'error')
}

/** Shows a message; news take the place of older news, and of errors the last two stay. */
function show(input: ToastInput): number {
  const toast: Toast = { id: nextId++, tone: 'done', detail: null, action: null, ...input }
  for (const older of [...state.toasts]) if (!held.has(older.id) && replaces(toast, older)) dismiss(older.id)
  if (state.toasts.length >= mostAtOnce) dismiss((state.toasts.find(({ id }) => !held.has(id)) ?? state.toasts[0]!).id)
  state.toasts.push(toast)
  state.announcement = toast.detail ? `${toast.title}. ${toast.detail}` : toast.title
  dismissAfter(toast.id, lifetimeMs[toast.tone])
  return toast.id
}

/** Says why something a person asked for did not happen; a cancelled call is silent. */
function showError(thrown: unknown, what?: string): void {
  const error = toAppError(thrown)
  if (error.code === 'cancelled') return
  const detail = [what ? error.message : null, error.hint].filter((part) => part).join(' ')
  show({ tone: 'error', title: what ?? error.message, detail: detail || null })
}

/** As `showError`, of an edit that may be a job: where somebody stopped it, that nothing of it stays. */
function showFailure(thrown: unknown, what?: string): void {
  if (toAppError(thrown).code === 'cancelled') show({ tone: 'note', title: 'Cancelled; nothing has changed.' })
  else showError(thrown, what)
}

/** Messages about what is already over. What is wrong *here and now* belongs in place (ErrorNote). */
export function useToaster() {
  return { state, show, error: showError, failure: showFailure, dismiss, hold, release, clear }
}
