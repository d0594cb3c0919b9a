import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { newPicture, type PictureChoices, pictureSchema } from '../../shared/contract/picture'
import { asColormap } from '../composables/colormaps'
import { useClient, useMirrored } from '../composables/use-client'
import { useToaster } from '../composables/use-toaster'

const storageKey = 'earmark.picture'

function readOwn(): Partial<PictureChoices> {
  try {
    const kept = pictureSchema.partial().safeParse(JSON.parse(localStorage.getItem(storageKey) ?? '{}'))
    return kept.success ? (kept.data as Partial<PictureChoices>) : {}
  } catch {
    return {}
  }
}

/** How the spectrogram is drawn: as the catalog says, but for what this person has set differently. */
export const usePictureStore = defineStore('picture', () => {
  const client = useClient()
  const project = ref(newPicture())
  const own = ref(readOwn())
  useMirrored(async () => {
    const kept = await client.picture.get().catch(() => null)
    if (kept) project.value = kept
  }, ['workspace.changed'])

  const choices = computed<PictureChoices>(() => ({ ...newPicture(), ...project.value, ...own.value }))
  const colormap = computed(() => asColormap(choices.value.colormap ?? ''))
  const isOwn = computed(() => Object.keys(own.value).length > 0)

  watch(own, () => {
    try {
      localStorage.setItem(storageKey, JSON.stringify(own.value))
    } catch {
      // Storage may be full or forbidden: then a choice lasts as long as the window.
    }
  })

  /** Changes it for this person; what the catalog says is no choice of their own. */
  function choose(change: Partial<PictureChoices>): void {
    const others = Object.entries({ ...own.value, ...change }) as [keyof PictureChoices, unknown][]
    own.value = Object.fromEntries(others.filter(([name, value]) => value !== project.value[name]))
  }

  /** Back to what the catalog says. */
  function reset(): void {
    own.value = {}
  }

  /** Makes what is shown now the catalog's, for everybody. */
  async function share(): Promise<void> {
    const now = { ...choices.value }
    try {
      await client.picture.set(now)
      project.value = now
      reset()
    } catch (thrown) {
      useToaster().error(thrown, 'The picture was not kept')
    }
  }

  return { choices, colormap, isOwn, choose, reset, share }
})
