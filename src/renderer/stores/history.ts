import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { HostEvents } from '../../shared/contract/contract'
import type { HistoryState, HistoryStep } from '../../shared/contract/history'
import { useClient, useHostEvent, useMirrored } from '../composables/use-client'
import { useToaster } from '../composables/use-toaster'
import { useWorkspaceStore } from './workspace'

/** Mirrors what undo and redo would do, and does it, saying what it was. */
export const useHistoryStore = defineStore('history', () => {
  const client = useClient()
  const toaster = useToaster()
  const workspace = useWorkspaceStore()
  const state = ref<HistoryState>({ undoTitle: null, redoTitle: null })

  /** A very large edit that is being undone or made again. */
  const moving = shallowRef<HostEvents['history.moving'] | null>(null)

  useHostEvent('history.changed', (next) => {
    state.value = next
    moving.value = null
  })
  useHostEvent('history.moving', (step) => {
    const verb = step.direction === 'undo' ? 'Undoing' : 'Redoing'
    if (moving.value === null)
      toaster.show({
        tone: 'note',
        title: `${verb}: ${step.title}`,
        detail: 'Lists can be read meanwhile; edits wait.',
      })
    moving.value = step
  })
  useMirrored(async () => {
    if (workspace.isOpen) state.value = await client.history.state().catch(() => state.value)
  }, ['workspace.changed'])

  async function step(ask: () => Promise<HistoryStep>, did: string, nothing: string): Promise<void> {
    try {
      const { title, state: next } = await ask()
      state.value = next
      toaster.show(title === null ? { tone: 'note', title: nothing } : { tone: 'note', title: `${did}: ${title}` })
    } catch (thrown) {
      moving.value = null
      toaster.error(thrown)
    }
  }
  const undo = (): Promise<void> => step(() => client.history.undo(), 'Undone', 'Nothing to undo')
  const redo = (): Promise<void> => step(() => client.history.redo(), 'Redone', 'Nothing to redo')

  return { state, moving, undo, redo }
})
