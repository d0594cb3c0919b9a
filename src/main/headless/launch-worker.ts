import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { WorkerEvent } from '../../shared/job/worker-event'
import type { LaunchWorker, WorkerProcess } from '../../shared/job/worker-process'

/** A worker that ignores a plea to end (it may sit in native code) is ended by the system after this. */
const patienceMs = 2000

/**
 * Launches workers with `child_process.fork`, on the same Node as this process.
 * @param workerFile the built entry, `out/main/worker.js`
 * @param log hears what workers print, line by line
 */
export function createForkLauncher(workerFile: string, log: (line: string) => void): LaunchWorker {
  return (kind) => {
    const child = fork(workerFile, [kind], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => log(`${kind}: ${line}`))
    return describeChild(child, (line) => log(`${kind}: ${line}`))
  }
}

function describeChild(child: ChildProcess, log: (line: string) => void): WorkerProcess {
  let exited: { code: number | null; signal: string | null } | null = null
  const exitListeners: ((code: number | null, signal?: string | null) => void)[] = []
  const end = (code: number | null, signal: string | null): void => {
    if (exited) return
    exited = { code, signal }
    for (const listener of exitListeners) listener(code, signal)
  }
  // 'close', not 'exit': by then the channel has been read to its end.
  child.on('close', (code, signal) => end(code, signal))
  child.on('error', (error) => {
    log(error.message)
    if (child.pid === undefined) end(null, null)
  })
  return {
    send(command) {
      if (child.connected) child.send(command, () => undefined) // a worker that died meanwhile is told by onExit
    },
    onEvent(listener) {
      child.on('message', (event) => listener(event as WorkerEvent))
    },
    onExit(listener) {
      if (exited) listener(exited.code, exited.signal)
      else exitListeners.push(listener)
    },
    kill() {
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), patienceMs).unref()
    },
  }
}
