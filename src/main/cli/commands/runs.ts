import type { Command } from 'commander'
import type { RunSummary } from '../../../shared/contract/runs'
import { type CommandContext, withCatalog } from '../session'
import { formatPercent, formatTable } from '../table'

export function addRuns(program: Command, context: CommandContext): void {
  program
    .command('runs')
    .description('list training runs')
    .argument('<catalog>', 'folder of the catalog')
    .option('--json', 'print a JSON array')
    .action((catalog: string, options: { json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const runs = await client.runs.list()
        const { print, note } = context.terminal
        if (options.json) return print(JSON.stringify(runs.map(toJson)))
        if (runs.length === 0) return note('No runs yet.')
        const rows = runs.map((run) => [
          run.name,
          run.status,
          run.accuracy === null ? '' : formatPercent(run.accuracy),
          describeBackend(run),
          run.backendDevice ?? '',
          run.seconds === null ? '' : `${run.seconds.toFixed(1)} s`,
          run.createdAt,
          run.id,
        ])
        print(formatTable(['RUN', 'STATUS', 'ACCURACY', 'BACKEND', 'DEVICE', 'TIME', 'STARTED', 'ID'], rows, [2, 5]))
      }),
    )
}

/** "tensorflow (auto)": what ran, and what was asked for where that is another word. */
function describeBackend({ backend, requestedBackend }: RunSummary): string {
  if (backend === null) return `asked for ${requestedBackend}`
  return backend === requestedBackend ? backend : `${backend} (${requestedBackend})`
}

function toJson(run: RunSummary): Record<string, unknown> {
  const {
    id,
    name,
    status,
    requestedBackend,
    backend,
    backendReason,
    backendDevice,
    seconds,
    accuracy,
    createdAt,
    finishedAt,
  } = run
  const { clipCount, classCount, folds, split, error, recipe, recipeHash, frontEndHash } = run
  return {
    id,
    name,
    status,
    recipe: recipe.name,
    recipeHash,
    frontEndHash,
    requestedBackend,
    backend,
    backendReason,
    backendDevice,
    seconds,
    accuracy,
    clips: clipCount,
    classes: classCount,
    folds,
    split,
    createdAt,
    finishedAt,
    error,
  }
}
