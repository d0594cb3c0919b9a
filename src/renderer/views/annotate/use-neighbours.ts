import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { ClipDetail, ClipPosition } from '../../../shared/contract/clips'
import { hostLink } from '../../client'
import { useClient, useHostEvent } from '../../composables/use-client'

/**
 * The clips after and before the open one in the list, known before they are opened. They are as fresh as the open clip is:
 * what has it read again has them read again too.
 */
export function useNeighbours(position: Ref<ClipPosition | null>) {
  const client = useClient()
  const known = shallowRef<ReadonlyMap<string, ClipDetail>>(new Map())
  const underWay = new Map<string, AbortController>()

  function forget(id: string): void {
    underWay.get(id)?.abort()
    underWay.delete(id)
    if (!known.value.has(id)) return
    known.value = new Map([...known.value].filter(([other]) => other !== id))
  }

  async function fetch(id: string): Promise<void> {
    const controller = new AbortController()
    underWay.set(id, controller)
    // A clip that cannot be had says so when it is opened.
    const detail = await client.clips.get({ id }, { signal: controller.signal }).catch(() => null)
    if (underWay.get(id) !== controller) return
    underWay.delete(id)
    if (detail) known.value = new Map(known.value).set(id, detail)
  }

  function follow(): void {
    // Between two clips nothing is said of their neighbours; what is known may be what is about to be shown.
    if (position.value === null) return
    const { nextId, previousId } = position.value
    const ids = [nextId, previousId].filter((id) => id !== null)
    for (const id of [...underWay.keys(), ...known.value.keys()]) if (!ids.includes(id)) forget(id)
    for (const id of ids) if (!underWay.has(id) && !known.value.has(id)) void fetch(id)
  }

  function refresh(clipIds: readonly string[] | null): void {
    for (const id of [...underWay.keys(), ...known.value.keys()])
      if (clipIds === null || clipIds.includes(id)) forget(id)
    follow()
  }

  watch(position, follow, { immediate: true })
  useHostEvent('clips.changed', ({ clipIds }) => refresh(clipIds))
  useHostEvent('ontology.changed', () => refresh(null))
  onScopeDispose(hostLink().onReconnect(() => refresh(null)))
  onScopeDispose(() => {
    for (const controller of underWay.values()) controller.abort()
  })

  const at = (id: string | null | undefined): ClipDetail | null => (id ? (known.value.get(id) ?? null) : null)
  return {
    at,
    next: computed(() => at(position.value?.nextId)),
    /** The next and the previous clip, as far as they are known. */
    list: computed(() => [at(position.value?.nextId), at(position.value?.previousId)].filter((one) => one !== null)),
  }
}
