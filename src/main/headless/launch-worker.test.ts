import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import type { WorkerProcess } from '../../shared/job/worker-process'
import { createForkLauncher } from './launch-worker'

/** A worker that does what its kind says, in plain JavaScript. */
const script = `
  const kind = process.argv[2]
  process.on('message', (command) => {
    if (kind === 'train') {
      console.log('a line of output')
      for (let fold = 0; fold < 200; fold++)
        process.send({ type: 'predictions', fold: String(fold), rows: [{ clipId: 'c', scores: new Float32Array(1000).fill(fold) }] })
      process.send({ type: 'done' }, () => process.exit(0))
    } else if (kind === 'import') process.abort()
    else setInterval(() => {}, 1000)
  })
`

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earmark-fork-'))
  file = join(folder, 'worker.cjs')
  writeFileSync(file, script)
})
afterAll(() => rmSync(folder, { recursive: true }))

function follow(worker: WorkerProcess): { events: WorkerEvent[]; ended: Promise<number | null> } {
  const events: WorkerEvent[] = []
  worker.onEvent((event) => events.push(event))
  const ended = new Promise<number | null>((resolve) => worker.onExit(resolve))
  worker.send({ type: 'start', manifest: { kind: 'probe', subject: 'state' } })
  return { events, ended }
}

describe('createForkLauncher', () => {
  it('hears every event, typed arrays whole, before the end', async () => {
    const lines: string[] = []
    const { events, ended } = follow(createForkLauncher(file, (line) => lines.push(line))('train'))
    expect(await ended).toBe(0)
    expect(events).toHaveLength(201)
    expect(events.at(-1)).toEqual({ type: 'done' })
    const last = events[199]
    if (last?.type !== 'predictions') throw new Error('No predictions came.')
    expect(last.rows[0]?.scores).toBeInstanceOf(Float32Array)
    expect(last.rows[0]?.scores[999]).toBe(199)
    expect(lines).toEqual(['train: a line of output'])
  })

  it('tells a crash as an end without a code', async () => {
    const worker = createForkLauncher(file, () => undefined)('import')
    const { ended } = follow(worker)
    expect(await ended).toBeNull()
    expect(await new Promise((resolve) => worker.onExit((_, signal) => resolve(signal)))).toBe('SIGABRT')
  })

  it('ends a worker that does not end by itself, and late listeners hear of it', async () => {
    const worker = createForkLauncher(file, () => undefined)('export')
    const { ended } = follow(worker)
    worker.kill()
    expect(await ended).toBeNull()
    expect(await new Promise((resolve) => worker.onExit(resolve))).toBeNull()
    worker.send({ type: 'start', manifest: { kind: 'probe', subject: 'state' } })
  })

  it('tells the end of a worker whose file is missing', async () => {
    const lines: string[] = []
    const { ended } = follow(createForkLauncher(join(folder, 'none.cjs'), (line) => lines.push(line))('probe'))
    expect(await ended).not.toBe(0)
    expect(lines.join('\n')).toContain('none.cjs')
  })
})
