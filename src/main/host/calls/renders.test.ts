import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyChain } from '../../../dsp/augment/apply-chain'
import type { AugmentationChain, AugmentationStep } from '../../../dsp/recipe'
import { decodeAudio } from '../../../formats/audio/decode-audio'
import { encodeWav } from '../../../formats/audio/encode-wav'
import type { RenderLog } from '../../../shared/contract/renders'
import { runMediaTask } from '../../media/run-media-task'
import { SoundShelf } from '../../media/sound-shelf'
import type { OpenMediaPool } from '../media/media-desk'
import { type HostFixture, importScript, openHost, removeFolder } from '../testing/host-fixture'

const rateHz = 16_000
/** As it comes back from a file of 16 bits. */
const left = Float32Array.from({ length: rateHz }, (_, n) => Math.round(12_000 * Math.sin((n * n) / 90_000)) / 32_768)
const right = left.map((value) => Math.round(-value * 16_384) / 32_768)
const chain: AugmentationChain = {
  steps: [
    { kind: 'time-shift', seconds: [-0.1, 0.1], fill: 'silence' },
    { kind: 'noise', color: 'pink', snrDb: [5, 20], level: 'active', probability: 0.5 },
    { kind: 'gain', decibels: [-6, 6], onlyClasses: ['dog'] },
  ],
}

