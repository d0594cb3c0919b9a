import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drawMaterials } from '../../dsp/augment/materials'
import type { SoundSource } from '../../dsp/recipe'
import { parseClipQuery } from '../../shared/contract/clip-query'
import type { RunRequest } from '../../shared/contract/runs'
import type { ManifestMaterial, TrainManifest } from '../../shared/job/manifest'
import { recipes } from '../../zoo/recipes'
import type { MediaInput } from '../media/media-task'
import type { OpenMediaPool } from './media/media-desk'
import type { FakeScript } from './testing/fake-worker'
import { draft, type HostFixture, importScript, openHost, removeFolder, smallSet } from './testing/host-fixture'

/** What a training is told of the sounds that its chain takes. */
describe('the sounds of a chain', () => {
  let fixture: HostFixture
  let root: string
  let excerpts: MediaInput<'excerpt'>[]
  const hum = (name: string, fold: string) => draft(`${name}`, fold, 'crying baby')

  /** Media threads that know one thing: what they were asked for. */
  const openMediaPool: OpenMediaPool = () => ({
    run: (async (_kind: string, input: MediaInput<'excerpt'>) => {
      excerpts.push(input)
      return { samples: new Float32Array([input.path.length, input.place]) }
    }) as never,
    close: async () => undefined,
  })

  beforeEach(async () => {
    excerpts = []
    const script: FakeScript = (worker) => {
      if (worker.manifest.kind === 'import')
        return importScript(() => [...smallSet(), { ...hum('hum', '1'), path: 'noise/hum.wav' }])(worker)
      worker.tell({ type: 'failed', error: { code: 'training-failed', message: 'not here' } })
    }
    fixture = openHost(script, { openMediaPool })
    root = join(fixture.folder, 'dataset')
    for (const folder of ['noise/deep', 'silent', 'audio']) mkdirSync(join(root, folder), { recursive: true })
    mkdirSync(join(fixture.folder, 'outside'))
    for (const file of ['noise/hum.wav', 'noise/deep/b.flac', 'noise/.hidden.wav', 'noise/notes.txt'])
      writeFileSync(join(root, file), '')
    writeFileSync(join(fixture.folder, 'outside/x.wav'), '')
    await fixture.client.workspace.create({ path: join(fixture.folder, 'catalog') })
    const { jobId } = await fixture.client.recordings.import({ path: root, format: 'folder' })
    await fixture.finish(jobId)
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const requestOf = (source: SoundSource): RunRequest => {
    const recipe = structuredClone(recipes['logmel-cnn'])
    const noise = {
      kind: 'recorded-noise' as const,
      source,
      snrDb: [0, 20] as [number, number],
      level: 'active' as const,
    }
    recipe.training.chain = { steps: [{ kind: 'polarity' }, noise] }
    const split = { kind: 'cross-validate' as const }
    return { recipe, backend: 'wasm', split, query: parseClipQuery('"audio/"') }
  }
  const faultsOf = async (source: SoundSource): Promise<string[]> =>
    (await fixture.client.runs.preflight(requestOf(source))).problems
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => message)
  const materialsOf = async (source: SoundSource): Promise<ManifestMaterial[]> => {
    const { jobId } = await fixture.client.runs.start(requestOf(source))
    await fixture.finish(jobId)
    const manifest = fixture.launched.at(-1)!.manifest as TrainManifest
    expect(manifest.materials).toHaveLength(2)
    expect(manifest.materials![0]).toEqual([])
    return manifest.materials![1]!
  }

  it('are the clips of a query, with what says whose they are', async () => {
    const own = await materialsOf({ query: 'label:rain' })
    expect(own).toHaveLength(8)
    expect(own[0]).toEqual({
      path: join(root, 'audio/0-1.wav'),
      contentHash: 'hash-of-0-1',
      startSeconds: 0,
      endSeconds: 5,
      fold: '1',
      group: 'source-0-1',
    })
  })

  it('are the sound files in and below a folder, by either kind of path', async () => {
    const own = await materialsOf({ folder: join(root, 'noise') })
    expect(own).toEqual([
      {
        path: join(root, 'noise/deep/b.flac'),
        contentHash: null,
        startSeconds: 0,
        endSeconds: null,
        fold: null,
        group: null,
      },
      {
        path: join(root, 'noise/hum.wav'),
        contentHash: 'hash-of-hum',
        startSeconds: 0,
        endSeconds: null,
        fold: '1',
        group: 'source-hum',
      },
    ])
    expect(await materialsOf({ folder: 'noise' })).toEqual(own)
  })

  it('are never clips of the test part', async () => {
    const ids = await fixture.client.clips.ids({ query: parseClipQuery('hum') })
    expect(ids).toHaveLength(1)
    await fixture.client.splits.assign({ clipIds: ids, part: 'test' })
    expect((await materialsOf({ folder: 'noise' })).map(({ path }) => path)).toEqual([join(root, 'noise/deep/b.flac')])
    expect(await materialsOf({ query: '' })).toHaveLength(24)
  })

  it.each<[SoundSource, string]>([
    [{ query: 'label:whale' }, 'Step 2 of the chain (recorded-noise) takes other sounds, and its source has none.'],
    [{ query: 'label:dog fold:1' }, 'has no sound for fold “1”: what its source has (2) belongs to what the fold'],
    [{ query: 'has:""' }, 'Step 2 of the chain (recorded-noise): '],
    [{ folder: 'silent' }, 'its source has none'],
    [{ folder: 'nowhere' }, 'Step 2 of the chain (recorded-noise): there is no folder nowhere in what was imported.'],
    [{ folder: '../outside' }, '../outside is not inside a folder that was imported. Import the folder that holds it'],
    [{ folder: '/' }, '/ is not inside a folder that was imported'],
  ])('of %j: training is refused before it begins', async (source, message) => {
    const faults = await faultsOf(source)
    expect(faults[0]).toContain(message)
    await expect(fixture.client.runs.start(requestOf(source))).rejects.toThrow(faults[0]!.slice(0, 60))
  })

  it('are counted for the studio, and read as training draws them', async () => {
    const { client } = fixture
    expect(await client.media.countSource({ source: { query: 'label:rain' } })).toBe(8)
    expect(await client.media.countSource({ source: { folder: 'noise' } })).toBe(2)
    expect(await client.media.countSource({ source: { query: 'label:whale' } })).toBe(0)
    await expect(client.media.countSource({ source: { folder: '/' } })).rejects.toThrow('not inside a folder')

    const request = requestOf({ query: 'label:rain' })
    const chain = request.recipe.training.chain!
    const heard = { sampleRateHz: 16_000, channel: 'mean' as const }
    const draws = await client.media.materials({ chain, seed: 4, examples: 3, className: null, ...heard })
    const own = await materialsOf({ query: 'label:rain' })
    for (const [example, steps] of draws.entries()) {
      const [none, picks] = drawMaterials(chain, { seed: 4, epoch: 1, example, className: null }, [0, 8])
      expect(none).toEqual([])
      const { path } = own[picks![0]!.index]!
      expect(excerpts).toContainEqual({ path, startSeconds: 0, endSeconds: 5, place: picks![0]!.place, ...heard })
      expect(steps).toEqual([[], [new Float32Array([path.length, picks![0]!.place])]])
    }
    const silent = requestOf({ query: 'label:whale' }).recipe.training.chain!
    const none = client.media.materials({ chain: silent, seed: 4, examples: 3, className: null, ...heard })
    await expect(none).rejects.toThrow('step 2 of the chain (recorded-noise) has no sound to take')
  })

  it('come with what is labeled of the clips, where a step asks for it', async () => {
    const { client } = fixture
    const [clipId] = await client.clips.ids({ query: parseClipQuery('"audio/0-1"') })
    const { labels } = await client.clips.get({ id: clipId! })
    const classIds = [labels[0]!.classId]
    await client.annotations.create({ clipId: clipId!, startSeconds: 1, endSeconds: 2.5, classIds })
    await client.annotations.create({ clipId: clipId!, startSeconds: 3, endSeconds: 4 })
    await client.annotations.create({ clipId: clipId!, startSeconds: 3, endSeconds: 4, classIds, tier: 'model' })
    const request = requestOf({ query: 'label:rain' })
    const find = async (): Promise<unknown> => {
      const { jobId } = await client.runs.start(request)
      await fixture.finish(jobId)
      const { clips } = fixture.launched.at(-1)!.manifest as TrainManifest
      expect(clips.filter(({ id }) => id !== clipId).every(({ segments }) => segments === undefined)).toBe(true)
      return clips.find(({ id }) => id === clipId)!.segments
    }
    expect(await find()).toBeUndefined()
    request.recipe.training.chain!.steps.push({
      kind: 'background',
      source: { query: 'label:rain' },
      quietDb: [30, 30],
      levelDb: [0, 0],
      beside: 'background',
    })
    expect(await find()).toEqual([{ startSeconds: 1, endSeconds: 2.5 }])
  })

  it('do not leave the root by a link', async () => {
    symlinkSync(join(fixture.folder, 'outside'), join(root, 'link'))
    expect((await faultsOf({ folder: 'link' }))[0]).toContain('there is no folder link in what was imported')
  })
})
