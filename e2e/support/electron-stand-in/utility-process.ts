import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { control } from './control'
import { type Envelope, envelope, type MessagePortMain, open } from './ports'

/** A utility process, as a thread. */
class UtilityProcess extends EventEmitter {
  readonly stdout: Readable
  readonly stderr: Readable
  readonly worker: Worker

  constructor(path: string, args: string[]) {
    super()
    this.worker = new Worker(new URL('utility-entry.ts', import.meta.url), {
      workerData: { path },
      argv: args,
      stdout: true,
      stderr: true,
    })
    this.stdout = this.worker.stdout
    this.stderr = this.worker.stderr
    this.worker.on('message', (message: Envelope) => this.emit('message', open(message).data))
    this.worker.on('error', (error) => process.stderr.write(`${path}: ${error.stack ?? error.message}\n`))
    this.worker.on('exit', (code) => this.emit('exit', code))
  }

  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    this.worker.postMessage(...envelope(message, transfer))
  }

  kill(): boolean {
    void this.worker.terminate()
    return true
  }
}

const running = new Map<string, UtilityProcess>()

export const utilityProcess = {
  fork(path: string, args: string[] = [], options: { serviceName?: string } = {}): UtilityProcess {
    const started = new UtilityProcess(path, args)
    running.set(options.serviceName ?? path, started)
    return started
  },
}

control.on('crash-host', () => running.get('Earmark host')?.kill())
