import { computed, watch, type Ref } from 'vue'
import type { Annotation, ProposalVerdict } from '../../../shared/contract/annotations'
import type { Verdict } from '../../../shared/contract/labels'
import { toAppError } from '../../../shared/errors'
import { usePendingEdits } from '../../composables/pending-edits'
import { useClient, useHostEvent } from '../../composables/use-client'
import { useToaster } from '../../composables/use-toaster'
import { copyOf, mergeInto, splitInTwo, takenFrom, withVerdict, withVerdicts } from './segment-edits'

export interface SegmentGeometry {
  startSeconds: number
  endSeconds: number
  lowHz: number | null
  highHz: number | null
}

const byTime = (a: Annotation, b: Annotation): number =>
  a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds || a.id.localeCompare(b.id)

/** A list with what the host answered in it. */
function withAnswers(list: Annotation[], answers: readonly Annotation[]): Annotation[] {
  const byId = new Map(answers.map((answer) => [answer.id, answer]))
  const replaced = list.map((annotation) => byId.get(annotation.id) ?? annotation)
  const known = new Set(list.map(({ id }) => id))
  return [...replaced, ...answers.filter(({ id }) => !known.has(id))]
}

/** The segments of an answer; one without any says only what was done. */
function annotationsIn(answer: Annotation | Annotation[] | { title: string }): Annotation[] {
  if (Array.isArray(answer)) return answer
  return 'clipId' in answer ? [answer] : []
}

/** What is asked instead of the label alone, and what is said where it is refused. */
export interface Finish {
  ask: () => Promise<{ title: string }>
  failure: string
}

/** The mark of a label that the host has not kept yet, in `unsaved`. */
export const labelMark = (annotationId: string, classId: string): string => `${annotationId}/${classId}`

/**
 * The segments of a clip. What a person does is shown at once; what the host refuses is taken back with its
 * reason. Times are the recording's, as the contract has them.
 */
