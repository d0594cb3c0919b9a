import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import type { FromHost } from './host-messages'
import { createPortLauncher, type WorkerPort } from './port-launcher'

/** Node's port with Electron's shape: the message lies in `data`. */
function electronPort(port: MessagePort): WorkerPort {
  return {
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      port.on(event, (data: unknown) => listener({ data })),
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  }
}

const done: WorkerEvent = { type: 'done' }
const progress = (count: number): WorkerEvent => ({ type: 'progress', done: count, total: 100, message: '' })

describe('createPortLauncher', () => {
  it('sends what was said before the line was there, and hears every event before the end', async () => {
    const told: FromHost[] = []
    const launcher = createPortLauncher((message) => told.push(message))
    const worker = launcher.launch('train')
    expect(told).toEqual([{ type: 'launch-worker', workerId: 1, kind: 'train' }])
    worker.send({ type: 'start', manifest: { kind: 'probe', subject: 'state' } })

    const heard: string[] = []
    worker.onEvent((event) => heard.push(event.type))
    const ended = new Promise<number | null>((resolve) => worker.onExit(resolve)).then((code) => {
      heard.push('exit')
      return code
    })
    const { port1, port2 } = new MessageChannel()
    launcher.onLaunched(1, electronPort(port1))
    const command = await new Promise((resolve) => port2.once('message', resolve))
    expect(command).toEqual({ type: 'start', manifest: { kind: 'probe', subject: 'state' } })

    // Main's word of the end overtakes the events.
    for (let count = 0; count < 50; count++) port2.postMessage(progress(count))
    port2.postMessage(done)
    port2.close()
    launcher.onExited(1, 0)
    expect(await ended).toBe(0)
    expect(heard).toHaveLength(52)
    expect(heard.slice(-2)).toEqual(['done', 'exit'])
  })

  it('tells the end of a worker that never came to life', async () => {
    const launcher = createPortLauncher(() => undefined)
    const worker = launcher.launch('probe')
    const ended = new Promise<number | null>((resolve) => worker.onExit(resolve))
    launcher.onExited(1, 127)
    expect(await ended).toBe(127)
  })

  it('asks main to end a worker', () => {
    const told: FromHost[] = []
    const launcher = createPortLauncher((message) => told.push(message))
    launcher.launch('export')
    launcher.launch('import').kill()
    expect(told.at(-1)).toEqual({ type: 'kill-worker', workerId: 2 })
  })
})
