/** JSON of 100 MB in one line: read right, or refused in a few words, in bounded time and memory. */
import { fork } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../bin/bundle.mjs'
import type { HugeOutcome } from './huge-child'

const bytes = 100 * 2 ** 20
let child = ''
let folder = ''
beforeAll(async () => {
  child = await bundle(join(import.meta.dirname, 'huge-child.ts'), 'fuzz-test/huge-child.mjs')
  folder = mkdtempSync(join(tmpdir(), 'earmark-huge-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Entry = (index: number) => string

/** Writes a file of `head`, as many entries as fill it, and `tail`. @returns how many entries there are */
function writeHuge(name: string, head: string, entry: Entry, tail: string, size = bytes): number {
  return writeLists(name, head, [[entry, tail]], size)
}

/** Writes `head`, and lists of equally many entries, each with what follows it. @returns how many entries each has */
function writeLists(name: string, head: string, lists: [entry: Entry, tail: string][], size = bytes): number {
  const lengthOfOne = lists.reduce((sum, [entry]) => sum + entry(100_000).length + 1, 0)
  const count = Math.ceil((size / lengthOfOne) * 1.02)
  const handle = openSync(join(folder, name), 'w')
  writeSync(handle, head)
  for (const [entry, tail] of lists) {
    for (let from = 0; from < count; from += 1000) {
      let piece = ''
      for (let n = from; n < Math.min(count, from + 1000); n++) piece += (n === 0 ? '' : ',') + entry(n)
      writeSync(handle, piece)
    }
    writeSync(handle, tail)
  }
  closeSync(handle)
  expect(statSync(join(folder, name)).size).toBeGreaterThanOrEqual(size)
  return count
}

function read(format: string): Promise<HugeOutcome> {
  return new Promise((resolve, reject) => {
    const process = fork(child, [folder, format], { execArgv: ['--expose-gc', '--max-old-space-size=2000'] })
    let outcome: HugeOutcome | null = null
    process.on('message', (message) => (outcome = message as HugeOutcome))
    process.on('error', reject)
    process.on('close', (code, signal) => {
      if (outcome) resolve(outcome)
      else reject(new Error(`ended by ${signal ?? code}`))
    })
  })
}

describe('100 MB of JSON in one line', () => {
  const cases: [format: string, file: string, write: () => number][] = [
    [
      'label-studio',
      'export.json',
      () =>
        writeHuge(
          'export.json',
          '[',
          (n) =>
            `{"id":${n},"data":{"audio":"/data/local-files/?d=night/${n}.wav"},"annotations":[{"completed_by":7,"result":[{"id":"r${n}","type":"labels","original_length":60,"value":{"start":1.5,"end":2.5,"channel":0,"labels":["Dog"]}}]}]}`,
          ']',
        ),
    ],
    [
      'aoef',
      'project.json',
      () =>
        writeLists(
          'project.json',
          '{"data":{"recordings":[{"uuid":"r","path":"night.wav","duration":1000000}],"sound_events":[',
          [
            [
              (n) =>
                `{"uuid":"e${n}","recording":"r","geometry":{"type":"BoundingBox","coordinates":[${n / 10},2000,${n / 10 + 1},4000]}}`,
              '],"sound_event_annotations":[',
            ],
            [(n) => `{"uuid":"a${n}","sound_event":"e${n}","tags":[]}`, ']}}'],
          ],
        ),
    ],
    [
      'jams',
      'night.jams',
      () =>
        writeHuge(
          'night.jams',
          '{"file_metadata":{"duration":1000000},"annotations":[{"namespace":"segment_open","data":[',
          (n) => `{"time":${n / 10},"duration":1,"value":"dog","confidence":0.5}`,
          ']}]}',
        ),
    ],
  ]

  it.each(cases)('as %s has it is read whole', { timeout: 180_000 }, async (format, name, write) => {
    const count = write()
    const outcome = await read(format)
    rmSync(join(folder, name))
    expect(outcome.said).toEqual([])
    expect(outcome.annotations).toBe(count)
    expectBounded(outcome)
  })

  it('is refused by its size beyond 128 MiB', { timeout: 180_000 }, async () => {
    writeHuge('night.jams', '{"annotations":[', () => '{"data":[]}', ']}', 129 * 2 ** 20)
    const outcome = await read('jams')
    rmSync(join(folder, 'night.jams'))
    expect(outcome.recordings).toBe(0)
    expect(outcome.said).toEqual([expect.stringMatching(/^night\.jams has 1\d\d MB: too much JSON to be read at once/)])
    expectBounded(outcome)
  })

  it('in a NeMo manifest, which has a line for each row, is refused by row', { timeout: 180_000 }, async () => {
    writeHuge('manifest.json', '[', (n) => `{"audio_filepath":"${n}.wav","duration":2}`, ']')
    const outcome = await read('nemo')
    rmSync(join(folder, 'manifest.json'))
    expect(outcome.said).toEqual([
      expect.stringMatching(/^manifest\.json 1 unreadable row: a line of 1\d{8} characters$/),
    ])
    expectBounded(outcome)
  })

  it.each([
    ['that breaks off', ''],
    ['with a key twice at its end', '],"annotations":[]}'],
  ])('%s is refused in a few words', { timeout: 180_000 }, async (_, tail) => {
    writeHuge(
      'night.jams',
      '{"annotations":[{"data":[',
      (n) => `{"time":${n / 10},"duration":1,"value":"dog"}`,
      tail === '' ? '' : `]}${tail}`,
    )
    const outcome = await read('jams')
    rmSync(join(folder, 'night.jams'))
    expect(outcome.recordings).toBe(0)
    expect(outcome.said).toEqual([
      expect.stringMatching(
        tail === ''
          ? /^night\.jams cannot be read: no JSON/
          : /the key “annotations” stands twice in one object \(line 1, column 1\d{8}\)/,
      ),
    ])
    expectBounded(outcome)
  })

  /** Several times what was measured: 2 to 9 s of processor time, and up to 1.6 GiB. The heap's own bound ends the rest. */
  function expectBounded({ seconds, peakBytes }: HugeOutcome): void {
    expect(seconds).toBeLessThan(40)
    expect(peakBytes).toBeLessThan(2.25 * 2 ** 30)
  }
})
