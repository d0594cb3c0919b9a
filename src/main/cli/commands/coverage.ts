import type { Command } from 'commander'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'
import { readOption } from '../usage-error'

interface Options {
  by: string
  query: string
  json?: boolean
}

export function addCoverage(program: Command, context: CommandContext): void {
  program
    .command('coverage')
    .description('hours of each class by split, fold, group or any metadata')
    .argument('<catalog>', 'folder of the catalog')
    .option('--by <what>', 'split, fold, group or a name of metadata, as site', 'split')
    .option('--query <query>', 'only these clips', '')
    .option('--json', 'print clips and seconds as JSON')
    .action((catalog: string, options: Options) => show(context, catalog, options))
}

async function show(context: CommandContext, catalog: string, { by, query: text, json }: Options): Promise<void> {
  const query = readOption(() => parseClipQuery(text))
  await withCatalog(context, catalog, async ({ client }) => {
    const coverage = await client.coverage.read({ query, by })
    if (json) return context.terminal.print(JSON.stringify(coverage))
    const hours = (seconds: number): string => (seconds === 0 ? '·' : (seconds / 3600).toFixed(2))
    const header = ['HOURS', ...coverage.columns.map(({ value }) => value ?? `no ${by}`), 'ALL']
    const rows = coverage.rows.map(({ name, seconds, cells }) => [
      name ?? 'no label',
      ...cells.map((cell) => hours(cell.seconds)),
      hours(seconds),
    ])
    const sums = ['ALL', ...coverage.columns.map(({ seconds }) => hours(seconds)), hours(coverage.total.seconds)]
    context.terminal.print(formatTable(header, [...rows, sums], header.map((_title, index) => index).slice(1)))
    if (coverage.hiddenColumns > 0) context.terminal.note(`${coverage.hiddenColumns} more values are not shown.`)
  })
}
