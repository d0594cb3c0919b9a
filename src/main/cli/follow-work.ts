import type { Connection } from '../../shared/rpc/client'
import type { Terminal } from './terminal'

/** Shows how far something is that is no job, until it is over; Ctrl-C cancels it. */
export async function withProgress<T>(
  connection: Connection,
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const progress = terminal.startProgress()
  const stop = connection.on('catalog.working', ({ title, done, total }) =>
    progress.show({ done, total, message: title }),
  )
  try {
    return await work(terminal.signal)
  } finally {
    stop()
    progress.clear()
  }
}
