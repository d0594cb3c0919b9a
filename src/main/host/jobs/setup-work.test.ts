import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SetupMachine } from '../../../shared/job/setup-machine'
import { type FakeScript, hang } from '../testing/fake-worker'
import { type HostFixture, openHost, removeFolder } from '../testing/host-fixture'

const machine: SetupMachine = {
  machine: 'linux-x64',
  folder: '/cache/native',
  forms: [{ variant: 'cpu', downloadBytes: 274e6, diskBytes: 815e6, installed: null }],
  advised: 'cpu',
  downloadedBytes: 0,
  missing: null,
}

describe('the setup of TensorFlow, as a job', () => {
  let script: FakeScript
  let fixture: HostFixture
  beforeEach(() => {
    script = hang
    fixture = openHost((worker) => script(worker))
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })
  const start = async (): Promise<string> => (await fixture.client.setup.tensorflow({ variant: 'cpu' })).jobId
  const until = async (is: () => boolean): Promise<void> => {
    while (!is()) await new Promise((resolve) => setTimeout(resolve, 1))
  }

  it('needs no catalog, tells its progress and ends as any other', async () => {
    script = (worker) => {
      worker.tell({ type: 'progress', done: 40, total: 100, message: 'Downloading' })
      worker.tell({ type: 'progress', done: 100, total: 100, message: 'TensorFlow 2.21.0 works on the CPU' })
      worker.tell({ type: 'done' })
    }
    const id = await start()
    expect(await fixture.finish(id)).toMatchObject({
      kind: 'setup',
      title: 'Set up TensorFlow',
      status: 'done',
      message: 'TensorFlow 2.21.0 works on the CPU',
    })
    expect(fixture.launched[0]!.manifest).toEqual({ kind: 'setup', variant: 'cpu' })
    expect((await fixture.client.jobs.list()).map((job) => job.id)).toEqual([id])
    expect(await fixture.client.jobs.issues({ id })).toEqual([])
  })

  it('is one at a time, and is found by whoever looks', async () => {
    const id = await start()
    await expect(start()).rejects.toMatchObject({ code: 'conflict' })
    await until(() => fixture.launched.length === 1)
    script = (worker) => worker.tell({ type: 'setup-machine', machine })
    expect(await fixture.client.setup.state()).toEqual({ ...machine, jobId: id, isDeclined: false })
  })

  it('goes on while catalogs come and go, beside their jobs, and is cancelled by its id', async () => {
    const id = await start()
    await until(() => fixture.launched.length === 1)
    await fixture.client.workspace.create({ path: join(fixture.folder, 'a') })
    await fixture.client.workspace.create({ path: join(fixture.folder, 'b') })
    const other = await fixture.client.recordings.import({ path: join(fixture.folder, 'user'), format: 'folder' })
    expect((await fixture.client.jobs.list()).map((job) => job.id)).toEqual([other.jobId, id])
    expect(fixture.host.runningJobs()).toContain('Set up TensorFlow')
    expect(await fixture.client.jobs.get({ id })).toMatchObject({ status: 'running' })
    expect(await fixture.client.jobs.cancel({ id })).toMatchObject({ status: 'cancelled' })
    expect(fixture.launched[0]!.isKilled).toBe(true)
    expect(await start()).not.toBe(id)
  })

  it('leaves no process behind when the host ends', async () => {
    await start()
    await until(() => fixture.launched.length === 1)
    await fixture.host.close()
    expect(fixture.launched[0]!.isKilled).toBe(true)
  })

  it('is not offered again to whoever declined, also with settings of an earlier version', async () => {
    const file = join(fixture.folder, 'user', 'settings.json')
    await fixture.client.workspace.setAuthor({ author: 'Ada' })
    const earlier = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    delete earlier.isSetupDeclined
    writeFileSync(file, JSON.stringify(earlier))
    script = (worker) => worker.tell({ type: 'setup-machine', machine })
    expect((await fixture.client.setup.state()).isDeclined).toBe(false)
    await fixture.client.setup.decline()
    expect((await fixture.client.setup.state()).isDeclined).toBe(true)
    expect((await fixture.client.workspace.state()).author).toBe('Ada')
  })

  it('says so when the machine could not be looked at', async () => {
    script = (worker) => worker.exit(1)
    await expect(fixture.client.setup.state()).rejects.toMatchObject({ code: 'worker-died' })
  })
})
