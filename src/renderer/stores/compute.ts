import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type AppError, toAppError } from '../../shared/errors'
import type { Diagnosis } from '../../shared/job/diagnosis'
import type { BackendName } from '../../shared/job/manifest'
import { useClient, useHostEvent } from '../composables/use-client'

/** What people call a backend. */
export const backendTitles: Record<BackendName, string> = {
  tensorflow: 'TensorFlow (native)',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
}

/** What this machine trains on: one measure for Settings and for every run to be. */
export const useComputeStore = defineStore('compute', () => {
  const client = useClient()
  /** Null until every backend has passed or failed its proof, which takes seconds the first time. */
  const diagnosis = shallowRef<Diagnosis | null>(null)
  const error = ref<AppError | null>(null)
  const isLoading = ref(false)
  /** The backend that is being timed now, in any window. */
  const measuring = ref<BackendName | null>(null)
  useHostEvent('compute.measuring', ({ backend }) => (measuring.value = backend))

  /** Takes the last measure while it holds; 'always' measures everything anew. */
  async function load(probing: 'when-changed' | 'always' = 'when-changed'): Promise<void> {
    if (isLoading.value) return
    isLoading.value = true
    error.value = null
    try {
      diagnosis.value = await client.compute.diagnose({ probing })
    } catch (thrown) {
      error.value = toAppError(thrown)
    }
    isLoading.value = false
    measuring.value = null
  }

  /** For a person who waits: "Testing WebGPU…". */
  const waiting = computed(() =>
    measuring.value === null ? 'Looking at this machine…' : `Testing ${backendTitles[measuring.value]}…`,
  )

  return { diagnosis, error, isLoading, waiting, load }
})
