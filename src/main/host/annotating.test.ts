import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as createId } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Annotation } from '../../shared/contract/annotations'
import { parseClipQuery } from '../../shared/contract/clip-query'
import { type HostFixture, importScript, openHost, removeFolder, smallSet } from './testing/host-fixture'

/** What an annotator does with segments, through the contract. */
describe('annotating', () => {
  let fixture: HostFixture
  let clipIds: string[]
  let classes: Map<string, string>

  beforeEach(async () => {
    fixture = openHost(importScript(() => smallSet(2)))
    const { client } = fixture
    await client.workspace.create({ path: join(fixture.folder, 'a') })
    await client.workspace.setAuthor({ author: 'ana' })
    mkdirSync(join(fixture.folder, 'set'))
    const { jobId } = await client.recordings.import({ path: join(fixture.folder, 'set'), format: 'esc50' })
    await fixture.finish(jobId)
    clipIds = await client.clips.ids({ query: {} })
    classes = new Map((await client.ontology.list()).map(({ id, name }) => [name, id]))
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const list = (clip = 0): Promise<Annotation[]> => fixture.client.annotations.list({ clipId: clipIds[clip]! })
  const make = (startSeconds: number, endSeconds: number, more: object = {}): Promise<Annotation> =>
    fixture.client.annotations.create({ clipId: clipIds[0]!, startSeconds, endSeconds, ...more })
  const classId = (name: string): string => classes.get(name)!
  const says = ({ labels, doubts }: Annotation): string[] =>
    [
      ...labels.map(({ name, state, author }) => `${name} ${state} by ${author}`),
      ...doubts.map(({ name }) => `${name}?`),
    ].sort()
  const spans = (annotations: Annotation[]): number[][] =>
    annotations.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])
  const undo = async (): Promise<string | null> => (await fixture.client.history.undo()).title

  it('splits at a moment inside, with all that was said of the whole, and in one step', async () => {
    const { client } = fixture
    const whole = await make(1, 3, { lowHz: 500, highHz: 4000, classIds: [classId('dog')] })
    await client.annotations.update({ id: whole.id, note: 'two barks' })
    await client.annotations.setLabel({ id: whole.id, classId: classId('rain'), state: 'unsure' })
    const id = createId()
    const parts = await client.annotations.split({ id: whole.id, atSeconds: 1.75, newId: id })
    expect(parts.map((part) => part.id)).toEqual([whole.id, id])
    expect(spans(parts)).toEqual([
      [1, 1.75],
      [1.75, 3],
    ])
    for (const part of parts) {
      expect(part).toMatchObject({ lowHz: 500, highHz: 4000, tier: 'human', note: 'two barks' })
      expect(says(part)).toEqual(['dog present by ana', 'rain?'])
    }
    expect(parts[1]!.origin).toMatchObject({ act: 'split', sourceId: whole.id })
    expect(await undo()).toBe('Split a segment at 1.750 s')
    expect(spans(await list())).toEqual([[1, 3]])
    for (const atSeconds of [1, 3, 0.5])
      await expect(client.annotations.split({ id: whole.id, atSeconds })).rejects.toThrow('not inside it')
  })

  it('merges into the earliest, over all time and with every label', async () => {
    const { client } = fixture
    const b = await make(2, 3, { lowHz: 300, highHz: 2000, classIds: [classId('rain')] })
    const a = await make(1, 2.5, { lowHz: 500, highHz: 4000, classIds: [classId('dog')] })
    await client.annotations.setLabel({ id: b.id, classId: classId('dog'), state: 'absent' })
    await client.annotations.setLabel({ id: a.id, classId: classId('rain'), state: 'unsure' })
    await client.annotations.setLabel({ id: a.id, classId: classId('crying baby'), state: 'unsure' })
    await client.annotations.update({ id: a.id, note: 'first' })
    await client.annotations.update({ id: b.id, note: 'second' })
    const merged = await client.annotations.merge({ ids: [b.id, a.id] })
    expect(merged).toMatchObject({
      id: a.id,
      startSeconds: 1,
      endSeconds: 3,
      lowHz: 300,
      highHz: 4000,
      note: 'first\nsecond',
    })
    expect(says(merged)).toEqual(['crying baby?', 'dog present by ana', 'rain present by ana'])
    expect(await list()).toHaveLength(1)
    await undo()
    expect(spans(await list())).toEqual([
      [1, 2.5],
      [2, 3],
    ])
    const open = await make(3, 4)
    expect(await client.annotations.merge({ ids: [a.id, open.id] })).toMatchObject({ lowHz: null, highHz: null })
  })

  it('does not merge across clips or tiers, and one alone', async () => {
    const { client } = fixture
    const a = await make(1, 2)
    const model = await make(1, 2, { tier: 'model' })
    const other = await client.annotations.create({ clipId: clipIds[1]!, startSeconds: 0, endSeconds: 1 })
    await expect(client.annotations.merge({ ids: [a.id, model.id] })).rejects.toThrow('tiers “human” and “model”')
    await expect(client.annotations.merge({ ids: [a.id, other.id] })).rejects.toThrow('different clips')
    await expect(client.annotations.merge({ ids: [a.id, a.id] })).rejects.toThrow('alone')
  })

  it('copies into another tier in the name of who copies, and says from where', async () => {
    const { client } = fixture
    const source = await make(1, 2, { tier: 'model', classIds: [classId('dog')] })
    await client.workspace.setAuthor({ author: 'ben' })
    const [copy] = await client.annotations.copy({ copies: [{ id: source.id }], tier: 'reviewer' })
    expect(copy).toMatchObject({ tier: 'reviewer', author: 'ben', startSeconds: 1, endSeconds: 2 })
    expect(says(copy!)).toEqual(['dog present by ben'])
    expect(copy!.origin).toMatchObject({ act: 'copied', sourceId: source.id })
    expect(says((await list()).find(({ id }) => id === source.id)!)).toEqual(['dog present by ana'])
    await expect(client.annotations.copy({ copies: [{ id: source.id, newId: copy!.id }] })).rejects.toThrow('already')
    expect(await list()).toHaveLength(2)
  })

  it('takes no edit in a locked tier, and says who locked it', async () => {
    const { client } = fixture
    const own = await make(1, 2, { tier: 'model' })
    const human = await make(3, 4)
    await client.annotations.lockTier({ tier: 'model', isLocked: true })
    expect((await client.annotations.tiers()).map(({ name, count, lockedBy }) => [name, count, lockedBy])).toEqual([
      ['human', 1, null],
      ['model', 1, 'ana'],
      ['reviewer', 0, null],
    ])
    const refused = [
      () => make(2, 3, { tier: 'model' }),
      () => client.annotations.update({ id: own.id, endSeconds: 2.5 }),
      () => client.annotations.setLabel({ id: own.id, classId: classId('dog'), state: 'present' }),
      () => client.annotations.split({ id: own.id, atSeconds: 1.5 }),
      () => client.annotations.merge({ ids: [own.id, own.id, human.id] }),
      () => client.annotations.copy({ copies: [{ id: human.id }], tier: 'model' }),
      () => client.annotations.remove({ ids: [human.id, own.id] }),
    ]
    for (const edit of refused.filter((_, index) => index !== 4))
      await expect(edit()).rejects.toThrow('The tier “model” is locked by ana.')
    await expect(refused[4]!()).rejects.toThrow('cannot be merged')
    expect(await list()).toHaveLength(2)
    const [copy] = await client.annotations.copy({ copies: [{ id: own.id }], tier: 'human' })
    expect(copy!.tier).toBe('human')
    await undo()
    expect(await undo()).toBe('Lock the tier “model”')
    await client.annotations.update({ id: own.id, endSeconds: 2.5 })
  })

  it('labels and finishes a clip in one edit, which one undo takes back', async () => {
    const { client } = fixture
    const [clipId, otherId] = clipIds as [string, string]
    const look = async () => {
      const { labels, isFullyAnnotated } = await client.clips.get({ id: clipId })
      const { counts } = await client.review.standing({ clipIds: [clipId] })
      const [status] = Object.entries(counts).find(([, count]) => count === 1)!
      return [labels.find(({ name }) => name === 'rain')?.state ?? 'unknown', isFullyAnnotated, status]
    }
    const before = await look()
    const finish = { clipId, classId: classId('rain'), isFullyAnnotated: true, status: 'done' as const }
    expect(await client.labels.finish(finish)).toEqual({ title: 'Label 1 clip: rain present, done' })
    expect(await look()).toEqual(['present', true, 'done'])
    await undo()
    expect(await look()).toEqual(before)

    // Nobody accepts what was not reviewed: the label is kept, the clip stays where it is.
    await client.labels.finish({ clipId, classId: classId('rain'), status: 'accepted' })
    expect(await look()).toEqual(['present', before[1], before[2]])

    const segment = await make(1, 2)
    await client.labels.finish({ clipId, annotationId: segment.id, classId: classId('dog'), status: 'done' })
    expect(says((await list())[0]!)).toEqual(['dog present by ana'])
    expect(await look()).toEqual(['present', before[1], 'done'])
    await undo()
    expect(says((await list())[0]!)).toEqual([])
    expect((await look())[2]).toBe(before[2])

    const wrong = client.labels.finish({ clipId: otherId, annotationId: segment.id, classId: classId('dog') })
    await expect(wrong).rejects.toThrow(`The segment ${segment.id} is of another clip than ${otherId}.`)
  })

  it('keeps what cannot be told apart from labels: no negative, no positive, and gone when it is told', async () => {
    const { client } = fixture
    const [clipId] = clipIds
    const read = async (): Promise<unknown> => {
      const { labels, doubts } = await client.clips.get({ id: clipId! })
      return [
        labels.map(({ name, state }) => `${name} ${state}`),
        doubts.map(({ name, author }) => `${name} ${author}`),
      ]
    }
    await client.labels.set({ clipIds: [clipId!], classId: classId('rain'), state: 'unsure' })
    expect(await read()).toEqual([['dog present'], ['rain ana']])
    await client.labels.set({ clipIds: [clipId!], classId: classId('dog'), state: 'unsure' })
    expect(await read()).toEqual([[], ['dog ana', 'rain ana']])
    const dogs = await client.clips.ids({ query: parseClipQuery('label:dog') })
    expect(dogs).not.toContain(clipId)
    await client.labels.set({ clipIds: [clipId!], classId: classId('rain'), state: 'absent' })
    expect(await read()).toEqual([['rain absent'], ['dog ana']])
    await client.labels.correct({ clipIds: [clipId!], toClassId: classId('dog') })
    expect(await read()).toEqual([['dog present', 'rain absent'], []])
    await client.history.undo()
    expect(await read()).toEqual([['rain absent'], ['dog ana']])
  })

  it('moves doubts with their class, and removes a segment with all that is kept of it', async () => {
    const { client } = fixture
    const segment = await make(1, 2)
    await client.annotations.setLabel({ id: segment.id, classId: classId('rain'), state: 'unsure' })
    await client.ontology.merge({ fromId: classId('rain'), intoId: classId('dog') })
    expect(says((await list())[0]!)).toEqual(['dog?'])
    const [copy] = await client.annotations.copy({ copies: [{ id: segment.id }] })
    await client.annotations.remove({ ids: [segment.id, copy!.id] })
    expect(await list()).toEqual([])
    for (let edits = 0; edits < 5; edits++) await client.history.undo()
    expect(await list()).toEqual([])
  })
  for (const doubted of ['dog', 'rain'])
    it(`drops a doubt where the label of a merged class comes to it, or it to the label (doubted: ${doubted})`, async () => {
      const { client } = fixture
      const other = doubted === 'dog' ? 'rain' : 'dog'
      const [clipId] = clipIds
      const read = async (): Promise<unknown> => {
        const { labels, doubts } = await client.clips.get({ id: clipId! })
        return [says((await list())[0]!), labels.map(({ name, state }) => `${name} ${state}`), doubts]
      }
      const segment = await make(1, 2)
      await client.annotations.setLabel({ id: segment.id, classId: classId(other), state: 'absent' })
      await client.annotations.setLabel({ id: segment.id, classId: classId(doubted), state: 'unsure' })
      await client.labels.set({ clipIds: [clipId!], classId: classId(other), state: 'absent' })
      await client.labels.set({ clipIds: [clipId!], classId: classId(doubted), state: 'unsure' })
      const before = await read()
      await client.ontology.merge({ fromId: classId('rain'), intoId: classId('dog') })
      expect(await read()).toEqual([['dog absent by ana'], ['dog absent'], []])
      for (const [state, said] of [
        ['unknown', []],
        ['present', ['dog present by ana']],
        ['unsure', ['dog?']],
        ['absent', ['dog absent by ana']],
      ] as const) {
        expect(says(await client.annotations.setLabel({ id: segment.id, classId: classId('dog'), state }))).toEqual(
          said,
        )
      }
      for (let edits = 0; edits < 5; edits++) await client.history.undo()
      expect(await read()).toEqual(before)
    })
})
