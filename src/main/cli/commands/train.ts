import { type Command, Option } from 'commander'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { Client } from '../../../shared/contract/contract'
import { overrideRecipe } from '../../../shared/contract/recipe'
import type { RunEpoch, RunRequest, SplitChoice } from '../../../shared/contract/runs'
import type { Connection } from '../../../shared/rpc/client'
import { followJob, throwUnlessDone } from '../follow-job'
import { noteMeasuring } from '../note-measuring'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { type CommandContext, withCatalog } from '../session'
import type { Terminal } from '../terminal'
import { formatPercent } from '../table'
import { loadRecipe } from '../read-recipe'
import { readOption, UsageError } from '../usage-error'

interface Options extends QueryOptions {
  recipe: string
  set: string[]
  features?: 'threads' | 'graph'
  trainFolds?: string[]
  testFold?: string
  crossValidate?: boolean
  split?: boolean
  allowLeaks?: boolean
  backend: RunRequest['backend']
  json?: boolean
}

const folds = (text: string): string[] =>
  text
    .split(',')
    .map((fold) => fold.trim())
    .filter((fold) => fold !== '')

export function addTrain(program: Command, context: CommandContext): void {
  const command = program
    .command('train')
    .description('train a model and test it on clips it has not seen')
    .argument('<catalog>', 'folder of the catalog')
    .requiredOption('--recipe <recipe>', 'name of a built-in recipe, or a .json file')
    .option('--set <key=value>', 'change one value of the recipe; may be given again', collect, [])
    .addOption(
      new Option(
        '--features <where>',
        'compute features on threads, or in batches in the graph of the backend',
      ).choices(['threads', 'graph']),
    )
    .addOption(
      new Option('--train-folds <folds>', 'folds to train on, as 1,2,3').argParser(folds).conflicts('crossValidate'),
    )
    .addOption(new Option('--test-fold <fold>', 'fold to test on').conflicts('crossValidate'))
    .option('--cross-validate', 'one model a fold, each tested on the fold it has not seen')
    .addOption(
      new Option('--split', 'train on the split of the catalog: train, validation, test').conflicts([
        'crossValidate',
        'testFold',
        'trainFolds',
      ]),
    )
    .option('--allow-leaks', 'train although clips on both sides have something in common')
    .addOption(
      new Option('--backend <backend>', 'what computes')
        .choices(['auto', 'tensorflow', 'webgpu', 'wasm'])
        .default('auto'),
    )
  addQueryOptions(command, 'train on these clips only')
    .option('--json', 'end with one JSON line')
    .action((catalog: string, options: Options) => train(context, catalog, options))
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value]
}

/** The recipe with its features computed where the option says; without it, where the recipe says. */
function computeFeatures(
  { features, ...recipe }: RunRequest['recipe'],
  where = features ?? 'threads',
): RunRequest['recipe'] {
  return where === 'graph' ? { ...recipe, features: where } : recipe
}

async function train(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const { terminal } = context
  if (options.trainFolds !== undefined && options.testFold === undefined)
    throw new UsageError('--train-folds wants --test-fold as well.')
  const readWanted = readQuery(options)
  await withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const changed = options.set.reduce(
      (current, assignment) => readOption(() => overrideRecipe(current, assignment)),
      await loadRecipe(client, options.recipe),
    )
    const recipe = computeFeatures(changed, options.features)
    const query = await readWanted(client)
    const split = await chooseSplit(client, options, query)
    const { backend, allowLeaks } = options
    const request: RunRequest = { recipe, backend, split, query, ...(allowLeaks ? { allowsLeaks: true } : {}) }
    const preflight = await client.runs.preflight(request)
    for (const { severity, message } of preflight.problems)
      if (severity === 'warning') terminal.note(`Note: ${message}`)
    await followRun(connection, terminal, options.json === true, async () => {
      const stopMeasuring = noteMeasuring(connection, terminal)
      const started = await client.runs.start(request)
      stopMeasuring()
      terminal.note(`Run ${started.runId}: ${recipe.name} on ${preflight.clips} clips, ${describeSplit(split)}`)
      return started
    })
  })
}

/** Starts or resumes a run, shows its epochs and how it ends. @throws AppError with the job's reason when it failed */
export async function followRun(
  connection: Connection,
  terminal: Terminal,
  isJson: boolean,
  start: () => Promise<{ runId: string; jobId: string }>,
): Promise<void> {
  const { client } = connection
  const stops = [showEpochs(connection, terminal), connection.on('runs.note', ({ message }) => terminal.note(message))]
  const { runId, jobId } = await start()
  const job = await followJob(connection, jobId, terminal)
  for (const stop of stops) stop()
  const run = await client.runs.get({ id: runId })
  if (run.backend !== null) terminal.note(`Backend ${run.backend}: ${run.backendReason ?? ''}`)
  const { status, backend, seconds } = run
  if (isJson) terminal.print(JSON.stringify({ run: runId, status, backend, seconds }))
  else {
    const accuracy = run.accuracy === null ? '' : `, accuracy ${formatPercent(run.accuracy)}`
    terminal.print(
      `${run.name} (${runId}): ${status} on ${backend ?? 'no backend'} in ${(seconds ?? 0).toFixed(1)} s${accuracy}`,
    )
  }
  throwUnlessDone(job)
}

/** A line for each fold's first epoch, then at most one a second: quick models have hundreds. */
function showEpochs(connection: Connection, terminal: Terminal): () => void {
  let shownFold = ''
  let shownAtMs = 0
  return connection.on('runs.epoch', ({ epoch }) => {
    const now = performance.now()
    if (epoch.fold === shownFold && now - shownAtMs < 1000) return
    shownFold = epoch.fold
    shownAtMs = now
    terminal.note(describeEpoch(epoch))
  })
}

/** What was asked for; without a word, the dataset's own folds where it has them, else a quarter at random. */
async function chooseSplit(client: Client, options: Options, query: ClipQuery): Promise<SplitChoice> {
  if (options.crossValidate) return { kind: 'cross-validate' }
  if (options.split) return { kind: 'assigned' }
  if (options.testFold !== undefined)
    return { kind: 'holdout', testFold: options.testFold, trainFolds: options.trainFolds ?? null }
  const facets = await client.clips.facets({ query })
  const named = facets.folds.filter(({ fold }) => fold !== null)
  return named.length >= 2 ? { kind: 'cross-validate' } : { kind: 'random', testShare: 0.25 }
}

function describeSplit(split: SplitChoice): string {
  switch (split.kind) {
    case 'cross-validate':
      return 'cross-validated over the folds'
    case 'holdout':
      return `trained on ${split.trainFolds?.join(', ') ?? 'the other folds'}, tested on fold ${split.testFold}`
    case 'assigned':
      return 'trained and tested on the split of the catalog'
    case 'random':
      return `tested on ${formatPercent(split.testShare)} at random`
  }
}

function describeEpoch(epoch: RunEpoch): string {
  const validation =
    epoch.validationLoss === null
      ? ''
      : `  validation loss ${epoch.validationLoss.toFixed(4)}` +
        (epoch.validationAccuracy === null ? '' : ` accuracy ${formatPercent(epoch.validationAccuracy)}`)
  const own = `loss ${epoch.loss.toFixed(4)} accuracy ${formatPercent(epoch.accuracy)}`
  return `fold ${epoch.fold}  epoch ${epoch.epoch}  ${own}${validation}  ${epoch.seconds.toFixed(1)} s`
}
