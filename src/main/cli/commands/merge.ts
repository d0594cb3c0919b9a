import { type Command, Option } from 'commander'
import { resolve } from 'node:path'
import type { MergeReport } from '../../../shared/contract/merge'
import { finishJob } from '../follow-job'
import { type CommandContext, withCatalog } from '../session'

interface MergeOptions {
  base?: string
  dryRun?: boolean
  theirs?: boolean
  conflicts: 'list' | 'none'
  json?: boolean
}

export function addMerge(program: Command, context: CommandContext): void {
  program
    .command('merge')
    .description('bring the edits of another copy of a catalog into this one; the other is never changed')
    .argument('<catalog>', 'folder of the catalog that takes the edits')
    .argument('<other>', 'folder of the other copy')
    .option('--base <catalog>', 'a catalog as both began; otherwise found by the histories')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--theirs', 'in a conflict take theirs; otherwise ours stays until somebody decides')
    .addOption(new Option('--conflicts <how>', 'list the open conflicts').choices(['list', 'none']).default('list'))
    .option('--json', 'print the report and the open conflicts')
    .action((catalog: string, other: string, options: MergeOptions) =>
      withCatalog(context, catalog, async (connection) => {
        const { client } = connection
        const { print, note } = context.terminal
        const job = await client.merge.start({
          otherPath: resolve(other),
          basePath: options.base === undefined ? null : resolve(options.base),
          conflicts: options.theirs ? 'theirs' : 'ours',
          isDryRun: options.dryRun === true,
        })
        await finishJob(connection, job.id, context.terminal)
        const report = await client.merge.report({ jobId: job.id })
        const { open, conflicts } = await client.merge.conflicts({ decision: 'open', limit: 1000 })
        if (options.json) return print(JSON.stringify({ ...report, openConflicts: conflicts }))
        for (const line of describeReport(report)) print(line)
        if (report.isDryRun) return note('Nothing was changed.')
        if (options.conflicts === 'list')
          for (const { subject, clip, ours, theirs } of conflicts)
            print(
              `conflict: ${clip?.recordingPath ?? '(no clip)'} · ${subject}: ours ${ours.text} (${ours.author ?? '?'}), ` +
                `theirs ${theirs.text} (${theirs.author ?? '?'})`,
            )
        if (open > 0) note(`${open} open conflicts: ours stays until they are decided under Review.`)
      }),
    )
}

function describeReport(report: MergeReport): string[] {
  const bases = {
    journal: `common beginning: ${report.sharedEntries} shared entries of the history`,
    given: 'common beginning: the catalog given',
    none: 'no common beginning: rows are matched by name, content and span',
  }
  return [
    bases[report.base],
    `added ${report.added}, changed ${report.changed}, removed ${report.removed}, alike on both sides ${report.agreed}`,
    `conflicts ${report.conflicts}, opinions kept ${report.opinions}, accepted clips back to done ${report.reopened}`,
  ]
}
