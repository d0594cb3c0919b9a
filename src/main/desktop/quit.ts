import { app, BrowserWindow, dialog } from 'electron'
import type { Processes } from './processes'

export interface Quit {
  /** Called for each window, since closing the last one is a quit where windows are the app. */
  guardWindow(window: BrowserWindow): void
}

/** No quit loses work without a word: running jobs are named, and the host closes in order before the app ends. */
export function guardQuit(processes: Processes): Quit {
  let phase: 'open' | 'asking' | 'closing' | 'closed' = 'open'

  const quit = async (isAsked: boolean): Promise<void> => {
    if (phase === 'closing' || phase === 'closed' || (phase === 'asking' && isAsked)) return
    phase = 'asking'
    if (isAsked && !(await mayStop(await processes.runningJobs()))) {
      phase = 'open'
      return
    }
    phase = 'closing'
    await processes.close()
    phase = 'closed'
    app.quit()
  }

  app.on('before-quit', (event) => {
    if (phase === 'closed') return
    event.preventDefault()
    void quit(true)
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') void quit(true)
  })
  // Nobody sits before a signal: close in order, without a question.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void quit(false))

  return {
    guardWindow(window) {
      window.on('close', (event) => {
        const isLast = BrowserWindow.getAllWindows().length === 1
        if (phase === 'closed' || process.platform === 'darwin' || !isLast) return
        event.preventDefault()
        void quit(true)
      })
    },
  }
}

async function mayStop(titles: string[]): Promise<boolean> {
  if (titles.length === 0) return true
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0]
  const question = {
    type: 'warning' as const,
    message: titles.length === 1 ? 'A job is still running.' : `${titles.length} jobs are still running.`,
    detail: `${titles.join('\n')}\n\nQuitting stops them. Labels and finished runs are saved.`,
    buttons: ['Keep Running', 'Stop and Quit'],
    defaultId: 0,
    cancelId: 0,
  }
  const { response } = await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question))
  return response === 1
}
