/** `protocol.handle` over loopback: earmark://app/x is http://127.0.0.1:PORT/x, answer and headers unchanged. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'

type Handler = (request: Request) => Response | Promise<Response>

let handler: Handler | null = null
let schemeName = ''

const server = createServer((incoming, outgoing) => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  const request = new Request(`${schemeName}://app${incoming.url ?? '/'}`, {
    method: incoming.method ?? 'GET',
    headers,
  })
  Promise.resolve(handler?.(request) ?? new Response(null, { status: 404 }))
    .then((response) => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers))
      if (response.body)
        Readable.fromWeb(response.body as never)
          .on('error', () => outgoing.destroy())
          .pipe(outgoing)
      else outgoing.end()
    })
    .catch((thrown: unknown) => {
      process.stderr.write(`protocol: ${String(thrown)}\n`)
      outgoing.destroy()
    })
})
const listening = new Promise<number>((resolve) =>
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
)

export const protocol = {
  registerSchemesAsPrivileged([{ scheme }]: [{ scheme: string }]): void {
    schemeName = scheme
  },
  handle(_scheme: string, given: Handler): void {
    handler = given
  },
}

/** The address at which the browser finds what the app calls `address`. */
export async function toBrowser(address: string): Promise<string> {
  return address.replace(`${schemeName}://app`, `http://127.0.0.1:${await listening}`)
}

/** The app's name for an address of the browser. */
export async function toApp(address: string): Promise<string> {
  return address.replace(`http://127.0.0.1:${await listening}`, `${schemeName}://app`)
}
