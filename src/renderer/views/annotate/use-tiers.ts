import { computed, shallowRef, type ComputedRef } from 'vue'
import { standardTiers, type Tier } from '../../../shared/contract/annotations'
import { useClient, useMirrored } from '../../composables/use-client'
import { useToaster } from '../../composables/use-toaster'
import { useSettingsStore } from '../../stores/settings'
import { diffTiers } from './tier-diff'
import type { Segment } from './segment'

/** A tier as the annotator sees it. */
export interface ShownTier {
  name: string
  /** Segments on this clip. */
  count: number
  lockedBy: string | null
  isHidden: boolean
  /** New segments go here. */
  isActive: boolean
}

/** The tiers: which one is written to, which are hidden or locked, and what two of them say differently. */
export function useTiers(all: ComputedRef<Segment[]>) {
  const client = useClient()
  const settings = useSettingsStore()
  const toaster = useToaster()
  const known = shallowRef<Tier[]>(standardTiers.map((name) => ({ name, count: 0, lockedBy: null })))
  useMirrored(async () => {
    const found = await client.annotations.tiers().catch(() => null)
    if (found) known.value = found
  }, ['history.changed', 'workspace.changed'])

  /** Made here; the catalog knows a tier by its first segment. */
  const made = shallowRef<readonly string[]>([])
  const list = computed<ShownTier[]>(() => {
    const names = [...new Set([...known.value.map(({ name }) => name), ...made.value, settings.values.tier])]
    return names.map((name) => ({
      name,
      count: all.value.filter(({ tier }) => tier === name).length,
      lockedBy: known.value.find((tier) => tier.name === name)?.lockedBy ?? null,
      isHidden: settings.values.hiddenTiers.includes(name),
      isActive: settings.values.tier === name,
    }))
  })
  const isLocked = (name: string): boolean => known.value.find((tier) => tier.name === name)?.lockedBy != null

  /** New segments go there from now on; a tier that is written to is seen. */
  function activate(name: string): void {
    settings.values.tier = name
    setHidden(name, false)
  }
  /** Makes a tier, or takes the one of that name. @returns whether there was a name */
  function make(typed: string): boolean {
    const name = typed.trim()
    if (name === '') return false
    made.value = [...made.value, name]
    activate(name)
    return true
  }
  /** The tier after or before the active one. */
  function step(by: 1 | -1): void {
    const { length } = list.value
    const index = list.value.findIndex(({ isActive }) => isActive)
    activate(list.value[(index + by + length) % length]!.name)
  }
  function setHidden(name: string, isHidden: boolean): void {
    const others = settings.values.hiddenTiers.filter((other) => other !== name)
    settings.values.hiddenTiers = isHidden ? [...others, name] : others
  }
  async function setLocked(name: string, willBeLocked: boolean): Promise<void> {
    const before = known.value
    known.value = before.map((tier) => (tier.name === name ? { ...tier, lockedBy: willBeLocked ? '' : null } : tier))
    try {
      await client.annotations.lockTier({ tier: name, isLocked: willBeLocked })
    } catch (thrown) {
      known.value = before
      toaster.error(thrown, `The tier “${name}” was not ${willBeLocked ? 'locked' : 'unlocked'}`)
    }
  }

  /** The tier that the active one is held against; null while nothing is compared. */
  const comparedTier = shallowRef<string | null>(null)
  const differences = computed(() =>
    comparedTier.value === null ? [] : diffTiers(all.value, settings.values.tier, comparedTier.value),
  )
  /** Compares with the next tier that has segments here, then with none. */
  function compareNext(): void {
    const others = list.value.filter(({ isActive, count }) => !isActive && count > 0).map(({ name }) => name)
    const index = comparedTier.value === null ? 0 : others.indexOf(comparedTier.value) + 1
    comparedTier.value = others[index] ?? null
  }
  /** What is different about a segment, by its id. */
  const differenceOf = computed(() => {
    const found = new Map<string, string>()
    for (const { kind, first, second } of differences.value) {
      const text = kind === 'same' ? 'same' : kind === 'labels' ? 'other labels' : 'only here'
      for (const segment of [first, second]) if (segment) found.set(segment.id, text)
    }
    return found
  })

  return {
    list,
    isLocked,
    activate,
    make,
    step,
    setHidden,
    setLocked,
    comparedTier,
    differences,
    differenceOf,
    compareNext,
  }
}

export type Tiers = ReturnType<typeof useTiers>
