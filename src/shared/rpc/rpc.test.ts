import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { CallContext, Handlers } from '../contract/contract'
import { AppError } from '../errors'
import type { Channel } from './channel'
import { connect } from './client'
import { decodeFrame, encodeFrame } from './codec'
import { createLocalPair } from './local-pair'
import { createPortChannel } from './message-port'
import { serve } from './server'
import { createSocketChannel, type SocketLike } from './web-socket'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function createSocketPair(): Promise<[Channel, Channel]> {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  cleanups.push(
    () => http.close(),
    () => sockets.close(),
  )
  const accepted = new Promise<Channel>((resolve) =>
    sockets.once('connection', (socket) => resolve(createSocketChannel(socket as unknown as SocketLike))),
  )
  const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  await new Promise((resolve) => socket.once('open', resolve))
  return [createSocketChannel(socket as unknown as SocketLike), await accepted]
}

function createPortPair(): [Channel, Channel] {
  const { port1, port2 } = new MessageChannel()
  return [createPortChannel(port1), createPortChannel(port2)]
}

/** The handlers the suite needs; a call of any other is a fault of the test. */
function handlersWith(partial: object): Handlers {
  return partial as Handlers
}

// The same suite over every transport: what holds on one holds on all.
describe.each([
  ['local pair', async () => createLocalPair()],
  ['message port', async () => createPortPair()],
  ['WebSocket', createSocketPair],
])('calls and events over a %s', (_name, createPair) => {
  async function open(handlers: object) {
    const [near, far] = await createPair()
    cleanups.push(() => near.close())
    const faults: string[] = []
    const announce = serve(far, {
      handlers: handlersWith(handlers),
      author: () => 'anna',
      onFault: (name, error) => faults.push(`${name}: ${error.message}`),
    })
    return { ...connect(near), announce, far, faults }
  }

  it('carries a call, its defaults, its author and its answer', async () => {
    const heard: unknown[] = []
    const { client } = await open({
      annotations: {
        create: (input: unknown, context: CallContext) => {
          heard.push(input, context.author)
          return { id: 'a1' }
        },
      },
    })
    const answer = await client.annotations.create({ clipId: 'c', startSeconds: 1, endSeconds: 2 })
    expect(answer).toEqual({ id: 'a1' })
    expect(heard).toEqual([
      { clipId: 'c', startSeconds: 1, endSeconds: 2, lowHz: null, highHz: null, tier: 'human', classIds: [] },
      'anna',
    ])
  })

  it('carries typed arrays bit for bit', async () => {
    const samples = Float32Array.from({ length: 1001 }, (_value, index) => Math.sin(index))
    const { client } = await open({
      media: {
        samples: () => ({ sampleRateHz: 22050, channelCount: 1, samples: samples.subarray(1) }),
        thumbnail: () => ({ width: 3, height: 1, values: new Uint8Array([0, 127, 255]), isExact: true }),
      },
    })
    const answer = await client.media.samples({ clipId: 'c' })
    expect(answer.samples).toBeInstanceOf(Float32Array)
    expect([...answer.samples]).toEqual([...samples.subarray(1)])
    expect([...(await client.media.thumbnail({ clipId: 'c' })).values]).toEqual([0, 127, 255])
  })

  it('refuses an input that does not fit before the handler sees it', async () => {
    let calls = 0
    const { client, faults } = await open({ clips: { get: () => calls++ } })
    await expect(client.clips.get({ id: '' })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('clips.get: id:'),
    })
    await expect(client.clips.get({ id: 'x', more: 1 } as { id: string })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    expect(calls).toBe(0)
    expect(faults).toEqual([])
  })

  it('refuses names outside the contract, inherited ones too', async () => {
    const { client } = await open({ clips: {} })
    const loose = client as unknown as Record<string, Record<string, () => Promise<unknown>>>
    for (const [noun, verb] of [
      ['clips', 'steal'],
      ['constructor', 'name'],
      ['clips', 'toString'],
      ['__proto__', 'x'],
    ] as const)
      await expect(loose[noun]![verb]!()).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('keeps code, message and hint of an error, and reports only faults', async () => {
    const { client, faults } = await open({
      jobs: {
        list: () => {
          throw new AppError('no-space', 'The disk is full.', { hint: 'Make room.' })
        },
      },
      history: {
        state: async () => {
          throw new TypeError('oops')
        },
      },
    })
    await expect(client.jobs.list()).rejects.toMatchObject({
      code: 'no-space',
      message: 'The disk is full.',
      hint: 'Make room.',
    })
    await expect(client.history.state()).rejects.toMatchObject({ code: 'internal', message: 'oops' })
    expect(faults).toEqual(['history.state: oops'])
  })

  it('cancels a call on both sides', async () => {
    let seen: AbortSignal | undefined
    const { client } = await open({
      clips: {
        get: (_input: unknown, context: CallContext) => {
          seen = context.signal
          return new Promise(() => undefined)
        },
      },
    })
    const controller = new AbortController()
    const call = client.clips.get({ id: 'c' }, { signal: controller.signal })
    await expect.poll(() => seen).toBeDefined()
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => seen?.aborted).toBe(true)
  })

  it('hears events until it stops listening', async () => {
    const { on, announce, client } = await open({ jobs: { list: () => [] } })
    const heard: unknown[] = []
    const stop = on('clips.changed', (payload) => heard.push(payload))
    announce('clips.changed', { clipIds: ['c1'] })
    announce('runs.changed', { runId: 'r' })
    await client.jobs.list()
    stop()
    announce('clips.changed', { clipIds: null })
    await client.jobs.list()
    expect(heard).toEqual([{ clipIds: ['c1'] }])
  })

  it('rejects what is open, and aborts its handler, when the other side goes', async () => {
    let seen: AbortSignal | undefined
    const { client, far, onClose } = await open({
      clips: {
        get: (_input: unknown, context: CallContext) => {
          seen = context.signal
          return new Promise(() => undefined)
        },
      },
    })
    let closed = 0
    onClose(() => closed++)
    const call = client.clips.get({ id: 'c' })
    const outcome = expect(call).rejects.toMatchObject({ code: 'disconnected' })
    await expect.poll(() => seen).toBeDefined()
    far.close()
    await outcome
    expect(closed).toBe(1)
    await expect.poll(() => seen?.aborted).toBe(true)
    await expect(client.clips.get({ id: 'c' })).rejects.toMatchObject({ code: 'disconnected' })
  })
})

describe('the byte codec', () => {
  it('writes a Node Buffer as the bytes it is', () => {
    const frame = decodeFrame(encodeFrame({ kind: 'result', id: 1, output: { bytes: Buffer.from('abc') } }))
    expect(frame).toEqual({ kind: 'result', id: 1, output: { bytes: new Uint8Array([97, 98, 99]) } })
  })

  it('reads from an unaligned view', () => {
    const bytes = encodeFrame({ kind: 'event', name: 'x', payload: Float64Array.of(1, 2) })
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeFrame(shifted.subarray(3))).toEqual({ kind: 'event', name: 'x', payload: Float64Array.of(1, 2) })
  })

  it.each([
    ['nothing', new Uint8Array(2)],
    ['a header longer than the frame', new Uint8Array([255, 255, 0, 0, 123])],
    [
      'arrays longer than the frame',
      encodeFrame({ kind: 'result', id: 1, output: new Float32Array(100) }).slice(0, 80),
    ],
  ])('refuses %s', (_what, bytes) => {
    expect(() => decodeFrame(bytes)).toThrow(AppError)
  })
})
