import type { Command } from 'commander'
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { RunSummary } from '../../../shared/contract/runs'
import { AppError } from '../../../shared/errors'
import type { Connection } from '../../../shared/rpc/client'
import { findRun } from '../find-run'
import { finishJob } from '../follow-job'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { type CommandContext, withCatalog, withHost } from '../session'
import { formatPercent, formatTable } from '../table'
import { eachClip } from './ls'

interface Options extends QueryOptions {
  run: string
  catalog?: string
  json?: boolean
}

/** One prediction; `clip` is null for a sound file that need not be in the catalog. */
interface Line {
  clip: string | null
  path: string
  startSeconds: number
  endSeconds: number
  label: string
  score: number
  scores?: { label: string; score: number }[]
}

export function addPredict(program: Command, context: CommandContext): void {
  const command = program
    .command('predict')
    .description('label a catalog’s clips, or one sound file, with a trained run')
    .argument('<target>', 'folder of a catalog, or a sound file')
    .requiredOption('--run <id>', 'id of the run, the beginning of one, or last')
    .option('--catalog <folder>', 'for a sound file: the catalog that has the run')
  addQueryOptions(command, 'for a catalog: only these clips')
    .option('--json', 'print a JSON array')
    .action((target: string, options: Options) => {
      const path = resolve(target)
      const found = statSync(path, { throwIfNoEntry: false })
      if (!found) throw new AppError('not-found', `${path} does not exist.`)
      return found.isDirectory() ? predictCatalog(context, path, options) : predictFile(context, path, options)
    })
}

async function predictCatalog(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const readWanted = readQuery(options)
  await withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const query = await readWanted(client)
    const run = await findRun(client, options.run)
    const { jobId } = await client.runs.predict({ id: run.id, query })
    await finishJob(connection, jobId, context.terminal)
    const lines: Line[] = []
    for await (const clip of eachClip(client, { ...query, runId: run.id }, context.terminal.signal)) {
      if (!clip.prediction) continue
      const { id, recordingPath: path, startSeconds, endSeconds } = clip
      const { name: label, score } = clip.prediction
      lines.push({ clip: id, path, startSeconds, endSeconds, label, score })
    }
    printLines(context, lines, options.json === true)
  })
}

async function predictFile(context: CommandContext, path: string, options: Options): Promise<void> {
  await withHost(context, async (connection) => {
    const run = await openCatalogOfRun(connection, options)
    const predictions = await connection.client.runs.predictFile(
      { id: run.id, path },
      { signal: context.terminal.signal },
    )
    printLines(
      context,
      predictions.map((one) => ({ clip: null, ...one })),
      options.json === true,
    )
  })
}

/** Opens the catalog that has the run: the one named, else the current folder, else the most recent that has it. */
async function openCatalogOfRun({ client }: Connection, options: Options): Promise<RunSummary> {
  if (options.catalog !== undefined) {
    await client.workspace.open({ path: resolve(options.catalog) })
    return findRun(client, options.run)
  }
  const { recent } = await client.workspace.state()
  const places = [process.cwd(), ...recent.map(({ path }) => path)].filter((path) =>
    existsSync(resolve(path, 'earmark.db')),
  )
  for (const path of places) {
    const run = await client.workspace
      .open({ path })
      .then(() => findRun(client, options.run))
      .catch(() => null)
    if (run) return run
  }
  throw new AppError('not-found', `No catalog is known that has the run ${JSON.stringify(options.run)}.`, {
    hint: 'Name it with --catalog.',
  })
}

function printLines(context: CommandContext, lines: Line[], isJson: boolean): void {
  const { print, note } = context.terminal
  if (isJson) print(JSON.stringify(lines))
  else {
    const rows = lines.map((line) => [
      line.path,
      `${line.startSeconds.toFixed(3)}–${line.endSeconds.toFixed(3)}`,
      line.label,
      formatPercent(line.score),
    ])
    if (rows.length > 0) print(formatTable(['RECORDING', 'SECONDS', 'LABEL', 'SCORE'], rows, [1, 3]))
    note(`${lines.length} predictions`)
  }
}
