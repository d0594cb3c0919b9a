import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { Keymap } from '../../shared/contract/keymap'
import { useClient, useMirrored, useHostEvent } from '../composables/use-client'
import { useToaster } from '../composables/use-toaster'
import { currentKeymap, findConflicts } from '../keys/keymap'

/** The person's keys, the same in every window of theirs. */
export const useKeymapStore = defineStore('keymap', () => {
  const client = useClient()
  useMirrored(async () => {
    const kept = await client.keymap.get().catch(() => null)
    if (kept) currentKeymap.value = kept
  })
  useHostEvent('keymap.changed', (keymap) => (currentKeymap.value = keymap))

  /** Takes other keys at once; what cannot be kept is taken back. */
  async function set(keymap: Keymap): Promise<void> {
    const before = currentKeymap.value
    currentKeymap.value = keymap
    try {
      await client.keymap.set(keymap)
    } catch (thrown) {
      currentKeymap.value = before
      useToaster().error(thrown, 'The keys were not kept')
    }
  }

  return {
    keymap: computed(() => currentKeymap.value),
    conflicts: computed(() => findConflicts(currentKeymap.value)),
    set,
  }
})
