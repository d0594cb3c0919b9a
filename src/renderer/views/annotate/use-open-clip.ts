import { computed, shallowRef, watch, type Ref } from 'vue'
import { type ClipQuery, formatClipQuery } from '../../../shared/contract/clip-query'
import type { ClipDetail, ClipPosition } from '../../../shared/contract/clips'
import type { Verdict } from '../../../shared/contract/labels'
import { toAppError } from '../../../shared/errors'
import { usePendingEdits } from '../../composables/pending-edits'
import { useClient, useHostEvent } from '../../composables/use-client'
import { withVerdict } from './segment-edits'
import type { Finish } from './use-annotations'
import { useNeighbours } from './use-neighbours'

/** The clip on the stage: its facts and labels, and where it stands in the query's list. */
export function useOpenClip(clipId: Ref<string | null>, query: Ref<ClipQuery>) {
  const client = useClient()
  const edits = usePendingEdits<ClipDetail | null>(
    () => clipId.value,
    (id) => client.clips.get({ id }),
    null,
  )
  const { load: loadClip, unsaved } = edits
  const position = shallowRef<ClipPosition | null>(null)
  const neighbours = useNeighbours(position)
  const error = computed(() => (edits.error.value === null ? null : toAppError(edits.error.value)))
  // The clip before stays until the next is there; one that cannot be opened leaves nothing.
  const clip = computed(() => (error.value === null ? edits.shown.value : null))

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
      const known = neighbours.at(clipId.value)
      position.value = null
      if (known) edits.take(known.id, known)
      else void loadClip()
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

  /** Judges a class on the clip, shown at once and taken back when refused. */
  async function setLabel(classId: string, name: string, state: Verdict, finish?: Finish): Promise<void> {
    const id = clip.value?.id
    if (id === undefined) return
    await edits.edit({
      of: id,
      marks: [classId],
      apply: (now) => now && withVerdict(now, classId, name, state),
      ask: finish?.ask ?? (() => client.labels.set({ clipIds: [id], classId, state })),
      failure: finish?.failure ?? 'The label was not set',
    })
  }

  return { clip, unsaved, position, neighbours, error, isLoading: edits.isLoading, setLabel, reload: loadClip }
}
