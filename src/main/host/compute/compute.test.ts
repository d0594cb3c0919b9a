import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { everyClip } from '../../../shared/contract/clip-query'
import type { BackendProof, Diagnosis, MachineDiagnosis } from '../../../shared/job/diagnosis'
import type { BackendName, ProbeManifest, TrainManifest } from '../../../shared/job/manifest'
import { recipes } from '../../../zoo/recipes'
import { createFakeLauncher, hang, type FakeScript, type FakeWorker } from '../testing/fake-worker'
import { type HostFixture, importScript, openHost, removeFolder, smallSet } from '../testing/host-fixture'
import { proveBackend } from './probe-processes'

const proof = (stepMs: number): BackendProof => ({
  productMs: 1,
  convolutionMs: 2,
  gradientsMs: 3,
  stepMs,
  isEstimate: false,
  checksum: '1 2 3',
  deviation: 1e-6,
})
const machine = { checks: [], verdict: { kind: 'no-gpu', title: 'No GPU', advice: 'None.' } } as unknown

describe('the measure of the backends', () => {
  let fixture: HostFixture
  let state: string
  let asked: string[]
  let machineFails = false
  const backends: Record<BackendName, FakeScript> = {} as Record<BackendName, FakeScript>

  const passes =
    (name: BackendName, stepMs: number): FakeScript =>
    (worker) =>
      worker.tell({
        type: 'proof',
        backend: { name, available: true, reason: 'right', device: `device of ${name}`, proof: proof(stepMs) },
      })
  const probe: FakeScript = (worker) => {
    const manifest = worker.manifest as ProbeManifest
    asked.push(manifest.subject === 'backend' ? manifest.backend : manifest.subject)
    if (manifest.subject === 'backend') return backends[manifest.backend](worker)
    if (manifest.subject === 'state') return worker.tell({ type: 'machine-state', key: state })
    if (machineFails) return worker.exit(1)
    worker.tell({ type: 'machine', machine: machine as MachineDiagnosis })
  }
  const script = (worker: FakeWorker): void | Promise<void> =>
    worker.manifest.kind === 'probe'
      ? probe(worker)
      : worker.manifest.kind === 'import'
        ? importScript(() => smallSet())(worker)
        : worker.tell({ type: 'done' })

  beforeEach(() => {
    state = 'as it is'
    asked = []
    machineFails = false
    backends.tensorflow = passes('tensorflow', 48)
    backends.webgpu = (worker) =>
      worker.tell({
        type: 'proof',
        backend: { name: 'webgpu', available: false, reason: 'no adapter was found', device: '', proof: null },
      })
    backends.wasm = passes('wasm', 21)
    fixture = openHost(script)
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })
  const file = (): string => join(fixture.folder, 'user/cache/compute.json')
  const diagnose = (probing?: 'always' | 'never'): Promise<Diagnosis> =>
    fixture.client.compute.diagnose(probing ? { probing } : {})

  it('asks each backend in a process of its own, sorts by the step, and keeps the answer', async () => {
    const first = await diagnose()
    expect(asked).toEqual(['state', 'tensorflow', 'webgpu', 'wasm', 'machine'])
    expect(first.backends.map(({ name }) => name)).toEqual(['wasm', 'tensorflow', 'webgpu'])
    expect(first).toMatchObject({ isCurrent: true, verdict: { kind: 'no-gpu' } })
    const told = fixture.launched.at(-1)!.manifest as Extract<ProbeManifest, { subject: 'machine' }>
    expect(told.backends).toEqual(first.backends)
    expect(fixture.heard('compute.measuring').map(({ backend }) => backend)).toEqual([
      'tensorflow',
      'webgpu',
      'wasm',
      null,
    ])

    expect(await diagnose()).toEqual(first)
    expect(asked.slice(5)).toEqual(['state'])
  })

  it('measures again when something changed, or when it is told to, or when the file is damaged', async () => {
    await diagnose()
    state = 'another driver'
    expect(await diagnose('never')).toMatchObject({ isCurrent: false })
    asked = []
    expect(await diagnose()).toMatchObject({ isCurrent: true })
    expect(asked).toContain('tensorflow')
    asked = []
    await diagnose('always')
    expect(asked).toContain('tensorflow')
    asked = []
    writeFileSync(file(), '{ "schema": 1, "key": ')
    await diagnose()
    expect(asked).toContain('tensorflow')
  })

  it('has no last measure on a new machine', async () => {
    await expect(diagnose('never')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is one measure for all who ask at once', async () => {
    const [one, two] = await Promise.all([diagnose(), diagnose('always')])
    expect(one).toEqual(two)
    expect(asked.filter((name) => name === 'wasm')).toHaveLength(1)
  })

  it('tells a backend that crashes its process as that, and goes on', async () => {
    backends.tensorflow = (worker) => worker.exit(null, 'SIGSEGV')
    backends.webgpu = (worker) => worker.exit(134)
    const { backends: found } = await diagnose()
    expect(found).toMatchObject([
      { name: 'wasm', available: true },
      { name: 'tensorflow', available: false, reason: 'crashed the process that tried it (SIGSEGV)', proof: null },
      { name: 'webgpu', available: false, reason: 'crashed the process that tried it (exit code 134)' },
    ])
    // It may not crash again: this host goes by it, the next one asks anew.
    asked = []
    await diagnose()
    expect(asked).toEqual(['state'])
    expect(() => readFileSync(file())).toThrow('ENOENT')
  })

  it('ends a backend that hangs, and says so', async () => {
    const { launchWorker, launched } = createFakeLauncher(hang)
    const { status, isCertain } = await proveBackend({ launchWorker, helpers: new Set() }, 'webgpu', 50)
    expect(isCertain).toBe(false)
    expect(status).toMatchObject({ available: false, reason: 'gave no proof in 0.05 s and was ended' })
    expect(launched.map((worker) => worker.isKilled)).toEqual([true])
  })

  it('does not keep a measure that could not be written, and says so in the log', async () => {
    mkdirSync(join(fixture.folder, 'user'), { recursive: true })
    writeFileSync(join(fixture.folder, 'user/cache'), 'a file in the way')
    expect(await diagnose()).toMatchObject({ isCurrent: true })
    expect(fixture.logged.join()).toContain('compute.json could not be written')
    rmSync(join(fixture.folder, 'user/cache'))
  })

  it('is cancelled, and nothing is kept, when the host closes', async () => {
    backends.tensorflow = hang
    const asking = diagnose()
    asking.catch(() => undefined)
    await vi.waitFor(() => expect(asked).toContain('tensorflow'))
    await fixture.host.close()
    await expect(asking).rejects.toThrow()
    expect(() => readFileSync(file())).toThrow('ENOENT')
  })

  describe('in a run', () => {
    const start = async (name: keyof typeof recipes, backend: 'auto' | 'wasm'): Promise<TrainManifest> => {
      mkdirSync(join(fixture.folder, 'dataset'))
      await fixture.client.workspace.create({ path: join(fixture.folder, 'catalog') })
      const imported = await fixture.client.recordings.import({
        path: join(fixture.folder, 'dataset'),
        format: 'folder',
      })
      await fixture.finish(imported.jobId)
      const split = { kind: 'cross-validate' } as const
      const { jobId } = await fixture.client.runs.start({ recipe: recipes[name], backend, split, query: everyClip })
      await fixture.finish(jobId)
      return fixture.launched.find((worker) => worker.manifest.kind === 'train')!.manifest as TrainManifest
    }

    it('gives the order to a job that chooses', async () => {
      expect((await start('logmel-cnn', 'auto')).backendOrder).toEqual([
        { name: 'wasm', stepMs: 21, reason: '' },
        { name: 'tensorflow', stepMs: 48, reason: '' },
        { name: 'webgpu', stepMs: null, reason: 'no adapter was found' },
      ])
    })

    it('measures nothing for a job that does not choose, or computes without a backend', async () => {
      expect((await start('logmel-cnn', 'wasm')).backendOrder).toBeUndefined()
      expect(asked).toEqual([])
      await fixture.close()
      removeFolder(fixture.folder)
      fixture = openHost(script)
      expect((await start('mfcc-logistic', 'auto')).backendOrder).toBeUndefined()
      expect(asked).toEqual([])
    })

    it('goes without an order when nothing can be measured, and says so in the log', async () => {
      machineFails = true
      expect((await start('logmel-cnn', 'auto')).backendOrder).toBeUndefined()
      expect(fixture.logged.join()).toContain('the backends could not be measured')
    })
  })
})
