import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { Annotation } from '../../../shared/contract/annotations'
import type { Verdict } from '../../../shared/contract/labels'
import { hostLink } from '../../client'
import { useClient, useHostEvent } from '../../composables/use-client'
import { useToaster } from '../../composables/use-toaster'
import { toAppError } from '../../../shared/errors'
import { copyOf, mergeInto, splitInTwo, withVerdict } from './segment-edits'

export interface SegmentGeometry {
  startSeconds: number
  endSeconds: number
  lowHz: number | null
  highHz: number | null
}

const byTime = (a: Annotation, b: Annotation): number =>
  a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds || a.id.localeCompare(b.id)

/**
 * The segments of a clip. What a person does is shown at once; what the host refuses is taken back with its
 * reason. Times are the recording's, as the contract has them.
 */
export function useAnnotations(clipId: Ref<string | null>) {
  const client = useClient()
  const toaster = useToaster()
  const list = shallowRef<Annotation[]>([])
  const error = shallowRef<unknown>(null)
  let asked = 0
  // While an edit is on its way, the host's list is older than what is shown.
  let editsUnderWay = 0
  let isStale = false

  async function load(): Promise<void> {
    const id = clipId.value
    const mine = ++asked
    if (id === null) {
      list.value = []
      return
    }
    try {
      const found = await client.annotations.list({ clipId: id })
      if (mine !== asked) return
      if (editsUnderWay > 0) {
        isStale = true
        return
      }
      list.value = [...found].sort(byTime)
      error.value = null
    } catch (thrown) {
      if (mine === asked) error.value = thrown
    }
  }

  /** Shows `next` now, asks the host, and goes back to what was if it refuses. */
  async function edit<T>(next: Annotation[], ask: () => Promise<T>, failure: string): Promise<T | null> {
    const before = list.value
    const id = clipId.value
    list.value = next.sort(byTime)
    editsUnderWay++
    try {
      return await ask()
    } catch (thrown) {
      if (clipId.value === id) list.value = before
      isStale = true
      toaster.error(thrown, failure)
      return null
    } finally {
      editsUnderWay--
      if (editsUnderWay === 0 && isStale) {
        isStale = false
        void load()
      }
    }
  }

  const replace = (annotation: Annotation): Annotation[] =>
    list.value.map((other) => (other.id === annotation.id ? annotation : other))
  /** Takes the host's answer, unless a later edit is still on its way: then the whole list is asked for after it. */
  const take = (...annotations: (Annotation | null)[]): void => {
    for (const annotation of annotations) {
      if (!annotation || annotation.clipId !== clipId.value) continue
      if (editsUnderWay > 0) isStale = true
      else list.value = replace(annotation).sort(byTime)
    }
  }
  const find = (id: string): Annotation | undefined => list.value.find((other) => other.id === id)

  /**
   * @param id the new segment's UUIDv7, known before the answer: it can be selected and labeled at once
   * @returns the new segment, null when it was refused
   */
  async function create(
    id: string,
    geometry: SegmentGeometry,
    more: { tier?: string; classIds?: string[] } = {},
  ): Promise<Annotation | null> {
    const clip = clipId.value
    if (clip === null) return null
    const shown: Annotation = {
      id,
      clipId: clip,
      ...geometry,
      tier: more.tier ?? 'human',
      author: '',
      score: null,
      note: '',
      labels: [],
      doubts: [],
      origin: null,
      verdict: null,
    }
    const created = await edit(
      [...list.value, shown],
      () => client.annotations.create({ id, clipId: clip, ...geometry, ...more }),
      'The segment was not made',
    )
    take(created)
    return created
  }

  async function update(id: string, change: Partial<SegmentGeometry> & { note?: string }): Promise<void> {
    const annotation = find(id)
    if (!annotation) {
      // A note that was typed last, of a clip that was left; of a segment that is gone nothing is to be kept.
      await client.annotations.update({ id, ...change }).catch((thrown: unknown) => {
        if (toAppError(thrown).code !== 'not-found') toaster.error(thrown, 'The segment was not changed')
      })
      return
    }
    take(
      await edit(
        replace({ ...annotation, ...change }),
        () => client.annotations.update({ id, ...change }),
        'The segment was not changed',
      ),
    )
  }

  async function setLabel(id: string, classId: string, name: string, state: Verdict): Promise<void> {
    const annotation = find(id)
    if (!annotation) return
    take(
      await edit(
        replace(withVerdict(annotation, classId, name, state)),
        () => client.annotations.setLabel({ id, classId, state }),
        'The label was not set',
      ),
    )
  }

  /** Cuts a segment in two; the later part has the new id. */
  async function split(id: string, atSeconds: number, newId: string): Promise<void> {
    const annotation = find(id)
    if (!annotation) return
    const parts = await edit(
      [...list.value.filter((other) => other.id !== id), ...splitInTwo(annotation, atSeconds, newId)],
      () => client.annotations.split({ id, atSeconds, newId }),
      'The segment was not split',
    )
    take(...(parts ?? []))
  }

  async function merge(ids: readonly string[]): Promise<void> {
    const parts = list.value.filter((other) => ids.includes(other.id))
    if (parts.length < 2) return
    take(
      await edit(
        [...list.value.filter((other) => !ids.includes(other.id)), mergeInto(parts)],
        () => client.annotations.merge({ ids: [...ids] }),
        'The segments were not merged',
      ),
    )
  }

  /** @param tier null: each into its own */
  async function copy(copies: { id: string; newId: string }[], tier: string | null): Promise<void> {
    const made = copies.flatMap(({ id, newId }) => {
      const source = find(id)
      return source ? [copyOf(source, newId, tier)] : []
    })
    if (made.length === 0) return
    const answer = await edit(
      [...list.value, ...made],
      () => client.annotations.copy({ copies, tier }),
      'The segments were not copied',
    )
    take(...(answer ?? []))
  }

  async function remove(ids: string[]): Promise<void> {
    if (ids.length === 0) return
    await edit(
      list.value.filter((annotation) => !ids.includes(annotation.id)),
      () => client.annotations.remove({ ids }),
      'The segment was not deleted',
    )
  }

  watch(
    clipId,
    () => {
      list.value = []
      void load()
    },
    { immediate: true },
  )
  useHostEvent('annotations.changed', ({ clipId: changed }) => {
    if (changed === null || changed === clipId.value) void load()
  })
  useHostEvent('ontology.changed', () => void load())
  onScopeDispose(hostLink().onReconnect(() => void load()))

  return { list, error, load, create, update, setLabel, split, merge, copy, remove }
}

export type Annotations = ReturnType<typeof useAnnotations>
