/** Hands the page one port and a few native gestures; runs sandboxed, in a world of its own. */
import { contextBridge, ipcRenderer } from 'electron'
import { type EarmarkBridge, type MenuCommand, portMessageType } from './bridge'

const bridge: EarmarkBridge = {
  kind: 'desktop',
  platform: process.platform,
  requestPort: () => ipcRenderer.send('earmark:request-port'),
  pickFolder: (question) => ipcRenderer.invoke('earmark:pick-folder', question) as Promise<string | null>,
  pickSaveFolder: (question) => ipcRenderer.invoke('earmark:pick-save-folder', question) as Promise<string | null>,
  pickFile: (question) => ipcRenderer.invoke('earmark:pick-file', question) as Promise<string | null>,
  onCommand(listener) {
    const hear = (_event: unknown, command: MenuCommand): void => listener(command)
    ipcRenderer.on('earmark:command', hear)
    return () => void ipcRenderer.off('earmark:command', hear)
  },
  setTitle: (title) => ipcRenderer.send('earmark:set-title', title),
}

contextBridge.exposeInMainWorld('earmark', bridge)

// A port cannot cross the bridge itself, but a window message carries it into the page's world.
ipcRenderer.on('earmark:port', (event) => window.postMessage({ type: portMessageType }, location.origin, event.ports))
