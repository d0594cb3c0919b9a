import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { everyClip } from '../src/shared/contract/clip-query'
import type { Connection } from '../src/shared/rpc/client'
import { makeFolder } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
import { launchHeadless } from './support/launch-headless'
import { descendantsOf, isAlive } from './support/processes'
import { connectToHost } from './support/rpc'

/** A sample catalog with a logmel-cnn run under way, and the processes that make it. */
async function startRun(folder: string) {
  const catalog = join(folder, 'catalog')
  const host = await launchHeadless({ userFolder: join(folder, 'user') })
  const connection = await connectToHost(host.url)
  const { client, on } = connection
  const { jobId } = await client.workspace.createSample({ path: catalog, seed: 3 })
  await expect.poll(async () => (await client.jobs.get({ id: jobId })).status, { timeout: 60_000 }).toBe('done')
  const recipe = (await client.runs.recipes()).find((each) => each.model.kind === 'logmel-cnn')!
  let epochs = 0
  on('runs.epoch', () => epochs++)
  const run = await client.runs.start({
    recipe: { ...recipe, training: { ...recipe.training, maxEpochs: 2000, patienceEpochs: 0 } },
    backend: 'auto',
    split: { kind: 'cross-validate' },
    query: everyClip,
  })
  await expect.poll(() => epochs, { timeout: 120_000 }).toBeGreaterThan(0)
  return { catalog, host, connection, ...run }
}

/** Judges clips one after another; every acknowledged judgement is written down at once. */
async function labelUntil(connection: Connection, isOver: () => boolean): Promise<Map<string, string>> {
  const { client } = connection
  const acknowledged = new Map<string, string>()
  const classes = await client.ontology.list()
  const { rows } = await client.clips.list({ query: everyClip, offset: 0, limit: 100 })
  for (let turn = 0; !isOver(); turn++) {
    const clip = rows[turn % rows.length]!
    const target = classes[(turn * 7 + Math.floor(turn / rows.length)) % classes.length]!
    try {
      await client.labels.set({ clipIds: [clip.id], classId: target.id, state: turn % 3 === 0 ? 'absent' : 'present' })
    } catch {
      break // the host is gone: this one was not acknowledged
    }
    acknowledged.set(`${clip.id} ${target.id}`, turn % 3 === 0 ? 'absent' : 'present')
  }
  return acknowledged
}

function readLabels(catalog: string): Map<string, string> {
  const rows = readCatalog<{ clip_id: string; class_id: string; state: string }>(
    catalog,
    `select c.id as clip_id, k.id as class_id, iif(l.state = 1, 'present', 'absent') as state
       from clip_labels l join clips c on c.key = l.clip_key join ontology_classes k on k.key = l.class_key`,
  )
  return new Map(rows.map((row) => [`${row.clip_id} ${row.class_id}`, row.state]))
}

test('kill -9 of the host in the middle of a run loses no acknowledged label', async () => {
  test.skip(process.platform === 'win32', 'kill -9 is a Unix word')
  const folder = makeFolder('crash-host')
  const { catalog, host, connection } = await startRun(folder)
  const workers = descendantsOf(host.process.pid!)
  expect(workers.length).toBeGreaterThan(0)

  setTimeout(() => host.process.kill('SIGKILL'), 1500)
  const acknowledged = await labelUntil(connection, () => false)
  expect(acknowledged.size).toBeGreaterThan(20)

  // The training process does not outlive its host.
  await expect.poll(() => workers.filter(isAlive), { timeout: 20_000 }).toEqual([])

  const report = await earmarkJson<{ ok: boolean; problems: string[] }>(['verify', catalog], {
    userFolder: join(folder, 'user'),
  })
  expect(report).toEqual({ ok: true, problems: [] })
  const labels = readLabels(catalog)
  const lost = [...acknowledged].filter(([key, state]) => labels.get(key) !== state)
  expect(lost).toEqual([])
  expect(readCatalog<{ status: string }>(catalog, 'select status from runs').map((run) => run.status)).toEqual([
    'failed',
  ])

  // And it opens again, with its history: the last judgement can still be taken back.
  const second = await launchHeadless({ userFolder: join(folder, 'user') })
  const again = await connectToHost(second.url)
  await again.client.workspace.open({ path: catalog })
  const before = countIn(catalog, "select count(*) from journal where state = 'undone'")
  expect((await again.client.history.undo()).title).not.toBeNull()
  expect(countIn(catalog, "select count(*) from journal where state = 'undone'")).toBe(before + 1)
  await second.kill()
})

test('kill -9 of the training process fails the run and nothing else', async () => {
  test.skip(process.platform === 'win32', 'kill -9 is a Unix word')
  const folder = makeFolder('crash-worker')
  const { catalog, host, connection, jobId, runId } = await startRun(folder)
  const { client } = connection
  const workers = descendantsOf(host.process.pid!)
  for (const worker of workers) process.kill(worker, 'SIGKILL')

  await expect.poll(async () => (await client.jobs.get({ id: jobId })).status, { timeout: 20_000 }).toBe('failed')
  const run = await client.runs.get({ id: runId })
  expect(run.status).toBe('failed')
  expect(run.error?.code).toBe('worker-died')
  expect(run.error?.message).toMatch(/SIGKILL|signal|killed/i)

  // The host goes on: a label is taken, and another run can be started and cancelled.
  const [clip] = (await client.clips.list({ query: everyClip, offset: 0, limit: 1 })).rows
  const [target] = await client.ontology.list()
  await client.labels.set({ clipIds: [clip!.id], classId: target!.id, state: 'absent' })
  expect(readLabels(catalog).get(`${clip!.id} ${target!.id}`)).toBe('absent')
  expect(await client.workspace.verify()).toEqual({ ok: true, problems: [] })
  await host.kill()

  const verified = await earmark(['verify', catalog, '--json'], { userFolder: join(folder, 'user') })
  expect(JSON.parse(verified.stdout)).toEqual({ ok: true, problems: [] })
})
