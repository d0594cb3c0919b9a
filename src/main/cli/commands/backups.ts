import type { Command } from 'commander'
import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors'
import { withProgress } from '../follow-work'
import { type CommandContext, withCatalog, withHost } from '../session'
import { formatTable } from '../table'

export function addBackups(program: Command, context: CommandContext): void {
  const { print, note } = context.terminal
  const backups = program.command('backups').description('verified copies of a catalog')
  backups
    .command('ls')
    .description('list the copies, newest first')
    .argument('<catalog>', 'folder of the catalog')
    .option('--json', 'print a JSON array')
    .action((catalog: string, options: { json?: boolean }) =>
      // The catalog is not opened: it may be the reason why a copy is looked for.
      withHost(context, async ({ client }) => {
        const list = await client.backups.list({ path: resolve(catalog) })
        if (options.json) return print(JSON.stringify(list))
        if (list.length === 0) return note('No copies yet.')
        const rows = list.map(({ name, at, reason, bytes, counts, problem }) => [
          name,
          at,
          counts === null ? '' : String(counts.clips),
          counts === null ? '' : String(counts.labels),
          String(bytes),
          problem ?? reason ?? '',
        ])
        print(formatTable(['NAME', 'MADE', 'CLIPS', 'LABELS', 'BYTES', 'WHY'], rows, [2, 3, 4]))
      }),
    )
  backups
    .command('check')
    .description('read every copy from end to end, and name those that are not as they were written')
    .argument('<catalog>', 'folder of the catalog')
    .option('--json', 'print a JSON array')
    .action((catalog: string, options: { json?: boolean }) =>
      withHost(context, async (connection) => {
        const list = await withProgress(connection, context.terminal, (signal) =>
          connection.client.backups.check({ path: resolve(catalog) }, { signal }),
        )
        const damaged = list.filter(({ problem }) => problem !== null)
        if (damaged.length > 0) process.exitCode = 1
        if (options.json) return print(JSON.stringify(list))
        for (const { name, problem } of damaged) print(`${name} is damaged. ${problem}`)
        print(`${list.length - damaged.length} of ${list.length} copies are as they were written.`)
      }),
    )
  backups
    .command('make')
    .description('make a copy now and verify it')
    .argument('<catalog>', 'folder of the catalog')
    .action((catalog: string) =>
      withCatalog(context, catalog, async ({ client }) => print((await client.backups.make()).name)),
    )
  backups
    .command('restore')
    .description('put a catalog back to a copy; what it is now becomes a copy first')
    .argument('<catalog>', 'folder of the catalog')
    .argument('[name]', 'the copy; the newest sound one when left out')
    .action((catalog: string, name: string | undefined) =>
      withHost(context, async ({ client }) => {
        const path = resolve(catalog)
        const names = name === undefined ? (await client.backups.list({ path })).map((each) => each.name) : [name]
        for (const [index, each] of names.entries())
          try {
            const { kept } = await client.backups.restore({ path, name: each })
            return print(
              `Restored ${each}. ${kept === null ? 'The damaged file is kept beside it.' : `Before, it was ${kept}.`}`,
            )
          } catch (error) {
            // The next older one may be sound.
            if (!(error instanceof AppError) || error.code !== 'catalog-damaged' || index === names.length - 1)
              throw error
            note(error.message)
          }
        throw new AppError('not-found', `${path} has no copies.`)
      }),
    )
}
