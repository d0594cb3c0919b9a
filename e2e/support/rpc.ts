import { WebSocket } from 'ws'
import { type Connection, connect } from '../../src/shared/rpc/client'
import { createSocketChannel, type SocketLike } from '../../src/shared/rpc/web-socket'

/** Connects to a headless host as a page does: the token buys a cookie, the cookie opens the socket. */
export async function connectToHost(url: string): Promise<Connection> {
  const first = await fetch(url, { redirect: 'manual' })
  const cookie = first.headers.get('set-cookie')?.split(';')[0]
  if (!cookie) throw new Error(`${new URL(url).origin} gave no cookie for its token (${first.status})`)
  const { origin, host } = new URL(url)
  const socket = new WebSocket(`ws://${host}/rpc`, { headers: { cookie, origin } })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return connect(createSocketChannel(socket as unknown as SocketLike))
}
