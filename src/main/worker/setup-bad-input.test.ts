/**
 * What goes wrong with a setup, really provoked: the real pip against an index on this machine, a real compiler and
 * real shared objects. Each gives one clear line, and the program goes on with the next backend.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AppError } from '../../shared/errors'
import { selectBackend } from './backends/select-backend'
import { integrityOf, sha256Of } from './native/testing/fake-index'
import { isRunning, openSetupBench, type SetupBench } from './native/testing/setup-bench'
import { missingForSetup, publishSmallTensorflow } from './native/testing/small-tensorflow'
import type { SetupPins } from './native/pins'

const isRoot = process.getuid?.() === 0

describe.skipIf(missingForSetup !== '')(`a setup that fails${missingForSetup && ` (${missingForSetup})`}`, () => {
  let bench: SetupBench
  beforeEach(async () => {
    bench = await openSetupBench()
  })
  afterEach(() => bench.close())

  /** Sets up, and says how it failed; then asks what the program goes on with. */
  async function fail(pins: SetupPins): Promise<AppError> {
    const error = await bench.setup(pins).then(
      () => null,
      (thrown: AppError) => thrown,
    )
    expect(error).toMatchObject({ name: 'AppError', message: expect.stringMatching(/^[^\n]+$/) })
    expect(bench.left().filter((name) => /partial|lock|^tensorflow-[\d.]+-/.test(name))).toEqual([])
    await expectWasm()
    return error!
  }
  async function expectWasm(why = 'no native library is installed'): Promise<void> {
    const selected = await selectBackend('auto')
    expect(selected.name).toBe('wasm')
    expect(selected.reason).toContain(why)
  }

  it('for want of a network', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    process.env.PIP_INDEX_URL = `http://127.0.0.1:${await findClosedPort()}/simple`
    expect(await fail(pins)).toMatchObject({
      code: 'backend-unavailable',
      message: `pip cannot reach its package index to download ${pins.wheels[0]!.file}.`,
      hint: expect.stringContaining('network'),
    })
  })

  it('for want of npm’s registry, with the wheel kept', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    const host = `127.0.0.1:${await findClosedPort()}`
    process.env.npm_config_registry = `http://${host}/`
    expect((await fail(pins)).message).toBe(`${host} did not give @small/addon 1.0.0 (ECONNREFUSED).`)
    expect(bench.left()).toEqual([pins.wheels[0]!.file])
  })

  it('with half a download, which is kept', async () => {
    const { pins } = publishSmallTensorflow(bench.index, { wheelBytes: 400_000 })
    bench.index.behaviour = { ...bench.index.behaviour, dropAfter: 150_000, knowsRanges: false }
    const { message, hint } = await fail(pins)
    expect(message).toMatch(/^The download of tensorflow_cpu-2\.99\.0-.*\.whl broke off \(.+\)\.$/)
    expect(hint).toContain('goes on where it stopped')
    expect(bench.left()).toEqual([`${pins.wheels[0]!.file}.part`])
  })

  it('over a checksum that differs, as the index says it or as the file has it', async () => {
    const { pins, wheel } = publishSmallTensorflow(bench.index)
    const [file] = bench.index.files
    bench.index.behaviour.sha256 = 'a'.repeat(64)
    const other = await fail(pins)
    expect(other.message).toMatch(/^pip’s index gives tensorflow_cpu-.* the checksum a{64}, not [0-9a-f]{64}\.$/)
    expect(bench.index.asked).toEqual([])
    // The index says the right one, and sends something else.
    bench.index.behaviour.sha256 = null
    file!.content = Buffer.from(wheel).fill(7, 200, 300)
    expect(await fail(pins)).toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/has the checksum .*deleted/),
    })
    expect(bench.left()).toEqual([])
  })

  it('over a package of npm that is another', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    pins.addon.integrity = integrityOf(Buffer.from('another'))
    expect(await fail(pins)).toMatchObject({
      code: 'bad-file',
      message: 'The package @small/addon 1.0.0 has a checksum that differs from Earmark’s.',
    })
  })

  it('over a wheel of the wrong platform', async () => {
    // The index has one for another machine only …
    const { pins } = publishSmallTensorflow(bench.index, { platform: 'manylinux_2_27_aarch64' })
    expect((await fail(pins)).message).toBe(`pip’s package index does not offer ${pins.wheels[0]!.file}.`)
    // … or an own build for this one, which pip takes; it is not what Earmark knows.
    bench.index.files = []
    publishSmallTensorflow(bench.index, { platform: 'manylinux_2_27_x86_64.manylinux2014_x86_64' })
    expect((await fail(pins)).message).toMatch(
      /^pip offers tensorflow_cpu-.*manylinux2014_x86_64\.whl for this machine, not /,
    )
    // … or its file has the right name and other contents, as a careless mirror's.
    const wanted = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/windows/']
    bench.index.files = []
    const { pins: mirrored } = publishSmallTensorflow(bench.index)
    mirrored.wheels[0]!.wanted = wanted
    expect(await fail(mirrored)).toMatchObject({
      code: 'bad-file',
      message: `${mirrored.wheels[0]!.file} holds no tensorflow/windows/; it is a wheel of another platform.`,
    })
  })

  it('over a wheel that is no archive, or the half of one', async () => {
    const { pins, wheel } = publishSmallTensorflow(bench.index)
    const [file] = bench.index.files
    const [pin] = pins.wheels
    for (const content of [Buffer.from('<html>Log in first</html>'), wheel.subarray(0, wheel.length / 2)]) {
      Object.assign(file!, { content, bytes: content.length, sha256: sha256Of(content) })
      Object.assign(pin!, { bytes: content.length, sha256: file!.sha256 })
      expect(await fail(pins)).toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(/\.whl is not a whole zip archive: its list of files is missing\.$/),
      })
    }
  })

  it('for want of a compiler, before anything is downloaded', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    process.env.CXX = ''
    expect(await fail(pins)).toMatchObject({
      message: 'No C++ compiler was found (looked for g++, clang++, c++).',
      hint: expect.stringContaining('sudo apt install g++'),
    })
    expect(bench.index.asked).toEqual([])
    expect(bench.left()).toEqual([])
  })

  it('for want of Python, or of its pip', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    const python = process.env.PYTHON!
    process.env.PYTHON = ''
    expect(await fail(pins)).toMatchObject({
      message: 'No Python was found; its pip downloads TensorFlow.',
      hint: expect.stringContaining('sudo apt install python3-pip'),
    })
    const bare = join(bench.root, 'bare')
    expect(spawnSync(python, ['-m', 'venv', '--without-pip', bare]).status).toBe(0)
    process.env.PYTHON = join(bare, 'bin', 'python')
    expect(await fail(pins)).toMatchObject({
      message: `${process.env.PYTHON} is there, but without pip, which downloads TensorFlow.`,
      hint: expect.stringContaining('sudo apt install python3-pip'),
    })
  })

  it('over sources that do not compile, with the compiler’s words', async () => {
    const { pins } = publishSmallTensorflow(bench.index, { backend: 'wrong' })
    expect((await fail(pins)).message).toMatch(/did not compile TensorFlow’s addon: .*tfjs_backend\.cc:1:.*error:/)
    // What was downloaded is good for a next try.
    expect(bench.left()).toContain(pins.wheels[0]!.file)
  })

  it('over an addon that crashes at load, or that a symbol is missing for', async () => {
    for (const [backend, how] of [
      ['aborting', 'crashed the process that tried it (SIGABRT)'],
      ['segfaulting', 'crashed the process that tried it (SIGSEGV)'],
    ] as const) {
      const { pins } = publishSmallTensorflow(bench.index, { backend })
      expect((await fail(pins)).message).toBe(`The library was built, but ${how}.`)
    }
    const { pins } = publishSmallTensorflow(bench.index, { backend: 'unresolved' })
    const { message } = await fail(pins)
    expect(message).toMatch(/^The library was built, but does not load \(.*undefined symbol: TF_GoneInThisVersion\)\.$/)
  })

  it('over a library that began to crash after it was set up', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    const { folder } = await bench.setup(pins)
    writeFileSync(join(folder, 'index.cjs'), 'process.abort();'.padEnd(readFileSync(join(folder, 'index.cjs')).length))
    const addon = join(folder, 'addon', 'tfjs_binding.node')
    writeFileSync(addon, readFileSync(addon)) // another time of change asks for another proof
    await expectWasm(`the library in ${folder} crashed the process that tried it (SIGABRT)`)
  })

  it.skipIf(!isRoot)('on a disk without room, told before or found out while unpacking', async () => {
    mkdirSync(bench.parent)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', bench.parent], {
      env: { PATH: '/usr/bin:/bin:/sbin' },
    })
    expect(mounted.status).toBe(0)
    try {
      const { pins: large } = publishSmallTensorflow(bench.index, { wheelBytes: 400_000 })
      expect(await fail(large)).toMatchObject({
        code: 'no-space',
        message: expect.stringMatching(/ has 1 MB free; TensorFlow’s library needs 2 MB while it is set up\.$/),
        hint: expect.stringContaining('EARMARK_NATIVE_FOLDER'),
      })
      expect(bench.index.asked).toEqual([])
      const { pins } = publishSmallTensorflow(bench.index, { version: '2.98.0', paddingBytes: 3_000_000 })
      expect(await fail(pins)).toMatchObject({
        code: 'no-space',
        message: `The disk of ${bench.parent} is full.`,
      })
    } finally {
      spawnSync('umount', [bench.parent], { env: { PATH: '/usr/bin:/bin:/sbin' } })
    }
  })

  it('in a folder that cannot be written', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    writeFileSync(bench.parent, 'a file where the folder should be')
    const error = await bench.setup(pins).catch((thrown: AppError) => thrown)
    expect(error).toMatchObject({
      code: 'no-permission',
      message: `${bench.parent} cannot be written (EEXIST).`,
      hint: expect.stringContaining('EARMARK_NATIVE_FOLDER'),
    })
    await expectWasm()
  })

  it.skipIf(!isRoot)('on a disk that is read-only', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    mkdirSync(bench.parent)
    const options = { env: { PATH: '/usr/bin:/bin:/sbin' } }
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', bench.parent], options).status).toBe(0)
    try {
      expect((await fail(pins)).message).toBe(`${bench.parent} cannot be written (EROFS).`)
    } finally {
      spawnSync('umount', [bench.parent], options)
    }
  })

  it('beside another setup', async () => {
    const { pins } = publishSmallTensorflow(bench.index, { wheelBytes: 300_000 })
    Object.assign(bench.index.behaviour, { dripMs: 30, dripBytes: 20_000 })
    const first = bench.setup(pins)
    while (bench.index.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await expect(bench.setup(pins)).rejects.toMatchObject({
      code: 'conflict',
      message: `Another setup is running (process ${process.pid}).`,
    })
    expect((await first).isNew).toBe(true)
  })
})

