/** Chromium as a process of its own, spoken to in the DevTools protocol. */
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { app } from './app'

type Params = Record<string, unknown>

/** One target's session. Emits the protocol's events by name. */
export class Session extends EventEmitter {
  readonly id: string | undefined
  private readonly chromium: Chromium

  constructor(chromium: Chromium, id?: string) {
    super()
    this.chromium = chromium
    this.id = id
  }

  send(method: string, params: Params = {}): Promise<Params> {
    return this.chromium.send(method, params, this.id)
  }
}

export class Chromium {
  readonly endpoint: string
  readonly root: Session
  private readonly socket: WebSocket
  private readonly sessions = new Map<string | undefined, Session>()
  private readonly pending = new Map<number, { resolve(value: Params): void; reject(error: Error): void }>()
  private nextId = 1

  constructor(endpoint: string, socket: WebSocket) {
    this.endpoint = endpoint
    this.socket = socket
    this.root = new Session(this)
    this.sessions.set(undefined, this.root)
    socket.on('message', (data: Buffer) => this.hear(JSON.parse(data.toString())))
  }

  send(method: string, params: Params, sessionId?: string): Promise<Params> {
    const id = this.nextId++
    this.socket.send(JSON.stringify({ id, method, params, sessionId }))
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject }))
  }

  /** A new window with its session. */
  async openTarget(width: number, height: number): Promise<{ targetId: string; session: Session }> {
    const { targetId } = await this.root.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      width,
      height,
    })
    const { sessionId } = await this.root.send('Target.attachToTarget', { targetId, flatten: true })
    const session = new Session(this, String(sessionId))
    this.sessions.set(session.id, session)
    return { targetId: String(targetId), session }
  }

  private hear(message: {
    id?: number
    method?: string
    sessionId?: string
    params?: Params
    result?: Params
    error?: { message: string }
  }): void {
    if (message.id === undefined) {
      this.sessions.get(message.sessionId)?.emit(message.method ?? '', message.params)
      return
    }
    const call = this.pending.get(message.id)
    this.pending.delete(message.id)
    if (message.error) call?.reject(new Error(message.error.message))
    else call?.resolve(message.result ?? {})
  }
}

async function start(): Promise<Chromium> {
  const path = process.env.EARMARK_CHROMIUM
  if (!path) throw new Error('EARMARK_CHROMIUM names no Chromium.')
  const profile = mkdtempSync(join(tmpdir(), 'earmark-chromium-'))
  const child = spawn(
    path,
    [
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage',
      '--force-color-profile=srgb',
      '--autoplay-policy=no-user-gesture-required',
      '--mute-audio',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  app.parts.endBrowser = () => {
    child.kill('SIGKILL')
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  process.on('exit', () => app.parts.endBrowser())
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code} before it was ready.`)))
    child.once('error', reject)
    createInterface({ input: child.stderr }).on('line', (line) => {
      const match = /DevTools listening on (ws:\S+)/.exec(line)
      if (match) resolve(match[1]!)
    })
  })
  const socket = new WebSocket(endpoint, { perMessageDeflate: false, maxPayload: 1 << 30 })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const chromium = new Chromium(endpoint, socket)
  await chromium.root.send('Target.setDiscoverTargets', { discover: true })
  return chromium
}

let started: Promise<Chromium> | null = null

/** The one browser of this app, started with its first window. */
export function getChromium(): Promise<Chromium> {
  return (started ??= start())
}
