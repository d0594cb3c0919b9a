import { type Channel, Inbox } from './channel'
import { decodeFrame, encodeFrame } from './codec'

/** The members that a browser's WebSocket and the `ws` package's have in common. */
export interface SocketLike {
  binaryType: string
  readonly readyState: number
  send(data: Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  addEventListener(event: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(event: 'close', listener: () => void): void
}

const openState = 1

/** A channel over an open WebSocket; every message is one binary frame. A frame that cannot be read closes it. */
export function createSocketChannel(socket: SocketLike): Channel {
  const inbox = new Inbox()
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', (event) => {
    try {
      if (!(event.data instanceof ArrayBuffer)) throw new TypeError('Text frames are not spoken here.')
      inbox.push(decodeFrame(new Uint8Array(event.data)))
    } catch {
      socket.close(1003, 'unreadable frame')
    }
  })
  socket.addEventListener('close', () => inbox.close())
  return {
    send(frame) {
      if (socket.readyState === openState) socket.send(encodeFrame(frame))
    },
    listen: (listener) => inbox.listen(listener),
    close: () => socket.close(),
  }
}
