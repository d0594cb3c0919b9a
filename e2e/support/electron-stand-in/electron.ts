/** The members of `electron` that Earmark's main process uses. See register.mjs for what this does not prove. */
export { app } from './app'
export { BrowserWindow } from './browser-window'
export { dialog, Menu, nativeTheme, screen, session, shell } from './native'
export { MessageChannelMain } from './ports'
export { ipcMain } from './ipc-main'
export { protocol } from './protocol'
export { utilityProcess } from './utility-process'
