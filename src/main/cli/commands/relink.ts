import type { Command } from 'commander'
import { resolve } from 'node:path'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'

export function addRelink(program: Command, context: CommandContext): void {
  program
    .command('relink')
    .description('find the files of a moved disk or renamed folder again, by their content')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<old>', 'the folder where the files were')
    .argument('<new>', 'a folder to look for them in')
    .option('--dry-run', 'only say what would be found')
    .option('--json', 'print the plan')
    .action((catalog: string, from: string, to: string, options: { dryRun?: boolean; json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const { print, note, signal } = context.terminal
        const plan = await client.relink.plan({ from: resolve(from), to: resolve(to) }, { signal })
        if (options.json) print(JSON.stringify(plan))
        else {
          const rows = plan.rows.map(({ recording, verdict, place }) => [verdict, recording, place])
          if (rows.length > 0) print(formatTable(['VERDICT', 'RECORDING', 'PLACE'], rows))
          const { found, changed, ambiguous, lost, taken } = plan.verdicts
          note(
            `${plan.recordings} recordings: ${plan.inPlace} in place, ${found} found, ${changed} changed, ` +
              `${ambiguous} ambiguous, ${lost} lost, ${taken} taken`,
          )
        }
        if (options.dryRun || plan.verdicts.found === 0) return
        const { relinked } = await client.relink.apply({ id: plan.id })
        note(`${relinked} relinked; undo takes it back.`)
      }),
    )
}
