import { EventEmitter } from 'node:events'
import { app } from './app'
import { control, tellTest } from './control'
import { emitPreventable } from './events'
import { WebContents } from './web-contents'

interface Options {
  x: number
  y: number
  width: number
  height: number
  title?: string
  webPreferences: { preload: string; contextIsolation: boolean; sandbox: boolean; nodeIntegration: boolean }
}

const windows = new Set<BrowserWindow>()

/** A window that is a page of a real, headless Chromium. */
export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  private readonly bounds: { x: number; y: number; width: number; height: number }
  private isDestroyedNow = false

  constructor(options: Options) {
    super()
    const { x, y, width, height, webPreferences } = options
    if (!webPreferences.contextIsolation || !webPreferences.sandbox || webPreferences.nodeIntegration)
      throw new Error('The stand-in opens confined windows only.')
    this.bounds = { x, y, width, height }
    this.webContents = new WebContents(this.bounds, webPreferences.preload)
    this.webContents.once('shown', () => this.emit('ready-to-show'))
    windows.add(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows]
  }

  static getFocusedWindow(): BrowserWindow | null {
    return [...windows][0] ?? null
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windows].find((window) => window.webContents === contents) ?? null
  }

  async loadURL(address: string): Promise<void> {
    const { endpoint, address: shown } = await this.webContents.load(address)
    tellTest({ type: 'window', endpoint, address: shown })
  }

  setTitle(title: string): void {
    tellTest({ type: 'title', title })
  }

  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return this.bounds
  }

  isMaximized(): boolean {
    return false
  }

  isMinimized(): boolean {
    return false
  }

  maximize(): void {
    // There is no screen to fill.
  }

  show(): void {
    // There is no screen to show it on.
  }

  restore(): void {
    // Never minimized.
  }

  focus(): void {
    // Always focused.
  }

  /** @returns whether it closed. */
  close(): boolean {
    if (this.isDestroyedNow) return true
    if (!emitPreventable(this, 'close')) return false
    this.isDestroyedNow = true
    windows.delete(this)
    this.webContents.close()
    this.emit('closed')
    if (windows.size === 0) app.emit('window-all-closed')
    return true
  }
}

app.parts.closeWindows = () => [...windows].every((window) => window.close())
control.on('close-window', () => BrowserWindow.getFocusedWindow()?.close())
