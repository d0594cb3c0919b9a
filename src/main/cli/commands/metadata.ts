import type { Command } from 'commander'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'
import { readOption } from '../usage-error'

interface Options {
  query: string
  dryRun?: boolean
  json?: boolean
}

const shownRows = 20

export function addMetadata(program: Command, context: CommandContext): void {
  const metadata = program.command('metadata').description('names and values that clips carry')
  metadata
    .command('extract')
    .description('read metadata from file names, as {site}_{date:YYYYMMDD}_{time:HHmmss}.wav')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<pattern>', 'pattern of the file names')
    .option('--query <query>', 'only these clips', '')
    .option('--dry-run', 'show what fits, change nothing')
    .option('--json', 'print what fits as JSON')
    .action((catalog: string, pattern: string, options: Options) => extract(context, catalog, pattern, options))
  metadata
    .command('set')
    .description('set one value of clips; an empty value takes it away')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<name>', 'as licence, attribution, site')
    .argument('<value>', 'the value')
    .option('--query <query>', 'only these clips', '')
    .action((catalog: string, name: string, value: string, options: { query: string }) =>
      set(context, catalog, name, value, options.query),
    )
}

async function extract(context: CommandContext, catalog: string, pattern: string, options: Options): Promise<void> {
  const { terminal } = context
  const query = readOption(() => parseClipQuery(options.query))
  await withCatalog(context, catalog, async ({ client }) => {
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
    if (!options.dryRun) terminal.note((await client.metadata.applyPattern({ query, pattern })).title)
  })
}

async function set(context: CommandContext, catalog: string, name: string, value: string, text: string): Promise<void> {
  const query = readOption(() => parseClipQuery(text))
  await withCatalog(context, catalog, async ({ client }) => {
    const clipIds = await client.clips.ids({ query })
    const { title } = await client.metadata.set({ clipIds, name, value: value === '' ? null : value })
    context.terminal.print(title)
  })
}
