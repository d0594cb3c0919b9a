import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** A Node port with the manners of Electron's MessagePortMain: events carry `data` and `ports`, and wait for start(). */
export class MessagePortMain extends EventEmitter {
  readonly port: MessagePort

  constructor(port: MessagePort) {
    super()
    this.port = port
    port.on('close', () => this.emit('close'))
  }

  start(): void {
    this.port.on('message', (message: Envelope) => this.emit('message', open(message)))
  }

  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    this.port.postMessage(...envelope(message, transfer))
  }

  close(): void {
    this.port.close()
  }
}

export interface Envelope {
  data: unknown
  ports: MessagePort[]
}

export function envelope(data: unknown, transfer: MessagePortMain[] = []): [Envelope, MessagePort[]] {
  const ports = transfer.map((one) => one.port)
  return [{ data, ports }, ports]
}

export function open(message: Envelope): { data: unknown; ports: MessagePortMain[] } {
  return { data: message.data, ports: message.ports.map((port) => new MessagePortMain(port)) }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain
  readonly port2: MessagePortMain

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new MessagePortMain(port1)
    this.port2 = new MessagePortMain(port2)
  }
}
