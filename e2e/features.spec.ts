import { expect, test } from '@playwright/test'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { decodeNpy } from '../src/formats/containers/npy'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { earmark, earmarkJson } from './support/earmark'

interface Augmented {
  sampleRateHz: number
  files: {
    path: string
    sha256: string
    example: number
    drawn: { kind: string; values: Record<string, number> }[]
    taken: string[][]
  }[]
}

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

  test('a sound file is written as a chain changes it, the same for the same seed', async () => {
    const folder = makeFolder('augment-file')
    const options = { userFolder: join(folder, 'user') }
    const at = (name: string): string => join(folder, name)
    const sound = join(esc10Folder!, 'audio', readdirSync(join(esc10Folder!, 'audio')).sort()[0]!)
    const steps = [
      { kind: 'time-shift', seconds: [-0.5, 0.5], fill: 'silence' },
      { kind: 'noise', color: 'pink', snrDb: [5, 20], level: 'active' },
    ]
    writeFileSync(at('chain.json'), JSON.stringify({ steps }))
    const base = ['augment', sound, '--chain', at('chain.json'), '--seed', '5']

    const first = await earmark([...base, '--draws', '3', '--out', at('y.wav')], options)
    expect(first.code, first.stderr).toBe(0)
    expect(first.stdout).toMatch(/y-1\.wav +5\.00\d +time-shift shiftSeconds .*, noise snrDb/)
    const log = JSON.parse(readFileSync(at('y.json'), 'utf8')) as Augmented
    expect(log.sampleRateHz).toBe(44_100)
    expect(log.files.map(({ example }) => example)).toEqual([0, 1, 2])
    expect(new Set(log.files.map(({ sha256 }) => sha256)).size).toBe(3)

    // One example alone, out of the chain of a whole recipe, is the same to the last bit.
    const recipe = await earmark(['recipes', 'logmel-cnn'], options)
    const whole = JSON.parse(recipe.stdout) as { training: object }
    writeFileSync(at('recipe.json'), JSON.stringify({ ...whole, training: { ...whole.training, chain: { steps } } }))
    const alone = await earmarkJson<Augmented>(
      ['augment', sound, '--chain', at('recipe.json'), '--seed', '5', '--example', '2', '--out', at('z.wav')],
      options,
    )
    expect(alone.files[0]!.drawn).toEqual(log.files[2]!.drawn)
    expect(readFileSync(at('z.wav'))).toEqual(readFileSync(at('y-3.wav')))
    expect(existsSync(at('z.json'))).toBe(false)

    const taken = await earmark([...base, '--out', at('z.wav')], options)
    expect(taken).toMatchObject({ code: 1 })
    expect(taken.stderr).toMatch(/z\.wav is there already/)
    const forced = await earmarkJson<Augmented>([...base, '--out', at('z.wav'), '--force', '--rate', '16000'], options)
    expect(forced.sampleRateHz).toBe(16_000)

    // Other sounds come out of a folder beside the chain, from wherever the command is called.
    mkdirSync(at('sounds/noise'), { recursive: true })
    copyFileSync(at('y-1.wav'), at('sounds/noise/street.wav'))
    const noisy = { kind: 'recorded-noise', source: { folder: 'noise' }, snrDb: [0, 10], level: 'active' }
    writeFileSync(at('sounds/noisy.json'), JSON.stringify({ steps: [noisy] }))
    const mixed = ['augment', sound, '--chain', at('sounds/noisy.json'), '--out']
    expect((await earmarkJson<Augmented>([...mixed, at('m.wav')], options)).files[0]!.taken).toEqual([
      [at('sounds/noise/street.wav')],
    ])
    rmSync(at('sounds/noise'), { recursive: true })
    const gone = await earmark([...mixed, at('n.wav')], options)
    expect(gone).toMatchObject({ code: 1 })
    expect(gone.stderr).toContain(`Step 1 of the chain (recorded-noise): ${at('sounds/noise')} does not exist.`)

    writeFileSync(at('wrong.json'), JSON.stringify({ steps: [steps[0], { ...steps[1], snrDb: [20, 5] }] }))
    const wrong = await earmark(['augment', sound, '--chain', at('wrong.json'), '--out', at('w.wav')], options)
    expect(wrong).toMatchObject({ code: 1 })
    expect(wrong.stderr).toMatch(/wrong\.json: steps\.1\.snrDb: the first must not be larger/)
    const named = await earmark(['augment', sound, '--chain', at('chain.json'), '--out', at('w.mp3')], options)
    expect(named).toMatchObject({ code: 2 })
    expect(readdirSync(folder).filter((name) => /partial|^w/.test(name))).toEqual(['wrong.json'])
  })
})
