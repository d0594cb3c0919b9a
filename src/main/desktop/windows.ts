import { app, BrowserWindow, dialog, nativeTheme, screen, session, shell, type WebContents } from 'electron'
import { join } from 'node:path'
import { isOwnAddress, judgeLink, pageUrl } from './origin'
import { clampBounds, keepWindowState, readWindowState } from './window-state'

const defaultSize = { width: 1440, height: 900 }
/** Never on a display: the first start opens in the middle. */
const nowhere = { x: -1e6, y: -1e6, ...defaultSize }

export interface WindowOptions {
  preload: string
  icon: string
  userFolder: string
}

/** Opens the window where it was last and as large, with a page that has no rights of its own. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const stateFile = join(options.userFolder, 'window.json')
  const state = readWindowState(stateFile)
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter((display) => display.id !== primary.id)
  const bounds = clampBounds(
    state ?? nowhere,
    [primary, ...others].map((display) => display.workArea),
  )
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Earmark',
    icon: options.icon,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1014' : '#eceef2',
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  })
  if (state?.isMaximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  // The page says what it is called, through the bridge.
  window.on('page-title-updated', (event) => event.preventDefault())
  window.on('close', () =>
    keepWindowState(stateFile, { ...window.getNormalBounds(), isMaximized: window.isMaximized() }),
  )
  void window.loadURL(pageUrl)
  return window
}

/** Holds for every page there will ever be: no rights, no new windows, no other addresses. Once, when ready. */
export function confinePages(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
  app.on('web-contents-created', (_event, contents) => confine(contents))
}

function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    void openOutside(contents, url)
    return { action: 'deny' }
  })
  contents.on('will-navigate', (event) => {
    if (isOwnAddress(event.url)) return
    event.preventDefault()
    void openOutside(contents, event.url)
  })
  contents.on('will-redirect', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

async function openOutside(contents: WebContents, address: string): Promise<void> {
  const verdict = judgeLink(address)
  if (verdict === 'refuse') return
  if (verdict === 'ask') {
    const window = BrowserWindow.fromWebContents(contents)
    const question = {
      type: 'question' as const,
      message: 'Open this address in your browser?',
      detail: address,
      buttons: ['Open', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
    }
    const { response } = await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question))
    if (response !== 0) return
  }
  await shell.openExternal(address)
}
