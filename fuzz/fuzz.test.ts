import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { importers } from '../src/formats/importers/importer'
import { bundle } from '../bin/bundle.mjs'
import { allTargets } from './find-target'
import { superviseFuzz, type FuzzReport } from './supervise'

/** A folder of its own, so that a run by hand beside this is not disturbed. */
const folder = `fuzz-test-${process.pid}`
let child = ''
beforeAll(async () => {
  child = await bundle(join(import.meta.dirname, 'child.ts'), `${folder}/child.mjs`)
  return () => rmSync(join(import.meta.dirname, '../out', folder), { recursive: true, force: true })
})

describe('every reader', () => {
  it('is fuzzed: each format that can be imported has sound datasets to be damaged', async () => {
    const byId = new Map(allTargets.map((target) => [target.id, target]))
    for (const { id } of importers) {
      expect(byId.get(id)?.importsAs, id).toBe(id)
      expect(
        (await byId.get(id)!.corpus()).length,
        `${id} has none: src/formats/testing/fuzz/corpora.ts`,
      ).toBeGreaterThan(0)
    }
    expect(byId.size).toBe(allTargets.length)
  })

  it.each(allTargets.map(({ id }) => id))(
    '%s refuses or takes 500 damaged inputs, and leaves the catalog as it was',
    { timeout: 120_000 },
    async (target) => {
      const report = await superviseFuzz({ child, target, seed: 500, inputs: 500, importEvery: 20 })
      expect(report.faults).toEqual([])
      expect(report.inputs).toBe(500)
      expect(report.taken).toBeGreaterThan(50)
      const isImported = allTargets.find(({ id }) => id === target)!.importsAs !== undefined
      expect(report.imported).toBe(isImported ? 25 : 0)
    },
  )
})

describe('the fuzzer', () => {
  const look = (target: string, patience = { amongMs: 500, aloneMs: 1000 }): Promise<FuzzReport> =>
    superviseFuzz({ child, target, seed: 1, inputs: 300, importEvery: 0, patience })

  it.each([
    ['faulty-crash', 'crash', /TypeError: Cannot read properties of null/],
    ['faulty-abort', 'crash', /the process ended \(SIGABRT\)/],
    ['faulty-heard-by-nobody', 'crash', /nobody heard that Error: nobody hears this/],
    ['faulty-message', 'crash', /refused with 100000 characters/],
    ['faulty-hang', 'hang', /did not end within 1000 ms/],
    ['faulty-wait', 'hang', /waits for what never comes/],
  ])('finds what is wrong with %s', { timeout: 120_000 }, async (target, kind, message) => {
    const { faults, inputs } = await look(target)
    expect(faults.map((fault) => fault.kind)).toContain(kind)
    expect(faults[0]!.message).toMatch(message)
    // And goes on behind it.
    expect(inputs).toBe(300)
  })

  it('finds what fills the heap', { timeout: 120_000 }, async () => {
    const { faults } = await look('faulty-heap', { amongMs: 500, aloneMs: 60_000 })
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['memory']))
    expect(faults[0]!.message).toMatch(/heap out of memory/)
  })

  it.runIf(process.platform === 'linux').each([
    ['faulty-memory', /\b[56]\d\d MiB more in use/],
    ['faulty-reserve', /\b3\d\d\d MiB more reserved/],
  ])('sees the memory that %s takes', { timeout: 120_000 }, async (target, message) => {
    const { faults } = await look(target)
    expect(faults.map(({ kind }) => kind)).toContain('memory')
    expect(faults[0]!.message).toMatch(message)
  })

  it('leaves a sound reader alone, makes the same inputs of the same seed, and others of another', async () => {
    const first = await look('sound-reader')
    expect(first.faults).toEqual([])
    expect(first.refused).toBeGreaterThan(50)
    const task = { child, target: 'sound-reader', inputs: 300, importEvery: 0 }
    expect((await superviseFuzz({ ...task, seed: 1 })).refused).toBe(first.refused)
    expect((await superviseFuzz({ ...task, seed: 2 })).refused).not.toBe(first.refused)
  })

  it('says so when a reader does not take what is sound', async () => {
    await expect(
      superviseFuzz({ child, target: 'no-such-reader', seed: 1, inputs: 1, importEvery: 0 }),
    ).rejects.toThrow(/No reader is called “no-such-reader”/)
  })
})
