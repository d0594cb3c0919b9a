import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { type ClipQuery, formatClipQuery } from '../../../shared/contract/clip-query'
import type { ClipDetail, ClipPosition } from '../../../shared/contract/clips'
import type { Verdict } from '../../../shared/contract/labels'
import { hostLink } from '../../client'
import { useClient, useHostEvent } from '../../composables/use-client'
import { useToaster } from '../../composables/use-toaster'
import { type AppError, toAppError } from '../../../shared/errors'

/** The clip on the stage: its facts and labels, and where it stands in the query's list. */
export function useOpenClip(clipId: Ref<string | null>, query: Ref<ClipQuery>) {
  const client = useClient()
  const toaster = useToaster()
  const clip = shallowRef<ClipDetail | null>(null)
  const position = shallowRef<ClipPosition | null>(null)
  const error = shallowRef<AppError | null>(null)
  const isLoading = ref(false)
  let asked = 0

  async function loadClip(): Promise<void> {
    const id = clipId.value
    const mine = ++asked
    if (id === null) {
      clip.value = null
      return
    }
    isLoading.value = true
    try {
      const found = await client.clips.get({ id })
      if (mine !== asked) return
      clip.value = found
      error.value = null
    } catch (thrown) {
      if (mine !== asked) return
      clip.value = null
      error.value = toAppError(thrown)
    } finally {
      if (mine === asked) isLoading.value = false
    }
  }

  async function loadPosition(): Promise<void> {
    const id = clipId.value
    if (id === null) {
      position.value = null
      return
    }
    const found = await client.clips.position({ query: query.value, id }).catch(() => null)
    if (clipId.value !== id || !found) return
    // A clip that has just left the list by its new label keeps its neighbours: N still leads on.
    if (found.index < 0 && position.value && position.value.index >= 0) return
    position.value = found
  }

  watch(
    clipId,
    () => {
      position.value = null
      void loadClip()
      void loadPosition()
    },
    { immediate: true },
  )
  watch(
    () => formatClipQuery(query.value),
    () => {
      position.value = null
      void loadPosition()
    },
  )
  useHostEvent('clips.changed', ({ clipIds }) => {
    if (clipIds === null || (clipId.value !== null && clipIds.includes(clipId.value))) void loadClip()
    void loadPosition()
  })
  useHostEvent('ontology.changed', () => void loadClip())
  onScopeDispose(hostLink().onReconnect(() => void loadClip()))

  /** Judges a class on the clip, shown at once and taken back when refused. */
  async function setLabel(classId: string, name: string, state: Verdict): Promise<void> {
    const before = clip.value
    if (!before) return
    const labels = before.labels.filter((label) => label.classId !== classId)
    const doubts = before.doubts.filter((doubt) => doubt.classId !== classId)
    if (state === 'unsure') doubts.push({ classId, name, author: '' })
    else if (state !== 'unknown') labels.push({ classId, name, state, author: '' })
    clip.value = { ...before, labels, doubts }
    try {
      await client.labels.set({ clipIds: [before.id], classId, state })
    } catch (thrown) {
      if (clip.value?.id === before.id) clip.value = before
      toaster.error(thrown, 'The label was not set')
    }
  }

  return { clip, position, error, isLoading, setLabel, reload: loadClip }
}
