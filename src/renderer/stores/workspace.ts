import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { WorkspaceState } from '../../shared/contract/workspace'
import { type AppError, toAppError } from '../../shared/errors'
import { useClient, useHostEvent, useMirrored } from '../composables/use-client'

/** Mirrors which catalog is open, and opens others. */
export const useWorkspaceStore = defineStore('workspace', () => {
  const client = useClient()
  const state = ref<WorkspaceState | null>(null)
  const error = ref<AppError | null>(null)
  const catalog = computed(() => state.value?.catalog ?? null)
  const isOpen = computed(() => catalog.value !== null)

  async function load(): Promise<void> {
    try {
      state.value = await client.workspace.state()
      error.value = null
    } catch (thrown) {
      error.value = toAppError(thrown)
    }
  }
  // Counts change with every batch of an import; the page needs them a few times a second at most.
  let timer: ReturnType<typeof setTimeout> | null = null
  useHostEvent('workspace.changed', () => {
    timer ??= setTimeout(() => {
      timer = null
      void load()
    }, 150)
  })
  let first: Promise<void> | null = null
  useMirrored(() => {
    const loading = load()
    first ??= loading
  })

  async function open(path: string): Promise<void> {
    state.value = await client.workspace.open({ path })
  }
  async function create(path: string): Promise<void> {
    state.value = await client.workspace.create({ path })
  }
  async function close(): Promise<void> {
    state.value = await client.workspace.close()
  }
  async function setAuthor(author: string): Promise<void> {
    state.value = await client.workspace.setAuthor({ author })
  }

  return { state, error, catalog, isOpen, load, whenKnown: () => first ?? load(), open, create, close, setAuthor }
})
