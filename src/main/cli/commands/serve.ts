import { type Command, InvalidArgumentError } from 'commander'
import { resolve } from 'node:path'
import { serveUntilSignal } from '../../headless/serve'
import { readMoment } from '../read-moment'
import type { CommandContext } from '../session'
import { readOption } from '../usage-error'

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It is a number from 0 to 65535.')
  return port
}

export function addServe(program: Command, context: CommandContext): void {
  program
    .command('serve')
    .description('serve the app to a browser on this machine')
    .argument('[catalog]', 'catalog to open at once')
    .option('--port <port>', 'port on 127.0.0.1; 0 is any that is free', readPort, 0)
    .option('--as-of <time>', 'the catalog as it was: an ISO 8601 time, or the id of an entry of the history')
    .action((catalog: string | undefined, options: { port: number; asOf?: string }) =>
      serveUntilSignal({
        mainFolder: context.mainFolder,
        port: options.port,
        catalog: catalog === undefined ? undefined : resolve(catalog),
        asOf: options.asOf === undefined ? undefined : readOption(() => readMoment(options.asOf!)),
        log: (line) => context.terminal.note(line),
      }),
    )
}
