import { type Command, Option } from 'commander'
import type { LeakReport } from '../../../shared/contract/splits'
import { finishJob } from '../follow-job'
import { withProgress } from '../follow-work'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { type CommandContext, withCatalog } from '../session'

interface Options extends QueryOptions {
  by?: LeakReport['by']
  together: string[]
  listen: boolean
  json?: boolean
}

export function addAudit(program: Command, context: CommandContext): void {
  const command = program
    .command('audit')
    .description('look for clips on both sides of a split that are the same, sound the same or belong together')
    .argument('<catalog>', 'folder of the catalog')
    .addOption(
      new Option('--by <division>', 'split or fold; without it, those that clips have').choices(['split', 'fold']),
    )
    .option('--together <metadata>', 'clips of one value belong together, as site; may be given again', collect, [])
  addQueryOptions(command)
    .option('--no-listen', 'do not listen to recordings; judge by what is known')
    .option('--json', 'print the reports as JSON')
    .action((catalog: string, options: Options) => audit(context, catalog, options))
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value]
}

async function audit(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const { terminal } = context
  const readWanted = readQuery(options)
  await withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const query = await readWanted(client)
    if (options.listen) await finishJob(connection, (await client.splits.listen()).jobId, terminal)
    const divisions = options.by ? [options.by] : (['split', 'fold'] as const)
    const reports: LeakReport[] = []
    for (const by of divisions) {
      const request = { query, by, together: options.together }
      const report = await withProgress(connection, terminal, (signal) => client.splits.audit(request, { signal }))
      if (report.clips > 0 || options.by) reports.push(report)
    }
    if (options.json) terminal.print(JSON.stringify(reports))
    else if (reports.length === 0) terminal.print('No clip has a part or a fold, so there is nothing to audit.')
    else for (const report of reports) terminal.print(describe(report))
    if (reports.some((report) => report.leakCount > 0)) process.exitCode = 1
  })
}

function describe(report: LeakReport): string {
  const { by, clips, parts, findings, leakCount, missingCount, unheard, withoutSound } = report
  const head =
    `${by === 'fold' ? 'Folds' : 'Split'} ${parts.join(', ')}: ${clips} clips, ` +
    `${leakCount} ${leakCount === 1 ? 'leak' : 'leaks'}, ${missingCount} missing classes`
  const lines = findings.flatMap((finding) => [
    `  ${finding.kind}: ${finding.message}`,
    ...(finding.kind === 'missing-class' ? [] : finding.clips.map((clip) => `    ${clip.part}: ${clip.recordingPath}`)),
  ])
  const hidden = leakCount + missingCount - findings.length
  return [
    head,
    ...lines,
    ...(hidden > 0 ? [`  … and ${hidden} more`] : []),
    ...(unheard > 0 ? [`  ${unheard} recordings have not been listened to`] : []),
    ...(withoutSound > 0 ? [`  ${withoutSound} recordings are known by name alone and could not be listened to`] : []),
  ].join('\n')
}
