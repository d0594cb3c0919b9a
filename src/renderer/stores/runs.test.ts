// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunDetail, RunEpoch } from '../../shared/contract/runs'
import { recipes } from '../../zoo/recipes'
import { useToaster } from '../composables/use-toaster'
import { type FakeHost, installFakeHost } from '../testing/fake-host'
import { mergeEpochs, useRunsStore } from './runs'
import { useWorkspaceStore } from './workspace'

const epoch = (fold: string, number: number): RunEpoch => ({
  fold,
  epoch: number,
  loss: 1,
  accuracy: 0.5,
  validationLoss: null,
  validationAccuracy: null,
  seconds: 1,
})
const run = (id: string, createdAt: string, epochs: RunEpoch[] = []): RunDetail => ({
  id,
  jobId: null,
  name: `logmel-cnn #${id}`,
  status: 'running',
  recipe: Object.values(recipes)[0]!,
  recipeHash: 'hash',
  frontEndHash: 'hash',
  split: { kind: 'cross-validate' },
  requestedBackend: 'auto',
  backend: null,
  backendReason: null,
  backendDevice: null,
  createdAt,
  startedAt: createdAt,
  finishedAt: null,
  seconds: null,
  accuracy: null,
  clipCount: 4,
  classCount: 2,
  folds: ['1', '2'],
  error: null,
  snapshotId: null,
  snapshotName: null,
  epochs,
})

let host: FakeHost
const stored = new Map<string, RunDetail>()
beforeEach(() => {
  setActivePinia(createPinia())
  stored.clear()
  stored.set('1', run('1', '2026-01-01T00:00:00Z', [epoch('1', 1)]))
  stored.set('2', run('2', '2026-01-02T00:00:00Z'))
  host = installFakeHost({
    'workspace.state': () => ({ catalog: { path: '/c', name: 'c' } }),
    'runs.list': () => [...stored.values()],
    'runs.get': ({ id }: { id: string }) => stored.get(id),
  })
})

async function openStore() {
  await useWorkspaceStore().load()
  const runs = useRunsStore()
  await vi.waitFor(() => expect(runs.isLoaded).toBe(true))
  return runs
}

describe('the runs store', () => {
  it('lists the newest first', async () => {
    const runs = await openStore()
    expect(runs.list.map((one) => one.id)).toEqual(['2', '1'])
  })

  it('adds epochs to an opened run as they are told, each once', async () => {
    const runs = await openStore()
    await runs.open('1')
    host.announce('runs.epoch', { runId: '1', epoch: epoch('1', 2) })
    host.announce('runs.epoch', { runId: '1', epoch: epoch('1', 2) })
    host.announce('runs.epoch', { runId: '2', epoch: epoch('1', 1) })
    expect(runs.details.get('1')!.epochs.map((one) => one.epoch)).toEqual([1, 2])
    expect(runs.details.has('2')).toBe(false)
  })

  it('forgets what a resumed run tells anew', async () => {
    const runs = await openStore()
    await runs.open('1')
    for (const number of [2, 3]) host.announce('runs.epoch', { runId: '1', epoch: epoch('1', number) })
    host.announce('runs.epoch', { runId: '1', epoch: epoch('2', 1) })
    host.announce('runs.epoch', { runId: '1', epoch: { ...epoch('1', 2), loss: 7 } })
    const told = runs.details.get('1')!.epochs.map((one) => [one.fold, one.epoch, one.loss])
    expect(told).toEqual([
      ['1', 1, 1],
      ['2', 1, 1],
      ['1', 2, 7],
    ])
  })

  it('says how a resumed run goes on', async () => {
    await openStore()
    host.announce('runs.note', { runId: '1', message: 'Fold 1 goes on after epoch 2' })
    expect(useToaster().state.toasts.at(-1)).toMatchObject({
      title: 'logmel-cnn #1',
      detail: 'Fold 1 goes on after epoch 2',
    })
  })

  it('asks again when a run has changed', async () => {
    const runs = await openStore()
    await runs.open('1')
    stored.set('1', { ...stored.get('1')!, status: 'done', accuracy: 0.9 })
    host.announce('runs.changed', { runId: '1' })
    await vi.waitFor(() => expect(runs.details.get('1')!.status).toBe('done'))
    expect(runs.finished.map((one) => one.id)).toEqual(['1'])
  })
})

it('mergeEpochs returns the same run when it learns nothing', () => {
  const known = run('1', '2026-01-01T00:00:00Z', [epoch('1', 1)])
  expect(mergeEpochs(known, [epoch('1', 1)])).toBe(known)
})
