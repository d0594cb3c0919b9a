import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { AppError } from '../../shared/errors'
import type { Channel } from '../../shared/rpc/channel'
import { createSocketChannel } from '../../shared/rpc/web-socket'
import { respond, type Served } from '../door/respond'
import { securityHeaders } from '../door/security-headers'
import { cookieName, createToken, isLoopbackHost, isOwnOrigin, isToken, readCookie } from './access'

/** The largest frame a browser may send: calls are small, files travel by path. */
const maxFrameBytes = 16 << 20
/** How often an idle socket is asked whether anybody is still there. */
const heartbeatMs = 30_000

export interface ServerOptions extends Served {
  /** 0 lets the system choose. */
  port: number
  /** Serves the contract over a channel: the host's `connect`. */
  connect(channel: Channel): void
}

export interface HeadlessServer {
  port: number
  /** The address to open, with the token. */
  url: string
  close(): Promise<void>
}

/**
 * The page over HTTP and the contract over a WebSocket at /rpc, on 127.0.0.1 only, for who has the token.
 * @throws AppError 'conflict' when the port is taken.
 */
export async function createServer(options: ServerOptions): Promise<HeadlessServer> {
  const token = createToken()
  let port = options.port
  const isKnown = (cookies: string | undefined): boolean => isToken(readCookie(cookies, cookieName(port)), token)

  const app = new Hono()
  app.all('*', async (context) => {
    if (!isLoopbackHost(context.req.header('host'))) return refuse(403, 'This name is not answered here.')
    if (isKnown(context.req.header('cookie')) && context.req.query('token') === undefined)
      return respond(context.req.raw, options)
    if (context.req.method === 'GET' && isToken(context.req.query('token'), token)) {
      const clean = new URL(context.req.url)
      clean.searchParams.delete('token')
      const cookie = `${cookieName(port)}=${token}; HttpOnly; SameSite=Strict; Path=/`
      return new Response(null, {
        status: 303,
        headers: {
          ...securityHeaders,
          location: clean.pathname + clean.search,
          'set-cookie': cookie,
          'cache-control': 'no-store',
        },
      })
    }
    return refuse(401, 'Open the whole address that Earmark printed, with its token.')
  })

  const server = await listen(app, port)
  port = (server.address() as AddressInfo).port
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { host, origin, cookie } = request.headers
    const isRpc = new URL(request.url ?? '/', 'http://127.0.0.1').pathname === '/rpc'
    const refusal = !isRpc
      ? '404 Not Found'
      : !isOwnOrigin(origin, host)
        ? '403 Forbidden'
        : !isKnown(cookie)
          ? '401 Unauthorized'
          : null
    socket.on('error', () => socket.destroy())
    if (refusal) return socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    sockets.handleUpgrade(request, socket, head, (opened) => options.connect(createSocketChannel(opened)))
  })
  const heartbeat = keepAlive(sockets)

  return {
    port,
    url: `http://127.0.0.1:${port}/?token=${token}`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(heartbeat)
        for (const socket of sockets.clients) socket.terminate()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function refuse(status: number, message: string): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  })
}

function listen(app: Hono, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, () => resolve(server)) as Server
    server.once('error', (error: NodeJS.ErrnoException) => {
      const known: Record<string, string> = { EADDRINUSE: 'is taken by another program', EACCES: 'needs more rights' }
      const why = known[error.code ?? '']
      reject(
        why === undefined
          ? error
          : new AppError('conflict', `Port ${port} ${why}.`, {
              hint: 'Choose another with --port, or 0 for any.',
              cause: error,
            }),
      )
    })
  })
}

/** Ends sockets whose other side went away without a word (a laptop that sleeps, a tunnel that fell). */
function keepAlive(sockets: WebSocketServer): NodeJS.Timeout {
  const silent = new WeakSet<object>()
  return setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate()
        continue
      }
      silent.add(socket)
      socket.once('pong', () => silent.delete(socket))
      socket.ping()
    }
  }, heartbeatMs).unref()
}
