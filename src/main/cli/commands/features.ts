import type { Command } from 'commander'
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { FeatureFile, FrontEndInfo } from '../../../shared/contract/features'
import { AppError } from '../../../shared/errors'
import type { Connection } from '../../../shared/rpc/client'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { loadFrontEnd } from '../read-recipe'
import { type CommandContext, withCatalog, withHost } from '../session'

interface Options extends QueryOptions {
  recipe: string
  set: string[]
  out: string
  json?: boolean
}

export function addFeatures(program: Command, context: CommandContext): void {
  const command = program
    .command('features')
    .description('compute features of a sound file or of a catalog’s clips, and write them for other programs')
    .argument('<target>', 'a sound file, or the folder of a catalog')
    .requiredOption(
      '--recipe <recipe>',
      'name of a front end or a recipe ("earmark recipes" lists them), or a .json file',
    )
    .requiredOption('--out <file>', 'file to create: .npy, .npz or .tfrecord')
    .option('--set <key=value>', 'change one value of the front end; may be given again', collect, [])
  addQueryOptions(command, 'of a catalog: only these clips')
    .option('--json', 'print what was written as JSON')
    .action((target: string, options: Options) => {
      const path = resolve(target)
      const found = statSync(path, { throwIfNoEntry: false })
      if (!found) throw new AppError('not-found', `${path} does not exist.`)
      return found.isDirectory() ? ofCatalog(context, path, options) : ofFile(context, path, options)
    })
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value]
}

function ofFile(context: CommandContext, path: string, options: Options): Promise<void> {
  return withHost(context, async (connection) => {
    const frontEnd = await loadFrontEnd(connection.client, options.recipe, options.set)
    await write(context, connection, { kind: 'file', path }, frontEnd, options)
  })
}

async function ofCatalog(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const readWanted = readQuery(options)
  await withCatalog(context, catalog, async (connection) => {
    const frontEnd = await loadFrontEnd(connection.client, options.recipe, options.set)
    const query = await readWanted(connection.client)
    await write(context, connection, { kind: 'clips', query }, frontEnd, options)
  })
}

async function write(
  { terminal }: CommandContext,
  { client, on }: Connection,
  of: Parameters<typeof client.features.write>[0]['of'],
  frontEnd: FrontEndInfo['frontEnd'],
  options: Options,
): Promise<void> {
  const progress = terminal.startProgress()
  const message = of.kind === 'clips' ? 'clips heard' : 'frames or segments computed'
  const stop = on('features.progress', (state) => progress.show({ ...state, message }))
  let file: FeatureFile
  try {
    file = await client.features.write({ of, frontEnd, out: resolve(options.out) }, { signal: terminal.signal })
  } finally {
    stop()
    progress.clear()
  }
  if (options.json) return terminal.print(JSON.stringify(file))
  const shape = file.shape === null ? '' : `, ${file.shape.join(' × ')}`
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
  terminal.print(
    `${file.path}: ${count(file.pictures, 'picture')} of ${count(file.clips, 'clip')}${shape}, front end ${file.frontEndHash.slice(0, 8)}`,
  )
}
