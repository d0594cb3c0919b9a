/** Journey: each door opens the same page, and lets nobody else in. */
import { chromium, expect, type Page, test } from '@playwright/test'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { makeFolder } from './support/data'
import { type DesktopApp, launchDesktop, launchStandIn } from './support/launch-desktop'
import { type HeadlessHost, launchHeadless } from './support/launch-headless'

/** Asks the host one call from inside the page, over a channel of the test's own. */
async function ask(page: Page, name: string, input?: unknown): Promise<Record<string, unknown>> {
  return page.evaluate(
    async ([callName, callInput]) => {
      const frame = { kind: 'call', id: 1, name: callName, input: callInput }
      const bridge = (window as unknown as { earmark?: { requestPort(): void } }).earmark
      if (bridge) {
        const arrived = new Promise<MessagePort>((resolve) => {
          const listen = (event: MessageEvent): void => {
            if ((event.data as { type?: string })?.type !== 'earmark:port') return
            window.removeEventListener('message', listen)
            resolve(event.ports[0]!)
          }
          window.addEventListener('message', listen)
        })
        bridge.requestPort()
        const port = await arrived
        const answer = new Promise<Record<string, unknown>>((resolve) => {
          port.onmessage = (event: MessageEvent<Record<string, unknown>>) => {
            if (event.data.kind !== 'event') resolve(event.data)
          }
        })
        port.postMessage(frame)
        return answer
      }
      const socket = new WebSocket(`ws://${location.host}/rpc`)
      socket.binaryType = 'arraybuffer'
      await new Promise((resolve, reject) => {
        socket.onopen = resolve
        socket.onerror = reject
      })
      const header = new TextEncoder().encode(JSON.stringify(frame))
      const bytes = new Uint8Array((4 + header.length + 7) & ~7)
      new DataView(bytes.buffer).setUint32(0, header.length, true)
      bytes.set(header, 4)
      const answer = new Promise<Record<string, unknown>>((resolve) => {
        socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
          const length = new DataView(event.data).getUint32(0, true)
          const told = JSON.parse(new TextDecoder().decode(new Uint8Array(event.data, 4, length))) as Record<
            string,
            unknown
          >
          if (told.kind !== 'event') resolve(told)
        }
      })
      socket.send(bytes)
      return answer
    },
    [name, input] as const,
  )
}

/** What must hold behind either door. */
async function expectConfinedPage(page: Page): Promise<void> {
  const inside = await page.evaluate(async () => ({
    require: typeof (window as unknown as Record<string, unknown>).require,
    process: typeof (window as unknown as Record<string, unknown>).process,
    evaluates: await new Promise((resolve) => {
      const script = document.createElement('script')
      script.textContent = 'window.wasInjected = true'
      document.head.append(script)
      setTimeout(() => resolve((window as unknown as Record<string, unknown>).wasInjected === true), 50)
    }),
    page: await fetch(location.href.split('#')[0]!).then((answer) => ({
      policy: answer.headers.get('content-security-policy'),
      sniff: answer.headers.get('x-content-type-options'),
    })),
    outside: await fetch('/..%2fmain%2fcli.js').then((answer) => answer.status),
    missing: await fetch('/media/00000000-0000-0000-0000-000000000000.wav').then((answer) => answer.status),
  }))
  expect(inside).toMatchObject({
    require: 'undefined',
    process: 'undefined',
    evaluates: false,
    outside: 404,
    missing: 404,
  })
  expect(inside.page.policy).toContain("script-src 'self'")
  expect(inside.page.policy).toContain("frame-ancestors 'none'")
  expect(inside.page.sniff).toBe('nosniff')
}

