import { computed, ref, shallowRef, watch } from 'vue'
import type { SetupState } from '../../shared/contract/setup'
import { type AppError, toAppError } from '../../shared/errors'
import type { SetupVariant } from '../../shared/job/setup-machine'
import { useJobsStore } from '../stores/jobs'
import { useClient } from './use-client'

/** The setup of the native TensorFlow, as Settings and the first page show it. */
export function useSetup(onEnded: () => void = () => undefined) {
  const client = useClient()
  const jobs = useJobsStore()
  const state = shallowRef<SetupState | null>(null)
  const error = ref<AppError | null>(null)
  const isLooking = ref(false)
  const startedId = ref<string | null>(null)

  /** Looks at the machine; takes about a second. */
  async function look(): Promise<void> {
    isLooking.value = true
    try {
      state.value = await client.setup.state()
      error.value = null
    } catch (thrown) {
      error.value = toAppError(thrown)
    }
    isLooking.value = false
  }

  const running = computed(() => jobs.running.find((job) => job.kind === 'setup') ?? null)
  // Also one that another window, or another page of this one, has started.
  watch(
    () => running.value?.id,
    (id) => {
      if (id !== undefined) startedId.value = id
    },
    { immediate: true },
  )
  /** The setup that has ended while this was shown. */
  const ended = computed(() => {
    const job = startedId.value === null ? undefined : jobs.byId.get(startedId.value)
    return job && job.status !== 'queued' && job.status !== 'running' ? job : null
  })
  watch(ended, (job, before) => {
    if (job === null || job.id === before?.id) return
    void look()
    onEnded()
  })

  async function start(variant: SetupVariant): Promise<void> {
    error.value = null
    try {
      startedId.value = (await client.setup.tensorflow({ variant })).jobId
    } catch (thrown) {
      error.value = toAppError(thrown)
    }
  }
  async function cancel(): Promise<void> {
    if (!running.value) return
    try {
      await jobs.cancel(running.value.id)
    } catch (thrown) {
      error.value = toAppError(thrown)
    }
  }

  const advised = computed(() => state.value?.forms.find((form) => form.variant === state.value?.advised) ?? null)
  return { state, error, isLooking, running, ended, advised, look, start, cancel }
}
