/** What a desktop would draw: recorded, or answered by the test. */
import type { MenuItemConstructorOptions } from 'electron'
import { control, tellTest } from './control'

const answers: (string | number | null)[] = []
control.on('answer-dialog', ({ answer }: { answer: string | number | null }) => {
  answers.push(answer)
  tellTest({ type: 'answer-noted' })
})

/** The test's next answer; none is the same as pressing Escape. */
function ask(kind: string, args: unknown[]): string | number | null {
  tellTest({ type: 'dialog', kind, options: args.at(-1) })
  return answers.shift() ?? null
}

export const dialog = {
  showOpenDialog(...args: unknown[]): Promise<{ canceled: boolean; filePaths: string[] }> {
    const answer = ask('open', args)
    return Promise.resolve({ canceled: answer === null, filePaths: answer === null ? [] : [String(answer)] })
  },
  showSaveDialog(...args: unknown[]): Promise<{ canceled: boolean; filePath: string }> {
    const answer = ask('save', args)
    return Promise.resolve({ canceled: answer === null, filePath: answer === null ? '' : String(answer) })
  },
  showMessageBox(...args: unknown[]): Promise<{ response: number }> {
    const options = args.at(-1) as { cancelId?: number }
    const answer = ask('message', args)
    return Promise.resolve({ response: typeof answer === 'number' ? answer : (options.cancelId ?? 0) })
  },
  showErrorBox(title: string, content: string): void {
    tellTest({ type: 'dialog', kind: 'error', options: { title, content } })
  },
}

function findItem(items: MenuItemConstructorOptions[], id: string): MenuItemConstructorOptions | undefined {
  for (const item of items) {
    if (item.id === id) return item
    const inside = Array.isArray(item.submenu) ? findItem(item.submenu, id) : undefined
    if (inside) return inside
  }
  return undefined
}

export const Menu = {
  buildFromTemplate: (items: MenuItemConstructorOptions[]) => items,
  setApplicationMenu(items: MenuItemConstructorOptions[]): void {
    control.removeAllListeners('click-menu')
    control.on('click-menu', ({ id }: { id: string }) => (findItem(items, id)?.click as (() => void) | undefined)?.())
  },
}

const display = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }
export const screen = { getPrimaryDisplay: () => display, getAllDisplays: () => [display] }
export const nativeTheme = { shouldUseDarkColors: true }
export const session = {
  defaultSession: { setPermissionRequestHandler: () => undefined, setPermissionCheckHandler: () => undefined },
}
export const shell = {
  openExternal(address: string): Promise<void> {
    tellTest({ type: 'opened-outside', address })
    return Promise.resolve()
  },
}
