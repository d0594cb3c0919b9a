import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { computeTile } from '../../../dsp/tile'
import { encodeWav } from '../../../formats/audio/encode-wav'
import { runMediaTask } from '../../media/run-media-task'
import { SoundShelf } from '../../media/sound-shelf'
import { TileDesk } from './tile-desk'

const rateHz = 16_000
const left = Float32Array.from({ length: 4 * rateHz }, (_, n) => Math.round(8000 * Math.sin(n * n * 1e-5)) / 32_768)
const right = new Float32Array(left.length)
const request = { columnLog2: 7, windowLog2: 9, window: 'hann', level: 'decibel', channel: 0 } as const

let folder = ''
let path = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earmark-tiles-'))
  path = join(folder, 'sweep.wav')
  writeFileSync(path, encodeWav([left, right], rateHz))
})
afterAll(() => rmSync(folder, { recursive: true }))

const mean = (values: Int16Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('tiles kept on disk', () => {
  const shelf = new SoundShelf({ maxBytes: 0, decodedFolder: null })
  let computed: number
  let place = ''
  let number = 0
  const open = (maxBytes?: number): TileDesk =>
    new TileDesk({
      folder: place,
      run(kind, input) {
        computed++
        return runMediaTask(kind, input, shelf)
      },
      ...(maxBytes === undefined ? {} : { maxBytes }),
    })
  beforeEach(() => {
    computed = 0
    place = join(folder, `tiles-${number++}`)
  })
  const sound = (soundKey = 'content') => ({ path, soundKey })

  it('are what the DSP makes of the recording, and computed once', async () => {
    const first = await open().tile(sound(), { settings: request, index: 1 })
    const read = async (from: number, to: number) => {
      const samples = new Float32Array(to - from)
      for (let i = from; i < to; i++) samples[i - from] = left[i] ?? 0
      return samples
    }
    const settings = { columnSamples: 128, windowSamples: 512, window: 'hann', level: 'decibel' } as const
    const made = await computeTile(read, left.length, rateHz, settings, 1)
    expect(first).toEqual({ ...made, isExact: true })
    // Another process finds it on the disk.
    expect(await open().tile(sound(), { settings: request, index: 1 })).toEqual(first)
    expect(computed).toBe(1)
  })

  it('of other content, settings, channel or place are others', async () => {
    const desk = open()
    await desk.tile(sound(), { settings: request, index: 0 })
    await desk.tile(sound('other'), { settings: request, index: 0 })
    await desk.tile(sound(), { settings: { ...request, channel: 1 }, index: 0 })
    await desk.tile(sound(), { settings: { ...request, window: 'hamming' }, index: 0 })
    await desk.tile(sound(), { settings: { ...request, level: 'pcen' }, index: 0 })
    await desk.tile(sound(), { settings: request, index: 1 })
    expect(computed).toBe(6)
    expect(readdirSync(place)).toHaveLength(6)
  })

  it('that are cut off or damaged are computed again', async () => {
    const whole = await open().tile(sound(), { settings: request, index: 0 })
    const [name] = readdirSync(place)
    const file = join(place, name!)
    const bytes = readFileSync(file)
    for (const damaged of [bytes.subarray(0, 100), bytes.subarray(0, 3), Buffer.from(bytes).fill(7, 5000, 5004)]) {
      writeFileSync(file, damaged)
      expect(await open().tile(sound(), { settings: request, index: 0 })).toEqual(whole)
    }
    expect(computed).toBe(4)
  })

  it('are given up without a trace, and refused where there is none', async () => {
    const desk = open()
    await expect(desk.tile(sound(), { settings: request, index: 99 })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    await expect(desk.tile(sound(), { settings: { ...request, channel: 2 }, index: 0 })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    const aborted = new TileDesk({ folder: place, run: () => Promise.reject(new Error('cancelled')) })
    await expect(aborted.tile(sound(), { settings: request, index: 0 })).rejects.toThrow('cancelled')
    rmSync(place, { recursive: true, force: true })
    // A folder that cannot be: the tile comes all the same.
    writeFileSync(place, '')
    expect((await open().tile(sound(), { settings: request, index: 0 })).columns).toBe(256)
  })

  it('far out come as a sketch to who takes one, and whole to the next who asks', async () => {
    const asked: unknown[] = []
    const desk = new TileDesk({
      folder: place,
      run(kind, input) {
        if ('isSketch' in input) asked.push(input.isSketch)
        return runMediaTask(kind, input, shelf)
      },
    })
    const far = { settings: { ...request, columnLog2: 16 }, index: 0 }
    const sketch = await desk.tile(sound(), { ...far, takesSketch: true })
    expect(sketch.isExact).toBe(false)
    // A sketch is not kept.
    expect(await desk.tile(sound(), { ...far, takesSketch: true })).toEqual(sketch)
    const whole = await desk.tile(sound(), far)
    expect(whole.isExact).toBe(true)
    // In a sweep, eight windows of 256 are seldom the loudest.
    expect(mean(whole.values)).toBeGreaterThan(mean(sketch.values) + 300)
    expect(await desk.tile(sound(), { ...far, takesSketch: true })).toEqual(whole)
    // Near by a whole one comes at once.
    expect((await desk.tile(sound(), { settings: request, index: 0, takesSketch: true })).isExact).toBe(true)
    expect(asked).toEqual([true, true, false, false])
  })

  it('make room for new ones: the longest unused go', async () => {
    const bytes = 16 + 8 + 2 * 256 * 257
    await open().tile(sound('a'), { settings: request, index: 0 })
    // 64 MiB are freed at a time: a folder of hardly more holds one tile when the next is written.
    await open(64 * 2 ** 20 + bytes - 1).tile(sound('b'), { settings: request, index: 0 })
    expect(readdirSync(place)).toHaveLength(1)
  })
})
