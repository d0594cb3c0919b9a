/** The whole setup in small: the real pip and npm against an index on this machine, a real compiler, a real proof. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { findLibraries, readLibrary } from './native-manifest'
import { proveLibrary } from './prove-library'
import type { SetupProgress } from './setup-progress'
import { openSetupBench, type SetupBench } from './testing/setup-bench'
import { missingForSetup, publishSmallTensorflow } from './testing/small-tensorflow'

describe.skipIf(missingForSetup !== '')(`the setup of TensorFlow${missingForSetup && ` (${missingForSetup})`}`, () => {
  let bench: SetupBench
  afterEach(() => bench.close())

  it('ends with a library that is proved, in a folder with spaces and letters of any language', async () => {
    bench = await openSetupBench('Bücher & Köche/原生 native')
    const { pins } = publishSmallTensorflow(bench.index)
    const told: SetupProgress[] = []
    const { folder, manifest, isNew } = await bench.setup(pins, { tell: (progress) => told.push(progress) })
    expect(isNew).toBe(true)
    expect(bench.left()).toEqual([basename(folder)])
    expect(manifest).toMatchObject({ tensorflow: '2.99.0', variant: 'cpu', proof: { isUsingGpu: false } })
    expect(readLibrary(folder).manifest).toEqual(manifest)
    expect((await proveLibrary({ kind: 'folder', target: folder })).version).toBe('2.99.0')
    expect([...new Set(told.map(({ step }) => step))]).toEqual(['tools', 'download', 'unpack', 'compile', 'prove'])
    const shares = told.map(({ share }) => share)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    // It is there now: a second setup proves it and leaves it.
    const before = bench.index.asked.length
    expect(await bench.setup(pins)).toMatchObject({ folder, isNew: false })
    expect(bench.index.asked).toHaveLength(before)
  })

  it('gets its sources through npm where there is one', async () => {
    bench = await openSetupBench()
    const { pins } = publishSmallTensorflow(bench.index)
    const script = findNpmScript()
    if (script !== null) process.env.npm_execpath = script
    const told: string[] = []
    await bench.setup(pins, { tell: ({ text }) => told.push(text) })
    expect(told[0]).toMatch(script === null ? /^Using pip/ : /^Using pip .*, npm \d/)
  })

  it('goes on with half a download, of an earlier process, by asking for the rest', async () => {
    bench = await openSetupBench()
    const { pins, wheel } = publishSmallTensorflow(bench.index, { wheelBytes: 300_000 })
    bench.index.behaviour.dropAfter = 120_000
    // Each answer breaks off; what comes after it asks for what is missing.
    expect((await bench.setup(pins)).isNew).toBe(true)
    const ranges = bench.index.asked.map(({ range }) => range)
    expect(ranges[0]).toBe('all')
    expect(ranges.slice(1)).toEqual(ranges.slice(1).map(() => expect.stringMatching(/^bytes=\d+-$/)))
    expect(ranges.length).toBe(Math.ceil(wheel.length / 120_000))
  })

  it('gets there where the server knows no ranges', async () => {
    bench = await openSetupBench()
    const { pins, wheel } = publishSmallTensorflow(bench.index, { wheelBytes: 300_000 })
    mkdirSync(join(bench.parent, 'downloads'), { recursive: true })
    writeFileSync(join(bench.parent, 'downloads', `${pins.wheels[0]!.file}.part`), wheel.subarray(0, 100_000))
    bench.index.behaviour.knowsRanges = false
    expect((await bench.setup(pins)).isNew).toBe(true)
    expect(bench.index.asked.map(({ range }) => range)).toEqual(['bytes=100000-'])
  })

  it('takes over from a process that died, and removes what that had half built', async () => {
    bench = await openSetupBench()
    const { pins } = publishSmallTensorflow(bench.index)
    const half = join(bench.parent, 'tensorflow-2.99.0-cpu-linux-x64-tfjs-1.0.0.partial-4711')
    mkdirSync(half, { recursive: true })
    const lock = join(bench.parent, 'setup.lock')
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(lock, `${pid} 1`)
    expect((await bench.setup(pins)).isNew).toBe(true)
    expect(existsSync(half)).toBe(false)
    expect(existsSync(lock)).toBe(false)
    // The number of a dead process that another has now; and a lock whose writer died before it wrote its name.
    for (const text of [`${process.ppid} 1`, '']) {
      writeFileSync(lock, text)
      expect((await bench.setup(pins)).isNew).toBe(false)
    }
  })

  it('does not take over from a process that lives', async () => {
    bench = await openSetupBench()
    const { pins } = publishSmallTensorflow(bench.index)
    mkdirSync(bench.parent)
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    try {
      writeFileSync(join(bench.parent, 'setup.lock'), `${other.pid}`)
      await expect(bench.setup(pins)).rejects.toMatchObject({
        code: 'conflict',
        message: `Another setup is running (process ${other.pid}).`,
      })
      expect(readFileSync(join(bench.parent, 'setup.lock'), 'utf8')).toBe(String(other.pid))
    } finally {
      other.kill('SIGKILL')
    }
  })

  it('leaves other versions as they are; the one that Earmark knows comes first', async () => {
    bench = await openSetupBench()
    const old = await bench.setup(publishSmallTensorflow(bench.index, { version: '2.20.0' }).pins)
    const mine = publishSmallTensorflow(bench.index, { version: '2.21.0' }).pins
    mine.addon = { ...mine.addon, version: '4.22.0' }
    const [addon] = bench.index.packages.filter(({ name }) => name === mine.addon.name)
    addon!.version = '4.22.0'
    const current = await bench.setup(mine)
    const later = await bench.setup(publishSmallTensorflow(bench.index, { version: '2.30.0' }).pins)
    const found = findLibraries(bench.parent)
    expect(found.map(({ folder }) => folder)).toEqual([current.folder, later.folder, old.folder])
    expect(found.map(({ manifest }) => manifest?.tensorflow)).toEqual(['2.21.0', '2.30.0', '2.20.0'])
    for (const { folder, manifest } of found)
      expect((await proveLibrary({ kind: 'folder', target: folder })).version).toBe(manifest!.tensorflow)
  })

  it('builds anew what is there and does not prove itself any more', async () => {
    bench = await openSetupBench()
    const { pins } = publishSmallTensorflow(bench.index)
    const { folder } = await bench.setup(pins)
    const main = readFileSync(join(folder, 'index.cjs'), 'utf8')
    writeFileSync(join(folder, 'index.cjs'), 'process.abort()'.padEnd(main.length))
    const told: string[] = []
    expect((await bench.setup(pins, { tell: ({ text }) => told.push(text) })).isNew).toBe(true)
    expect(told).toContain('It crashed the process that tried it (SIGABRT); building it anew')
    expect(readFileSync(join(folder, 'index.cjs'), 'utf8')).toBe(main)
  })
})

/** npm's own script beside the Node that runs these tests, or on the path. */
function findNpmScript(): string | null {
  const given = process.env.npm_execpath
  if (given && existsSync(given)) return given
  const { stdout } = spawnSync(
    '/bin/sh',
    ['-c', 'PATH=/usr/local/bin:/usr/bin:/bin; readlink -f "$(command -v npm)"'],
    {
      encoding: 'utf8',
    },
  )
  const path = stdout.trim()
  if (path.endsWith('npm-cli.js')) return path
  const require = createRequire(import.meta.url)
  try {
    return join(dirname(require.resolve('npm/package.json')), 'bin', 'npm-cli.js')
  } catch {
    return null
  }
}
