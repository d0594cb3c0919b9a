/**
 * The worker's line to the host, whichever process launched it:
 *   on the desktop an Electron utility process, whose first message carries a port straight to the host;
 *   elsewhere a forked Node process, whose channel is the line.
 * The worker ends itself when the line breaks, so that no job outlives its host.
 */
import { toAppError } from '../../shared/errors'
import type { WorkerCommand, WorkerEvent } from '../../shared/job/worker-event'

export interface ParentLink {
  tell(event: WorkerEvent): void
  /** Resolves when what was told has left this process: as long as it computes, it does not write. */
  whenWritten(): Promise<void>
  onCommand(listener: (command: WorkerCommand) => void): void
  /** Tells a last event, waits until it is out and ends the process. */
  end(event: WorkerEvent, exitCode: number): void
}

/** The members of Electron's `process.parentPort` and `MessagePortMain` that are used here. */
interface UtilityPort {
  on(event: 'message', listener: (message: { data: unknown; ports: UtilityPort[] }) => void): void
  on(event: 'close', listener: () => void): void
  once(event: 'message', listener: (message: { data: unknown; ports: UtilityPort[] }) => void): void
  postMessage(message: unknown): void
  start(): void
  close(): void
}

/** Opens the line. @throws Error when this process was not launched by a host. */
export function openParentLink(): ParentLink {
  const utility = (process as unknown as { parentPort?: UtilityPort | null }).parentPort
  if (utility) return openPortLink(utility)
  if (process.send) return openForkLink()
  throw new Error('The worker is started by Earmark’s host, not by hand.')
}

function openForkLink(): ParentLink {
  // Ctrl-C in a terminal reaches the whole group; only the host decides what it means for a job.
  process.on('SIGINT', () => undefined)
  process.on('disconnect', () => process.exit(1))
  let last = Promise.resolve()
  return {
    tell(event) {
      last = new Promise((resolve) => process.send?.(event, undefined, undefined, () => resolve()))
    },
    whenWritten: () => last,
    onCommand: (listener) => process.on('message', (command) => listener(command as WorkerCommand)),
    end(event, exitCode) {
      const leave = (): never => process.exit(exitCode)
      if (process.connected) process.send?.(event, undefined, undefined, leave)
      else leave()
    },
  }
}

function openPortLink(parent: UtilityPort): ParentLink {
  const waiting: WorkerEvent[] = []
  let port: UtilityPort | null = null
  let listener: ((command: WorkerCommand) => void) | null = null
  let isEnding = false
  parent.once('message', ({ ports }) => {
    const own = ports[0]
    if (!own) throw new Error('The first message to a worker carries its port.')
    port = own
    own.on('message', ({ data }) => listener?.(data as WorkerCommand))
    own.on('close', () => {
      if (!isEnding) process.exit(1)
    })
    for (const event of waiting.splice(0)) own.postMessage(event)
    if (listener) own.start()
  })
  const tell = (event: WorkerEvent): void => {
    if (port) port.postMessage(event)
    else waiting.push(event)
  }
  return {
    tell,
    whenWritten: () => Promise.resolve(),
    onCommand(given) {
      listener = given
      port?.start()
    },
    end(event, exitCode) {
      isEnding = true
      tell(event)
      // Closing delivers what was posted before it; the process follows once the port has let go.
      port?.close()
      setTimeout(() => process.exit(exitCode), 50)
    },
  }
}

/** Reports faults nobody caught as the job's failure, then ends. */
export function reportFaults(link: ParentLink): void {
  const report = (thrown: unknown): void => {
    // eslint-disable-next-line no-console -- stderr is the host's log
    console.error(thrown)
    link.end({ type: 'failed', error: toAppError(thrown).toData() }, 1)
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}
