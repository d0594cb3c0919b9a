import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { outlineColumns } from '../../../dsp/outline'
import { mixDown } from '../../../dsp/mixdown'
import { encodeWav } from '../../../formats/audio/encode-wav'
import { outlineChunkFrames } from '../../media/outline-file'
import { runMediaTask } from '../../media/run-media-task'
import { SoundShelf } from '../../media/sound-shelf'
import { OutlineDesk } from './outline-desk'

/** Two chunks and a bit, quiet but for clicks, each of one sample. */
const length = 2 * outlineChunkFrames + 12_345
const rateHz = 48_000
const clicks = [5, 1_000_003, outlineChunkFrames - 1, outlineChunkFrames, length - 1]
const quantise = (value: number): number => Math.round(value * 32768) / 32768
const left = Float32Array.from({ length }, (_, i) => quantise(0.01 * Math.sin(i / 7)))
const right = new Float32Array(length)
for (const at of clicks) left[at] = 0.75
for (const at of clicks) right[at] = -0.5

let folder = ''
let path = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earmark-outline-'))
  path = join(folder, 'clicks.wav')
  await writeFile(path, encodeWav([left, right], rateHz))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the waveform of a long recording', () => {
  const shelf = new SoundShelf({ maxBytes: 0, decodedFolder: null })
  let asked: string[]
  let told: number[]
  let number = 0
  let outlines = ''
  let desk: OutlineDesk
  const whole = { from: 0, to: length, count: 700, channel: 'mean' as const }
  const sound = { recordingId: 'r', path: '', soundKey: 'key' }

  beforeEach(() => {
    asked = []
    told = []
    outlines = join(folder, `outlines-${number++}`)
    desk = open()
  })
  const open = (): OutlineDesk =>
    new OutlineDesk({
      folder: outlines,
      run: async (kind, input, options) => {
        asked.push(kind)
        const output = await runMediaTask(kind, input, shelf, { onProgress: () => undefined })
        options?.signal?.throwIfAborted()
        return output
      },
      onProgress: (_, doneSeconds, totalSeconds) => told.push(doneSeconds / totalSeconds),
      log: (line) => expect(line).toBe('nothing'),
    })
  const untilBuilt = async (): Promise<void> => {
    while (told.at(-1) !== 1) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  it('is a sketch at first, then exact: no click is lost at any zoom', async () => {
    const first = await desk.columns({ ...sound, path }, whole)
    expect(first.isExact).toBe(false)
    expect(first.columns).toHaveLength(3 * 700)
    await untilBuilt()
    expect(told).toHaveLength(3)
    const mean = mixDown([left, right], 'mean')
    for (const count of [1, 37, 700, 4000])
      for (const channel of ['mean', 0, 1] as const) {
        const { columns, isExact } = await desk.columns({ ...sound, path }, { ...whole, count, channel })
        expect(isExact).toBe(true)
        const samples = channel === 'mean' ? mean : channel === 0 ? left : right
        // A column may begin up to an entry early; its extremes are among those of its neighbours.
        const exact = outlineColumns(samples, 0, length, count)
        for (const at of clicks) {
          const column = Math.floor((at * count) / length)
          const around = [column - 1, column, column + 1].filter((c) => c >= 0 && c < count)
          const field = samples[at]! > 0 ? 1 : 0
          expect(around.map((c) => columns[3 * c + field])).toContain(samples[at])
          expect(exact[3 * column + field]).toBe(samples[at])
        }
        const energy = (of: Float32Array): number => of.reduce((sum, value, i) => (i % 3 === 2 ? sum + value : sum), 0)
        if (count === 37) expect(energy(columns) / energy(exact)).toBeCloseTo(1, 1)
      }
  })

  it('is read from its file by another desk, and computed again when that is cut off or gone', async () => {
    await desk.columns({ ...sound, path }, whole)
    await untilBuilt()
    asked = []
    const other = open()
    const { columns } = await other.columns({ ...sound, path }, whole)
    expect(asked).toEqual([])
    await writeFile(join(outlines, 'key'), 'EOUT')
    expect((await other.columns({ ...sound, path }, whole)).isExact).toBe(false)
    told = []
    await untilBuilt()
    expect((await other.columns({ ...sound, path }, whole)).columns).toEqual(columns)
  })

  it('of a short span comes from the sound itself, sample by sample', async () => {
    const span = { from: 1_000_000.5, to: 1_000_010.5, count: 40, channel: 0 }
    const { columns, isExact } = await desk.columns({ ...sound, path }, span)
    expect(isExact).toBe(true)
    expect(columns).toEqual(outlineColumns(left.slice(1_000_000, 1_000_011), 0.5, 10.5, 40))
    expect(existsSync(outlines)).toBe(false)
  })

  it('of a short span with wide columns comes from the outline where there is one, and asks for none', async () => {
    const span = { from: 900_000, to: 900_000 + 200 * 1500, count: 200, channel: 0 }
    const exact = outlineColumns(left.subarray(span.from, span.to), 0, span.to - span.from, span.count)
    expect(await desk.columns({ ...sound, path }, span)).toEqual({ columns: exact, isExact: true })
    expect(existsSync(outlines)).toBe(false)
    await desk.columns({ ...sound, path }, whole)
    await untilBuilt()
    asked = []
    const { columns, isExact } = await desk.columns({ ...sound, path }, span)
    expect([asked, isExact]).toEqual([[], true])
    const column = Math.floor((1_000_003 - span.from) / 1500)
    expect([column - 1, column, column + 1].map((c) => columns[3 * c + 1])).toContain(0.75)
    // Narrower ones would not have two entries each.
    await desk.columns({ ...sound, path }, { ...span, count: 400 })
    expect(asked).toEqual(['outlineSpan'])
  })

  it('is given up when another recording is opened, and leaves nothing half-written', async () => {
    await desk.columns({ ...sound, path }, whole)
    await desk.columns({ recordingId: 's', path, soundKey: 'other' }, whole)
    await untilBuilt()
    while (readdirSync(outlines).length > 1) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(readdirSync(outlines)).toEqual(['other'])
    told = []
    await desk.columns({ ...sound, path }, whole)
    desk.close()
    while (readdirSync(outlines).length > 1) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(readdirSync(outlines)).toEqual(['other'])
  })
})
