import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { logmelFrontEnd } from '../../dsp/presets'
import { encodeWav } from '../../formats/audio/encode-wav'
import { MediaPool, type MediaPoolOptions } from './media-pool'
import { SoundShelf } from './sound-shelf'
import { runMediaTask } from './run-media-task'

let folder = ''
let entry = ''
const paths: string[] = []
const pools: MediaPool[] = []

/** The real thread, bundled as the application is bundled. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-pool-'))
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'media-thread.ts'),
      outDir: join(folder, 'out'),
      rollupOptions: { output: { entryFileNames: 'media-thread.mjs' } },
    },
  })
  entry = join(folder, 'out', 'media-thread.mjs')
  for (let i = 0; i < 6; i++) {
    const path = join(folder, `tone ${i}.wav`)
    const tone = Float32Array.from({ length: 22050 }, (_, n) => 0.5 * Math.sin((n * (i + 1)) / 20))
    await writeFile(path, encodeWav([tone], 22050))
    paths.push(path)
  }
}, 60_000)

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})
afterAll(() => rm(folder, { recursive: true }))

function openPool(options: MediaPoolOptions = {}): MediaPool {
  const pool = new MediaPool({ threads: 2, entry, ...options })
  pools.push(pool)
  return pool
}

/** A thread that answers `probe` with its own number, after 20 ms, and stops where the path says so. */
async function writeStrangeThread(): Promise<string> {
  const path = join(folder, 'strange.mjs')
  await writeFile(
    path,
    `import { parentPort, threadId } from 'node:worker_threads'
     let last = Promise.resolve()
     parentPort.on('message', ({ id, input }) => {
       last = last.then(async () => {
         if (input.path === 'exit') process.exit(3)
         if (input.path === 'throw') throw new Error('out of its mind')
         await new Promise((resolve) => setTimeout(resolve, 20))
         parentPort.postMessage({ id, output: { thread: threadId, path: input.path } })
       })
     })`,
  )
  return path
}

