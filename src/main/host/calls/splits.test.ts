import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../../shared/contract/clip-query'
import type { LeakKind, SplitPlan } from '../../../shared/contract/splits'
import type { HashMatch, SoundDraft } from '../../../shared/job/worker-event'
import { recipes } from '../../../zoo/recipes'
import {
  classNames,
  draft,
  type HostFixture,
  importScript,
  openHost,
  removeFolder,
  smallSet,
} from '../testing/host-fixture'

const parts = (train: number, validation: number, test: number): SplitPlan => ({
  query: everyClip,
  into: { kind: 'parts', train, validation, test },
  together: [],
  seed: 1,
  replaces: false,
})

describe('splits and their audit', () => {
  let fixture: HostFixture
  let drafts: SoundDraft[]
  let matches: HashMatch[]

  beforeEach(async () => {
    drafts = smallSet()
    matches = []
    fixture = openHost((worker) => {
      if (worker.manifest.kind === 'import') return importScript(() => drafts)(worker)
      if (worker.manifest.kind === 'audit') {
        const heard = worker.manifest.sounds.map(({ contentHash }) => ({ contentHash, frames: 400 }))
        worker.tell({ type: 'sounds', heard, matches })
      }
      if (worker.manifest.kind === 'export') worker.tell({ type: 'exported', files: 1, clips: 1, skipped: [] })
      worker.tell({ type: 'done' })
    })
    mkdirSync(join(fixture.folder, 'dataset'))
    await fixture.client.workspace.create({ path: join(fixture.folder, 'catalog') })
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const importSet = async (): Promise<void> => {
    const path = join(fixture.folder, 'dataset')
    await fixture.finish((await fixture.client.recordings.import({ path, format: 'folder' })).jobId)
  }
  const count = async (text: string): Promise<number> =>
    (await fixture.client.clips.list({ query: parseClipQuery(text), offset: 0, limit: 1 })).total
  const idOf = async (text: string): Promise<string> =>
    (await fixture.client.clips.ids({ query: parseClipQuery(text) }))[0]!
  const kinds = async (by: 'split' | 'fold', together: string[] = []): Promise<LeakKind[]> =>
    (await fixture.client.splits.audit({ query: everyClip, by, together })).findings.map(({ kind }) => kind)

  it('makes what its preview says, as one edit that can be undone', async () => {
    await importSet()
    const preview = await fixture.client.splits.preview(parts(50, 25, 25))
    expect(preview).toMatchObject({ kept: 0, changed: 24, left: [] })
    expect(preview.classes).toEqual(classNames.map((name) => ({ name, counts: [4, 2, 2] })))
    expect(await count('no:split')).toBe(24)
    const { title } = await fixture.client.splits.make(parts(50, 25, 25))
    expect(title).toBe('Split 24 clips: train 12, validation 6, test 6')
    expect([await count('split:train'), await count('split:validation'), await count('split:test')]).toEqual([12, 6, 6])
    expect(await count('split:train,test label:dog')).toBe(6)
    expect((await fixture.client.history.list({ offset: 0, limit: 1 })).entries[0]).toMatchObject({ changeCount: 24 })
    await fixture.client.history.undo()
    expect(await count('no:split')).toBe(24)
  })

  it('respects what is given, and deals it anew only when asked', async () => {
    await importSet()
    const folds: SplitPlan = { ...parts(1, 1, 1), into: { kind: 'folds', count: 4 } }
    expect(await fixture.client.splits.preview(folds)).toMatchObject({ kept: 24, changed: 0 })
    expect(await fixture.client.splits.preview({ ...folds, into: { kind: 'folds', count: 3 } })).toMatchObject({
      left: [{ reason: expect.stringContaining('respected'), count: 6 }],
    })
    const anew = await fixture.client.splits.preview({ ...folds, into: { kind: 'folds', count: 3 }, replaces: true })
    expect(anew.parts.map((part) => part.clips)).toEqual([8, 8, 8])
    expect(anew.left).toEqual([])
  })

  it('keeps recordings of one value together', async () => {
    await importSet()
    const ids = await fixture.client.clips.ids({ query: everyClip })
    for (const [index, id] of ids.entries())
      await fixture.client.metadata.set({ clipIds: [id], name: 'site', value: `s${index % 6}` })
    await fixture.client.splits.make({ ...parts(50, 0, 50), together: ['site'] })
    for (let site = 0; site < 6; site++) expect([0, 4]).toContain(await count(`site:s${site} split:train`))
    expect(await kinds('split', ['site'])).toEqual([])
    await fixture.client.splits.assign({
      clipIds: [await idOf('site:s0')],
      part: (await count('site:s0 split:test')) > 0 ? 'train' : 'test',
    })
    expect(await kinds('split', ['site'])).toEqual(['group'])
  })

  it('locks the test set: nothing moves in or out until it is unlocked, whatever the way', async () => {
    drafts = smallSet().map((own, index) => ({
      ...own,
      clips: own.clips.map((clip) => ({ ...clip, split: index % 4 === 0 ? ('test' as const) : null })),
    }))
    await importSet()
    await fixture.client.splits.lock()
    expect((await fixture.client.splits.state()).lock).toMatchObject({ author: expect.any(String) })
    const [inside, outside] = [await idOf('split:test'), await idOf('no:split')]
    const refused = { code: 'conflict', message: expect.stringContaining('locked') }
    await expect(fixture.client.splits.lock()).rejects.toMatchObject(refused)
    await expect(fixture.client.splits.assign({ clipIds: [inside], part: 'train' })).rejects.toMatchObject(refused)
    await expect(fixture.client.splits.assign({ clipIds: [outside], part: 'test' })).rejects.toMatchObject(refused)
    // A split of all the rest leaves it alone, also when it replaces.
    await fixture.client.splits.make({ ...parts(50, 25, 25), replaces: true })
    expect([await count('split:test'), await count('no:split')]).toEqual([6, 0])
    // So does an import: what it has for the test set comes without a part.
    drafts = [...drafts, draft('late', '1', 'dog')].map((own) => ({
      ...own,
      clips: own.clips.map((clip) => ({ ...clip, split: 'test' as const })),
    }))
    await importSet()
    expect([await count('split:test'), await count('late no:split')]).toEqual([6, 1])
    await fixture.client.splits.unlock()
    await fixture.client.splits.assign({ clipIds: [inside], part: 'train' })
    expect(await count('split:test')).toBe(5)
    expect((await fixture.client.history.list({ offset: 0, limit: 9 })).entries.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Lock the test set (6 clips)', 'Unlock the test set']),
    )
  })

  it('finds the same audio, what sounds the same, a parted group and a missing class; folds of a dataset are fine', async () => {
    drafts[1]!.contentHash = drafts[0]!.contentHash
    drafts.push(draft('twin', '1', 'dog', 'source-2-0'))
    matches = [
      {
        firstHash: drafts[3]!.contentHash,
        secondHash: drafts[4]!.contentHash,
        firstStartSeconds: 1,
        secondStartSeconds: 0,
        seconds: 2,
        errorRate: 0.03,
      },
    ]
    await importSet()
    // 0-0 is in fold 1, 1-0 in fold 2; 3-0 in 4, 4-0 in 1; twin in 1, 2-0 in 3.
    expect(await kinds('fold')).toEqual(['same-audio', 'group'])
    const first = await fixture.client.splits.audit({ query: everyClip, by: 'fold' })
    expect(first).toMatchObject({ clips: 25, parts: ['1', '2', '3', '4'], leakCount: 2, missingCount: 0 })
    expect(first).toMatchObject({ heard: 0, unheard: 24, withoutSound: 0 })
    expect(first.findings[0]).toMatchObject({ parts: ['1', '2'], clipCount: 2, clips: [{ part: '1' }, { part: '2' }] })
    await fixture.finish((await fixture.client.splits.listen()).jobId)
    const second = await fixture.client.splits.audit({ query: everyClip, by: 'fold' })
    expect(second).toMatchObject({ leakCount: 3, heard: 24, unheard: 0 })
    expect(second.findings[1]).toMatchObject({ kind: 'near-duplicate', message: expect.stringContaining('2.0 s') })
    // One part or none is no leak; a class that a fold lacks is said.
    const some = await fixture.client.splits.audit({ query: parseClipQuery('fold:2,3'), by: 'fold' })
    expect(some.leakCount).toBe(0)
    for (const id of await fixture.client.clips.ids({ query: parseClipQuery('label:rain') }))
      await fixture.client.splits.assign({ clipIds: [id], part: 'train' })
    await fixture.client.splits.assign({ clipIds: [await idOf('label:dog')], part: 'test' })
    const lacking = await fixture.client.splits.audit({ query: everyClip, by: 'split' })
    expect(lacking.findings.map(({ message }) => message)).toEqual([
      'No clip of dog is in train.',
      'No clip of rain is in test.',
    ])
  })

  it('does not part again what has been heard to be the same', async () => {
    matches = [3, 5, 6, 7].map((at) => ({
      firstHash: drafts[3]!.contentHash,
      secondHash: drafts[at === 3 ? 4 : at]!.contentHash,
      firstStartSeconds: 0,
      secondStartSeconds: 0,
      seconds: 5,
      errorRate: 0.1,
    }))
    await importSet()
    await fixture.finish((await fixture.client.splits.listen()).jobId)
    await fixture.client.splits.make(parts(50, 0, 50))
    expect(await kinds('split')).toEqual([])
    expect(await kinds('fold')).toContain('near-duplicate')
  })

  it('stands in the way of an export and of training until the person allows it', async () => {
    drafts[1]!.contentHash = drafts[0]!.contentHash
    await importSet()
    const out = join(fixture.folder, 'out')
    const start = { format: 'audioset-csv', out, query: everyClip }
    expect(await fixture.client.exports.preview({ format: 'audioset-csv', query: everyClip })).toMatchObject({
      leakCount: 1,
      leaks: [{ kind: 'same-audio' }],
    })
    await expect(fixture.client.exports.start(start)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/1 leak .*same audio file is in folds 1 and 2/s),
      hint: expect.stringContaining('--allow-leaks'),
    })
    await fixture.finish((await fixture.client.exports.start({ ...start, allowsLeaks: true })).jobId)

    const recipe = Object.values(recipes)[0]!
    const request = { recipe, backend: 'wasm' as const, split: { kind: 'cross-validate' as const }, query: everyClip }
    const problem = { message: expect.stringContaining('same audio file'), isLeak: true }
    const { problems } = await fixture.client.runs.preflight(request)
    expect(problems).toContainEqual({ ...problem, severity: 'error' })
    await expect(fixture.client.runs.start(request)).rejects.toMatchObject({
      hint: expect.stringContaining('--allow-leaks'),
    })
    const allowed = await fixture.client.runs.preflight({ ...request, allowsLeaks: true })
    expect(allowed.problems).toContainEqual({ ...problem, severity: 'warning' })
    expect(allowed.problems.some(({ severity }) => severity === 'error')).toBe(false)
  })

  it('trains on the catalog’s own split, with its validation clips', async () => {
    await importSet()
    await fixture.client.splits.make(parts(50, 25, 25))
    const recipe = Object.values(recipes)[0]!
    const preflight = await fixture.client.runs.preflight({
      recipe,
      backend: 'wasm',
      split: { kind: 'assigned' },
      query: everyClip,
    })
    expect(preflight).toMatchObject({ problems: [], folds: [{ name: 'split', train: 12, test: 6 }] })
  })

  it('counts the hours of each class in each value, with what is missing', async () => {
    await importSet()
    await fixture.client.splits.make(parts(50, 25, 25))
    const rain = await fixture.client.clips.ids({ query: parseClipQuery('label:rain') })
    await fixture.client.metadata.set({ clipIds: rain, name: 'site', value: 'harbour' })
    expect(await fixture.client.coverage.read({ query: everyClip, by: 'split' })).toMatchObject({
      columns: [{ value: 'train', clips: 12, seconds: 60 }, { value: 'validation' }, { value: 'test', clips: 6 }],
      total: { clips: 24, seconds: 120 },
    })
    const bySite = await fixture.client.coverage.read({ query: parseClipQuery('fold:1,2'), by: 'site' })
    expect(bySite.columns).toEqual([
      { value: 'harbour', clips: 4, seconds: 20, complete: { clips: 0, seconds: 0 } },
      { value: null, clips: 8, seconds: 40, complete: { clips: 0, seconds: 0 } },
    ])
    expect(bySite.rows.map(({ name, cells }) => [name, ...cells.map((cell) => cell.clips)])).toEqual([
      ['dog', 0, 4],
      ['rain', 4, 0],
      ['crying baby', 0, 4],
    ])
    await fixture.client.labels.setFullyAnnotated({ clipIds: rain.slice(0, 2), isFullyAnnotated: true })
    const unknown = await fixture.client.coverage.read({ query: everyClip, by: 'site', state: 'unknown' })
    expect(unknown.columns[0]).toMatchObject({ value: 'harbour', clips: 8, complete: { clips: 2, seconds: 10 } })
    expect(unknown.rows.map(({ name, cells }) => [name, ...cells.map((cell) => cell.clips)])).toEqual([
      ['dog', 8, 8],
      ['rain', 0, 16],
      ['crying baby', 8, 8],
    ])
  })

  it('reads metadata from file names: first a preview, then one edit', async () => {
    await importSet()
    const request = { query: everyClip, pattern: '{take:#}-{target}.wav' }
    expect(await fixture.client.metadata.previewPattern(request)).toMatchObject({
      names: ['take', 'target'],
      matched: 24,
      unmatched: 0,
      replaced: 24,
    })
    await fixture.client.metadata.applyPattern(request)
    expect([await count('take:3 target:1'), await count('no:target')]).toEqual([1, 0])
    expect(await fixture.client.metadata.names()).toContainEqual({ name: 'target', clips: 24 })
    await fixture.client.history.undo()
    expect([await count('take:A'), await count('no:target')]).toEqual([24, 24])
    await expect(
      fixture.client.metadata.applyPattern({ query: everyClip, pattern: '{site}_{x}.ogg' }),
    ).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('fits none') })
    await expect(
      fixture.client.metadata.previewPattern({ query: everyClip, pattern: '{fold}-{x}' }),
    ).rejects.toMatchObject({ message: expect.stringContaining('fold means something else') })
  })
})
