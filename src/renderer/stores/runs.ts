import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Recipe } from '../../dsp/recipe'
import type { RunDetail, RunEpoch, RunRequest, RunSummary } from '../../shared/contract/runs'
import { type AppError, toAppError } from '../../shared/errors'
import { useClient, useHostEvent, useMirrored } from '../composables/use-client'
import { useToaster } from '../composables/use-toaster'
import { useWorkspaceStore } from './workspace'

export const hasRunEnded = (run: { status: RunSummary['status'] }): boolean =>
  run.status !== 'queued' && run.status !== 'running'

/** Mirrors the runs of the open catalog, and the recipes that a new one can be made of. */
export const useRunsStore = defineStore('runs', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const toaster = useToaster()
  const summaries = ref<RunSummary[]>([])
  const isLoaded = ref(false)
  const error = ref<AppError | null>(null)
  const details = ref(new Map<string, RunDetail>())
  const recipes = shallowRef<Recipe[]>([])

  /** Newest first. */
  const list = computed(() => [...summaries.value].sort((a, b) => b.createdAt.localeCompare(a.createdAt)))
  const finished = computed(() => list.value.filter((run) => run.status === 'done'))

  async function load(): Promise<void> {
    if (!workspace.isOpen) {
      summaries.value = []
      details.value.clear()
      isLoaded.value = false
      return
    }
    try {
      summaries.value = await client.runs.list()
      error.value = null
    } catch (thrown) {
      error.value = toAppError(thrown)
    }
    isLoaded.value = true
  }

  /** Fetches a run with its epochs and keeps it up to date from then on. @throws AppError 'not-found'. */
  async function open(id: string): Promise<RunDetail> {
    const fetched = await client.runs.get({ id })
    details.value.set(id, mergeEpochs(fetched, details.value.get(id)?.epochs ?? []))
    return fetched
  }

  function hearEpoch(runId: string, epoch: RunEpoch): void {
    const known = details.value.get(runId)
    if (known) details.value.set(runId, mergeEpochs(dropFrom(known, epoch), [epoch]))
  }

  async function loadChoices(): Promise<void> {
    if (recipes.value.length === 0) recipes.value = await client.runs.recipes()
  }

  /** Queues a run. @returns its id. */
  async function start(request: RunRequest): Promise<string> {
    const { runId } = await client.runs.start(request)
    await load()
    return runId
  }

  /** Queues a run that stopped before its end once more. */
  async function resume(id: string): Promise<void> {
    await client.runs.resume({ id })
    await Promise.all([load(), open(id)])
  }

  let timer: ReturnType<typeof setTimeout> | null = null
  const stale = new Set<string>()
  useHostEvent('runs.changed', ({ runId }) => {
    stale.add(runId)
    timer ??= setTimeout(() => {
      timer = null
      const ids = [...stale].filter((id) => details.value.has(id))
      stale.clear()
      void load()
      for (const id of ids) void open(id).catch(() => undefined)
    }, 100)
  })
  useHostEvent('runs.note', ({ runId, message }) => {
    const name = summaries.value.find((run) => run.id === runId)?.name ?? 'The run'
    toaster.show({ title: name, detail: message })
  })
  useHostEvent('runs.epoch', ({ runId, epoch }) => hearEpoch(runId, epoch))
  useMirrored(load, ['workspace.changed'])
  // That event may come before it is known here that a catalog is open.
  watch(
    () => workspace.catalog?.path,
    () => void load(),
  )

  return {
    list,
    finished,
    isLoaded,
    error,
    details,
    recipes,
    load,
    open,
    loadChoices,
    start,
    resume,
  }
})

/** A run without what it had told of a fold from this epoch on: resumed, it may begin before that. */
function dropFrom(run: RunDetail, { fold, epoch }: RunEpoch): RunDetail {
  const epochs = run.epochs.filter((known) => known.fold !== fold || known.epoch < epoch)
  return epochs.length === run.epochs.length ? run : { ...run, epochs }
}

/** A run with more epochs, each fold and number once, in the order they were told. */
export function mergeEpochs(run: RunDetail, more: RunEpoch[]): RunDetail {
  const seen = new Set(run.epochs.map((epoch) => `${epoch.fold}/${epoch.epoch}`))
  const added = more.filter((epoch) => !seen.has(`${epoch.fold}/${epoch.epoch}`))
  return added.length === 0 ? run : { ...run, epochs: [...run.epochs, ...added] }
}
