/**
 * A stand-in for the `electron` module, for machines where Electron's binary cannot be had:
 *   node --import ./e2e/support/electron-stand-in/register.mjs out/main/desktop.js
 * runs the built main process and the built preload under plain Node. Each BrowserWindow is a real page of a
 * real Chromium (EARMARK_CHROMIUM); the preload runs there in an isolated world of its own.
 *
 * What it does NOT prove, and only Electron itself can:
 *   that Electron starts at all, finds its files, and is packaged rightly;
 *   the sandbox of the preload, and that Electron's contextBridge, ipcRenderer and frames behave as these do;
 *   the privileged scheme: the page comes from http://127.0.0.1 here, with the scheme's answers and headers;
 *   separate processes: a utility process is a thread here, so a crash of native code would take all down;
 *   ports: messages cross to the page as JSON with typed arrays in base64, without transfer of ownership;
 *   native menus, dialogs, displays, themes, permissions and the second instance's event: they are recorded
 *   or answered by the test, never drawn.
 */
import { registerHooks } from 'node:module'

const folder = new URL('./', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron') return { url: new URL('electron.ts', folder).href, shortCircuit: true }
    // These files import each other as the rest of the project does, without an extension.
    if (specifier.startsWith('./') && context.parentURL?.startsWith(folder) && !/\.m?[jt]s$/.test(specifier))
      return next(`${specifier}.ts`, context)
    return next(specifier, context)
  },
})
