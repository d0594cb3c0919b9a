import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue'
import { isProposal, modelTier, type Thresholds } from '../../../shared/contract/proposals'
import { useClient, useMirrored } from '../../composables/use-client'
import { useToaster } from '../../composables/use-toaster'
import { useSettingsStore } from '../../stores/settings'
import type { Segment } from './segment'

/** A class of which something waits on this clip. */
export interface ProposedClass {
  classId: string
  name: string
  threshold: number
  total: number
  shown: number
  /** How many proposals have a score in each of `binCount` equal parts of 0 to 1. */
  bins: number[]
}

export const binCount = 20

/** A slider that is still held is not kept at every step. */
const keepAfterMs = 250

/** From which score on the proposals of each class are shown: the catalog's, for everybody. Below, they are hidden and stay. */
export function useThresholds(all: ComputedRef<Segment[]>) {
  const client = useClient()
  const toaster = useToaster()
  const settings = useSettingsStore()
  const kept = shallowRef<Thresholds>({ others: 0.5, classes: {} })
  let timer: ReturnType<typeof setTimeout> | null = null

  useMirrored(async () => {
    const found = await client.proposals.thresholds().catch(() => null)
    // What a person is setting now is newer.
    if (found && timer === null) kept.value = found
  }, ['workspace.changed'])

  function save(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    client.proposals.setThresholds(kept.value).catch((thrown: unknown) => {
      toaster.error(thrown, 'The thresholds were not kept')
    })
  }
  function change(next: Thresholds): void {
    kept.value = next
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(save, keepAfterMs)
  }
  onScopeDispose(() => {
    if (timer !== null) save()
  })

  const thresholdOf = (classId: string): number => kept.value.classes[classId] ?? kept.value.others
  const presentOf = (segment: Segment) => segment.labels.filter(({ state }) => state === 'present')

  /** Whether a segment's score lets it be seen; one without a score, or not of a model, always is. */
  function isAbove(segment: Segment): boolean {
    const { score } = segment
    if (score === null) return true
    const present = presentOf(segment)
    return present.length === 0
      ? score >= kept.value.others
      : present.some(({ classId }) => score >= thresholdOf(classId))
  }
  function isShown(segment: Segment): boolean {
    if (segment.tier !== modelTier) return true
    return segment.verdict === null ? isAbove(segment) : settings.values.showsJudged
  }

  const waiting = computed(() => all.value.filter(isProposal))
  const hidden = computed(() => waiting.value.filter((segment) => !isAbove(segment)))
  /** By name. */
  const classes = computed<ProposedClass[]>(() => {
    const found = new Map<string, ProposedClass>()
    for (const segment of waiting.value)
      for (const { classId, name } of presentOf(segment)) {
        const own = found.get(classId) ?? {
          classId,
          name,
          threshold: thresholdOf(classId),
          total: 0,
          shown: 0,
          bins: Array.from({ length: binCount }, () => 0),
        }
        found.set(classId, own)
        own.total++
        if (segment.score === null || segment.score >= own.threshold) own.shown++
        if (segment.score !== null) own.bins[Math.min(binCount - 1, Math.floor(segment.score * binCount))]!++
      }
    return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'))
  })

  return {
    isShown,
    waiting,
    hidden,
    classes,
    others: computed(() => kept.value.others),
    setClass: (classId: string, threshold: number): void =>
      change({ ...kept.value, classes: { ...kept.value.classes, [classId]: threshold } }),
    /** For classes that have none of their own. */
    setOthers: (others: number): void => change({ ...kept.value, others }),
  }
}
