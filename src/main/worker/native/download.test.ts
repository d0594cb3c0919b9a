import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { download, isWhole } from './download'

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
const pin = {
  file: 'some.whl',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
}

/** How the server behaves: with ranges or without, dropping every answer after some bytes. */
interface Behaviour {
  knowsRanges: boolean
  dropAfter?: number
  serves?: Buffer
  status?: number
}

describe('a download', () => {
  let folder = ''
  let server: Server
  let behaviour: Behaviour
  let asked: string[]
  let url = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earmark-download-'))
    behaviour = { knowsRanges: true }
    asked = []
    server = createServer((request, response) => {
      const { range } = request.headers
      asked.push(range ?? 'all')
      const from = behaviour.knowsRanges && range ? Number(/bytes=(\d+)-/.exec(range)![1]) : 0
      const part = (behaviour.serves ?? content).subarray(from)
      response.writeHead(behaviour.status ?? (from > 0 ? 206 : 200), { 'content-length': part.length })
      if (behaviour.dropAfter === undefined) response.end(part)
      else response.write(part.subarray(0, behaviour.dropAfter), () => setTimeout(() => response.destroy(), 20))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some.whl`
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true })
  })
  const target = (): string => join(folder, 'some.whl')
  const get = (): Promise<void> => download(url, target(), pin, { onBytes: () => undefined })

  it('arrives whole and tells its progress', async () => {
    let last = 0
    const onBytes = (done: number, total: number): void => {
      expect(done).toBeGreaterThan(last)
      expect(total).toBe(content.length)
      last = done
    }
    await download(url, target(), pin, { onBytes })
    expect(last).toBe(content.length)
    expect(await isWhole(target(), pin)).toBe(true)
    expect(existsSync(`${target()}.part`)).toBe(false)
  })

  it('goes on where an earlier process stopped', async () => {
    await writeFile(`${target()}.part`, content.subarray(0, 100_000))
    await get()
    expect(asked).toEqual(['bytes=100000-'])
    expect((await readFile(target())).equals(content)).toBe(true)
  })

  it('begins anew where the server knows no ranges', async () => {
    behaviour.knowsRanges = false
    await writeFile(`${target()}.part`, content.subarray(0, 100_000))
    await get()
    expect((await readFile(target())).equals(content)).toBe(true)
  })

  it('gets there over a line that drops', async () => {
    behaviour.dropAfter = 120_000
    await get()
    expect(asked.length).toBeGreaterThan(2)
    expect((await readFile(target())).equals(content)).toBe(true)
  })

  it('deletes a file of another checksum', async () => {
    behaviour.serves = Buffer.from(content).fill(0, 5, 6)
    await expect(get()).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining('checksum') })
    expect(existsSync(target())).toBe(false)
    expect(existsSync(`${target()}.part`)).toBe(false)
  })

  it('says what broke, and keeps what it has', async () => {
    await writeFile(`${target()}.part`, content.subarray(0, 10))
    behaviour.status = 503
    await expect(get()).rejects.toMatchObject({
      code: 'backend-unavailable',
      message: 'The download of some.whl broke off (the server answered 503).',
    })
    expect((await readFile(`${target()}.part`)).length).toBe(10)
  })
})
