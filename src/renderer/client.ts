/**
 * The page's line to the host. The client is one stable value: calls wait while the line is being made,
 * and after a loss it is tried again with growing pauses. Stores ask again when it is back.
 */
import { ref, type Ref } from 'vue'
import type { Client, EventName, HostEvents } from '../shared/contract/contract'
import { AppError } from '../shared/errors'
import type { Channel } from '../shared/rpc/channel'
import { connect, type Connection } from '../shared/rpc/client'
import { createPortChannel, type PortLike } from '../shared/rpc/message-port'
import { createSocketChannel } from '../shared/rpc/web-socket'
import type { EarmarkBridge } from '../preload/bridge'
import { native } from './native'

export type LinkState = 'connecting' | 'open' | 'lost'

export interface HostLink {
  client: Client
  state: Ref<LinkState>
  /** Hears one event, over every reconnection, until the returned function is called. */
  on<N extends EventName>(name: N, listener: (payload: HostEvents[N]) => void): () => void
  /** Called each time the line is back after a loss: what was known may be stale. */
  onReconnect(listener: () => void): () => void
}

const firstPauseMs = 300
const longestPauseMs = 5000

/** Keeps a connection made by `open` alive. */
export function createHostLink(open: () => Promise<Channel>): HostLink {
  const state = ref<LinkState>('connecting')
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  const reconnectors = new Set<() => void>()
  let waiting: { resolve(connection: Connection): void; reject(error: AppError): void }[] = []
  let current: Connection | null = null
  let attempts = 0
  let hasBeenOpen = false

  const subscribe = (connection: Connection, name: EventName): void => {
    connection.on(name, (payload) => {
      for (const listener of listeners.get(name) ?? []) listener(payload as never)
    })
  }

  const start = async (): Promise<void> => {
    try {
      const connection = connect(await open())
      connection.onClose(() => {
        current = null
        state.value = 'lost'
        retry()
      })
      for (const name of listeners.keys()) subscribe(connection, name)
      current = connection
      attempts = 0
      state.value = 'open'
      for (const { resolve } of waiting) resolve(connection)
      waiting = []
      if (hasBeenOpen) for (const listener of reconnectors) listener()
      hasBeenOpen = true
    } catch {
      state.value = hasBeenOpen ? 'lost' : 'connecting'
      attempts++
      if (attempts >= 3) {
        state.value = 'lost'
        const error = new AppError('disconnected', 'Earmark’s host does not answer.', {
          hint: 'It is tried again by itself. If it was started in a terminal, see whether it still runs.',
        })
        for (const { reject } of waiting) reject(error)
        waiting = []
      }
      retry()
    }
  }
  const retry = (): void => {
    setTimeout(() => void start(), Math.min(longestPauseMs, firstPauseMs * 2 ** attempts))
  }
  const connected = (): Promise<Connection> =>
    current
      ? Promise.resolve(current)
      : new Promise((resolve, reject) => {
          waiting.push({ resolve, reject })
        })

  const client = new Proxy({} as Client, {
    get: (_target, noun) =>
      new Proxy(
        {},
        {
          get:
            (_calls, verb) =>
            async (...parameters: unknown[]) => {
              const nouns = (await connected()).client as unknown as Record<
                string,
                Record<string, (...given: unknown[]) => Promise<unknown>>
              >
              return nouns[String(noun)]![String(verb)]!(...parameters)
            },
        },
      ),
  })

  void start()
  return {
    client,
    state,
    on(name, listener) {
      let set = listeners.get(name)
      if (!set) {
        listeners.set(name, (set = new Set()))
        if (current) subscribe(current, name)
      }
      const own = set
      own.add(listener as (payload: never) => void)
      return () => own.delete(listener as (payload: never) => void)
    },
    onReconnect(listener) {
      reconnectors.add(listener)
      return () => reconnectors.delete(listener)
    },
  }
}

/** The door this page came through: a port from the desktop's preload, else a WebSocket on its own origin. */
export function openChannel(): Promise<Channel> {
  return native ? openPort(native) : openSocket()
}

function openPort(bridge: EarmarkBridge): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', onMessage)
      reject(new AppError('disconnected', 'The desktop gave no port in time.'))
    }, 10_000)
    const onMessage = (event: MessageEvent<unknown>): void => {
      const data = event.data
      if (event.source !== window || typeof data !== 'object' || data === null) return
      if ((data as { type?: unknown }).type !== 'earmark:port' || !event.ports[0]) return
      clearTimeout(timer)
      window.removeEventListener('message', onMessage)
      resolve(createPortChannel(asPortLike(event.ports[0])))
    }
    window.addEventListener('message', onMessage)
    bridge.requestPort()
  })
}

/** The DOM's port under the few members that all ports have; its overloads do not fit them by type. */
function asPortLike(port: MessagePort): PortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    close: () => port.close(),
    start: () => port.start(),
    addEventListener: (event, listener) => port.addEventListener(event, listener as EventListener),
  }
}

function openSocket(): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`)
    const channel = createSocketChannel(socket)
    socket.addEventListener('open', () => resolve(channel), { once: true })
    socket.addEventListener('error', () => reject(new AppError('disconnected', 'The host did not answer.')), {
      once: true,
    })
  })
}

let link: HostLink | null = null

/** Set once by main.ts; tests set a fake. */
export function setHostLink(value: HostLink): void {
  link = value
}

export function hostLink(): HostLink {
  if (!link) throw new AppError('internal', 'The page asked for its host before it had one.')
  return link
}
