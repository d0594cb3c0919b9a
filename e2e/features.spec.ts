import { expect, test } from '@playwright/test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { decodeNpy } from '../src/formats/containers/npy'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { earmark, earmarkJson } from './support/earmark'

interface Written {
  path: string
  clips: number
  pictures: number
  shape: number[] | null
  frontEndHash: string
}

test.describe('features and recipes from the command line', () => {
  test.skip(esc10Folder === null, noEsc10)

  test('a recipe is listed, printed, changed, and computed from a catalog and from a file', async () => {
    const folder = makeFolder('features')
    const options = { userFolder: join(folder, 'user') }
    const catalog = join(folder, 'catalog')
    const out = (name: string): string => join(folder, name)

    const listed = await earmarkJson<{ recipes: object[]; frontEnds: { name: string; hash: string }[] }>(
      ['recipes'],
      options,
    )
    const hashOf = (name: string): string => listed.frontEnds.find((one) => one.name === name)!.hash
    const vggish = await earmark(['recipes', 'vggish'], options)
    const mine = JSON.parse(vggish.stdout) as { hopSamples: number }
    writeFileSync(out('mine.json'), JSON.stringify({ ...mine, hopSamples: 80 }))

    await earmark(['init', catalog], options)
    await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)
    const some = ['--query', 'fold:1 label:rain']

    // The clips of ESC-10 are not all of one length: one array cannot hold them, segments of one size can.
    const unequal = await earmark(['features', catalog, '--recipe', 'logmel', '--out', out('x.npy')], options)
    expect(unequal.code).toBe(1)
    expect(unequal.stderr).toMatch(/one array cannot hold both/)
    expect(existsSync(out('x.npy'))).toBe(false)

    const patches = await earmarkJson<Written>(
      ['features', catalog, '--recipe', 'vggish', ...some, '--out', out('vggish.npz')],
      options,
    )
    expect(patches).toMatchObject({ clips: 8, pictures: 40, shape: [40, 96, 64], frontEndHash: hashOf('vggish') })
    const arrays = unzipSync(new Uint8Array(readFileSync(out('vggish.npz'))))
    expect(decodeNpy(arrays['features.npy']!, 'features').shape).toEqual([40, 96, 64])

    const sound = join(esc10Folder!, 'audio', readdirSync(join(esc10Folder!, 'audio')).sort()[0]!)
    const changed = ['--recipe', out('mine.json'), '--set', 'level.offset=0.02']
    const own = await earmarkJson<Written>(['features', sound, ...changed, '--out', out('own.npy')], options)
    expect(own.shape).toEqual([10, 96, 64])
    expect(own.frontEndHash).not.toBe(hashOf('vggish'))

    const records = ['features', catalog, '--recipe', 'logmel-cnn', ...some, '--out', out('x.tfrecord')]
    expect(await earmarkJson<Written>(records, options)).toMatchObject({ clips: 8, pictures: 8, shape: null })
    const again = await earmark(records, options)
    expect(again).toMatchObject({ code: 1 })
    expect(again.stderr).toMatch(/x\.tfrecord is there already/)
    expect((await earmark(['features', catalog, '--recipe', 'nope', '--out', out('y.npy')], options)).code).toBe(2)
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })
})
