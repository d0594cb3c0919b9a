import type { Command } from 'commander'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'
import { UsageError } from '../usage-error'

interface Options {
  top: string
  json?: boolean
}

export function addInteractions(program: Command, context: CommandContext): void {
  program
    .command('interactions')
    .description('who used what how often (Taste Profile triplets): how many, and the items used most')
    .argument('<catalog>', 'folder of the catalog')
    .option('--top <n>', 'how many items to list', '10')
    .option('--json', 'print as JSON')
    .action((catalog: string, options: Options) => show(context, catalog, options))
}

async function show(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const top = /^\d{1,4}$/.test(options.top) ? Number(options.top) : NaN
  if (Number.isNaN(top)) throw new UsageError(`--top ${options.top}: it is a number of items from 0 to 9999.`)
  const { terminal } = context
  await withCatalog(context, catalog, async ({ client }) => {
    const summary = await client.interactions.summarize({ top })
    if (options.json) return terminal.print(JSON.stringify(summary))
    const rows = summary.top.map(({ item, users, total, recordingPath }) => [
      item,
      String(users),
      String(total),
      recordingPath ?? '',
    ])
    if (rows.length > 0) terminal.print(formatTable(['ITEM', 'USERS', 'TOTAL', 'RECORDING'], rows, [1, 2]))
    terminal.note(
      `${summary.pairs} counts of ${summary.users} users and ${summary.items} items, ${summary.total} in total; ` +
        `${summary.matchedItems} items have a clip here`,
    )
  })
}
