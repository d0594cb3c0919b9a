/** The desktop door: Electron's main process. Windows, menu, dialogs, protocol; the work is in other processes. */
import { app, BrowserWindow, dialog, Menu } from 'electron'
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildFiles } from '../door/build-files'
import { version } from '../door/version'
import { answerBridge } from './bridge-calls'
import { createLog } from './log'
import { menuTemplate } from './menu'
import { Processes } from './processes'
import { registerScheme, serveScheme } from './protocol'
import { guardQuit } from './quit'
import { confinePages, openWindow } from './windows'

const files = buildFiles(import.meta.dirname)

if (process.env.EARMARK_USER_FOLDER) app.setPath('userData', resolve(process.env.EARMARK_USER_FOLDER))
app.enableSandbox()
registerScheme()
if (app.requestSingleInstanceLock()) void app.whenReady().then(start)
else app.quit()

/** A catalog named on the command line: `electron . CATALOG`. */
function catalogOfArguments(argv: string[]): string | null {
  const own = argv.slice(app.isPackaged ? 1 : 2).filter((argument) => !argument.startsWith('-'))
  const path = own[0] === undefined ? null : resolve(own[0])
  return path !== null && existsSync(join(path, 'earmark.db')) ? path : null
}

function start(): void {
  const userFolder = app.getPath('userData')
  mkdirSync(userFolder, { recursive: true })
  const log = createLog(join(userFolder, 'earmark.log'))
  const processes = new Processes({
    files,
    version,
    userFolder,
    documentsFolder: app.getPath('documents'),
    log,
    onGivenUp() {
      dialog.showErrorBox(
        'Earmark cannot go on',
        `Its host process keeps ending; ${join(userFolder, 'earmark.log')} says why.`,
      )
      app.exit(1)
    },
  })
  confinePages()
  serveScheme({
    rendererFolder: files.renderer,
    readRange: async (clipId, start, end) => (await processes.client()).media.readRange({ clipId, start, end }),
  })
  answerBridge(processes, log)
  const { guardWindow } = guardQuit(processes)

  const open = (): BrowserWindow => {
    const window = openWindow({
      preload: files.preload,
      icon: join(app.getAppPath(), 'resources', 'icon.png'),
      userFolder,
    })
    guardWindow(window)
    return window
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        isPackaged: app.isPackaged,
        send: (command) =>
          (BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0])?.webContents.send(
            'earmark:command',
            command,
          ),
      }),
    ),
  )

  const openCatalog = (path: string | null): void => {
    if (path === null) return
    processes
      .client()
      .then((client) => client.workspace.open({ path }))
      .catch((thrown: unknown) => log(`${path} could not be opened: ${String(thrown)}`))
  }
  openCatalog(catalogOfArguments(process.argv))
  app.on('second-instance', (_event, argv) => {
    openCatalog(catalogOfArguments(argv))
    const window = BrowserWindow.getAllWindows()[0] ?? open()
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open()
  })
  open()
}
