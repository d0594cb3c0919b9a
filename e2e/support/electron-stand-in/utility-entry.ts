/** What runs first in a stand-in's utility process: gives it `process.parentPort`, then loads its entry file. */
import { EventEmitter } from 'node:events'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { type Envelope, envelope, type MessagePortMain, open } from './ports'

class ParentPort extends EventEmitter {
  private readonly waiting: { data: unknown; ports: MessagePortMain[] }[] = []

  constructor() {
    super()
    parentPort!.on('message', (message: Envelope) => {
      this.waiting.push(open(message))
      this.flush()
    })
    // Electron's starts with its first listener and keeps what comes before.
    this.on('newListener', () => queueMicrotask(() => this.flush()))
  }

  postMessage(message: unknown): void {
    parentPort!.postMessage(...envelope(message))
  }

  private flush(): void {
    while (this.listenerCount('message') > 0 && this.waiting.length > 0) this.emit('message', this.waiting.shift())
  }
}

Object.assign(process, { parentPort: new ParentPort() })
await import(pathToFileURL((workerData as { path: string }).path).href)