describe.skipIf(missingForSetup !== '')('a setup that is cancelled', () => {
  let bench: SetupBench
  beforeEach(async () => {
    bench = await openSetupBench()
  })
  afterEach(() => bench.close())

  /** Cancels some time after a moment, and expects that nothing is left but downloads. */
  async function cancelAt(
    pins: SetupPins,
    moment: (text: string, doneBytes: number) => boolean,
    ms = 0,
  ): Promise<string[]> {
    const cancelling = new AbortController()
    const steps: string[] = []
    const setup = bench.setup(pins, {
      signal: cancelling.signal,
      tell({ step, text, doneBytes = 0 }) {
        steps.push(step)
        if (moment(`${step} ${text}`, doneBytes)) setTimeout(() => cancelling.abort(), ms)
      },
    })
    await expect(setup).rejects.toMatchObject({ code: 'cancelled', hint: expect.stringContaining('kept') })
    expect(bench.left().filter((name) => /partial|lock|^tensorflow-[\d.]+-/.test(name))).toEqual([])
    expect((await selectBackend('auto')).name).toBe('wasm')
    return steps
  }

  it('while it looks for its tools or asks pip ends those', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    const mark = `77${process.pid}1`
    process.env.PYTHON = bench.program(
      'hanging-python',
      `case "$*" in *--version) echo pip 1;; *) sleep ${mark};; esac`,
    )
    const cancelled = cancelAt(pins, (text) => text.startsWith('download'), 300)
    cancelled.catch(() => undefined)
    while (!isRunning(mark)) await new Promise((resolve) => setTimeout(resolve, 5))
    await cancelled
    expect(isRunning(mark)).toBe(false)
  })

  it('in the middle of a download keeps what has arrived, and the next goes on from there', async () => {
    const { pins } = publishSmallTensorflow(bench.index, { wheelBytes: 400_000 })
    Object.assign(bench.index.behaviour, { dripMs: 20, dripBytes: 40_000 })
    await cancelAt(pins, (_, doneBytes) => doneBytes >= 120_000)
    expect(bench.left()).toEqual([`${pins.wheels[0]!.file}.part`])
    bench.index.behaviour.dripMs = 0
    expect((await bench.setup(pins)).isNew).toBe(true)
    expect(bench.index.asked.map(({ range }) => range)).toEqual(['all', expect.stringMatching(/^bytes=[1-9]\d{5}-$/)])
  })

  it('in the middle of unpacking leaves no half of a library', async () => {
    const { pins } = publishSmallTensorflow(bench.index, { paddingBytes: 30_000_000 })
    const steps = await cancelAt(pins, (text, doneBytes) => text.startsWith('unpack') && doneBytes > 1_000_000)
    expect(steps).toContain('unpack')
    expect(steps).not.toContain('compile')
    expect(bench.left()).toContain(pins.wheels[0]!.file)
  })

  it('while the compiler runs ends it and what it has started', async () => {
    const { pins } = publishSmallTensorflow(bench.index)
    const mark = `77${process.pid}2`
    process.env.CXX = bench.program('slow-g++', `[ "$1" = --version ] && echo slow 1 && exit; sleep ${mark}`)
    const cancelled = cancelAt(pins, (text) => text.startsWith('compile'), 300)
    cancelled.catch(() => undefined)
    while (!isRunning(mark)) await new Promise((resolve) => setTimeout(resolve, 5))
    await cancelled
    expect(isRunning(mark)).toBe(false)
  })

  it('while it proves the library leaves none', async () => {
    const script = `;require('node:fs').writeFileSync(${JSON.stringify(join(bench.root, 'proving'))}, ''); for (;;);`
    const { pins } = publishSmallTensorflow(bench.index, { script })
    const steps = await cancelAt(pins, (text) => text.startsWith('prove'), 700)
    expect(steps.at(-1)).toBe('prove')
    expect(readFileSync(join(bench.root, 'proving'), 'utf8')).toBe('')
  })
})

/** A port on which nobody listens. */
async function findClosedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
