import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../shared/errors'
import { respond, type Served } from './respond'
import { fileOfPath } from './respond-static'

const sound = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251)
let folder: string
let served: Served
let asked: [number, number][] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-door-'))
  await mkdir(join(folder, 'renderer', 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'not for the page')
  await writeFile(join(folder, 'renderer', 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'renderer', 'assets', 'index-abc.js'), 'export {}')
  served = {
    rendererFolder: join(folder, 'renderer'),
    readRange: (clipId, start, end) => {
      asked.push([start, end])
      if (clipId !== 'known') throw new AppError('not-found', `There is no clip ${clipId}.`)
      return Promise.resolve({
        totalBytes: sound.length,
        mediaType: 'audio/wav',
        bytes: sound.slice(start, end),
      })
    },
  }
})
afterAll(() => rm(folder, { recursive: true }))

const get = (path: string, init?: RequestInit): Promise<Response> =>
  respond(new Request(`http://127.0.0.1:1${path}`, init), served)

describe('the page’s files', () => {
  it('are served with their type, and the page is not cached', async () => {
    const page = await get('/')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    const script = await get('/assets/index-abc.js')
    expect(script.headers.get('content-security-policy')).toBe(page.headers.get('content-security-policy'))
    expect(script.headers.get('content-type')).toContain('text/javascript')
    expect(script.headers.get('cache-control')).toContain('immutable')
  })

  it('end at the folder', async () => {
    for (const path of [
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/..%5csecret.txt',
      '/%00',
    ]) {
      const answer = await get(path)
      expect(answer.status, path).toBe(404)
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect(fileOfPath('/app', '/../secret.txt')).toBeNull()
    expect(fileOfPath('/app', '/c:/secret.txt')).toBeNull()
    expect(fileOfPath('/app', '/%E0%A4%A')).toBeNull()
    expect(fileOfPath('/app', '/assets/a.js')).toBe(join('/app', 'assets', 'a.js'))
  })

  it('compile nothing, but for the worker of the studio', async () => {
    const policyAt = async (path: string): Promise<string> => (await get(path)).headers.get('content-security-policy')!
    expect(await policyAt('/assets/augment-worker-B2x_9.js')).toContain("script-src 'self' 'wasm-unsafe-eval';")
    for (const path of ['/', '/assets/index-abc.js', '/assets/x/augment-worker-a.js', '/media/augment-worker-a.js'])
      expect(await policyAt(path), path).not.toContain('wasm')
  })

  it('are only read', async () => {
    expect((await get('/', { method: 'POST' })).status).toBe(405)
  })
})

describe('a clip’s sound', () => {
  it('comes whole, one piece at a time', async () => {
    asked = []
    const answer = await get('/media/known.wav')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('accept-ranges')).toBe('bytes')
    expect(answer.headers.get('content-length')).toBe('3000000')
    expect(Buffer.from(await answer.arrayBuffer()).equals(sound)).toBe(true)
    expect(Math.max(...asked.map(([start, end]) => end - start))).toBeLessThanOrEqual(1 << 20)
  })

  it('comes in part', async () => {
    const answer = await get('/media/known.wav', { headers: { range: 'bytes=10-19' } })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toBe('bytes 10-19/3000000')
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([...sound.slice(10, 20)])
    const tail = await get('/media/known.wav', { headers: { range: 'bytes=-4' } })
    expect([...new Uint8Array(await tail.arrayBuffer())]).toEqual([...sound.slice(-4)])
  })

  it('refuses a range past its end, and a clip that is not there', async () => {
    const past = await get('/media/known.wav', { headers: { range: 'bytes=3000000-' } })
    expect(past.status).toBe(416)
    expect(past.headers.get('content-range')).toBe('bytes */3000000')
    expect((await get('/media/unknown.wav')).status).toBe(404)
    expect((await get('/media/..%2fknown.wav')).status).toBe(404)
  })

  it('answers HEAD without bytes', async () => {
    const answer = await get('/media/known.wav', { method: 'HEAD' })
    expect(answer.headers.get('content-length')).toBe('3000000')
    expect((await answer.arrayBuffer()).byteLength).toBe(0)
  })
})
