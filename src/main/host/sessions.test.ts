import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../shared/contract/clip-query'
import type { RatingPlan, RatingVerdict } from '../../shared/contract/sessions'
import { openDatabase } from './catalog/database'
import { migrations } from './catalog/migrations/migrations'
import { cutClip } from './catalog/rating-plan'
import { listSessions } from './catalog/rating-sessions'
import { draft, type HostFixture, importScript, openHost, removeFolder, smallSet } from './testing/host-fixture'

/** Nine clips of five seconds, three of each class, and one of 26 seconds; rated through the contract. */
describe('rating sessions', () => {
  let fixture: HostFixture
  let classes: Map<string, string>
  const path = (name: string): string => join(fixture.folder, name)
  const long = { ...draft('long', '1', 'dog'), durationSeconds: 26 }

  beforeEach(async () => {
    fixture = openHost(importScript(() => [...smallSet(3), long]))
    const { client } = fixture
    await client.workspace.create({ path: path('a') })
    await client.workspace.setAuthor({ author: 'ana' })
    mkdirSync(path('set'))
    await fixture.finish((await client.recordings.import({ path: path('set'), format: 'esc50' })).jobId)
    classes = new Map((await client.ontology.list()).map(({ id, name }) => [name, id]))
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const plan = (more: Partial<RatingPlan> = {}) => ({ query: parseClipQuery('duration:<10'), ...more })
  const rate = (id: string, position: number, name: string, verdict: RatingVerdict, activeMs = 1000, keyCount = 1) =>
    fixture.client.sessions.rate({ id, position, classId: classes.get(name)!, verdict, activeMs, keyCount })
  const labelsOf = async (clipId: string) =>
    (await fixture.client.clips.get({ id: clipId })).labels.map(({ name, state, author }) => [name, state, author])
  const itemsOf = (id: string) => fixture.client.sessions.items({ id, position: 0, count: 200 })

  it('asks for what is present, takes verdicts as labels, and goes on where it was after the host has died', async () => {
    const { client } = fixture
    expect(await client.sessions.preview(plan())).toEqual({ clips: 9, segments: 9, verdicts: 9, gold: 0, leftOut: 0 })
    const { id } = await client.sessions.start(plan())
    const [first, second] = await itemsOf(id)
    expect(first!.classes).toEqual([{ classId: classes.get('dog'), name: 'dog', score: null, verdict: null }])
    expect(Object.keys(first!)).not.toContain('isGold')
    expect((await rate(id, 0, 'dog', 'present')).title).toBe('Rate a segment: dog present')
    await rate(id, 1, 'rain', 'absent')
    await client.sessions.skip({ id, position: 2, activeMs: 500, keyCount: 1 })
    expect(await labelsOf(first!.clipId)).toEqual([['dog', 'present', 'ana']])
    expect(await labelsOf(second!.clipId)).toEqual([['rain', 'absent', 'ana']])
    await client.workspace.close()
    await client.workspace.open({ path: path('a') })
    const [again] = await client.sessions.list()
    expect(again).toMatchObject({ id, author: 'ana', total: 9, rated: 2, skipped: 1, next: 3 })
    expect((await client.workspace.verify()).problems.filter((line) => !line.includes('audio/'))).toEqual([])
  })

  it('takes back verdict and label with one undo, skip too, and makes them again', async () => {
    const { client } = fixture
    const { id } = await client.sessions.start(plan())
    const [first] = await itemsOf(id)
    await rate(id, 0, 'dog', 'absent')
    await rate(id, 0, 'dog', 'unsure')
    expect(await labelsOf(first!.clipId)).toEqual([])
    await client.history.undo()
    expect(await labelsOf(first!.clipId)).toEqual([['dog', 'absent', 'ana']])
    expect((await itemsOf(id))[0]!.classes[0]!.verdict).toBe('absent')
    await client.history.undo()
    expect(await labelsOf(first!.clipId)).toEqual([['dog', 'present', 'import']])
    expect((await client.sessions.get({ id })).rated).toBe(0)
    await client.history.redo()
    expect((await client.sessions.get({ id })).rated).toBe(1)
    await client.sessions.skip({ id, position: 1, activeMs: 0, keyCount: 1 })
    await client.history.undo()
    expect((await client.sessions.get({ id })).next).toBe(1)
  })

  it('shows the note of a clip, which is an edit of its own', async () => {
    const { client } = fixture
    const { id } = await client.sessions.start(plan())
    const [first] = await itemsOf(id)
    await client.clips.setNote({ id: first!.clipId, note: ' very faint ' })
    expect((await itemsOf(id))[0]!.note).toBe('very faint')
    expect(await client.clips.ids({ query: parseClipQuery('note:faint') })).toEqual([first!.clipId])
    await client.history.undo()
    expect((await itemsOf(id))[0]!.note).toBe('')
  })

  it('leaves out what a person has judged, and asks for chosen classes', async () => {
    const { client } = fixture
    const { id } = await client.sessions.start(plan())
    await rate(id, 0, 'dog', 'present')
    expect(await client.sessions.preview(plan())).toMatchObject({ segments: 8, leftOut: 1 })
    expect(await client.sessions.preview(plan({ skipsJudged: false }))).toMatchObject({ segments: 9 })
    const proposals = { labels: false, run: null, classIds: [classes.get('rain')!, classes.get('dog')!] }
    expect(await client.sessions.preview(plan({ proposals }))).toMatchObject({ segments: 9, verdicts: 17 })
    await expect(
      client.sessions.start(plan({ proposals: { labels: false, run: null, classIds: [] } })),
    ).rejects.toThrow('None of the 9 clips has a class to rate.')
  })

  it('cuts a long clip into segments, whose verdicts become labels of annotations', async () => {
    const { client } = fixture
    const whole = { startSeconds: 3, endSeconds: 15.4 }
    expect(cutClip(whole, 10)).toEqual([[3, 15.4]])
    expect(cutClip({ startSeconds: 0, endSeconds: 12.6 }, 10)).toEqual([
      [0, 10],
      [10, 12.6],
    ])
    const { id } = await client.sessions.start(plan({ query: parseClipQuery('duration:>10') }))
    const items = await itemsOf(id)
    expect(items.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 10],
      [10, 20],
      [20, 26],
    ])
    await rate(id, 1, 'dog', 'present')
    const drawn = await client.annotations.list({ clipId: items[1]!.clipId })
    expect(drawn).toMatchObject([
      { startSeconds: 10, endSeconds: 20, author: 'ana', labels: [{ name: 'dog', state: 'present', author: 'ana' }] },
    ])
    await rate(id, 1, 'dog', 'absent')
    expect((await client.annotations.list({ clipId: items[1]!.clipId }))[0]!.labels[0]!.state).toBe('absent')
    await client.history.undo()
    await client.history.undo()
    expect(await client.annotations.list({ clipId: items[1]!.clipId })).toEqual([])
  })

  it('keeps "cannot tell" of a part of a clip in the catalog, with undo and history, and does not ask again', async () => {
    const { client } = fixture
    const longOnes = plan({ query: parseClipQuery('duration:>10') })
    const { id } = await client.sessions.start(longOnes)
    const { clipId } = (await itemsOf(id))[1]!
    await rate(id, 1, 'dog', 'unsure')
    const doubted = [
      {
        startSeconds: 10,
        endSeconds: 20,
        tier: 'human',
        author: 'ana',
        labels: [],
        doubts: [{ classId: classes.get('dog'), name: 'dog', author: 'ana' }],
      },
    ]
    expect(await client.annotations.list({ clipId })).toMatchObject(doubted)
    const [entry] = (await client.history.list({ offset: 0, limit: 1 })).entries
    expect(entry).toMatchObject({ author: 'ana', title: 'Rate a segment: dog unsure' })
    const { changes } = await client.history.changes({ id: entry!.id })
    expect(changes.flatMap(({ details }) => details)).toContain('dog: unknown → cannot tell')
    expect(await client.sessions.preview(longOnes)).toMatchObject({ segments: 2 })
    expect(await client.sessions.preview({ ...longOnes, skipsJudged: false })).toMatchObject({ segments: 3 })
    await client.history.undo()
    expect(await client.annotations.list({ clipId })).toEqual([])
    expect(await client.sessions.preview(longOnes)).toMatchObject({ segments: 3 })
    await client.history.redo()
    expect(await client.annotations.list({ clipId })).toMatchObject(doubted)
    // Heard again, it can be told after all: the label takes the place of the doubt.
    await rate(id, 1, 'dog', 'present')
    expect(await client.annotations.list({ clipId })).toMatchObject([
      { labels: [{ name: 'dog', state: 'present' }], doubts: [] },
    ])
    expect(await client.sessions.preview(longOnes)).toMatchObject({ segments: 2 })
  })

  it('does not ask again what could not be told of a whole clip', async () => {
    const { client } = fixture
    const { id } = await client.sessions.start(plan())
    await rate(id, 0, 'dog', 'unsure')
    const proposals = { labels: false, run: null, classIds: [classes.get('dog')!] }
    expect(await client.sessions.preview(plan({ proposals }))).toMatchObject({ segments: 8 })
    expect(await client.sessions.preview(plan({ proposals, skipsJudged: false }))).toMatchObject({ segments: 9 })
  })

  it('mixes gold in at its share, unseen, leaves its labels alone, and compares verdicts with them', async () => {
    const { client } = fixture
    const goldIds = (await client.clips.ids({ query: parseClipQuery('duration:<10 label:rain') })).slice(0, 3)
    for (const status of ['done', 'reviewed', 'accepted'] as const)
      await client.review.setStatus({ clipIds: goldIds, status })
    await client.labels.set({ clipIds: goldIds, classId: classes.get('dog')!, state: 'absent' })
    for (const status of ['reviewed', 'accepted'] as const) await client.review.setStatus({ clipIds: goldIds, status })
    const proposals = { labels: false, run: null, classIds: [classes.get('rain')!, classes.get('dog')!] }
    const gold = { query: parseClipQuery('status:accepted'), share: 0.25 }
    const given = plan({ proposals, gold })
    expect(await client.sessions.preview(given)).toMatchObject({ segments: 6, gold: 2 })
    const { id, total } = await client.sessions.start(given)
    expect(total).toBe(8)
    const before = await Promise.all(goldIds.map(labelsOf))
    for (const item of await itemsOf(id)) {
      expect(item.classes).toHaveLength(2)
      for (const { name } of item.classes) await rate(id, item.position, name, name === 'rain' ? 'present' : 'absent')
    }
    expect(await Promise.all(goldIds.map(labelsOf))).toEqual(before)
    expect((await client.review.counts()).counts.accepted).toBe(3)
    const report = await client.sessions.report({ id })
    expect(report.session).toMatchObject({ rated: 8, next: null })
    expect(report.session.stats).toMatchObject([
      { author: 'ana', segments: 8, clips: 8, verdicts: 16, gold: { units: 4, observed: 1, unsure: 0 } },
    ])
    expect(report.session.stats[0]!.gold!.kappa!.value).toBe(1)
    expect(report.missed).toEqual([])
    const [goldItem] = (await itemsOf(id)).filter(({ clipId }) => goldIds.includes(clipId))
    await rate(id, goldItem!.position, 'dog', 'present')
    const after = await client.sessions.report({ id })
    expect(after.missed).toMatchObject([{ clipId: goldItem!.clipId, name: 'dog', gold: 'absent', verdict: 'present' }])
    expect(after.classes.find(({ name }) => name === 'dog')!.gold).toMatchObject({ units: 2, observed: 0.5 })
  })

  it('counts pace from active time, and by author', async () => {
    const { client } = fixture
    const { id } = await client.sessions.start(plan())
    await rate(id, 0, 'dog', 'present', 2000, 1)
    await rate(id, 1, 'rain', 'unsure', 4000, 3)
    await client.sessions.skip({ id, position: 2, activeMs: 3000, keyCount: 1 })
    await client.workspace.setAuthor({ author: 'ben' })
    await rate(id, 3, 'dog', 'absent', 1000, 1)
    const { stats } = await client.sessions.get({ id })
    expect(stats).toMatchObject([
      {
        author: 'ana',
        segments: 2,
        clips: 2,
        present: 1,
        unsure: 1,
        skipped: 1,
        activeSeconds: 9,
        keyCount: 5,
        medianVerdictSeconds: 3,
        segmentsPerHour: 800,
        keysPerSegment: 2.5,
        gold: null,
      },
      { author: 'ben', segments: 1, absent: 1, segmentsPerHour: 3600 },
    ])
  })

  it('tells the one pace to the strip and to the tables: own, over all sittings, without what was taken back', async () => {
    const { client } = fixture
    const { id } = await client.sessions.start(plan())
    expect(await client.sessions.pace({ id })).toBeNull()
    await client.sessions.skip({ id, position: 0, activeMs: 3000, keyCount: 2 })
    expect(await client.sessions.pace({ id })).toMatchObject({ segments: 0, activeSeconds: 3, segmentsPerHour: null })
    await rate(id, 0, 'dog', 'present', 1000, 1)
    expect(await client.sessions.pace({ id })).toMatchObject({ segments: 1, activeSeconds: 4, keyCount: 3 })
    await client.workspace.close()
    await client.workspace.open({ path: path('a') })
    await rate(id, 1, 'rain', 'present', 2000, 1)
    await rate(id, 2, (await itemsOf(id))[2]!.classes[0]!.name, 'present', 9000, 5)
    await client.history.undo()
    await client.workspace.setAuthor({ author: 'ben' })
    await rate(id, 3, 'dog', 'absent', 1000, 1)
    await client.workspace.setAuthor({ author: 'ana' })
    const pace = await client.sessions.pace({ id })
    expect(pace).toEqual({
      segments: 2,
      clips: 2,
      verdicts: 2,
      activeSeconds: 6,
      keyCount: 4,
      medianVerdictSeconds: 3,
      segmentsPerHour: 1200,
      clipsPerHour: 1200,
      keysPerSegment: 2,
    })
    expect((await client.sessions.report({ id })).session.stats[0]).toMatchObject({ author: 'ana', ...pace })
    expect((await client.sessions.list())[0]!.stats[0]).toMatchObject({ author: 'ana', ...pace })
  })

  it('comes over with a merge, verdicts and all', async () => {
    const { client } = fixture
    await client.workspace.close()
    cpSync(path('a'), path('b'), { recursive: true })
    await client.workspace.open({ path: path('b') })
    const { id } = await client.sessions.start({ query: everyClip })
    await rate(id, 0, 'dog', 'absent')
    await client.workspace.close()
    await client.workspace.open({ path: path('a') })
    const { id: jobId } = await client.merge.start({ otherPath: path('b') })
    await fixture.finish(jobId)
    expect((await client.merge.report({ jobId })).conflicts).toBe(0)
    expect(await client.sessions.list()).toMatchObject([{ id, total: 12, rated: 1, author: 'ana' }])
    await client.history.undo()
    expect(await client.sessions.list()).toEqual([])
  })
})

it('a catalog of the version before gets the tables for it, and keeps its rows', () => {
  const { folder } = openHost(() => undefined)
  const file = join(folder, 'old.db')
  const old = openDatabase(
    file,
    { create: true },
    migrations.filter(({ version }) => version < 10),
  )
  old.run(`INSERT INTO ontology_classes (id, name) VALUES ('1', 'dog')`)
  old.close()
  const now = openDatabase(file, { create: false })
  expect(now.all('SELECT name FROM ontology_classes')).toEqual([{ name: 'dog' }])
  expect(listSessions(now)).toEqual([])
  now.close()
  removeFolder(folder)
})