describe('MediaPool', () => {
  it('gives what the tasks give without threads, many at once', async () => {
    const pool = openPool()
    const shelf = new SoundShelf({ maxBytes: 0, decodedFolder: null })
    const results = await Promise.all(
      [...paths, ...paths].map((path) => {
        const span = { path, startSeconds: 0.1, endSeconds: 0.9 }
        return Promise.all([
          pool.run('features', { ...span, frontEnd: logmelFrontEnd }),
          pool.run('channels', span),
          pool.run('probe', { path }),
          pool.run('thumbnail', { ...span, width: 12, height: 8, isSketch: false }),
          pool.run('rendition', { ...span, from: 0, to: 1e6 }),
        ])
      }),
    )
    for (const [i, path] of paths.entries()) {
      const span = { path, startSeconds: 0.1, endSeconds: 0.9 }
      const expected = [
        await runMediaTask('features', { ...span, frontEnd: logmelFrontEnd }, shelf),
        await runMediaTask('channels', span, shelf),
        await runMediaTask('probe', { path }, shelf),
        await runMediaTask('thumbnail', { ...span, width: 12, height: 8, isSketch: false }, shelf),
        await runMediaTask('rendition', { ...span, from: 0, to: 1e6 }, shelf),
      ]
      expect(results[i]).toEqual(expected)
      expect(results[i + paths.length]).toEqual(expected)
    }
  })

  it('hands errors over with code, message and hint, and goes on', async () => {
    const pool = openPool({ threads: 1 })
    const bad = join(folder, 'empty.flac')
    await writeFile(bad, '')
    await expect(pool.run('probe', { path: bad })).rejects.toMatchObject({
      name: 'AppError',
      code: 'bad-file',
      message: `${bad}: the file is empty (0 bytes)`,
      hint: expect.stringMatching(/again/) as string,
    })
    await expect(pool.run('probe', { path: join(folder, 'gone.wav') })).rejects.toMatchObject({ code: 'not-found' })
    expect((await pool.run('probe', { path: paths[0]! })).durationSeconds).toBe(1)
  })

  it('cancels what waits and what runs, and nothing else', async () => {
    const pool = openPool({ threads: 1 })
    const running = new AbortController()
    const waiting = new AbortController()
    const first = pool.run('probe', { path: paths[0]! }, { signal: running.signal })
    const second = pool.run('probe', { path: paths[1]! }, { signal: waiting.signal })
    const third = pool.run('probe', { path: paths[2]! })
    running.abort()
    waiting.abort()
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
    expect((await third).format).toBe('wav')
    const never = pool.run('probe', { path: paths[0]! }, { signal: AbortSignal.abort() })
    await expect(never).rejects.toMatchObject({ code: 'cancelled' })
  })

  it.each(['exit', 'throw'])('a thread that stops (%s) fails its own task and is replaced', async (path) => {
    const pool = openPool({ entry: await writeStrangeThread(), threads: 1 })
    const before = pool.run('probe', { path: 'a' })
    const crashing = pool.run('probe', { path })
    const after = pool.run('probe', { path: 'b' })
    await expect(before).resolves.toMatchObject({ path: 'a' })
    await expect(crashing).rejects.toMatchObject({
      code: 'worker-died',
      message: expect.stringMatching(path === 'exit' ? /^exit: .*exit code 3/ : /^throw: .*out of its mind/) as string,
    })
    await expect(after).resolves.toMatchObject({ path: 'b' })
    const threads = (await Promise.all([before, after])) as unknown as { thread: number }[]
    expect(threads[0]!.thread).not.toBe(threads[1]!.thread)
  })

  it('is given several tasks at a time where that is wanted; those that wait when it stops get another thread', async () => {
    const pool = openPool({ entry: await writeStrangeThread(), threads: 1, tasksPerThread: 8 })
    const run = async (path: string) => ((await pool.run('probe', { path })) as unknown as { thread: number }).thread
    const before = Promise.all(['a', 'b', 'c'].map(run))
    const crashing = run('exit')
    const after = Promise.all(['d', 'e'].map(run))
    await expect(crashing).rejects.toMatchObject({ code: 'worker-died' })
    const [first, second] = [await before, await after]
    expect(new Set(first).size).toBe(1)
    expect(new Set(second).size).toBe(1)
    expect(second[0]).not.toBe(first[0])
  })

  it('gives the same with many tasks at a time, and with samples that all threads share', async () => {
    const pool = openPool({ tasksPerThread: 8 })
    const span = { path: paths[0]!, startSeconds: 0.1, endSeconds: 0.9 }
    const rateHz = logmelFrontEnd.sampleRateHz
    const { samples } = await pool.run('samples', { ...span, sampleRateHz: rateHz, channel: logmelFrontEnd.channel })
    const shared = new Float32Array(new SharedArrayBuffer(samples.byteLength))
    shared.set(samples)
    const wanted = await pool.run('features', { ...span, frontEnd: logmelFrontEnd })
    const many = await Promise.all(
      Array.from({ length: 30 }, () =>
        // There is no such file: its samples are at hand.
        pool.run('features', { ...span, path: 'nowhere', samples: shared, frontEnd: logmelFrontEnd }),
      ),
    )
    for (const one of many) expect(one).toEqual(wanted)
  })

  it('works on two files at once, and sends a file to the thread that has it', async () => {
    const pool = openPool({ entry: await writeStrangeThread() })
    const run = async (path: string) => ((await pool.run('probe', { path })) as unknown as { thread: number }).thread
    const [a, b] = await Promise.all([run('a'), run('b')])
    expect(a).not.toBe(b)
    for (let i = 0; i < 3; i++) expect([await run('b'), await run('a')]).toEqual([b, a])
  })

  it('fails the task, not the process, where its entry is missing', async () => {
    const pool = openPool({ entry: join(folder, 'nowhere.mjs') })
    await expect(pool.run('probe', { path: 'a' })).rejects.toMatchObject({ code: 'worker-died' })
    await expect(pool.run('probe', { path: 'b' })).rejects.toMatchObject({ code: 'worker-died' })
  })

  it('rejects everything when closed', async () => {
    const pool = openPool({ entry: await writeStrangeThread(), threads: 1 })
    const tasks = ['a', 'b'].map((path) => pool.run('probe', { path }))
    const outcomes = Promise.allSettled(tasks)
    await pool.close()
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } })
    await expect(pool.run('probe', { path: 'c' })).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('finds its thread beside a built caller, also from a shared chunk, and lets the process end', async () => {
    const callers = ['first', 'second'].map((name) => join(folder, `${name}.ts`))
    const program = `import { MediaPool } from ${JSON.stringify(join(import.meta.dirname, 'media-pool.ts'))}
      const probe = await new MediaPool({ threads: 1 }).run('probe', { path: process.argv[2] })
      console.log(JSON.stringify({ seconds: probe.durationSeconds, from: import.meta.url }))`
    await Promise.all(callers.map((caller) => writeFile(caller, program)))
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: true,
        outDir: join(folder, 'application'),
        rollupOptions: {
          input: {
            'media-thread': join(import.meta.dirname, 'media-thread.ts'),
            first: callers[0]!,
            second: callers[1]!,
          },
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
        },
      },
    })
    await writeFile(join(folder, 'application', 'package.json'), '{ "type": "module" }')
    const caller = join(folder, 'application', 'second.js')
    const { stdout } = await promisify(execFile)(process.execPath, [caller, paths[0]!], { timeout: 15_000 })
    expect(JSON.parse(stdout)).toMatchObject({ seconds: 1 })
  }, 60_000)
})
