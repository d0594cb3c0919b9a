import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeVerdicts } from '../../shared/metrics/verdict-table'
import { type HostFixture, importScript, openHost, removeFolder, smallSet } from './testing/host-fixture'

/** Two people on copies of one catalog, through the contract. */
describe('review and agreement', () => {
  let fixture: HostFixture
  let clipIds: string[]
  let classes: Map<string, string>
  const path = (name: string): string => join(fixture.folder, name)

  beforeEach(async () => {
    fixture = openHost(importScript(() => smallSet(3)))
    const { client } = fixture
    await client.workspace.create({ path: path('a') })
    await client.workspace.setAuthor({ author: 'ana' })
    mkdirSync(path('set'))
    const { jobId } = await client.recordings.import({ path: path('set'), format: 'esc50' })
    await fixture.finish(jobId)
    clipIds = await client.clips.ids({ query: {} })
    classes = new Map((await client.ontology.list()).map(({ id, name }) => [name, id]))
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const label = (clip: number, name: string, state: 'present' | 'absent') =>
    fixture.client.labels.set({ clipIds: [clipIds[clip]!], classId: classes.get(name)!, state })
  const move = (status: 'done' | 'reviewed' | 'accepted' | 'returned' | 'unlabeled', comment = '') =>
    fixture.client.review.setStatus({ clipIds: [clipIds[0]!], status, comment })

  it('leads a clip through review, wants a comment to return it, and takes each step back', async () => {
    const { client } = fixture
    await expect(move('accepted')).rejects.toThrow('is unlabeled and cannot become accepted')
    await move('done')
    await move('reviewed')
    await expect(move('returned')).rejects.toThrow('returned with a comment')
    await move('returned', 'Listen again after 3 s')
    const queue = await client.review.queue({ status: 'returned' })
    expect(queue.items.map(({ id, comments }) => [id, comments.map(({ text, author }) => [text, author])])).toEqual([
      [clipIds[0], [['Listen again after 3 s', 'ana']]],
    ])
    await client.history.undo()
    expect((await client.review.counts()).counts).toEqual({
      unlabeled: 8,
      done: 0,
      reviewed: 1,
      accepted: 0,
      returned: 0,
    })
    expect((await client.review.queue({ status: 'reviewed' })).items[0]!.comments).toEqual([])
  })

  it('sets an accepted clip back to done when a label changes, and says so', async () => {
    const { client } = fixture
    for (const status of ['done', 'reviewed', 'accepted'] as const) await move(status)
    const { title } = await label(0, 'rain', 'absent')
    expect(title).toBe('Label 1 clip: rain absent (1 accepted clip back to done)')
    expect((await client.review.counts()).counts).toMatchObject({ accepted: 0, done: 1 })
    await client.history.undo()
    expect((await client.review.counts()).counts).toMatchObject({ accepted: 1, done: 0 })
    await client.annotations.create({ clipId: clipIds[0]!, startSeconds: 1, endSeconds: 2 })
    expect((await client.review.counts()).counts).toMatchObject({ accepted: 0, done: 1 })
  })

  it('moves of many clips those that can be moved, where the others are left, and says where they stand', async () => {
    const { client } = fixture
    const [first, ...rest] = clipIds.slice(0, 4)
    await move('done')
    await move('returned', 'No.')
    await client.review.setStatus({ clipIds: rest, status: 'done' })
    const all = { clipIds: [first!, ...rest] }
    expect(await client.review.standing(all)).toEqual({
      counts: { unlabeled: 0, done: 3, reviewed: 0, accepted: 0, returned: 1 },
      comments: [],
    })
    await expect(client.review.setStatus({ ...all, status: 'reviewed' })).rejects.toThrow('is returned and cannot')
    const { title } = await client.review.setStatus({ ...all, status: 'reviewed', others: 'leave' })
    expect(title).toBe('Mark 3 clips as reviewed')
    expect((await client.review.standing(all)).counts).toMatchObject({ reviewed: 3, returned: 1 })
    const one = await client.review.standing({ clipIds: [first!] })
    expect(one).toMatchObject({ counts: { returned: 1 }, comments: [{ text: 'No.', author: 'ana' }] })
    await expect(client.review.setStatus({ clipIds: [first!], status: 'accepted', others: 'leave' })).rejects.toThrow(
      'is returned and cannot become accepted',
    )
    await client.history.undo()
    expect((await client.review.standing(all)).counts).toMatchObject({ done: 3, returned: 1 })
  })

  it('filters a queue by who labeled', async () => {
    const { client } = fixture
    await label(2, 'rain', 'absent')
    expect((await client.review.queue({ status: 'unlabeled', by: 'ana' })).items.map(({ id }) => id)).toEqual([
      clipIds[2],
    ])
    expect((await client.review.queue({ status: 'unlabeled', by: 'ben' })).total).toBe(0)
    expect((await client.review.counts()).authors).toEqual(['ana'])
  })

  it('draws the same blind sample from the same seed and compares the second judgement with the first', async () => {
    const { client } = fixture
    for (let clip = 0; clip < 6; clip++) await label(clip, 'rain', clip % 3 === 1 ? 'absent' : 'present')
    await client.review.setStatus({ clipIds: clipIds.slice(0, 6), status: 'done' })
    const sample = await client.review.drawSample({ size: 4, seed: 7 })
    expect(Object.keys(sample.clips[0]!).sort()).toEqual([
      'endSeconds',
      'id',
      'isJudged',
      'recordingPath',
      'startSeconds',
    ])
    await client.history.undo()
    const again = await client.review.drawSample({ size: 4, seed: 7 })
    expect(again.clips).toEqual(sample.clips)
    await client.workspace.setAuthor({ author: 'ben' })
    for (const { id } of again.clips) {
      const isHeard = clipIds.indexOf(id) % 3 !== 1
      await client.review.judgeBlind({
        sampleId: again.id,
        clipId: id,
        classIds: isHeard ? [classes.get('rain')!] : [],
      })
    }
    const report = await client.agreement.read({})
    const rain = report.classes.find(({ name }) => name === 'rain')!
    expect(rain).toMatchObject({ units: 4, raters: ['ana', 'ben (blind)'], observed: 1 })
    expect((await client.review.samples())[0]!.clips.every(({ isJudged }) => isJudged)).toBe(true)
    const labelsNow = (await client.clips.get({ id: again.clips[0]!.id })).labels
    expect(labelsNow.every(({ author }) => author !== 'ben')).toBe(true)
  })

  it('keeps both verdicts of a merge, counts them, and lets a conflict be decided', async () => {
    const { client } = fixture
    await client.workspace.close()
    cpSync(path('a'), path('b'), { recursive: true })
    await client.workspace.open({ path: path('b') })
    await client.workspace.setAuthor({ author: 'ben' })
    await label(0, 'rain', 'present')
    await label(1, 'rain', 'absent')
    await client.annotations.create({
      clipId: clipIds[0]!,
      startSeconds: 1,
      endSeconds: 2,
      classIds: [classes.get('dog')!],
    })
    await client.workspace.close()
    await client.workspace.open({ path: path('a') })
    await client.workspace.setAuthor({ author: 'ana' })
    await label(0, 'rain', 'absent')
    await label(1, 'rain', 'absent')
    await client.annotations.create({
      clipId: clipIds[0]!,
      startSeconds: 1,
      endSeconds: 2.2,
      classIds: [classes.get('dog')!],
    })
    const report = await client.merge.report({ jobId: (await client.merge.start({ otherPath: path('b') })).id })
    expect(report).toMatchObject({ conflicts: 1, agreed: 1, opinions: 4, base: 'journal' })
    const agreement = await client.agreement.read({ frameSeconds: 0.1 })
    expect(agreement.classes[0]).toMatchObject({ name: 'rain', units: 2, observed: 0.5, raters: ['ana', 'ben'] })
    expect(agreement.segments[0]).toMatchObject({ name: 'dog', matched: 1, f1: 1, clips: 1 })
    expect(agreement.segments[0]!.meanOverlap).toBeCloseTo(1 / 1.2, 9)
    const csv = writeVerdicts(await client.agreement.verdicts())
    expect(csv.split('\r\n')).toHaveLength(6)
    expect(csv).toContain(',rain,ben,present,')
    const [conflict] = (await client.merge.conflicts({})).conflicts
    await client.merge.decide({ id: conflict!.id, decision: 'theirs' })
    const { labels } = await client.clips.get({ id: clipIds[0]! })
    expect(labels.find(({ name }) => name === 'rain')).toMatchObject({ state: 'present', author: 'ben' })
    // Deciding changes no judgement of anybody.
    expect((await client.agreement.read({})).classes[0]).toMatchObject({ observed: 0.5 })
    await client.history.undo()
    await client.history.undo()
    expect((await client.merge.conflicts({ decision: 'all' })).total).toBe(0)
    expect(await client.agreement.verdicts()).toEqual([])
  })
})
