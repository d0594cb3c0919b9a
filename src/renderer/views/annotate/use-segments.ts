import { v7 as createId } from 'uuid'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { Annotation } from '../../../shared/contract/annotations'
import type { ClipDetail } from '../../../shared/contract/clips'
import { type SegmentGeometry, useAnnotations } from './use-annotations'

/** A segment as the stage draws it: its times count from the clip's start. */
export interface Segment extends SegmentGeometry {
  id: string
  labels: Annotation['labels']
  author: string
  score: number | null
  note: string
}

/** The segments of the open clip in the clip's own time, which one is selected, and what is being dragged. */
export function useSegments(clip: Ref<ClipDetail | null>) {
  const annotations = useAnnotations(computed(() => clip.value?.id ?? null))
  const offset = computed(() => clip.value?.startSeconds ?? 0)
  const selectedId = ref<string | null>(null)
  /** What a drag shows before it is let go; `id` null is a new segment. */
  const draft = shallowRef<{ id: string | null; geometry: SegmentGeometry } | null>(null)

  const list = computed<Segment[]>(() =>
    annotations.list.value.map((annotation) => ({
      ...annotation,
      startSeconds: annotation.startSeconds - offset.value,
      endSeconds: annotation.endSeconds - offset.value,
    })),
  )
  const selected = computed(() => list.value.find((segment) => segment.id === selectedId.value) ?? null)
  /** The list with the dragged segment where the pointer has it. */
  const shown = computed<Segment[]>(() => {
    const held = draft.value
    if (!held) return list.value
    return held.id === null
      ? [...list.value, { id: '', labels: [], author: '', score: null, note: '', ...held.geometry }]
      : list.value.map((segment) => (segment.id === held.id ? { ...segment, ...held.geometry } : segment))
  })

  const toRecording = (geometry: Partial<SegmentGeometry>): Partial<SegmentGeometry> => ({
    ...geometry,
    ...(geometry.startSeconds === undefined ? {} : { startSeconds: geometry.startSeconds + offset.value }),
    ...(geometry.endSeconds === undefined ? {} : { endSeconds: geometry.endSeconds + offset.value }),
  })

  /** Shows what a drag would make of a segment (`id` null: a new one) until it is let go. */
  function showDraft(id: string | null, geometry: SegmentGeometry): void {
    draft.value = { id, geometry }
  }
  /** @returns what was shown last, null when nothing was dragged. */
  function dropDraft(): SegmentGeometry | null {
    const geometry = draft.value?.geometry ?? null
    draft.value = null
    return geometry
  }
  function select(id: string | null): void {
    selectedId.value = id
  }

  /** Makes a segment and selects it at once, so that the next key is its label. */
  async function create(geometry: SegmentGeometry): Promise<void> {
    const id = createId()
    const creating = annotations.create(id, {
      ...geometry,
      startSeconds: geometry.startSeconds + offset.value,
      endSeconds: geometry.endSeconds + offset.value,
    })
    selectedId.value = id
    await creating
  }
  const update = (id: string, change: Partial<SegmentGeometry> & { note?: string }): Promise<void> =>
    annotations.update(id, { ...toRecording(change), ...(change.note === undefined ? {} : { note: change.note }) })

  /** Deletes a segment and selects its neighbour, so that Delete can be pressed again. */
  async function remove(id: string): Promise<void> {
    const index = list.value.findIndex((segment) => segment.id === id)
    const neighbour = list.value[index + 1] ?? list.value[index - 1] ?? null
    if (selectedId.value === id) selectedId.value = neighbour?.id ?? null
    await annotations.remove([id])
  }

  /** Selects the next (1) or previous (−1) segment in time. @returns the selected one. */
  function step(by: 1 | -1): Segment | null {
    if (list.value.length === 0) return null
    const index = list.value.findIndex((segment) => segment.id === selectedId.value)
    const next = index < 0 ? (by > 0 ? 0 : list.value.length - 1) : index + by
    const segment = list.value[Math.min(list.value.length - 1, Math.max(0, next))]!
    selectedId.value = segment.id
    return segment
  }

  watch(
    () => clip.value?.id,
    () => {
      selectedId.value = null
      draft.value = null
    },
  )
  // A segment that was undone away is no longer selected.
  watch(annotations.list, (now) => {
    if (selectedId.value !== null && !now.some((annotation) => annotation.id === selectedId.value))
      selectedId.value = null
  })

  return {
    list,
    shown,
    selected,
    selectedId,
    showDraft,
    dropDraft,
    select,
    error: annotations.error,
    reload: annotations.load,
    setLabel: annotations.setLabel,
    create,
    update,
    remove,
    step,
  }
}

export type Segments = ReturnType<typeof useSegments>
