import type { Command } from 'commander'
import { withProgress } from '../follow-work'
import { type CommandContext, withCatalog } from '../session'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { formatTable } from '../table'

interface Options extends QueryOptions {
  dryRun?: boolean
  json?: boolean
}

const shownRows = 20

export function addMetadata(program: Command, context: CommandContext): void {
  const metadata = program.command('metadata').description('names and values that clips carry')
  const extraction = metadata
    .command('extract')
    .description('read metadata from file names, as {site}_{date:YYYYMMDD}_{time:HHmmss}.wav')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<pattern>', 'pattern of the file names')
  addQueryOptions(extraction)
    .option('--dry-run', 'show what fits, change nothing')
    .option('--json', 'print what fits as JSON')
    .action((catalog: string, pattern: string, options: Options) => extract(context, catalog, pattern, options))
  const setting = metadata
    .command('set')
    .description('set one value of clips; an empty value takes it away')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<name>', 'as licence, attribution, site')
    .argument('<value>', 'the value')
  addQueryOptions(setting).action((catalog: string, name: string, value: string, options: QueryOptions) =>
    set(context, catalog, name, value, options),
  )
}

async function extract(context: CommandContext, catalog: string, pattern: string, options: Options): Promise<void> {
  const { terminal } = context
  const readWanted = readQuery(options)
  await withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const query = await readWanted(client)
    const preview = await client.metadata.previewPattern({ query, pattern })
    if (options.json) terminal.print(JSON.stringify(preview))
    else {
      const fits = preview.rows.filter((row) => row.values !== null).slice(0, shownRows)
      const header = ['FILE', ...preview.names.map((name) => name.toUpperCase())]
      if (fits.length > 0)
        terminal.print(
          formatTable(
            header,
            fits.map(({ path, values }) => [path, ...preview.names.map((name) => values![name]!)]),
          ),
        )
      for (const { path, values } of preview.rows.slice(0, shownRows))
        if (values === null) terminal.print(`does not fit: ${path}`)
      terminal.print(
        `${preview.matched} clips fit, ${preview.unmatched} do not, ${preview.replaced} have another value`,
      )
    }
    if (options.dryRun) return
    const { title } = await withProgress(connection, terminal, () => client.metadata.applyPattern({ query, pattern }))
    terminal.note(title)
  })
}

async function set(
  context: CommandContext,
  catalog: string,
  name: string,
  value: string,
  options: QueryOptions,
): Promise<void> {
  const readWanted = readQuery(options)
  await withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const query = await readWanted(client)
    const { title } = await withProgress(connection, context.terminal, () =>
      client.metadata.set({ query, name, value: value === '' ? null : value }),
    )
    context.terminal.print(title)
  })
}
