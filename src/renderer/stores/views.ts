import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { SavedView } from '../../shared/contract/views'
import { useClient, useMirrored } from '../composables/use-client'
import { useWorkspaceStore } from './workspace'

/** The saved views of the catalog, by name. */
export const useViewsStore = defineStore('views', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const views = shallowRef<SavedView[]>([])
  let asked = 0
  useMirrored(async () => {
    const mine = ++asked
    const found = workspace.isOpen ? await client.views.list().catch(() => null) : []
    if (mine === asked && found) views.value = found
  }, ['history.changed', 'workspace.changed'])
  return { views }
})
