/** What the preload gives the page of the desktop app as `window.earmark`; absent in a browser. */

/** The native menu's commands, by name; the page acts on them. */
export const menuCommands = [
  'catalog.new',
  'catalog.open',
  'catalog.import',
  'catalog.export',
  'edit.undo',
  'edit.redo',
  'view.library',
  'view.annotate',
  'view.train',
  'view.evaluate',
  'view.export',
  'help.keys',
  'help.about',
] as const

export type MenuCommand = (typeof menuCommands)[number]

export interface PathQuestion {
  /** Title of the native dialog. */
  title?: string
  /** Label of its confirming button. */
  buttonLabel?: string
  /** Folder it starts in. */
  defaultPath?: string
}

export interface FileQuestion extends PathQuestion {
  /** The files that are offered first, by their endings without a dot. */
  filter?: { name: string; extensions: string[] }
}

/** How the page gets its channel: it calls `requestPort()` and hears a window message `{ type: portMessageType }` with one port. */
export const portMessageType = 'earmark:port'

export interface EarmarkBridge {
  kind: 'desktop'
  /** Node's name of the system: linux, darwin, win32. */
  platform: string
  /** Asks for a channel to the host; it arrives as a window message of type `portMessageType` with the port in `ports[0]`. */
  requestPort(): void
  /** Native dialog for a folder that exists; null when it was cancelled. */
  pickFolder(question?: PathQuestion): Promise<string | null>
  /** Native dialog for the name of a folder to create; null when it was cancelled. */
  pickSaveFolder(question?: PathQuestion): Promise<string | null>
  /** Native dialog for a file that exists; null when it was cancelled. */
  pickFile(question?: FileQuestion): Promise<string | null>
  /** Hears menu commands until the returned function is called. */
  onCommand(listener: (command: MenuCommand) => void): () => void
  /** The window’s title. */
  setTitle(title: string): void
}

declare global {
  interface Window {
    earmark?: EarmarkBridge
  }
}