/** Makes the sample catalog through the page, and checks that a clip's sound comes by the range. */
async function expectSound(page: Page): Promise<void> {
  const made = await ask(page, 'workspace.createSample', { path: join(makeFolder('doors'), 'sample') })
  expect(made).toMatchObject({ kind: 'result' })
  const { jobId } = made.output as { jobId: string }
  await expect
    .poll(async () => ((await ask(page, 'jobs.get', { id: jobId })).output as { status: string }).status)
    .toBe('done')
  const listed = await ask(page, 'clips.list', { query: {}, offset: 0, limit: 1 })
  const clip = (listed.output as { rows: { id: string; startSeconds: number; endSeconds: number }[] }).rows[0]!
  const heard = await page.evaluate(async (id) => {
    const get = async (range?: string) => {
      const answer = await fetch(`/media/${id}.wav`, range === undefined ? {} : { headers: { range } })
      return {
        status: answer.status,
        type: answer.headers.get('content-type'),
        range: answer.headers.get('content-range'),
        bytes: [...new Uint8Array(await answer.arrayBuffer())],
      }
    }
    const whole = await get()
    const middle = await get('bytes=1000-1999')
    const past = await get('bytes=999999999-')
    const audio = new Audio(`/media/${id}.wav`)
    const seconds = await new Promise<number>((resolve, reject) => {
      audio.onloadedmetadata = () => resolve(audio.duration)
      audio.onerror = () => reject(new Error(audio.error?.message))
    })
    audio.currentTime = seconds / 2
    await new Promise((resolve) => (audio.onseeked = resolve))
    return {
      type: whole.type,
      total: whole.bytes.length,
      magic: String.fromCharCode(...whole.bytes.slice(0, 4)),
      middle: { ...middle, bytes: middle.bytes.length },
      isSame: middle.bytes.every((byte, index) => byte === whole.bytes[1000 + index]),
      past: past.status,
      seconds,
      position: audio.currentTime,
    }
  }, clip.id)
  expect(heard).toMatchObject({
    type: 'audio/wav',
    magic: 'RIFF',
    middle: { status: 206, range: `bytes 1000-1999/${heard.total}`, bytes: 1000 },
    isSame: true,
    past: 416,
  })
  expect(heard.seconds).toBeCloseTo(clip.endSeconds - clip.startSeconds, 2)
  expect(heard.position).toBeCloseTo(heard.seconds / 2, 2)
}