describe('a sound file through a chain', () => {
  let fixture: HostFixture
  const openMediaPool: OpenMediaPool = () => {
    const shelf = new SoundShelf({ maxBytes: 1e8, decodedFolder: null })
    return {
      run: (kind, input, options) => runMediaTask(kind, input, shelf, { onProgress: () => undefined, ...options }),
      close: async () => undefined,
    }
  }
  const at = (name: string): string => join(fixture.folder, name)
  const render = (names: string[], own: Partial<Parameters<HostFixture['client']['renders']['file']>[0]> = {}) =>
    fixture.client.renders.file({
      path: at('x.wav'),
      chain,
      draw: { seed: 7, epoch: 2, example: 10 },
      className: 'dog',
      sampleRateHz: null,
      channel: 'mean',
      encoding: 'wav-float',
      out: names.map(at),
      log: at('log.json'),
      overwrites: false,
      ...own,
    })

  beforeEach(() => {
    fixture = openHost(
      importScript(() => []),
      { openMediaPool },
    )
    writeFileSync(at('x.wav'), encodeWav([left, right], rateHz))
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  it('is written draw by draw as training would hear it, with what was drawn', async () => {
    const made = await render(['y-1.wav', 'y-2.wav'])
    expect(JSON.parse(readFileSync(at('log.json'), 'utf8'))).toEqual(made)
    expect(made).toMatchObject({
      seed: 7,
      chain,
      sampleRateHz: rateHz,
      className: 'dog',
      channel: 'mean',
    } satisfies Partial<RenderLog>)
    const samples = left.map((value, n) => (value + right[n]!) * 0.5)
    for (const [index, file] of made.files.entries()) {
      const place = { seed: 7, epoch: 2, example: 10 + index, className: 'dog' }
      const wanted = applyChain({ samples, sampleRateHz: rateHz, segments: [] }, chain, place)
      const bytes = readFileSync(file.path)
      expect((await decodeAudio(bytes, file.path)).channels).toEqual([wanted.sound.samples])
      expect(file).toMatchObject({
        path: at(`y-${index + 1}.wav`),
        example: 10 + index,
        drawn: wanted.drawn,
        seconds: 1,
      })
      expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
    expect(made.files[0]!.sha256).not.toBe(made.files[1]!.sha256)
  })

  it('is the same file again with the same seed, and another with another, for every encoding', async () => {
    for (const encoding of ['wav16', 'wav24', 'wav-float'] as const) {
      const own = { encoding, log: null, overwrites: true }
      const [first, again, other] = [
        await render(['a.wav'], own),
        await render(['b.wav'], own),
        await render(['c.wav'], { ...own, draw: { seed: 8, epoch: 2, example: 10 } }),
      ]
      expect(readFileSync(at('b.wav'))).toEqual(readFileSync(at('a.wav')))
      expect(again.files[0]!.sha256).toBe(first.files[0]!.sha256)
      expect(other.files[0]!.sha256).not.toBe(first.files[0]!.sha256)
    }
  })

  it('says how many samples whole numbers could not hold', async () => {
    const loud: AugmentationChain = { steps: [{ kind: 'gain', decibels: [20, 20] }] }
    const { files } = await render(['y.wav'], { chain: loud, channel: 0 })
    const beyond = left.filter((value) => Math.abs(value * 10) > 1).length
    expect(files[0]!.clippedSamples).toBe(beyond)
    expect(files[0]!.peak).toBeCloseTo((12_000 / 32_768) * 10, 3)
  })

  const noisy = (folder: string): AugmentationStep => ({
    kind: 'recorded-noise',
    source: { folder },
    snrDb: [0, 0],
    level: 'rms',
  })
  it('takes other sounds out of a folder, and says which', async () => {
    mkdirSync(at('noise/street'), { recursive: true })
    const tones = [300, 500].map((hz) =>
      Float32Array.from({ length: rateHz }, (_, n) => 0.25 * Math.sin((2 * Math.PI * hz * n) / rateHz)),
    )
    writeFileSync(at('noise/a.wav'), encodeWav([tones[0]!], rateHz, 'wav-float'))
    writeFileSync(at('noise/street/b.wav'), encodeWav([tones[1]!], rateHz, 'wav-float'))
    writeFileSync(at('noise/notes.txt'), 'no sound')
    const steps: AugmentationStep[] = [{ kind: 'gain', decibels: [0, 0] }, noisy(at('noise'))]
    const names = Array.from({ length: 8 }, (_, index) => `n-${index}.wav`)
    const { files } = await render(names, { chain: { steps } })
    expect(new Set(files.flatMap(({ taken }) => taken[1]!))).toEqual(
      new Set([at('noise/a.wav'), at('noise/street/b.wav')]),
    )
    const samples = left.map((value, n) => (value + right[n]!) * 0.5)
    for (const { path, example, taken } of files) {
      expect(taken.map((own) => own.length)).toEqual([0, 1])
      const place = { seed: 7, epoch: 2, example, className: 'dog' }
      const heard = { samples, sampleRateHz: rateHz, segments: [] }
      const own = taken[1]![0]!.endsWith('a.wav') ? tones[0]! : tones[1]!
      const wanted = applyChain(heard, { steps }, place, [[], [own]])
      expect((await decodeAudio(readFileSync(path), path)).channels).toEqual([wanted.sound.samples])
    }
  })

  it('names the folder that has no sound, and asks for a folder in the place of clips', async () => {
    mkdirSync(at('empty'))
    const asked = (step: AugmentationStep) => render(['y.wav'], { chain: { steps: [{ kind: 'polarity' }, step] } })
    await expect(asked(noisy(at('gone')))).rejects.toMatchObject({
      code: 'not-found',
      message: `Step 2 of the chain (recorded-noise): ${at('gone')} does not exist.`,
    })
    await expect(asked(noisy(at('x.wav')))).rejects.toThrow(`${at('x.wav')} is a file, not a folder`)
    await expect(asked(noisy(at('empty')))).rejects.toThrow(`no sound file is in ${at('empty')}`)
    await expect(asked({ ...noisy(''), source: { query: 'label:rain' } } as AugmentationStep)).rejects.toMatchObject({
      message: expect.stringContaining('Step 2 of the chain (recorded-noise): clips of a query (“label:rain”)'),
      hint: expect.stringContaining('a folder'),
    })
    expect(existsSync(at('y.wav'))).toBe(false)
  })

  it('is refused where a name is taken, and leaves nothing where a draw fails', async () => {
    writeFileSync(at('y-2.wav'), 'mine')
    await expect(render(['y-1.wav', 'y-2.wav'])).rejects.toThrow(/y-2\.wav is there already/)
    expect(readFileSync(at('y-2.wav'), 'utf8')).toBe('mine')
    await expect(render(['x.wav'], { overwrites: true })).rejects.toThrow(/is the sound that is to be changed/)
    await expect(render(['y-1.wav'], { channel: 2 })).rejects.toThrow(/x\.wav: there is no channel 2/)
    mkdirSync(at('noise'))
    writeFileSync(at('noise/broken.wav'), 'no sound')
    const wanting: AugmentationChain = {
      // Not done in every draw: some files are written before one fails.
      steps: [{ ...noisy(at('noise')), probability: 0.5 }],
    }
    const draws = Array.from({ length: 8 }, (_, index) => `z-${index}.wav`)
    await expect(render(draws, { chain: wanting })).rejects.toThrow(/broken\.wav/)
    expect(readdirSync(fixture.folder).filter((name) => /^z-|partial|log/.test(name))).toEqual([])
    expect(existsSync(at('y-1.wav'))).toBe(false)
  })
})