export function useAnnotations(clipId: Ref<string | null>) {
  const client = useClient()
  const toaster = useToaster()
  const edits = usePendingEdits<Annotation[]>(
    () => clipId.value,
    (id) => client.annotations.list({ clipId: id }),
    [],
  )
  const { load, error, unsaved, isLoading } = edits
  const list = computed(() => [...edits.shown.value].sort(byTime))

  /** Shows `apply` over the list now, and asks the host. */
  async function edit<A extends Annotation | Annotation[] | { title: string }>(
    marks: readonly string[],
    apply: (list: Annotation[]) => Annotation[],
    ask: () => Promise<A>,
    failure: string,
  ): Promise<A | null> {
    const of = clipId.value
    if (of === null) return null
    return edits.edit<A>({
      of,
      marks,
      apply,
      ask,
      failure,
      settle: (edited, answer) =>
        withAnswers(
          edited,
          annotationsIn(answer).filter((one) => one.clipId === of),
        ),
    })
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
      proposal: null,
      verdict: null,
      judged: null,
    }
    return edit(
      [id],
      (all) => (all.some((other) => other.id === id) ? all : [...all, shown]),
      () => client.annotations.create({ id, clipId: clip, ...geometry, ...more }),
      'The segment was not made',
    )
  }

  async function update(id: string, change: Partial<SegmentGeometry> & { note?: string }): Promise<void> {
    if (!find(id)) {
      // A note that was typed last, of a clip that was left; of a segment that is gone nothing is to be kept.
      await client.annotations.update({ id, ...change }).catch((thrown: unknown) => {
        if (toAppError(thrown).code !== 'not-found') toaster.error(thrown, 'The segment was not changed')
      })
      return
    }
    await edit(
      [id],
      (all) => all.map((other) => (other.id === id ? { ...other, ...change } : other)),
      () => client.annotations.update({ id, ...change }),
      'The segment was not changed',
    )
  }

  /** @param finish where the host is asked for more than the label */
  async function setLabel(id: string, classId: string, name: string, state: Verdict, finish?: Finish): Promise<void> {
    if (!find(id)) return
    await edit<Annotation | { title: string }>(
      // Where nothing is left to carry the mark, the row does.
      state === 'unknown' ? [id, labelMark(id, classId)] : [labelMark(id, classId)],
      (all) => all.map((other) => (other.id === id ? withVerdict(other, classId, name, state) : other)),
      finish?.ask ?? (() => client.annotations.setLabel({ id, classId, state })),
      finish?.failure ?? 'The label was not set',
    )
  }

  /** Cuts a segment in two; the later part has the new id. */
  async function split(id: string, atSeconds: number, newId: string): Promise<void> {
    if (!find(id)) return
    await edit(
      [id, newId],
      (all) => {
        const whole = all.find((other) => other.id === id)
        if (!whole || all.some((other) => other.id === newId)) return all
        return [...all.filter((other) => other.id !== id), ...splitInTwo(whole, atSeconds, newId)]
      },
      () => client.annotations.split({ id, atSeconds, newId }),
      'The segment was not split',
    )
  }

  async function merge(ids: readonly string[]): Promise<void> {
    const partsIn = (all: readonly Annotation[]): Annotation[] => all.filter((other) => ids.includes(other.id))
    if (partsIn(list.value).length < 2) return
    await edit(
      ids,
      (all) => {
        const parts = partsIn(all)
        return parts.length < 2 ? all : [...all.filter((other) => !ids.includes(other.id)), mergeInto(parts)]
      },
      () => client.annotations.merge({ ids: [...ids] }),
      'The segments were not merged',
    )
  }

  /** @param tier null: each into its own */
  async function copy(copies: { id: string; newId: string }[], tier: string | null): Promise<void> {
    if (!copies.some(({ id }) => find(id))) return
    await edit(
      copies.map(({ newId }) => newId),
      (all) => {
        const byId = new Map(all.map((annotation) => [annotation.id, annotation]))
        return [
          ...all,
          ...copies.flatMap(({ id, newId }) => {
            const source = byId.get(id)
            return source && !byId.has(newId) ? [copyOf(source, newId, tier)] : []
          }),
        ]
      },
      () => client.annotations.copy({ copies, tier }),
      'The segments were not copied',
    )
  }

  /** Says something to proposals; a taken one becomes a segment with its new id. */
  async function judge(
    proposals: readonly { id: string; newId?: string }[],
    verdict: ProposalVerdict,
  ): Promise<Annotation[] | null> {
    if (!proposals.some(({ id }) => find(id))) return null
    return edit(
      proposals.flatMap(({ id, newId }) => [id, ...(newId === undefined ? [] : [newId])]),
      (all) => {
        const byId = new Map(all.map((annotation) => [annotation.id, annotation]))
        const taken = proposals.flatMap(({ id, newId }) => {
          const source = byId.get(id)
          return verdict !== 'rejected' && source && newId !== undefined && !byId.has(newId)
            ? [takenFrom(source, newId, verdict)]
            : []
        })
        return [...withVerdicts(all, new Set(proposals.map(({ id }) => id)), verdict), ...taken]
      },
      () => client.proposals.judge({ verdict, proposals: [...proposals] }),
      `The proposal was not ${verdict}`,
    )
  }

  /** A class is nowhere on the clip, and what was proposed of it is rejected. */
  async function rejectClass(classId: string, ids: readonly string[]): Promise<void> {
    const of = clipId.value
    if (of === null) return
    await edit(
      ids,
      (all) => withVerdicts(all, new Set(ids), 'rejected'),
      () => client.proposals.rejectClass({ clipId: of, classId }),
      'The class was not rejected',
    )
  }

  async function remove(ids: string[]): Promise<void> {
    if (ids.length === 0) return
    await edit(
      ids,
      (all) => all.filter((annotation) => !ids.includes(annotation.id)),
      () => client.annotations.remove({ ids }),
      'The segment was not deleted',
    )
  }

  watch(
    clipId,
    () => {
      edits.clear()
      void load()
    },
    { immediate: true },
  )
  useHostEvent('annotations.changed', ({ clipId: changed }) => {
    if (changed === null || changed === clipId.value) void load()
  })
  useHostEvent('ontology.changed', () => void load())

  return {
    list,
    unsaved,
    error,
    isLoading,
    load,
    create,
    update,
    setLabel,
    split,
    merge,
    copy,
    judge,
    rejectClass,
    remove,
  }
}

export type Annotations = ReturnType<typeof useAnnotations>
