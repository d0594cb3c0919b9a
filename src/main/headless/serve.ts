import { connect } from '../../shared/rpc/client'
import { createLocalPair } from '../../shared/rpc/local-pair'
import { buildFiles } from '../door/build-files'
import { documentsFolder, userFolder } from '../door/folders'
import { onInterruption } from '../door/interruption'
import { version } from '../door/version'
import { createHost } from '../host/host'
import { createForkLauncher } from './launch-worker'
import { createServer } from './server'

export interface ServeOptions {
  /** Folder of the running entry file, `out/main`. */
  mainFolder: string
  /** 0 lets the system choose. */
  port: number
  /** A catalog to open at once. */
  catalog: string | undefined
  /** It as it was at a moment. */
  asOf?: { at: string } | { entryId: string } | undefined
  log(line: string): void
}

export interface Serving {
  url: string
  port: number
  /** Cancels jobs, closes the catalog, then the server. */
  close(): Promise<void>
}

/** Starts the headless host. @throws AppError when the port is taken or the catalog cannot be opened. */
export async function startHeadless(options: ServeOptions): Promise<Serving> {
  const files = buildFiles(options.mainFolder)
  const host = createHost({
    kind: 'headless',
    version,
    userFolder: userFolder(),
    documentsFolder: documentsFolder(),
    launchWorker: createForkLauncher(files.worker, options.log),
    log: options.log,
  })
  const [ours, theirs] = createLocalPair()
  host.connect(theirs)
  const { client } = connect(ours)
  try {
    if (options.catalog !== undefined) await client.workspace.open({ path: options.catalog })
    if (options.asOf !== undefined) await client.history.openAsOf(options.asOf)
    const server = await createServer({
      port: options.port,
      rendererFolder: files.renderer,
      readRange: (clipId, start, end) => client.media.readRange({ clipId, start, end }),
      connect: (channel) => host.connect(channel),
    })
    return {
      url: server.url,
      port: server.port,
      async close() {
        await host.close()
        await server.close()
      },
    }
  } catch (thrown) {
    await host.close()
    throw thrown
  }
}

/**
 * Serves until SIGINT or SIGTERM and then closes in order; a second signal ends the process at once.
 * Prints the address on stdout, everything else on stderr.
 */
export async function serveUntilSignal(options: ServeOptions): Promise<void> {
  // Before anything is printed: whoever reads the address may end us at once.
  const interrupted = new Promise<void>((resolve) => onInterruption(resolve))
  const serving = await startHeadless(options)
  process.stdout.write(`Earmark is served at ${serving.url}\n`)
  process.stderr.write('Keep this address to yourself: it carries the key. Ctrl-C ends the server.\n')
  await interrupted
  process.stderr.write('Closing; once more ends at once.\n')
  await serving.close()
}
