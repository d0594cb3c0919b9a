import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { OntologyClass } from '../../shared/contract/ontology'
import { useClient, useHostEvent, useMirrored } from '../composables/use-client'
import { paletteDigits } from '../keys/key-table'
import { useWorkspaceStore } from './workspace'

/** Mirrors the classes of the open catalog, in the order of the ontology. */
export const useOntologyStore = defineStore('ontology', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const classes = ref<OntologyClass[]>([])
  const byId = computed(() => new Map(classes.value.map((entry) => [entry.id, entry])))

  /** The classes that a digit marks. */
  const palette = computed(() =>
    classes.value.slice(0, paletteDigits.length).map((entry, index) => ({ digit: paletteDigits[index]!, entry })),
  )

  async function load(): Promise<void> {
    if (!workspace.isOpen) {
      classes.value = []
      return
    }
    classes.value = await client.ontology.list().catch(() => classes.value)
  }
  let timer: ReturnType<typeof setTimeout> | null = null
  const loadSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      void load()
    }, 120)
  }
  useMirrored(loadSoon, ['ontology.changed', 'workspace.changed'])
  // Clip counts of the classes move with the labels.
  useHostEvent('clips.changed', loadSoon)

  /** @returns the new class. @throws AppError 'conflict' when the name is taken. */
  async function add(name: string): Promise<OntologyClass> {
    const added = await client.ontology.add({ name })
    await load()
    return added
  }

  return { classes, byId, palette, load, add }
})
