import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { HistoryState, HistoryStep } from '../../shared/contract/history'
import { useClient, useHostEvent, useMirrored } from '../composables/use-client'
import { useToaster } from '../composables/use-toaster'
import { useJobsStore } from './jobs'
import { useWorkspaceStore } from './workspace'

/** Mirrors what undo and redo would do, and does it, saying what it was. */
export const useHistoryStore = defineStore('history', () => {
  const client = useClient()
  const toaster = useToaster()
  const workspace = useWorkspaceStore()
  const jobs = useJobsStore()
  const state = ref<HistoryState>({ undoTitle: null, redoTitle: null })

  /** A very large edit that is being undone or made again: a job, which can be cancelled. */
  const moving = computed(() => jobs.running.find(({ kind }) => kind === 'history') ?? null)

  useHostEvent('history.changed', (next) => (state.value = next))
  const told = new Set<string>()
  useHostEvent('jobs.changed', ({ id, kind, title }) => {
    if ((kind !== 'history' && kind !== 'edit') || told.has(id)) return
    told.add(id)
    toaster.show({
      ...{ tone: 'note', title, detail: 'Lists can be read meanwhile; edits wait. Jobs shows how far it is.' },
      action: { title: 'Stop', run: () => void jobs.cancel(id) },
    })
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
      toaster.failure(thrown)
    }
  }
  const undo = (): Promise<void> => step(() => client.history.undo(), 'Undone', 'Nothing to undo')
  const redo = (): Promise<void> => step(() => client.history.redo(), 'Redone', 'Nothing to redo')

  return { state, moving, undo, redo }
})
