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

/** Writes a file of `head`, as many entries as fill it, and `tail`. @returns how many entries there are */
function writeHuge(name: string, head: string, entry: (index: number) => string, tail: string): number {
  const handle = openSync(join(folder, name), 'w')
  let written = writeSync(handle, head)
  let count = 0
  while (written < bytes) {
    let piece = ''
    for (let n = 0; n < 1000; n++) piece += (count === 0 ? '' : ',') + entry(count++)
    written += writeSync(handle, piece)
  }
  writeSync(handle, tail)
  closeSync(handle)
  expect(statSync(join(folder, name)).size).toBeGreaterThanOrEqual(bytes)
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
  const cases: [string, string, () => number, number][] = [
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
      1,
    ],
    [
      'aoef',
      'project.json',
      () => {
        const event = (n: number): string =>
          `{"uuid":"e${n}","recording":"r","geometry":{"type":"BoundingBox","coordinates":[${n / 10},2000,${n / 10 + 1},4000]}}`
        const head = '{"data":{"recordings":[{"uuid":"r","path":"night.wav","duration":1000000}],"sound_events":['
        return writeHuge('project.json', head, event, ']}}')
      },
      0,
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
      1,
    ],
  ]

  it.each(cases)('as %s has it is read whole', { timeout: 180_000 }, async (format, name, write, perEntry) => {
    const count = write()
    const outcome = await read(format)
    rmSync(join(folder, name))
    console.log(format, count, outcome)
    expect(outcome.said).toEqual([])
    expect(outcome.annotations).toBe(count * perEntry)
    expectBounded(outcome)
  })

  it('in a NeMo manifest, which has a line for each row, is refused by row', { timeout: 180_000 }, async () => {
    writeHuge('manifest.json', '[', (n) => `{"audio_filepath":"${n}.wav","duration":2}`, ']')
    const outcome = await read('nemo')
    rmSync(join(folder, 'manifest.json'))
    expect(outcome.said).toEqual([
      expect.stringMatching(/^manifest\.json 1 unreadable row: a line of 1048\d{5} characters$/),
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
          : /the key “annotations” stands twice in one object \(line 1, column 1048\d{5}\)/,
      ),
    ])
    expectBounded(outcome)
  })

  function expectBounded({ seconds, peakBytes }: HugeOutcome): void {
    expect(seconds).toBeLessThan(60)
    expect(peakBytes).toBeLessThan(20 * bytes)
  }
})
