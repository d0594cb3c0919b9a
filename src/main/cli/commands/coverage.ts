import { type Command, Option } from 'commander'
import { coverageStates, type CoverageState } from '../../../shared/contract/coverage'
import { type CommandContext, withCatalog } from '../session'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { formatTable } from '../table'

interface Options extends QueryOptions {
  by: string
  state: CoverageState
  json?: boolean
}

export function addCoverage(program: Command, context: CommandContext): void {
  const coverage = program
    .command('coverage')
    .description('hours of each class by split, fold, group or any metadata')
    .argument('<catalog>', 'folder of the catalog')
    .option('--by <what>', 'split, fold, group or a name of metadata, as site', 'split')
    .addOption(
      new Option('--state <state>', 'hours in which a class is present, absent, unknown, or present on complete clips')
        .choices(coverageStates)
        .default('present'),
    )
  addQueryOptions(coverage)
    .option('--json', 'print clips and seconds as JSON')
    .action((catalog: string, options: Options) => show(context, catalog, options))
}

async function show(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const { by, state, json } = options
  const query = readQuery(options)
  await withCatalog(context, catalog, async ({ client }) => {
    const coverage = await client.coverage.read({ query: await query(client), by, state })
    if (json) return context.terminal.print(JSON.stringify(coverage))
    const hours = (seconds: number): string => (seconds === 0 ? '·' : (seconds / 3600).toFixed(2))
    const header = [
      state === 'present' ? 'HOURS' : `HOURS ${state}`,
      ...coverage.columns.map(({ value }) => value ?? `no ${by}`),
      'ALL',
    ]
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
