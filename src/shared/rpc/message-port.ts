import { type Channel, type Frame, Inbox } from './channel'

/** The members that a DOM MessagePort, Node's and Electron's MessagePortMain have in common. */
export interface PortLike {
  postMessage(message: unknown): void
  close(): void
  start?(): void
  on?(event: string, listener: (message?: unknown) => void): unknown
  addEventListener?(event: string, listener: (event: unknown) => void): unknown
}

/** A channel over a message port. Electron wraps messages in an event, Node's threads do not: both are read. */
export function createPortChannel(port: PortLike): Channel {
  const inbox = new Inbox()
  const onMessage = (message: unknown): void => {
    const isEvent = typeof message === 'object' && message !== null && 'data' in message && !('kind' in message)
    inbox.push((isEvent ? (message as { data: unknown }).data : message) as Frame)
  }
  if (port.addEventListener) {
    port.addEventListener('message', onMessage)
    port.addEventListener('close', () => inbox.close())
  } else {
    port.on?.('message', onMessage)
    port.on?.('close', () => inbox.close())
  }
  port.start?.()
  return {
    send: (frame) => port.postMessage(frame),
    listen: (listener) => inbox.listen(listener),
    close() {
      port.close()
      inbox.close()
    },
  }
}
