import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { control } from './control'
import { emitPreventable } from './events'

/** Windows and the browser register here what has to end with the app. */
interface Parts {
  /** Asks every window to close; false when one refuses. */
  closeWindows: () => boolean
  endBrowser: () => void
}

class App extends EventEmitter {
  readonly isPackaged = false
  readonly parts: Parts = { closeWindows: () => true, endBrowser: () => undefined }
  private readonly paths = new Map([
    ['userData', join(homedir(), '.config', 'earmark')],
    ['documents', homedir()],
    ['home', homedir()],
  ])

  getPath(name: string): string {
    const path = this.paths.get(name)
    if (path === undefined) throw new Error(`The stand-in knows no path ${name}.`)
    return path
  }

  setPath(name: string, path: string): void {
    this.paths.set(name, path)
  }

  getAppPath(): string {
    return resolve(dirname(process.argv[1]!), '../..')
  }

  enableSandbox(): void {
    // The page's process is Chromium's, sandboxed or not as it was started.
  }

  whenReady(): Promise<void> {
    return Promise.resolve()
  }

  /** A file with our process id; one of a process that is gone is no lock. */
  requestSingleInstanceLock(): boolean {
    const file = join(this.getPath('userData'), 'stand-in.lock')
    mkdirSync(dirname(file), { recursive: true })
    try {
      process.kill(Number(readFileSync(file, 'utf8')), 0)
      return false
    } catch {
      writeFileSync(file, String(process.pid))
      process.on('exit', () => rmSync(file, { force: true }))
      return true
    }
  }

  quit(): void {
    if (emitPreventable(this, 'before-quit') && this.parts.closeWindows()) this.exit(0)
  }

  exit(code: number): void {
    this.emit('quit')
    this.parts.endBrowser()
    process.exit(code)
  }
}

export const app = new App()
control.on('quit', () => app.quit())
// A test that failed half-way leaves nothing behind.
process.on('disconnect', () => app.exit(1))
