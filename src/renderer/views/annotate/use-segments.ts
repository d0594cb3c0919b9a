import { v7 as createId } from 'uuid'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { ProposalVerdict } from '../../../shared/contract/annotations'
import type { ClipDetail } from '../../../shared/contract/clips'
import { useSettingsStore } from '../../stores/settings'
import type { Ghost, Segment } from './segment'
import { type SegmentGeometry, useAnnotations } from './use-annotations'
import { useSnapping } from './use-snapping'
import { useThresholds } from './use-thresholds'
import { useTiers } from './use-tiers'

/** The segments of the open clip in the clip's own time, which are selected, and what is being dragged. */
export function useSegments(clip: Ref<ClipDetail | null>) {
  const settings = useSettingsStore()
  const annotations = useAnnotations(computed(() => clip.value?.id ?? null))
  const offset = computed(() => clip.value?.startSeconds ?? 0)
  const selectedId = ref<string | null>(null)
  /** Selected beside that one, for what is done to several. */
  const alsoSelectedIds = shallowRef<ReadonlySet<string>>(new Set())
  /** What a drag shows before it is let go; `id` null is a new segment. */
  const draft = shallowRef<{ id: string | null; geometry: SegmentGeometry } | null>(null)
  const ghost = shallowRef<Ghost | null>(null)

  /** Of every tier, hidden ones too. */
  const all = computed<Segment[]>(() =>
    annotations.list.value.map((annotation) => ({
      ...annotation,
      startSeconds: annotation.startSeconds - offset.value,
      endSeconds: annotation.endSeconds - offset.value,
      origin: annotation.origin && {
        ...annotation.origin,
        source: annotation.origin.source && {
          ...annotation.origin.source,
          startSeconds: annotation.origin.source.startSeconds - offset.value,
          endSeconds: annotation.origin.source.endSeconds - offset.value,
        },
      },
    })),
  )
  const thresholds = useThresholds(all)
  const list = computed(() =>
    all.value.filter((segment) => !settings.values.hiddenTiers.includes(segment.tier) && thresholds.isShown(segment)),
  )
  const tiers = useTiers(all)
  const snapping = useSnapping(
    computed(() => clip.value?.id ?? null),
    list,
  )
  const selected = computed(() => list.value.find((segment) => segment.id === selectedId.value) ?? null)
  /** The selected segment and those beside it, in time. */
  const chosen = computed(() => list.value.filter(({ id }) => id === selectedId.value || alsoSelectedIds.value.has(id)))
  /** The list with the dragged segment where the pointer has it. */
  const shown = computed<Segment[]>(() => {
    const held = draft.value
    if (!held) return list.value
    return held.id === null
      ? [...list.value, { ...blank, tier: settings.values.tier, ...held.geometry }]
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
    ghost.value = null
    return geometry
  }
  function showGhost(next: Ghost | null): void {
    ghost.value = next
  }
  function select(id: string | null): void {
    selectedId.value = id
    alsoSelectedIds.value = new Set()
  }
  /** Takes one more into the selection, and makes it the one that keys go to. */
  function selectAlso(id: string): void {
    if (selectedId.value === null) return select(id)
    alsoSelectedIds.value = new Set([...alsoSelectedIds.value, selectedId.value])
    selectedId.value = id
  }

  /** Makes a segment and selects it at once, so that the next key is its label. */
  async function create(geometry: SegmentGeometry, classIds: string[] = []): Promise<void> {
    const id = createId()
    const creating = annotations.create(
      id,
      { ...geometry, ...(toRecording(geometry) as SegmentGeometry) },
      { tier: settings.values.tier, classIds },
    )
    select(id)
    await creating
  }
  const update = (id: string, change: Partial<SegmentGeometry> & { note?: string }): Promise<void> =>
    annotations.update(id, { ...toRecording(change), ...(change.note === undefined ? {} : { note: change.note }) })

  /** Deletes what is selected and selects the neighbour, so that Delete can be pressed again. */
  async function removeChosen(): Promise<void> {
    const ids = chosen.value.map(({ id }) => id)
    const last = list.value.findIndex(({ id }) => id === ids.at(-1))
    const rest = list.value.filter(({ id }) => !ids.includes(id))
    const after = list.value.slice(last + 1).find(({ id }) => !ids.includes(id))
    select((after ?? rest.at(-1))?.id ?? null)
    await annotations.remove(ids)
  }

  /** Cuts the selected segment at a moment and goes on with the later part. @returns whether it lies inside */
  async function splitAt(seconds: number): Promise<boolean> {
    const segment = selected.value
    if (!segment || !(seconds > segment.startSeconds && seconds < segment.endSeconds)) return false
    const newId = createId()
    const splitting = annotations.split(segment.id, seconds + offset.value, newId)
    select(newId)
    await splitting
    return true
  }

  /** Makes one of the selected segments, or of the selected one and the next of its tier. @returns whether there were two */
  async function mergeChosen(): Promise<boolean> {
    const [first] = chosen.value
    if (!first) return false
    const next = list.value.slice(list.value.indexOf(first) + 1).find(({ tier }) => tier === first.tier)
    const parts = chosen.value.length > 1 ? chosen.value : next ? [first, next] : []
    if (parts.length < 2) return false
    select(parts[0]!.id)
    await annotations.merge(parts.map(({ id }) => id))
    return true
  }

  /** Copies what is selected and selects the copies. @param tier null: each into its own */
  async function copyChosen(tier: string | null): Promise<number> {
    const copies = chosen.value.map(({ id }) => ({ id, newId: createId() }))
    if (copies.length === 0) return 0
    const copying = annotations.copy(copies, tier)
    select(copies[0]!.newId)
    alsoSelectedIds.value = new Set(copies.slice(1).map(({ newId }) => newId))
    await copying
    return copies.length
  }

  /** Says something to proposals. @returns the ids of the segments that they become */
  async function judge(proposals: readonly Segment[], verdict: ProposalVerdict): Promise<string[]> {
    const named = proposals.map(({ id }) => (verdict === 'rejected' ? { id } : { id, newId: createId() }))
    await annotations.judge(named, verdict)
    return named.flatMap(({ newId }) => newId ?? [])
  }

  /** Selects the next (1) or previous (−1) segment in time, or takes it into the selection. @returns the selected one. */
  function step(by: 1 | -1, isExtending = false): Segment | null {
    if (list.value.length === 0) return null
    const index = list.value.findIndex((segment) => segment.id === selectedId.value)
    const next = index < 0 ? (by > 0 ? 0 : list.value.length - 1) : index + by
    const segment = list.value[Math.min(list.value.length - 1, Math.max(0, next))]!
    if (isExtending) selectAlso(segment.id)
    else select(segment.id)
    return segment
  }

  watch(
    () => clip.value?.id,
    () => {
      select(null)
      draft.value = null
      ghost.value = null
    },
  )
  // What was undone away, or is hidden now, is no longer selected.
  watch(list, (now) => {
    const ids = new Set(now.map(({ id }) => id))
    if (selectedId.value !== null && !ids.has(selectedId.value)) select(null)
    else if ([...alsoSelectedIds.value].some((id) => !ids.has(id)))
      alsoSelectedIds.value = new Set([...alsoSelectedIds.value].filter((id) => ids.has(id)))
  })
  watch(selectedId, () => {
    if (ghost.value?.id !== selectedId.value) ghost.value = null
  })

  return {
    all,
    list,
    shown,
    selected,
    selectedId,
    chosen,
    ghost,
    tiers,
    thresholds,
    snapping,
    showDraft,
    dropDraft,
    showGhost,
    select,
    error: annotations.error,
    isLoading: annotations.isLoading,
    unsaved: annotations.unsaved,
    reload: annotations.load,
    setLabel: annotations.setLabel,
    create,
    update,
    removeChosen,
    splitAt,
    mergeChosen,
    copyChosen,
    judge,
    rejectClass: annotations.rejectClass,
    step,
  }
}

const blank: Omit<Segment, 'tier' | keyof SegmentGeometry> = {
  id: '',
  author: '',
  score: null,
  note: '',
  labels: [],
  doubts: [],
  origin: null,
  proposal: null,
  verdict: null,
  judged: null,
}

export type Segments = ReturnType<typeof useSegments>
