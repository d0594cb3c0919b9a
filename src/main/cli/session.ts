import { resolve } from 'node:path'
import { type Connection, connect } from '../../shared/rpc/client'
import { createLocalPair } from '../../shared/rpc/local-pair'
import { buildFiles } from '../door/build-files'
import { documentsFolder, userFolder } from '../door/folders'
import { version } from '../door/version'
import { createForkLauncher } from '../headless/launch-worker'
import { createHost } from '../host/host'
import type { Terminal } from './terminal'

/** What every command is given. */
export interface CommandContext {
  terminal: Terminal
  /** Folder of the running entry file, `out/main`. */
  mainFolder: string
}

/** Runs `work` with a host of its own, which is closed in order whatever happens. */
export async function withHost<T>(context: CommandContext, work: (connection: Connection) => Promise<T>): Promise<T> {
  const log = (line: string): void => {
    if (process.env.EARMARK_DEBUG) context.terminal.note(line)
  }
  const host = createHost({
    kind: 'cli',
    version,
    userFolder: userFolder(),
    documentsFolder: documentsFolder(),
    launchWorker: createForkLauncher(buildFiles(context.mainFolder).worker, log),
    log,
  })
  const [ours, theirs] = createLocalPair()
  host.connect(theirs)
  try {
    return await work(connect(ours))
  } finally {
    await host.close()
  }
}

/** Runs `work` with a catalog open. @throws AppError when there is none at this path. */
export function withCatalog<T>(
  context: CommandContext,
  path: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return withHost(context, async (connection) => {
    await connection.client.workspace.open({ path: resolve(path) })
    return work(connection)
  })
}
