/** What the page may ask of main through the preload. Nothing is believed: neither who asks nor what is sent. */
import {
  BrowserWindow,
  dialog,
  ipcMain,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  MessageChannelMain,
  type OpenDialogOptions,
} from 'electron'
import { z } from 'zod'
import { isOwnAddress } from './origin'
import type { Processes } from './processes'

const questionSchema = z
  .strictObject({
    title: z.string().max(200).optional(),
    buttonLabel: z.string().max(100).optional(),
    defaultPath: z.string().max(4096).optional(),
  })
  .default({})
const titleSchema = z.string().max(200)

/** The window of a caller that is our own page, in the main frame; null for anybody else. */
function windowOfCaller(event: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow | null {
  const frame = event.senderFrame
  if (!frame || frame.parent !== null || !isOwnAddress(frame.url)) return null
  return BrowserWindow.fromWebContents(event.sender)
}

/** Registers the calls of the bridge; once, before the first window. */
export function answerBridge(processes: Processes, log: (line: string) => void): void {
  const answerPicker = (channel: string, options: OpenDialogOptions): void =>
    ipcMain.handle(channel, async (event, given: unknown) => {
      const window = windowOfCaller(event)
      if (!window) throw new Error('This page may not ask for folders.')
      const question = questionSchema.parse(given)
      const { canceled, filePaths } = await dialog.showOpenDialog(window, { ...question, ...options })
      return canceled ? null : (filePaths[0] ?? null)
    })
  answerPicker('earmark:pick-folder', { properties: ['openDirectory'] })
  answerPicker('earmark:pick-sound-file', {
    properties: ['openFile'],
    filters: [
      { name: 'Sound', extensions: ['wav', 'w64', 'flac', 'mp3', 'ogg', 'opus', 'aif', 'aiff'] },
      { name: 'All files', extensions: ['*'] },
    ],
  })

  ipcMain.handle('earmark:pick-save-folder', async (event, given: unknown) => {
    const window = windowOfCaller(event)
    if (!window) throw new Error('This page may not ask for folders.')
    const question = questionSchema.parse(given)
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      ...question,
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    })
    return canceled || filePath === '' ? null : filePath
  })

  ipcMain.on('earmark:request-port', (event) => {
    if (!windowOfCaller(event)) return
    const { port1, port2 } = new MessageChannelMain()
    processes
      .connectWindow(port1)
      .then(() => event.senderFrame?.postMessage('earmark:port', null, [port2]))
      .catch((thrown: unknown) => log(`A window got no port: ${String(thrown)}`))
  })

  ipcMain.on('earmark:set-title', (event, given: unknown) => {
    const title = titleSchema.safeParse(given)
    if (title.success) windowOfCaller(event)?.setTitle(title.data)
  })
}
