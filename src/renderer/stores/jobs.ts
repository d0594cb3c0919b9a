import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Job } from '../../shared/contract/jobs'
import { useClient, useHostEvent, useMirrored } from '../composables/use-client'

const hasEnded = (job: Job): boolean => job.status !== 'queued' && job.status !== 'running'

/** Mirrors the job queue; long work announces itself here and nowhere else. */
export const useJobsStore = defineStore('jobs', () => {
  const client = useClient()
  const byId = ref(new Map<string, Job>())
  const waiters = new Map<string, ((job: Job) => void)[]>()
  /** Newest first. */
  const list = computed(() => [...byId.value.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)))
  const running = computed(() => list.value.filter((job) => !hasEnded(job)))
  /** An edit of very many rows, which is waited for and can be cancelled. */
  const edit = computed(() => running.value.find(({ kind }) => kind === 'edit') ?? null)

  function take(job: Job): void {
    byId.value.set(job.id, job)
    if (!hasEnded(job)) return
    for (const resolve of waiters.get(job.id) ?? []) resolve(job)
    waiters.delete(job.id)
  }
  async function load(): Promise<void> {
    for (const job of await client.jobs.list().catch(() => [])) take(job)
  }
  useHostEvent('jobs.changed', take)
  useMirrored(load, ['workspace.changed'])

  /** Resolves with the job when it has ended, however it ended. */
  async function whenEnded(id: string): Promise<Job> {
    const known = byId.value.get(id) ?? (await client.jobs.get({ id }))
    take(known)
    if (hasEnded(known)) return known
    return new Promise((resolve) => waiters.set(id, [...(waiters.get(id) ?? []), resolve]))
  }
  const cancel = async (id: string): Promise<void> => take(await client.jobs.cancel({ id }))

  return { byId, list, running, edit, load, whenEnded, cancel }
})
