import type { WorkerCommand, WorkerEvent } from '../../shared/job/worker-event'
import type { LaunchWorker } from '../../shared/job/worker-process'
import type { FromHost } from './host-messages'

/** The members of Electron's MessagePortMain that are used here. */
export interface WorkerPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(message: unknown): void
  start(): void
  close(): void
}

export interface PortLauncher {
  launch: LaunchWorker
  onLaunched(workerId: number, port: WorkerPort): void
  onExited(workerId: number, code: number | null): void
}

/** The end of a process is told by main, its events by the port: how long the port may lag behind. */
const portGraceMs = 2000

/** The desktop's way to launch a worker: ask main for it, then talk over the port that main hands out. */
export function createPortLauncher(tell: (message: FromHost) => void): PortLauncher {
  const workers = new Map<number, RemoteWorker>()
  let nextId = 1
  return {
    launch(kind) {
      const workerId = nextId++
      const worker = new RemoteWorker()
      workers.set(workerId, worker)
      tell({ type: 'launch-worker', workerId, kind })
      return {
        send: (command) => worker.send(command),
        onEvent: (listener) => worker.onEvent(listener),
        onExit: (listener) => worker.onExit(listener),
        kill: () => tell({ type: 'kill-worker', workerId }),
      }
    },
    onLaunched: (workerId, port) => workers.get(workerId)?.attach(port),
    onExited(workerId, code) {
      workers.get(workerId)?.exited(code)
      workers.delete(workerId)
    },
  }
}

class RemoteWorker {
  private port: WorkerPort | null = null
  private isPortClosed = false
  private exit: { code: number | null } | null = null
  private isTold = false
  private readonly commands: WorkerCommand[] = []
  private readonly events: WorkerEvent[] = []
  private eventListener: ((event: WorkerEvent) => void) | null = null
  private readonly exitListeners: ((code: number | null) => void)[] = []

  attach(port: WorkerPort): void {
    this.port = port
    port.on('message', ({ data }) => {
      if (this.eventListener) this.eventListener(data as WorkerEvent)
      else this.events.push(data as WorkerEvent)
    })
    port.on('close', () => {
      this.isPortClosed = true
      this.tellExit()
    })
    for (const command of this.commands.splice(0)) port.postMessage(command)
    port.start()
  }

  send(command: WorkerCommand): void {
    if (this.port) this.port.postMessage(command)
    else this.commands.push(command)
  }

  onEvent(listener: (event: WorkerEvent) => void): void {
    this.eventListener = listener
    for (const event of this.events.splice(0)) listener(event)
  }

  onExit(listener: (code: number | null) => void): void {
    if (this.isTold && this.exit) listener(this.exit.code)
    else this.exitListeners.push(listener)
  }

  exited(code: number | null): void {
    this.exit = { code }
    if (this.port === null || this.isPortClosed) return this.tellExit()
    setTimeout(() => {
      this.isPortClosed = true
      this.tellExit()
    }, portGraceMs).unref()
  }

  /** Once, and only when both have come: the end of the process and the end of what it said. */
  private tellExit(): void {
    if (this.isTold || this.exit === null || (this.port !== null && !this.isPortClosed)) return
    this.isTold = true
    this.port?.close()
    for (const listener of this.exitListeners) listener(this.exit.code)
  }
}
