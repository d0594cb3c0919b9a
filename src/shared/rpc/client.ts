import type { CallOptions, Client, EventName, HostEvents } from '../contract/contract'
import { AppError } from '../errors'
import type { Channel } from './channel'

export interface Connection {
  client: Client
  /** Hears one event until the returned function is called. */
  on<N extends EventName>(name: N, listener: (payload: HostEvents[N]) => void): () => void
  /** Called once when the other side goes away; every open call has been rejected by then. */
  onClose(listener: () => void): void
  close(): void
}

interface Pending {
  resolve(output: unknown): void
  reject(error: AppError): void
}

/** The window's end of a channel: a typed proxy of the contract, and its events. */
export function connect(channel: Channel): Connection {
  let nextId = 1
  let isClosed = false
  const pending = new Map<number, Pending>()
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const closers = new Set<() => void>()
  const gone = (): AppError =>
    new AppError('disconnected', 'The connection to Earmark’s host was lost.', {
      hint: 'It is tried again by itself; what was saved is safe.',
    })

  channel.listen({
    onFrame(frame) {
      if (frame.kind === 'event') {
        for (const listener of listeners.get(frame.name) ?? []) listener(frame.payload as never)
      } else if (frame.kind === 'result' || frame.kind === 'error') {
        const call = pending.get(frame.id)
        pending.delete(frame.id)
        if (frame.kind === 'result') call?.resolve(frame.output)
        else call?.reject(AppError.fromData(frame.error))
      }
    },
    onClose() {
      isClosed = true
      for (const call of pending.values()) call.reject(gone())
      pending.clear()
      for (const closer of closers) closer()
    },
  })

  const ask = (name: string, input: unknown, options?: CallOptions): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(gone())
      const id = nextId++
      const onAbort = (): void => {
        if (!pending.delete(id)) return
        channel.send({ kind: 'cancel', id })
        reject(new AppError('cancelled', `${name} was cancelled.`))
      }
      if (options?.signal?.aborted) return reject(new AppError('cancelled', `${name} was cancelled.`))
      options?.signal?.addEventListener('abort', onAbort, { once: true })
      const settle = (): void => options?.signal?.removeEventListener('abort', onAbort)
      pending.set(id, {
        resolve(output) {
          settle()
          resolve(output)
        },
        reject(error) {
          settle()
          reject(error)
        },
      })
      channel.send({ kind: 'call', id, name, input })
    })

  const nouns = new Map<string, unknown>()
  const client = new Proxy({} as Client, {
    get(_target, noun) {
      if (typeof noun !== 'string' || noun === 'then') return undefined
      let calls = nouns.get(noun)
      if (!calls) {
        calls = new Proxy(
          {},
          {
            get: (_calls, verb) =>
              typeof verb === 'string' && verb !== 'then'
                ? (input: unknown, options?: CallOptions) => ask(`${noun}.${verb}`, input, options)
                : undefined,
          },
        )
        nouns.set(noun, calls)
      }
      return calls
    },
  })

  return {
    client,
    on(name, listener) {
      let set = listeners.get(name)
      if (!set) listeners.set(name, (set = new Set()))
      const own = set
      own.add(listener as (payload: never) => void)
      return () => own.delete(listener as (payload: never) => void)
    },
    onClose: (listener) => closers.add(listener),
    close: () => channel.close(),
  }
}
