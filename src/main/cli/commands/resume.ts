import type { Command } from 'commander'
import { canResume, type RunSummary } from '../../../shared/contract/runs'
import { AppError } from '../../../shared/errors'
import { chooseRun } from '../find-run'
import { type CommandContext, withCatalog } from '../session'
import { followRun } from './train'

export function addResume(program: Command, context: CommandContext): void {
  program
    .command('resume')
    .description('go on with a run that was interrupted or cancelled')
    .argument('<catalog>', 'folder of the catalog')
    .option('--run <id>', 'id of the run, the beginning of one, or last for the newest that can go on', 'last')
    .option('--json', 'end with one JSON line')
    .action((catalog: string, options: { run: string; json?: boolean }) =>
      withCatalog(context, catalog, async (connection) => {
        const { client } = connection
        const run = findInterrupted(await client.runs.list(), options.run)
        await followRun(connection, context.terminal, options.json === true, async () => {
          const { jobId } = await client.runs.resume({ id: run.id })
          context.terminal.note(`Run ${run.id}: ${run.name} goes on`)
          return { runId: run.id, jobId }
        })
      }),
    )
}

/** Runs come newest first. @throws AppError 'not-found' where none is meant */
export function findInterrupted(runs: RunSummary[], wanted: string): RunSummary {
  if (wanted !== 'last') return chooseRun(runs, wanted)
  const newest = runs.find(canResume)
  if (newest) return newest
  throw new AppError('not-found', 'This catalog has no run that stopped before its end.', {
    hint: '"earmark runs CATALOG" lists its runs.',
  })
}
