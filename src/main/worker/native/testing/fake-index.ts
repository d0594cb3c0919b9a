/** A package index and an npm registry on this machine, for the real pip and npm, that behave as badly as a test wants. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface IndexBehaviour {
  /** Whether files can be fetched in parts. */
  knowsRanges: boolean
  /** Closes the connection after so many bytes of every answer with a file. */
  dropAfter: number | null
  /** Files are not given any more: 503. */
  isBroken: boolean
  /** What the index says that a file's checksum is, instead of the truth. */
  sha256: string | null
  /** Wait between parts of `dripBytes` of a file. */
  dripMs: number
  dripBytes: number
}

export interface IndexFile {
  project: string
  file: string
  /** What is sent; null sends zeros without end, up to `bytes`. */
  content: Buffer | null
  bytes: number
  sha256: string
}

export interface FakeIndex {
  origin: string
  behaviour: IndexBehaviour
  files: IndexFile[]
  packages: { name: string; version: string; content: Buffer }[]
  /** Every file that the setup itself asked for, with its range ("all" for none). */
  asked: { file: string; range: string }[]
  /** Variables with which pip and npm find it. */
  environment: Record<string, string>
  close(): Promise<void>
}

const ordinary: IndexBehaviour = {
  knowsRanges: true,
  dropAfter: null,
  isBroken: false,
  sha256: null,
  dripMs: 0,
  dripBytes: 1 << 16,
}

export async function openFakeIndex(): Promise<FakeIndex> {
  const server = createServer((request, response) => answer(index, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const index: FakeIndex = {
    origin,
    behaviour: { ...ordinary },
    files: [],
    packages: [],
    asked: [],
    environment: {
      PIP_INDEX_URL: `${origin}/simple`,
      PIP_EXTRA_INDEX_URL: '',
      PIP_FIND_LINKS: '',
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_CACHE_DIR: '1',
      PIP_RETRIES: '0',
      npm_config_registry: `${origin}/npm/`,
      npm_config_fetch_retries: '0',
      no_proxy: '127.0.0.1',
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return index
}

function answer(index: FakeIndex, request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent(new URL(request.url!, index.origin).pathname)
  const [, kind, ...rest] = path.split('/')
  if (kind === 'simple') return answerSimple(index, rest[0] ?? '', response)
  if (kind === 'files') return answerFile(index, rest.join('/'), request, response)
  if (kind === 'npm') return answerNpm(index, rest.join('/'), response)
  response.writeHead(404).end()
}

/** A project's page (PEP 503). */
function answerSimple({ files, behaviour }: FakeIndex, project: string, response: ServerResponse): void {
  const found = files.filter((one) => one.project === project)
  if (found.length === 0) return void response.writeHead(404).end()
  const links = found.map(({ file, sha256 }) => {
    return `<a href="/files/${file}#sha256=${behaviour.sha256 ?? sha256}">${file}</a>`
  })
  response
    .writeHead(200, { 'content-type': 'text/html' })
    .end(`<!DOCTYPE html><html><body>${links.join('')}</body></html>`)
}

function answerFile(index: FakeIndex, name: string, request: IncomingMessage, response: ServerResponse): void {
  const { behaviour, files, packages } = index
  const packed = packages.find((one) => tarballName(one) === name)
  if (packed) return void response.end(packed.content)
  const found = files.find(({ file }) => file === name)
  const { range } = request.headers
  // pip may have begun with the file before it is ended.
  if (!request.headers['user-agent']?.startsWith('pip/')) index.asked.push({ file: name, range: range ?? 'all' })
  if (!found || behaviour.isBroken) return void response.writeHead(found ? 503 : 404).end()
  const from = behaviour.knowsRanges && range ? Number(/bytes=(\d+)-/.exec(range)![1]) : 0
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': found.bytes - from,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${found.bytes - 1}/${found.bytes}` } : {}),
  })
  const end = Math.min(found.bytes, behaviour.dropAfter === null ? Infinity : from + behaviour.dropAfter)
  void send(found, from, end, behaviour, response)
}

async function send(
  { content, bytes }: IndexFile,
  from: number,
  end: number,
  behaviour: IndexBehaviour,
  response: ServerResponse,
): Promise<void> {
  for (let at = from; at < end && !response.destroyed; at += behaviour.dripBytes) {
    const stop = Math.min(end, at + behaviour.dripBytes)
    response.write(content === null ? Buffer.alloc(stop - at) : content.subarray(at, stop))
    if (behaviour.dripMs > 0) await new Promise((resolve) => setTimeout(resolve, behaviour.dripMs))
  }
  if (end === bytes) response.end()
  else setTimeout(() => response.destroy(), 20)
}

const tarballName = ({ name, version }: { name: string; version: string }): string =>
  `${name.replace('@', '').replace('/', '-')}-${version}.tgz`

/** A package's document, and its tarballs where npm's own registry has them. */
function answerNpm({ packages, origin }: FakeIndex, path: string, response: ServerResponse): void {
  const tarball = packages.find(({ name, version }) => path === `${name}/-/${name.split('/').at(-1)!}-${version}.tgz`)
  if (tarball) return void response.end(tarball.content)
  const found = packages.filter(({ name }) => name === path)
  if (found.length === 0) return void response.writeHead(404).end('{}')
  const versions = found.map(({ name, version, content }) => [
    version,
    {
      name,
      version,
      dist: {
        tarball: `${origin}/npm/${name}/-/${name.split('/').at(-1)!}-${version}.tgz`,
        integrity: integrityOf(content),
      },
    },
  ])
  const document = {
    name: path,
    'dist-tags': { latest: found[0]!.version },
    versions: Object.fromEntries(versions) as unknown,
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
}

export const integrityOf = (content: Buffer): string =>
  `sha512-${createHash('sha512').update(content).digest('base64')}`
export const sha256Of = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
