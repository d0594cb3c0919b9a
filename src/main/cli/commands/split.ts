import { type Command, Option } from 'commander'
import { everyClip } from '../../../shared/contract/clip-query'
import { type SplitPlan, splitPlanSchema, type SplitPreview } from '../../../shared/contract/splits'
import { withProgress } from '../follow-work'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'
import { UsageError } from '../usage-error'

interface Options extends QueryOptions {
  parts?: string
  folds?: string
  by: string[]
  seed: string
  replace?: boolean
  dryRun?: boolean
  lock?: boolean
  unlock?: boolean
  json?: boolean
}

export function addSplit(program: Command, context: CommandContext): void {
  const command = program
    .command('split')
    .description(
      'divide clips into train, validation and test, or into folds: by whole groups, each class by its share',
    )
    .argument('<catalog>', 'folder of the catalog')
    .addOption(new Option('--parts <shares>', 'train/validation/test, as 80/10/10').conflicts('folds'))
    .option('--folds <count>', 'so many folds')
    .option('--by <metadata>', 'also keep clips of one value together, as site; may be given again', collect, [])
    .option('--seed <number>', 'another seed deals other groups', '1')
  addQueryOptions(command)
    .option('--replace', 'deal clips anew that have their place already')
    .option('--dry-run', 'show the counts, change nothing')
    .addOption(new Option('--lock', 'lock the test set, after the split if one is made').conflicts('unlock'))
    .option('--unlock', 'unlock the test set')
    .option('--json', 'print the counts as JSON')
    .action((catalog: string, options: Options) => split(context, catalog, options))
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value]
}

async function split(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const { terminal } = context
  const given = readPlan(options)
  const query = readQuery(options)
  if (given === null && !options.lock && !options.unlock)
    throw new UsageError('Say what to make: --parts 80/10/10, --folds 5, --lock or --unlock.')
  await withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const plan = given && { ...given, query: await query(client) }
    if (options.unlock) terminal.note((await client.splits.unlock()).title)
    if (plan) {
      const preview = await withProgress(connection, terminal, (signal) => client.splits.preview(plan, { signal }))
      if (options.json) terminal.print(JSON.stringify(preview))
      else terminal.print(describe(preview))
      if (options.dryRun) return
      // Not by the signal of the call: its job is cancelled, and the answer says so.
      terminal.note((await withProgress(connection, terminal, () => client.splits.make(plan))).title)
    }
    if (options.lock && !options.dryRun) terminal.note((await client.splits.lock()).title)
  })
}

/** The plan but for its query, which is every clip yet; null where none is asked for. @throws UsageError */
function readPlan({ parts, folds, by, seed, replace }: Options): SplitPlan | null {
  if (parts === undefined && folds === undefined) return null
  const shares = parts?.split('/').map(Number)
  const into = shares
    ? { kind: 'parts', train: shares[0], validation: shares[1], test: shares[2] }
    : { kind: 'folds', count: Number(folds) }
  if (shares?.length === 3 || !shares) {
    const plan = splitPlanSchema.safeParse({
      query: everyClip,
      into,
      together: by,
      seed: Number(seed),
      replaces: replace === true,
    })
    if (plan.success) return plan.data
  }
  throw new UsageError('--parts wants three shares as 80/10/10, --folds 2 to 50, --seed a whole number.')
}

function describe({ parts, classes, kept, changed, left }: SplitPreview): string {
  const rows = [
    ...classes.map(({ name, counts }) => [name, ...counts.map(String)]),
    ['(clips)', ...parts.map((part) => String(part.clips))],
    ['(groups)', ...parts.map((part) => String(part.groups))],
  ]
  const header = ['CLASS', ...parts.map((part) => part.name.toUpperCase())]
  const numbers = parts.map((_part, index) => index + 1)
  return [
    formatTable(header, rows, numbers),
    `${changed} clips change, ${kept} keep their place`,
    ...left.map(({ reason, count }) => `${count} left out: ${reason}`),
  ].join('\n')
}
