import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { OntologyClass } from '../../shared/contract/ontology'
import { assignDigits } from '../components/find-classes'
import { useClient, useHostEvent, useMirrored } from '../composables/use-client'
import { useWorkspaceStore } from './workspace'

/** Mirrors the classes of the open catalog, in the order of the ontology. */
export const useOntologyStore = defineStore('ontology', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const classes = ref<OntologyClass[]>([])
  const byId = computed(() => new Map(classes.value.map((entry) => [entry.id, entry])))

  /** What the digits 1 to 9 label, by class id. */
  const digits = computed(() => assignDigits(classes.value))
  /** The same as classes, in the order of the digits. */
  const digitClasses = computed(() =>
    [...digits.value]
      .sort(([, a], [, b]) => a - b)
      .map(([id, digit]) => ({ id, digit, name: byId.value.get(id)?.name ?? '' })),
  )

  let asked = 0
  async function load(): Promise<void> {
    if (!workspace.isOpen) {
      asked++
      classes.value = []
      return
    }
    const mine = ++asked
    const found = await client.ontology.list().catch(() => null)
    if (mine === asked && found) classes.value = found
  }
  let timer: ReturnType<typeof setTimeout> | null = null
  const loadSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      void load()
    }, 120)
  }
  useMirrored(loadSoon, ['ontology.changed', 'workspace.changed'])
  // The digits stand ready as soon as the catalog does.
  watch(
    () => workspace.catalog?.path,
    () => void load(),
  )
  // Clip counts of the classes move with the labels.
  useHostEvent('clips.changed', loadSoon)

  /** @returns the new class. @throws AppError 'conflict' when the name is taken. */
  async function add(name: string): Promise<OntologyClass> {
    const added = await client.ontology.add({ name })
    await load()
    return added
  }

  return { classes, byId, digits, digitClasses, load, add }
})
