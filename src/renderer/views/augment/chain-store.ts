import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { type AugmentationChain, type AugmentationStep, isPictureStep } from '../../../dsp/recipe'
import { chainSchema } from '../../../shared/contract/augmentation'

/** A step with a number of its own, by which it stays itself when it is moved. */
export interface ChainItem {
  key: number
  step: AugmentationStep
  /** How often it was done before it was left out. */
  probabilityBefore?: number | undefined
}

/** The chain that is being built: kept while a person looks elsewhere. */
export const useChainStore = defineStore('augmentation-chain', () => {
  const items = ref<ChainItem[]>([])
  const seed = ref(1)
  let nextKey = 1

  const reading = computed(() => chainSchema.safeParse({ steps: items.value.map(({ step }) => step) }))
  /** Null while a field does not pass its check. */
  const chain = computed<AugmentationChain | null>(() => reading.value.data ?? null)
  /** What is wrong with each step, by its place. */
  const issues = computed(() => {
    const found = new Map<number, string>()
    for (const { path, message } of reading.value.error?.issues ?? []) {
      const place = Number(path[1])
      if (!found.has(place)) found.set(place, `${String(path[2] ?? 'step')}: ${message}`)
    }
    return found
  })

  /** Puts a step at the end, one of the sound before those of the picture. */
  function add(make: () => AugmentationStep): number {
    const item = { key: nextKey++, step: make() }
    const firstPicture = isPictureStep(item.step) ? -1 : items.value.findIndex(({ step }) => isPictureStep(step))
    const place = firstPicture < 0 ? items.value.length : firstPicture
    items.value = [...items.value.slice(0, place), item, ...items.value.slice(place)]
    return item.key
  }
  function remove(key: number): void {
    items.value = items.value.filter((item) => item.key !== key)
  }
  /** Puts a step at another place; one beyond the ends is the end. */
  function move(key: number, to: number): void {
    const item = items.value.find((one) => one.key === key)
    if (!item) return
    const others = items.value.filter((one) => one.key !== key)
    const place = Math.min(others.length, Math.max(0, to))
    items.value = [...others.slice(0, place), item, ...others.slice(place)]
  }
  /** One field of a step; undefined takes out one that may be absent. */
  function set(key: number, path: string, value: unknown): void {
    items.value = items.value.map((item) => {
      if (item.key !== key) return item
      const step = Object.fromEntries(
        Object.entries({ ...item.step, [path]: value }).filter(([, own]) => own !== undefined),
      )
      return { ...item, step: step as unknown as AugmentationStep }
    })
  }
  /**
   * Leaves a step out, or does it again as often as before. It keeps its place in the chain, by which the steps after it draw:
   * what is heard without it differs by it alone.
   */
  function toggle(key: number): void {
    const item = items.value.find((one) => one.key === key)
    if (!item) return
    const { probability } = item.step
    set(key, 'probability', probability === 0 ? item.probabilityBefore : 0)
    if (probability !== 0)
      items.value = items.value.map((one) => (one.key === key ? { ...one, probabilityBefore: probability } : one))
  }
  /** The step is not for these classes either. */
  function spare(key: number, names: readonly string[]): void {
    const { exceptClasses = [] } = items.value.find((one) => one.key === key)?.step ?? {}
    set(key, 'exceptClasses', [...new Set([...exceptClasses, ...names])])
  }
  function take(given: AugmentationChain): void {
    items.value = structuredClone(given.steps).map((step) => ({ key: nextKey++, step }))
  }
  return { items, seed, chain, issues, add, remove, move, set, toggle, spare, take }
})
