import type { Command } from 'commander'
import { acceptedShare, type ProposalCount, type ProposalPlan, usualFloor } from '../../../shared/contract/proposals'
import { findRun } from '../find-run'
import { finishJob } from '../follow-job'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { type CommandContext, withCatalog } from '../session'
import { formatPercent, formatTable } from '../table'
import { UsageError } from '../usage-error'

interface Options extends QueryOptions {
  run: string
  window?: string
  hop?: string
  floor: string
  dryRun?: boolean
  json?: boolean
}

/** `propose` goes over clips with a run, and `proposals` says what became of what it proposed. */
export function addPropose(program: Command, context: CommandContext): void {
  const propose = program
    .command('propose')
    .description('let a trained run propose segments, which wait in the model tier for somebody’s word')
    .argument('<catalog>', 'folder of the catalog')
    .requiredOption('--run <id>', 'id of the run, the beginning of one, or last')
    .option('--window <seconds>', 'how much is heard at a time; else the recipe’s crop, or the median clip of the run')
    .option('--hop <seconds>', 'from one window to the next; else half a window')
    .option('--floor <score>', 'from 0 to 1: what scores less is not kept', String(usualFloor))
    .option('--dry-run', 'only say what it would go over')
  addQueryOptions(propose)
    .option('--json', 'print JSON')
    .action((catalog: string, options: Options) => {
      const windowSeconds = readNumber('--window', options.window)
      const hopSeconds = readNumber('--hop', options.hop)
      const floor = readNumber('--floor', options.floor)
      const readWanted = readQuery(options)
      return withCatalog(context, catalog, async (connection) => {
        const { client } = connection
        const { terminal } = context
        const query = await readWanted(client)
        const run = await findRun(client, options.run)
        const wanted = { runId: run.id, query, windowSeconds, hopSeconds }
        const plan = await client.proposals.plan(wanted)
        if (options.dryRun) return terminal.print(options.json ? JSON.stringify(plan) : describePlan(plan))
        terminal.note(describePlan(plan))
        const { jobId } = await client.proposals.start({ ...wanted, ...(floor === undefined ? {} : { floor }) })
        const { message, issueCount } = await finishJob(connection, jobId, terminal)
        if (issueCount > 0)
          for (const { file, reason } of await client.jobs.issues({ id: jobId })) terminal.note(`${file}: ${reason}`)
        const counts = await client.proposals.counts({ runId: run.id })
        if (options.json) terminal.print(JSON.stringify({ message, counts }))
        else terminal.print(message)
      })
    })

  program
    .command('proposals')
    .description('what became of what models proposed: of each run and class how many were accepted')
    .argument('<catalog>', 'folder of the catalog')
    .option('--run <id>', 'only of this run: its id, the beginning of one, or last')
    .option('--json', 'print a JSON array')
    .action((catalog: string, options: Partial<Options>) =>
      withCatalog(context, catalog, async ({ client }) => {
        const run = options.run === undefined ? null : await findRun(client, options.run)
        const counts = await client.proposals.counts(run ? { runId: run.id } : {})
        context.terminal.print(options.json ? JSON.stringify(counts) : formatCounts(counts))
      }),
    )
}

function readNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new UsageError(`${option} ${text} is not a number`)
  return value
}

function describePlan(plan: ProposalPlan): string {
  const { clips, windows, windowSeconds, hopSeconds, heldOut, trained, replaced } = plan
  const lines = [`${clips} clips in ${windows} windows of ${windowSeconds} s, one every ${hopSeconds} s.`]
  if (heldOut > 0) lines.push(`${heldOut} of them are heard by the model that held them out.`)
  if (trained > 0) lines.push(`${trained} of them the run has learned from: its scores there flatter it.`)
  if (replaced > 0) lines.push(`${replaced} proposals of this run that nobody has judged are replaced.`)
  return lines.join('\n')
}

function formatCounts(counts: ProposalCount[]): string {
  if (counts.length === 0) return 'Nothing was proposed.'
  return formatTable(
    ['SOURCE', 'CLASS', 'WAITING', 'ACCEPTED', 'EDITED', 'REJECTED', 'RIGHT'],
    counts.map((count) => {
      const share = acceptedShare(count)
      return [
        count.source,
        count.className,
        ...[count.waiting, count.accepted, count.edited, count.rejected].map(String),
        share === null ? '–' : formatPercent(share),
      ]
    }),
    [2, 3, 4, 5, 6],
  )
}