/** Sends a request as no browser would, and returns the status line. */
function rawRequest(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (bytes) => {
      resolve(bytes.toString().split('\r\n')[0]!)
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

async function runningJobs(page: Page): Promise<number> {
  const jobs = (await ask(page, 'jobs.list')).output as { status: string }[]
  return jobs.filter((job) => job.status === 'running' || job.status === 'queued').length
}

/** A run on the open catalog that takes longer than the test. */
async function slowRun(page: Page): Promise<object> {
  const recipes = (await ask(page, 'runs.recipes')).output as { name: string; training: object }[]
  const recipe = recipes.find(({ name }) => name === 'logmel-cnn')!
  const training = { ...recipe.training, maxEpochs: 10_000, patienceEpochs: 0 }
  return { recipe: { ...recipe, training }, backend: 'auto', split: { kind: 'random', testShare: 0.25 }, query: {} }
}

test.describe('headless door', () => {
  let host: HeadlessHost
  test.beforeAll(async () => {
    host = await launchHeadless()
  })
  test.afterAll(async () => {
    await host.kill('SIGKILL')
  })

  test('serves the page to who has the token, and answers its calls', async () => {
    const browser = await chromium.launch({ executablePath: process.env.EARMARK_CHROMIUM ?? '/usr/bin/chromium' })
    const page = await browser.newPage()
    await page.goto(host.url)
    expect(new URL(page.url()).search).toBe('')
    await expect(page).toHaveTitle(/Earmark/)
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
    const state = await ask(page, 'workspace.state')
    expect(state).toMatchObject({ kind: 'result', output: { hostKind: 'headless', catalog: null } })
    expect(await ask(page, 'workspace.open', { path: '' })).toMatchObject({
      kind: 'error',
      error: { code: 'invalid-argument' },
    })
    await expectConfinedPage(page)
    await expectSound(page)
    await browser.close()
  })

  test('refuses who has no token, another name, another origin', async () => {
    const port = Number(new URL(host.origin).port)
    const token = new URL(host.url).searchParams.get('token')!
    expect((await fetch(host.origin)).status).toBe(401)
    expect((await fetch(`${host.origin}/?token=${token.slice(1)}x`)).status).toBe(401)
    expect((await fetch(`${host.origin}/media/x.wav`)).status).toBe(401)
    const entered = await fetch(host.url, { redirect: 'manual' })
    expect(entered.status).toBe(303)
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!
    expect((await fetch(host.origin, { headers: { cookie } })).status).toBe(200)
    const ours = `Cookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n`
    const at = (path: string, hostName: string, more: string): Promise<string> =>
      rawRequest(port, `GET ${path} HTTP/1.1\r\nHost: ${hostName}\r\n${more}\r\n`)
    expect(await at('/', 'evil.example', `Cookie: ${cookie}\r\n`)).toContain('403')
    expect(await at('/', `127.0.0.1:${port}`, `Cookie: ${cookie}\r\n`)).toContain('200')
    expect(await at('/../main/cli.js', `127.0.0.1:${port}`, `Cookie: ${cookie}\r\n`)).toContain('404')
    expect(await at('/rpc', `127.0.0.1:${port}`, `${ours}Origin: http://127.0.0.1:${port}\r\n`)).toContain('101')
    expect(await at('/rpc', `127.0.0.1:${port}`, `${ours}Origin: http://evil.example\r\n`)).toContain('403')
    expect(await at('/rpc', `127.0.0.1:${port}`, `${ours}Origin: http://127.0.0.1:${port + 1}\r\n`)).toContain('403')
    expect(await at('/rpc', 'evil.example', `${ours}Origin: http://evil.example\r\n`)).toContain('403')
    expect(await at('/rpc', `127.0.0.1:${port}`, ours)).toContain('403')
    const stranger = ours.replace(cookie, `${cookie.split('=')[0]}=guess`)
    expect(await at('/rpc', `127.0.0.1:${port}`, `${stranger}Origin: http://127.0.0.1:${port}\r\n`)).toContain('401')
  })

  test('closes in order at a signal', async () => {
    const other = await launchHeadless()
    expect(await other.kill('SIGINT')).toBe(0)
  })
})

test.describe('desktop door', () => {
  test('opens the page with a bridge and nothing of Node', async () => {
    const app: DesktopApp = await launchDesktop()
    const { page } = app
    await expect(page).toHaveTitle(/Earmark/)
    expect(await page.evaluate(() => (window as unknown as { earmark: { kind: string } }).earmark.kind)).toBe('desktop')
    expect(await ask(page, 'workspace.state')).toMatchObject({
      kind: 'result',
      output: { hostKind: 'desktop', catalog: null },
    })
    await expectConfinedPage(page)
    await expectSound(page)
    await app.close()
  })

  test('asks for folders and files natively, believing nothing it is sent', async () => {
    const app = await launchDesktop()
    const ask = (what: 'pickFolder' | 'pickFile', question: unknown): Promise<string | null> =>
      app.page.evaluate(
        ([name, given]) =>
          (window as unknown as { earmark: Record<string, (q: unknown) => Promise<string | null>> }).earmark[name]!(
            given,
          ),
        [what, question] as const,
      )
    const pick = (question: unknown): Promise<string | null> => ask('pickFolder', question)
    await app.answerDialog('/some/folder')
    expect(await pick({ title: 'Where?' })).toBe('/some/folder')
    await app.answerDialog(null)
    expect(await pick({})).toBeNull()
    await expect(pick({ title: 5 })).rejects.toThrow(/title/)
    await expect(pick({ properties: ['openFile'] })).rejects.toThrow(/properties/)
    await app.answerDialog('/some/table.csv')
    const filter = { name: 'Tables', extensions: ['csv', 'tsv'] }
    expect(await ask('pickFile', { title: 'Which?', filter })).toBe('/some/table.csv')
    await expect(ask('pickFile', { filter: { name: 'Tables', extensions: ['../x'] } })).rejects.toThrow(/extensions/)
    await app.close()
  })

  test('sends menu commands to the page until it stops listening', async () => {
    const app = await launchDesktop()
    await app.page.evaluate(() => {
      const scope = window as unknown as {
        heard: string[]
        stop(): void
        earmark: { onCommand(l: (c: string) => void): () => void }
      }
      scope.heard = []
      scope.stop = scope.earmark.onCommand((command) => scope.heard.push(command))
    })
    const heard = (): Promise<string[]> => app.page.evaluate(() => (window as unknown as { heard: string[] }).heard)
    await app.clickMenu('edit.undo')
    await app.clickMenu('view.train')
    await expect.poll(heard).toEqual(['edit.undo', 'view.train'])
    await app.page.evaluate(() => (window as unknown as { stop(): void }).stop())
    await app.clickMenu('edit.redo')
    await ask(app.page, 'workspace.state')
    expect(await heard()).toEqual(['edit.undo', 'view.train'])
    await app.close()
  })

  test('goes nowhere else, and opens links outside only if they may be', async () => {
    const app = await launchDesktop()
    // Without the part that the page's own router changes.
    const place = (): string => app.page.url().split('#')[0]!
    const before = place()
    // Later, since a page that is told to leave answers nothing until it is clear where to.
    await app.page.evaluate(() => {
      setTimeout(() => (location.href = 'https://example.org/'), 0)
      setTimeout(() => (location.href = 'http://github.com/'), 200)
      setTimeout(() => window.open('https://github.com/karolpiczak/ESC-50'), 400)
    })
    await expect.poll(() => app.openedOutside()).toEqual(['https://github.com/karolpiczak/ESC-50'])
    expect(place()).toBe(before)
    await app.close()
  })

  test('starts a host that died again, and the window finds it', async () => {
    const app = await launchStandIn()
    expect(await ask(app.page, 'workspace.state')).toMatchObject({ kind: 'result' })
    app.tell({ type: 'crash-host' })
    await expect.poll(() => app.output()).toContain('The host ended')
    expect(await ask(app.page, 'workspace.state')).toMatchObject({ kind: 'result', output: { hostKind: 'desktop' } })
    await app.close()
  })

  test('asks before a quit that would stop a job', async () => {
    const app = await launchStandIn()
    const { page } = app
    const folder = join(makeFolder('doors'), 'sample')
    await ask(page, 'workspace.createSample', { path: folder })
    await expect.poll(async () => runningJobs(page)).toBe(0)
    await ask(page, 'runs.start', await slowRun(page))
    expect(await runningJobs(page)).toBe(1)
    app.tell({ type: 'close-window' })
    await expect.poll(() => app.said.filter((message) => message.type === 'dialog')).toHaveLength(1)
    expect(app.said.find((message) => message.type === 'dialog')).toMatchObject({
      kind: 'message',
      options: { buttons: ['Keep Running', 'Stop and Quit'] },
    })
    expect(await runningJobs(page)).toBe(1)
    await app.answerDialog(1)
    await app.close()
    expect(app.process.exitCode).toBe(0)
    // The run is not left as one that runs.
    const again = await launchStandIn({ userFolder: app.userFolder })
    await ask(again.page, 'workspace.open', { path: folder })
    const runs = (await ask(again.page, 'runs.list')).output as { status: string }[]
    expect(runs.map((run) => run.status)).toEqual(['cancelled'])
    await again.close()
  })

  test('lets one instance at a time use a profile', async () => {
    const app = await launchStandIn()
    await expect(launchStandIn({ userFolder: app.userFolder })).rejects.toThrow(/ended with 0/)
    await app.close()
  })
})
