/**
 * The property that undo stands on: after any walk of edits, undos and redos, refused edits and restarts among them, the
 * catalog is to the row what it was when its history was as long as it is now.
 */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Random } from '../../dsp/random'
import type { Client } from '../../shared/contract/contract'
import { AppError } from '../../shared/errors'
import { type Database, openDatabase } from './catalog/database'
import { journaledTables } from './catalog/journal-tables'
import { type HostFixture, importScript, openHost, removeFolder, smallSet } from './testing/host-fixture'

const stepCount = 10_000
const seed = 20_261_126

/** SHA-256 over every row of every table that people edit. */
function hashRows(database: Database): string {
  const hash = createHash('sha256')
  for (const [table, { key, columns }] of Object.entries(journaledTables)) {
    const rows = database.all(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${key.join(', ')}`)
    hash.update(`${table} ${JSON.stringify(rows)}\n`)
  }
  return hash.digest('hex')
}

/** One edit as an annotator makes it; some are impossible and must be refused. */
async function editAtRandom(client: Client, random: Random, clipIds: string[], classIds: string[]): Promise<void> {
  const one = <T>(list: readonly T[]): T => list[random.integer(list.length)]!
  const clipId = one(clipIds)
  const segments = await client.annotations.list({ clipId })
  const segment = segments.length > 0 ? one(segments) : null
  const tier = one(['human', 'human', 'human', 'model', 'reviewer'])
  const verdict = one(['present', 'absent', 'unknown', 'unsure'] as const)
  const bounds = random.uniform() < 0.5 ? {} : { lowHz: random.uniform(0, 3000), highHz: random.uniform(2500, 20_000) }
  const startSeconds = random.uniform(-0.2, 4.5)
  const kinds: [weight: number, edit: () => Promise<unknown>][] = [
    [
      segments.length < 12 ? 6 : 1,
      () =>
        client.annotations.create({
          clipId,
          tier,
          startSeconds: Math.max(0, startSeconds),
          endSeconds: startSeconds + random.uniform(-0.05, 1.5),
          ...bounds,
          classIds: random.uniform() < 0.5 ? [] : [one(classIds)],
        }),
    ],
    [3, () => client.labels.set({ clipIds: [clipId, one(clipIds)], classId: one(classIds), state: verdict })],
    [1, () => client.labels.correct({ clipIds: [clipId], toClassId: one(classIds) })],
    [1, () => client.labels.setFullyAnnotated({ clipIds: [clipId], isFullyAnnotated: random.uniform() < 0.5 })],
    [0.4, () => client.annotations.lockTier({ tier, isLocked: random.uniform() < 0.4 })],
    [0.5, () => client.review.setStatus({ clipIds: [clipId], status: one(['done', 'reviewed', 'accepted']) })],
  ]
  if (segment) {
    const { id } = segment
    const inside = random.uniform(segment.startSeconds - 0.1, segment.endSeconds + 0.1)
    kinds.push(
      [5, () => client.annotations.update({ id, startSeconds: Math.max(0, inside) })],
      [4, () => client.annotations.update({ id, endSeconds: Math.max(0, inside), ...bounds })],
      [1, () => client.annotations.update({ id, note: `note ${random.integer(100)}` })],
      [6, () => client.annotations.setLabel({ id, classId: one(classIds), state: verdict })],
      [3, () => client.annotations.split({ id, atSeconds: Math.max(0, inside) })],
      [3, () => client.annotations.merge({ ids: [id, one(segments).id, one(segments).id] })],
      [2, () => client.annotations.copy({ copies: [{ id }], tier: random.uniform() < 0.5 ? null : tier })],
      [segments.length > 8 ? 8 : 2, () => client.annotations.remove({ ids: [id] })],
      [0.5, () => client.proposals.rejectClass({ clipId, classId: one(classIds) })],
      [segment.verdict === 'rejected' ? 2 : 0.2, () => client.proposals.reconsider({ ids: [id] })],
      [
        segment.tier === 'model' ? 6 : 0.2,
        () =>
          client.proposals.judge({ verdict: one(['accepted', 'edited', 'rejected'] as const), proposals: [{ id }] }),
      ],
    )
  }
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0)
  let choice = random.uniform(0, total)
  for (const [weight, edit] of kinds) if ((choice -= weight) < 0) return void (await edit())
}

describe(`a walk of ${stepCount.toLocaleString('en')} edits, undos and redos`, () => {
  it('comes back to the identical rows, edit by edit, over restarts and refusals', { timeout: 600_000 }, async () => {
    const random = new Random(seed, 'editing walk')
    let fixture: HostFixture = openHost(importScript(() => smallSet(2)))
    const { folder } = fixture
    const path = join(folder, 'walk')
    await fixture.client.workspace.create({ path })
    mkdirSync(join(folder, 'set'))
    const { jobId } = await fixture.client.recordings.import({ path: join(folder, 'set'), format: 'esc50' })
    await fixture.finish(jobId)
    const clipIds = await fixture.client.clips.ids({ query: {} })
    const classIds = (await fixture.client.ontology.list()).map(({ id }) => id)
    let observer = openDatabase(join(path, 'earmark.db'), { create: false })
    // The state after each edit that is done, by how many are; the import comes before them all.
    const states = [hashRows(observer)]
    let depth = 0
    const counts = { edits: 0, undos: 0, redos: 0, refused: 0, unchanged: 0, restarts: 0 }

    for (let step = 0; step < stepCount; step++) {
      const { client } = fixture
      const choice = random.uniform()
      if (choice < 0.5) {
        let isRefused = false
        try {
          await editAtRandom(client, random, clipIds, classIds)
        } catch (thrown) {
          if (!(thrown instanceof AppError) || thrown.code === 'internal') throw thrown
          isRefused = true
        }
        const now = hashRows(observer)
        if (isRefused) counts.refused++
        else if (now === states[depth]) counts.unchanged++
        else {
          counts.edits++
          states.splice(++depth, Infinity, now)
        }
      } else if (choice < 0.76) {
        // Bursts, so that the walk goes far back at times.
        for (let steps = Math.min(depth, 1 + random.integer(choice < 0.52 ? 60 : 3)); steps > 0; steps--) {
          await client.history.undo()
          counts.undos++
          depth--
        }
      } else if (choice < 0.999) {
        const most = states.length - 1 - depth
        for (let steps = Math.min(most, 1 + random.integer(choice < 0.8 ? 60 : 2)); steps > 0; steps--) {
          await client.history.redo()
          counts.redos++
          depth++
        }
      } else {
        observer.close()
        await fixture.close()
        fixture = openHost(
          importScript(() => []),
          { folder },
        )
        await fixture.client.workspace.open({ path })
        observer = openDatabase(join(path, 'earmark.db'), { create: false })
        counts.restarts++
      }
      if (hashRows(observer) !== states[depth]) expect.fail(`step ${step}: not the rows of ${depth} edits`)
    }
    const last = states.length - 1
    const redoAll = async (): Promise<void> => {
      for (; depth < last; depth++) await fixture.client.history.redo()
    }
    await redoAll()
    expect(hashRows(observer)).toBe(states[last])
    while (depth > 0) {
      await fixture.client.history.undo()
      if (hashRows(observer) !== states[--depth]) expect.fail(`all the way back: not the rows of ${depth} edits`)
    }
    await redoAll()
    expect(hashRows(observer)).toBe(states[last])
    // The recordings of this set have no files.
    const { problems } = await fixture.client.workspace.verify()
    expect(problems.filter((problem) => !problem.endsWith('is missing.'))).toEqual([])
    // The walk went through all of it, else it has proved little.
    expect(counts.edits).toBeGreaterThan(2500)
    expect(Math.min(counts.undos, counts.redos)).toBeGreaterThan(1000)
    expect(Math.min(counts.refused, counts.restarts)).toBeGreaterThan(0)
    observer.close()
    await fixture.close()
    removeFolder(folder)
  })
})
