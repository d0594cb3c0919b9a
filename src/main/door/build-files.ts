import { join } from 'node:path'

/** Where the build put what the doors start and serve. */
export interface BuildFiles {
  worker: string
  hostProcess: string
  preload: string
  renderer: string
}

/** @param mainFolder the folder of the running entry file (`out/main`). */
export function buildFiles(mainFolder: string): BuildFiles {
  return {
    worker: join(mainFolder, 'worker.js'),
    hostProcess: join(mainFolder, 'host-process.js'),
    preload: join(mainFolder, '..', 'preload', 'preload.cjs'),
    renderer: join(mainFolder, '..', 'renderer'),
  }
}
