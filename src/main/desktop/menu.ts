import type { MenuItemConstructorOptions } from 'electron'
import type { MenuCommand } from '../../preload/bridge'

export interface MenuOptions {
  platform: NodeJS.Platform
  /** Reload and developer tools are for who builds Earmark. */
  isPackaged: boolean
  send(command: MenuCommand): void
}

/** The native menu. An item that the page acts on carries its command's name as id. */
export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const isMac = options.platform === 'darwin'
  const command = (
    id: MenuCommand,
    label: string,
    more: MenuItemConstructorOptions = {},
  ): MenuItemConstructorOptions => ({
    id,
    label,
    click: () => options.send(id),
    ...more,
  })
  // The page handles these keys itself, since in a text field they mean the field's own history.
  const pageKey = (accelerator: string): MenuItemConstructorOptions => ({ accelerator, registerAccelerator: false })
  const line: MenuItemConstructorOptions = { type: 'separator' }
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        command('catalog.new', 'New Catalog…', { accelerator: 'CmdOrCtrl+N' }),
        command('catalog.open', 'Open Catalog…', { accelerator: 'CmdOrCtrl+O' }),
        line,
        command('catalog.import', 'Import Dataset…', { accelerator: 'CmdOrCtrl+Shift+I' }),
        command('catalog.export', 'Export Dataset…', { accelerator: 'CmdOrCtrl+Shift+E' }),
        line,
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        command('edit.undo', 'Undo', pageKey('CmdOrCtrl+Z')),
        command('edit.redo', 'Redo', pageKey('CmdOrCtrl+Shift+Z')),
        line,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&View',
      submenu: [
        command('view.library', 'Library', { accelerator: 'CmdOrCtrl+1' }),
        command('view.annotate', 'Annotate', { accelerator: 'CmdOrCtrl+2' }),
        command('view.train', 'Train', { accelerator: 'CmdOrCtrl+3' }),
        command('view.evaluate', 'Evaluate', { accelerator: 'CmdOrCtrl+4' }),
        command('view.export', 'Export', { accelerator: 'CmdOrCtrl+5' }),
        line,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(options.isPackaged ? [] : [line, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
      ],
    },
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
    {
      label: '&Help',
      role: 'help',
      submenu: [command('help.keys', 'Keyboard Shortcuts', pageKey('Shift+/')), command('help.about', 'About Earmark')],
    },
  ]
}
