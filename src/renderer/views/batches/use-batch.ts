import { computed, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useAnswer } from '../../composables/use-answer'
import { useClient, useHostEvent } from '../../composables/use-client'
import { useRunsStore } from '../../stores/runs'
import { stepBatch } from './batch-rows'

/** Which batch of which run is looked at: the address says it, so that a link leads to it. */
export function useBatch() {
  const client = useClient()
  const route = useRoute()
  const router = useRouter()
  const runs = useRunsStore()
  const progress = ref<{ done: number; total: number; message: string } | null>(null)
  /** A person does not want to wait for it. */
  const isHeld = ref(false)

  /** Newest first: those whose model learns from batches. */
  const choices = computed(() => runs.list.filter(({ recipe }) => recipe.model.kind === 'logmel-cnn'))
  const runId = computed(() =>
    typeof route.params.runId === 'string' && route.params.runId ? route.params.runId : (choices.value[0]?.id ?? null),
  )
  const folds = useAnswer(
    () => (runId.value === null ? null : { runId: runId.value }),
    async (asked, options) => ({ of: asked.runId, folds: await client.batches.folds(asked, options) }),
    ['runs.changed'],
    atOnce,
  )
  /** Only those that have had a batch. */
  const foldList = computed(() =>
    folds.answer.value?.of === runId.value
      ? (folds.answer.value?.folds ?? []).filter(({ epochs }) => epochs > 0)
      : null,
  )
  const fold = computed(
    () => foldList.value?.find((one) => one.fold === route.query.fold) ?? foldList.value?.[0] ?? null,
  )
  const numberIn = (name: string, most: number): number => {
    const asked = Number(route.query[name])
    return Number.isInteger(asked) ? Math.min(most, Math.max(1, asked)) : 1
  }
  const place = computed(() => {
    if (fold.value === null || runId.value === null) return null
    const { epochs, batchesPerEpoch, fold: name } = fold.value
    return {
      ...{ runId: runId.value, fold: name },
      epoch: numberIn('epoch', epochs),
      batch: numberIn('batch', batchesPerEpoch),
    }
  })
  const answer = useAnswer(
    () => (isHeld.value ? null : place.value),
    async (asked, options) => {
      progress.value = null
      return { of: JSON.stringify(asked), batch: await client.batches.get(asked, options) }
    },
    [],
    // Somebody who steps on is not kept by what lies between.
    { waitMs: 200 },
  )
  useHostEvent('batches.progress', (event) => {
    if (event.runId === runId.value) progress.value = event
  })
  /** Only what the choices say is shown: the tensors of another batch never stand under their names. */
  const batch = computed(() =>
    answer.answer.value?.of === JSON.stringify(place.value) ? answer.answer.value.batch : null,
  )

  function go(to: { fold?: string; epoch?: number; batch?: number }): void {
    if (place.value === null) return
    isHeld.value = false
    const { runId: id, ...now } = place.value
    void router.replace({ name: 'batches', params: { runId: id }, query: { ...now, ...to } })
  }
  function step(by: number): void {
    if (place.value && fold.value) go(stepBatch(place.value, by, fold.value))
  }

  return {
    choices,
    run: computed(() => choices.value.find(({ id }) => id === runId.value) ?? null),
    chooseRun: (id: string) => void router.replace({ name: 'batches', params: { runId: id } }),
    foldList,
    fold,
    place,
    batch,
    go,
    step,
    nextFold(): void {
      const list = foldList.value ?? []
      const at = list.findIndex((one) => one.fold === fold.value?.fold)
      if (list.length > 1) go({ fold: list[(at + 1) % list.length]!.fold })
    },
    progress,
    isHeld,
    isAsking: computed(() => folds.isAsking.value || answer.isAsking.value),
    isWaiting: computed(() => place.value !== null && batch.value === null && answer.error.value === null),
    error: computed(() => folds.error.value ?? (place.value ? answer.error.value : null)),
    retry(): void {
      isHeld.value = false
      void folds.askNow()
      void answer.askNow()
    },
  }
}

export type BatchChoice = ReturnType<typeof useBatch>

/** Nobody types it: it is asked at once. */
const atOnce = { waitMs: 0 }
