import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type Chromium, getChromium, type Session } from './chromium'
import { emitPreventable } from './events'
import { ipcMain } from './ipc-main'
import { createCrossing, createRendererElectron, createWire, preparePage } from './page-scripts'
import type { MessagePortMain } from './ports'
import { toApp, toBrowser } from './protocol'

const worldName = 'preload'
const binding = 'standInPost'
const wire = createWire()

interface Outbound {
  type: 'send' | 'invoke' | 'port-message' | 'port-close'
  id: number
  channel: string
  args: unknown[]
  value: unknown
}

/** A page: its preload in an isolated world, its messages over a binding, its navigation under guard. */
export class WebContents extends EventEmitter {
  readonly mainFrame: { url: string; parent: null; postMessage: WebContents['postMessage'] }
  private readonly ports = new Map<number, MessagePortMain>()
  private readonly opening: Promise<{ chromium: Chromium; session: Session; targetId: string }>
  private contextId: number | null = null
  private nextPort = 1
  private judgeOpen: (details: { url: string }) => { action: string } = () => ({ action: 'allow' })

  constructor(size: { width: number; height: number }, preload: string) {
    super()
    this.mainFrame = { url: '', parent: null, postMessage: (...args) => this.postMessage(...args) }
    this.opening = this.open(size, preload)
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.judgeOpen = handler
  }

  async load(address: string): Promise<{ endpoint: string; address: string }> {
    const { chromium, session } = await this.opening
    const shown = await toBrowser(address)
    await session.send('Page.navigate', { url: shown })
    return { endpoint: chromium.endpoint, address: shown }
  }

  send(channel: string, ...args: unknown[]): void {
    this.deliver({ type: 'event', channel, args, ports: [] })
  }

  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    const ports = transfer.map((port) => {
      const id = this.nextPort++
      this.ports.set(id, port)
      port.on('message', ({ data }: { data: unknown }) => this.deliver({ type: 'port-message', id, value: data }))
      port.on('close', () => {
        if (this.ports.delete(id)) this.deliver({ type: 'port-close', id })
      })
      return id
    })
    this.deliver({ type: 'event', channel, args: [message], ports })
    for (const port of transfer) port.start()
  }

  close(): void {
    void this.opening.then(({ chromium, targetId }) => chromium.root.send('Target.closeTarget', { targetId }))
    this.dropPorts()
  }

  private async open(size: { width: number; height: number }, preload: string) {
    const chromium = await getChromium()
    const { targetId, session } = await chromium.openTarget(size.width, size.height)
    session.on('Runtime.executionContextCreated', ({ context }: { context: { id: number; name: string } }) => {
      if (context.name === worldName) this.contextId = context.id
    })
    session.on('Runtime.executionContextsCleared', () => {
      this.contextId = null
      this.dropPorts()
    })
    session.on('Runtime.bindingCalled', ({ name, payload }: { name: string; payload: string }) => {
      if (name === binding) void this.hear(wire.decode(payload) as Outbound)
    })
    session.on('Page.frameNavigated', ({ frame }: { frame: { url: string; parentId?: string } }) => {
      if (frame.parentId === undefined) void toApp(frame.url).then((url) => (this.mainFrame.url = url))
    })
    session.on('Page.domContentEventFired', () => this.emit('shown'))
    session.on(
      'Fetch.requestPaused',
      (paused: { requestId: string; request: { url: string } }) => void this.judge(session, paused),
    )
    chromium.root.on(
      'Target.targetCreated',
      ({ targetInfo }: { targetInfo: { targetId: string; openerId?: string } }) => {
        if (targetInfo.openerId === targetId)
          void chromium.root.send('Target.closeTarget', { targetId: targetInfo.targetId })
      },
    )
    session.on('Page.windowOpen', ({ url }: { url: string }) => {
      if (this.judgeOpen({ url }).action !== 'deny') throw new Error('The stand-in opens no second page.')
    })
    const source = await readFile(preload, 'utf8')
    await session.send('Page.enable')
    await session.send('Runtime.enable')
    await session.send('Runtime.addBinding', { name: binding, executionContextName: worldName })
    await session.send('Page.addScriptToEvaluateOnNewDocument', { worldName, source: preloadScript(source) })
    await session.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `(${preparePage.toString()})((${createCrossing.toString()})('page', 'preload'))`,
    })
    await session.send('Fetch.enable', { patterns: [{ urlPattern: '*', resourceType: 'Document' }] })
    return { chromium, session, targetId }
  }

  /** `will-navigate`, for any document that is asked for. */
  private async judge(
    session: Session,
    { requestId, request }: { requestId: string; request: { url: string } },
  ): Promise<void> {
    const mayGo = emitPreventable(this, 'will-navigate', { url: await toApp(request.url) })
    if (mayGo) await session.send('Fetch.continueRequest', { requestId })
    else await session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
  }

  private async hear(message: Outbound): Promise<void> {
    const event = { sender: this, senderFrame: this.mainFrame }
    if (message.type === 'send') ipcMain.emit(message.channel, event, ...message.args)
    else if (message.type === 'invoke') {
      const { id } = message
      await ipcMain.invoke(message.channel, event, message.args).then(
        (value) => this.deliver({ type: 'result', id, value }),
        (thrown: unknown) => this.deliver({ type: 'result', id, error: String(thrown) }),
      )
    } else if (message.type === 'port-message') this.ports.get(message.id)?.postMessage(message.value)
    else {
      this.ports.get(message.id)?.close()
      this.ports.delete(message.id)
    }
  }

  private deliver(message: object): void {
    void this.opening.then(({ session }) => {
      if (this.contextId === null) return
      const call = {
        executionContextId: this.contextId,
        functionDeclaration: 'function (text) { standInReceive(text) }',
        arguments: [{ value: wire.encode(message) }],
      }
      // A page that went away meanwhile hears nothing, as in Electron.
      session.send('Runtime.callFunctionOn', call).catch(() => undefined)
    })
  }

  /** A page that is gone lets go of its ports. */
  private dropPorts(): void {
    const ports = [...this.ports.values()]
    this.ports.clear()
    for (const port of ports) port.close()
  }
}

function preloadScript(source: string): string {
  return `{
    const crossing = (${createCrossing.toString()})('preload', 'page')
    const wire = (${createWire.toString()})()
    const electron = (${createRendererElectron.toString()})(crossing, wire, ${JSON.stringify(binding)})
    const require = (name) => {
      if (name === 'electron') return electron
      throw new Error('A sandboxed preload cannot require ' + name)
    }
    ;(function (require, process, module, exports) {
      ${source}
    })(require, { platform: ${JSON.stringify(process.platform)} }, { exports: {} }, {})
  }`
}
