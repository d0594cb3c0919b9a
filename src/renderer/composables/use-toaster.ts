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

const lifetimeMs = { done: 4000, note: 6000, error: 12_000 }

function dismiss(id: number): void {
  const index = state.toasts.findIndex((toast) => toast.id === id)
  if (index >= 0) state.toasts.splice(index, 1)
  // A screen reader's cursor must not come upon what was said long ago.
  if (state.toasts.length === 0) state.announcement = ''
}

/** Takes every message away: of what they tell, nothing may be seen here. */
function clear(): void {
  state.toasts.splice(0)
  state.announcement = ''
}

function show(input: ToastInput): number {
  const toast: Toast = { id: nextId++, tone: 'done', detail: null, action: null, ...input }
  // The same message twice is one message.
  const twin = state.toasts.find((other) => other.title === toast.title && other.detail === toast.detail)
  if (twin) state.toasts.splice(state.toasts.indexOf(twin), 1)
  state.toasts.push(toast)
  if (state.toasts.length > 4) state.toasts.shift()
  state.announcement = toast.detail ? `${toast.title}. ${toast.detail}` : toast.title
  setTimeout(() => dismiss(toast.id), lifetimeMs[toast.tone])
  return toast.id
}

/** Says why something a person asked for did not happen; a cancelled call is silent. */
function showError(thrown: unknown, what?: string): void {
  const error = toAppError(thrown)
  if (error.code === 'cancelled') return
  const detail = [what ? error.message : null, error.hint].filter((part) => part).join(' ')
  show({ tone: 'error', title: what ?? error.message, detail: detail || null })
}

/** Messages about what is already over. What is wrong *here and now* belongs in place (ErrorNote). */
export function useToaster() {
  return { state, show, error: showError, dismiss, clear }
}
