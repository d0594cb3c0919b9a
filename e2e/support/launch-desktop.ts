/**
 * Starts the built desktop app for a test: in Electron itself where its binary is installed and there is a
 * display, else under the stand-in (electron-stand-in/register.mjs says what that does not prove).
 */
import { _electron, chromium, type Page } from '@playwright/test'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, projectFolder } from './data'
import type { FromStandIn, ToStandIn } from './electron-stand-in/control'

export interface DesktopApp {
  page: Page
  /** Electron's own, or the stand-in's. */
  kind: 'electron' | 'stand-in'
  userFolder: string
  /** The next native dialog's answer: a path, a button's index from 0, or null to cancel. */
  answerDialog(answer: string | number | null): Promise<void>
  /** Clicks the item of the native menu that carries this command. */
  clickMenu(command: string): Promise<void>
  /** Addresses that were handed to the system's browser. */
  openedOutside(): Promise<string[]>
  /** Quits as a person would; resolves when the app has ended. */
  close(): Promise<void>
}

/** The desktop app under the stand-in, and what only it can do. */
export interface StandInApp extends DesktopApp {
  kind: 'stand-in'
  process: ReturnType<typeof fork>
  /** What the app said to the test so far: dialogs shown, titles, addresses opened outside. */
  said: FromStandIn[]
  tell(message: ToStandIn): void
  output(): string
}

export interface DesktopOptions {
  catalog?: string
  userFolder?: string
  env?: Record<string, string>
}

/** Electron's binary, where a window can be opened with it. */
function findElectron(): string | null {
  const folder = join(projectFolder, 'node_modules/electron')
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
  try {
    const path = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim())
    return hasDisplay && existsSync(path) ? path : null
  } catch {
    return null
  }
}

/** Which of the two this machine will use. */
export const desktopKind = findElectron() === null ? 'stand-in' : 'electron'

export function launchDesktop(options: DesktopOptions = {}): Promise<DesktopApp> {
  const binary = findElectron()
  return binary === null ? launchStandIn(options) : launchElectron(binary, options)
}

async function launchElectron(executablePath: string, options: DesktopOptions): Promise<DesktopApp> {
  const userFolder = options.userFolder ?? makeFolder('user')
  const isRoot = process.getuid?.() === 0
  const app = await _electron.launch({
    executablePath,
    args: [...(isRoot ? ['--no-sandbox'] : []), projectFolder, ...(options.catalog ? [options.catalog] : [])],
    env: { ...(process.env as Record<string, string>), ...options.env, EARMARK_USER_FOLDER: userFolder },
  })
  const page = await app.firstWindow()
  await app.evaluate(({ dialog, shell }) => {
    const scope = globalThis as unknown as { answers: (string | number | null)[]; opened: string[] }
    scope.answers = []
    scope.opened = []
    const next = (): string | number | null => scope.answers.shift() ?? null
    dialog.showOpenDialog = (() => {
      const answer = next()
      return Promise.resolve({ canceled: answer === null, filePaths: answer === null ? [] : [String(answer)] })
    }) as typeof dialog.showOpenDialog
    dialog.showSaveDialog = (() => {
      const answer = next()
      return Promise.resolve({ canceled: answer === null, filePath: answer === null ? '' : String(answer) })
    }) as typeof dialog.showSaveDialog
    dialog.showMessageBox = ((...args: unknown[]) => {
      const answer = next()
      const { cancelId } = args.at(-1) as { cancelId?: number }
      return Promise.resolve({
        response: typeof answer === 'number' ? answer : (cancelId ?? 0),
        checkboxChecked: false,
      })
    }) as typeof dialog.showMessageBox
    shell.openExternal = (address) => {
      scope.opened.push(address)
      return Promise.resolve()
    }
  })
  return {
    page,
    kind: 'electron',
    userFolder,
    answerDialog: (answer) =>
      app.evaluate((_electron, given) => {
        ;(globalThis as unknown as { answers: unknown[] }).answers.push(given)
      }, answer),
    clickMenu: (command) =>
      app.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(), command),
    openedOutside: () => app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened),
    close: () => app.close(),
  }
}

/** Always the stand-in, for tests of what only a test can cause: a host that dies, a quit that is refused. */
export async function launchStandIn(options: DesktopOptions = {}): Promise<StandInApp> {
  const userFolder = options.userFolder ?? makeFolder('user')
  const child = fork(join(projectFolder, 'out/main/desktop.js'), options.catalog ? [options.catalog] : [], {
    cwd: projectFolder,
    execArgv: ['--import', join(import.meta.dirname, 'electron-stand-in/register.mjs')],
    env: { ...process.env, ...options.env, EARMARK_USER_FOLDER: userFolder },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  const said: FromStandIn[] = []
  child.on('message', (message) => said.push(message as FromStandIn))
  const tell = (message: ToStandIn): void => void child.send(message)
  const window = await new Promise<FromStandIn & { type: 'window' }>((found, failed) => {
    child.on('message', (message: FromStandIn) => {
      if (message.type === 'window') found(message)
    })
    child.once('exit', (code) => failed(new Error(`The desktop app ended with ${code}:\n${printed}`)))
  })
  const browser = await chromium.connectOverCDP(window.endpoint)
  const page = await findPage(() => browser.contexts().flatMap((context) => context.pages()), window.address)
  return {
    page,
    kind: 'stand-in',
    userFolder,
    process: child,
    said,
    tell,
    output: () => printed,
    // What the page asks next takes another road, and could come before the answer.
    answerDialog: (answer) =>
      new Promise((noted) => {
        child.on('message', function hear(message: FromStandIn) {
          if (message.type !== 'answer-noted') return
          child.off('message', hear)
          noted()
        })
        tell({ type: 'answer-dialog', answer })
      }),
    clickMenu: async (id) => tell({ type: 'click-menu', id }),
    openedOutside: async () => said.flatMap((message) => (message.type === 'opened-outside' ? [message.address] : [])),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      tell({ type: 'quit' })
      await once(child, 'exit')
    },
  }
}

async function findPage(pages: () => Page[], address: string): Promise<Page> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const page = pages().find((one) => one.url().startsWith(address))
    if (page) return page
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`No page shows ${address}.`)
}
