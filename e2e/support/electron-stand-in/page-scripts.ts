/**
 * What runs in the page. Each function is turned into text and injected, so it uses nothing outside itself.
 * The page's world and the preload's world share the document and nothing else: calls cross as window events
 * whose detail is text.
 */

/** Values as text: functions and promises become numbers that the other side turns into functions and promises again. */
interface Crossing {
  pack(value: unknown): string
  unpack(text: string): unknown
  say(kind: string, detail: object): void
  hear(kind: string, listener: (detail: never) => void): void
}

export function createCrossing(own: string, other: string): Crossing {
  const functions = new Map<number, (...args: unknown[]) => unknown>()
  const promises = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let nextId = 1
  let reply: { value?: string; error?: string } = {}
  const say = (kind: string, detail: object): void => {
    window.dispatchEvent(new CustomEvent(`stand-in:${other}:${kind}`, { detail: JSON.stringify(detail) }))
  }
  const hear = (kind: string, listener: (detail: never) => void): void =>
    window.addEventListener(`stand-in:${own}:${kind}`, (event) =>
      listener(JSON.parse((event as CustomEvent<string>).detail) as never),
    )
  const pack = (value: unknown): string =>
    JSON.stringify({ value }, (_key, inner: unknown) => {
      if (typeof inner === 'function') {
        const id = nextId++
        functions.set(id, inner as (...args: unknown[]) => unknown)
        return { $function: id }
      }
      if (inner instanceof Promise) {
        const id = nextId++
        inner.then(
          (settled) => say('settle', { id, value: pack(settled) }),
          (error: unknown) => say('settle', { id, error: String(error) }),
        )
        return { $promise: id }
      }
      return inner
    })
  const callOther = (id: number, args: unknown[]): unknown => {
    reply = {}
    say('call', { id, args: pack(args) })
    if (reply.error !== undefined) throw new Error(reply.error)
    return unpack(reply.value ?? '{}')
  }
  const unpack = (text: string): unknown =>
    (
      JSON.parse(text, (_key, inner: unknown) => {
        if (typeof inner !== 'object' || inner === null) return inner
        if ('$function' in inner) return (...args: unknown[]) => callOther(inner.$function as number, args)
        if ('$promise' in inner)
          return new Promise((resolve, reject) => promises.set(inner.$promise as number, { resolve, reject }))
        return inner
      }) as { value?: unknown }
    ).value
  hear('call', ({ id, args }: { id: number; args: string }) => {
    try {
      say('reply', { value: pack(functions.get(id)?.(...(unpack(args) as unknown[]))) })
    } catch (thrown) {
      say('reply', { error: String(thrown) })
    }
  })
  hear('reply', (detail: { value?: string; error?: string }) => (reply = detail))
  hear('settle', ({ id, value, error }: { id: number; value?: string; error?: string }) => {
    const promise = promises.get(id)
    promises.delete(id)
    if (error !== undefined) promise?.reject(new Error(error))
    else promise?.resolve(unpack(value ?? '{}'))
  })
  return { pack, unpack, say, hear }
}

/** The page's world: puts what the preload exposes on `window`, before any script of the page runs. */
export function preparePage(crossing: Crossing): void {
  crossing.hear('expose', ({ name, api }: { name: string; api: string }) => {
    if (name in window) return
    const value = Object.freeze(crossing.unpack(api))
    Object.defineProperty(window, name, { value, enumerable: true })
  })
  crossing.say('ready', {})
}

interface Inbound {
  type: 'event' | 'result' | 'port-message' | 'port-close'
  id: number
  channel: string
  args: unknown[]
  ports: number[]
  value: unknown
  error?: string
}

/** The preload's world: `electron` as a sandboxed preload sees it, over one binding to the main process. */
export function createRendererElectron(
  crossing: Crossing,
  wire: { encode(value: unknown): string; decode(text: string): unknown },
  binding: string,
): { contextBridge: object; ipcRenderer: object } {
  const scope = globalThis as unknown as Record<string, (text: string) => void>
  const post = (message: object): void => scope[binding]!(wire.encode(message))
  const listeners = new Map<string, Set<(event: object, ...args: unknown[]) => void>>()
  const invocations = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const ports = new Map<number, MessagePort>()
  let nextId = 1

  /** Our end of a channel whose other end goes to the page. */
  const openPort = (id: number): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    ports.set(id, port1)
    port1.onmessage = (event) => post({ type: 'port-message', id, value: event.data as unknown })
    port1.addEventListener('close', () => post({ type: 'port-close', id }))
    return port2
  }
  scope.standInReceive = (text) => {
    const message = wire.decode(text) as Inbound
    if (message.type === 'event') {
      const event = { ports: message.ports.map(openPort) }
      for (const listener of [...(listeners.get(message.channel) ?? [])]) listener(event, ...message.args)
    } else if (message.type === 'result') {
      const call = invocations.get(message.id)
      invocations.delete(message.id)
      if (message.error !== undefined) call?.reject(new Error(message.error))
      else call?.resolve(message.value)
    } else if (message.type === 'port-message') ports.get(message.id)?.postMessage(message.value)
    else ports.get(message.id)?.close()
  }

  const exposed: { name: string; api: string }[] = []
  crossing.hear('ready', () => exposed.forEach((one) => crossing.say('expose', one)))
  const ipcRenderer = {
    send: (channel: string, ...args: unknown[]) => post({ type: 'send', channel, args }),
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        invocations.set(id, { resolve, reject })
        post({ type: 'invoke', id, channel, args })
      }),
    on(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      const set = listeners.get(channel) ?? new Set()
      listeners.set(channel, set.add(listener))
      return ipcRenderer
    },
    off(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      listeners.get(channel)?.delete(listener)
      return ipcRenderer
    },
  }
  const contextBridge = {
    exposeInMainWorld(name: string, api: unknown) {
      const one = { name, api: crossing.pack(api) }
      exposed.push(one)
      crossing.say('expose', one)
    },
  }
  return { contextBridge, ipcRenderer }
}

/** Values as text for the way between Node and the page: JSON, and typed arrays in base64. Runs at both ends. */
export function createWire(): { encode(value: unknown): string; decode(text: string): unknown } {
  const kinds = { Uint8Array, Int16Array, Int32Array, Float32Array, Float64Array }
  return {
    encode: (value) =>
      JSON.stringify(value, function (this: Record<string, unknown>, key, inner: unknown) {
        const raw = this[key]
        if (!ArrayBuffer.isView(raw)) return inner
        const bytes = new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength)
        let text = ''
        for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
        const kind = Object.entries(kinds).find(([, Type]) => raw instanceof Type)?.[0]
        return { $array: kind, base64: btoa(text) }
      }),
    decode: (text) =>
      JSON.parse(text, (_key, inner: unknown) => {
        if (typeof inner !== 'object' || inner === null || !('$array' in inner)) return inner
        const { $array, base64 } = inner as unknown as { $array: keyof typeof kinds; base64: string }
        const binary = atob(base64)
        const bytes = new Uint8Array(binary.length)
        for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
        return new kinds[$array](bytes.buffer)
      }),
  }
}
