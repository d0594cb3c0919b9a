import { resolve } from 'node:path'
import type { Command } from 'commander'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import type { OntologyClass, OntologyMove } from '../../../shared/contract/ontology'
import { AppError } from '../../../shared/errors'
import { withProgress } from '../follow-work'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'
import { readOption } from '../usage-error'

interface MoveOptions {
  dryRun?: boolean
}

interface SetOptions {
  code?: string
  colour?: string
  description?: string
  synonym?: string[]
}

export function addOntology(program: Command, context: CommandContext): void {
  const ontology = program.command('ontology').description('classes, and the tree that they stand in')
  ontology
    .command('import')
    .description('bring in AudioSet’s ontology.json, or a list of classes (name[,code[,mid]] a line)')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<file>', 'JSON, CSV or text')
    .option('--dry-run', 'say what would come, change nothing')
    .action((catalog: string, file: string, options: MoveOptions) =>
      withCatalog(context, catalog, async ({ client }) => {
        const { title, classes, added, changed, restricted } = await client.ontology.importFile({
          path: resolve(file),
          isDryRun: options.dryRun === true,
        })
        context.terminal.print(
          `${title}: ${classes} classes, ${added} new, ${changed} filled in, ${restricted} that take no label`,
        )
      }),
    )
  ontology
    .command('ls')
    .description('list the classes, each under its first parent')
    .argument('<catalog>', 'folder of the catalog')
    .option('--json', 'print them as JSON')
    .action((catalog: string, options: { json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const classes = await client.ontology.list()
        const { number, contentHash } = await client.ontology.version()
        if (options.json) return context.terminal.print(JSON.stringify({ number, contentHash, classes }))
        context.terminal.print(
          formatTable(['CLASS', 'MID', 'CODE', 'QUICK', 'CLIPS', 'WITH BELOW', 'LABEL'], listRows(classes)),
        )
        context.terminal.note(`version ${number}, ${contentHash.slice(0, 12)}`)
      }),
    )
  ontology
    .command('merge')
    .description('make every label of one class a label of another, and take the first class away')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<from>', 'name, MID or quick code')
    .argument('<into>', 'name, MID or quick code')
    .option('--dry-run', 'count what would change, change nothing')
    .action((catalog: string, from: string, into: string, options: MoveOptions) =>
      withCatalog(context, catalog, async (connection) => {
        const { client } = connection
        const classes = await client.ontology.list()
        const wanted = {
          fromId: findClass(classes, from).id,
          intoId: findClass(classes, into).id,
          isDryRun: options.dryRun === true,
        }
        const move = await withProgress(connection, context.terminal, () => client.ontology.merge(wanted))
        context.terminal.print(sayMove(move))
      }),
    )
  ontology
    .command('add')
    .description('add a class')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<name>', 'what it is called')
    .option('--under <class...>', 'classes that it stands under')
    .action((catalog: string, name: string, options: { under?: string[] }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const classes = await client.ontology.list()
        const parentIds = (options.under ?? []).map((parent) => findClass(classes, parent).id)
        const added = await client.ontology.add({ name, parentIds })
        context.terminal.print(`Added class “${added.name}”`)
      }),
    )
  ontology
    .command('rename')
    .description('give a class another name')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<class>', 'name, MID or quick code')
    .argument('<name>', 'the new name')
    .action((catalog: string, text: string, name: string) =>
      withCatalog(context, catalog, async ({ client }) => {
        const old = findClass(await client.ontology.list(), text)
        const renamed = await client.ontology.rename({ id: old.id, name })
        context.terminal.print(`Renamed class “${old.name}” to “${renamed.name}”`)
      }),
    )
  ontology
    .command('place')
    .description('put a class under others, instead of those it stands under; under none, it is at the top')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<class>', 'name, MID or quick code')
    .argument('[parents...]', 'names, MIDs or quick codes')
    .action((catalog: string, text: string, parents: string[]) =>
      withCatalog(context, catalog, async ({ client }) => {
        const classes = await client.ontology.list()
        const { id, name } = findClass(classes, text)
        const found = parents.map((parent) => findClass(classes, parent))
        await client.ontology.update({ id, parentIds: found.map((parent) => parent.id) })
        const above = found.map((parent) => `“${parent.name}”`).join(', ')
        context.terminal.print(found.length === 0 ? `“${name}” is at the top` : `“${name}” stands under ${above}`)
      }),
    )
  ontology
    .command('set')
    .description('change what is known of a class; an empty text takes it away')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<class>', 'name, MID or quick code')
    .option('--code <text>', 'quick code: one to eight characters that label with it, 1 to 9 by that key alone')
    .option('--colour <#rrggbb>', 'its colour')
    .option('--description <text>', 'what it means')
    .option('--synonym <name...>', 'other names, instead of those it has')
    .action((catalog: string, text: string, options: SetOptions) =>
      withCatalog(context, catalog, async ({ client }) => {
        const { id, name } = findClass(await client.ontology.list(), text)
        const { code, colour, description, synonym } = options
        await client.ontology.update({
          id,
          ...(code === undefined ? {} : { quickCode: code || null }),
          ...(colour === undefined ? {} : { colour: colour.toLowerCase() || null }),
          ...(description === undefined ? {} : { description }),
          ...(synonym === undefined ? {} : { synonyms: synonym.filter((each) => each !== '') }),
        })
        context.terminal.print(`Changed class “${name}”`)
      }),
    )
  ontology
    .command('split')
    .description('make the labels of a class on some clips labels of a new class beside it')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<class>', 'name, MID or quick code')
    .argument('<name>', 'the new class')
    .option('--query <query>', 'the clips', '')
    .option('--dry-run', 'count what would change, change nothing')
    .action((catalog: string, text: string, name: string, options: MoveOptions & { query: string }) => {
      const query = readOption(() => parseClipQuery(options.query))
      return withCatalog(context, catalog, async (connection) => {
        const { client } = connection
        const { id } = findClass(await client.ontology.list(), text)
        const move = await withProgress(connection, context.terminal, () =>
          client.ontology.split({ id, name, query, isDryRun: options.dryRun === true }),
        )
        context.terminal.print(sayMove(move))
      })
    })
  ontology
    .command('remap')
    .description('move labels from class to class by a CSV file of old,new')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<file>', 'CSV file')
    .option('--dry-run', 'count what would change, change nothing')
    .action((catalog: string, file: string, options: MoveOptions) =>
      withCatalog(context, catalog, async (connection) => {
        const move = await withProgress(connection, context.terminal, () =>
          connection.client.ontology.remapFile({ path: resolve(file), isDryRun: options.dryRun === true }),
        )
        context.terminal.print(sayMove(move))
      }),
    )
}

function sayMove({ title, clips, clipLabels, segmentLabels, joined, conflicts }: OntologyMove): string {
  return `${title} (${clipLabels} of clips, ${segmentLabels} of segments, on ${clips} clips; ${joined} fall together, ${conflicts} of them in conflict)`
}

/** By name, MID or quick code. @throws AppError 'not-found' */
export function findClass(classes: readonly OntologyClass[], text: string): OntologyClass {
  const name = text.toLowerCase()
  const found =
    classes.find((entry) => entry.name === text) ??
    classes.find((entry) => entry.name.toLowerCase() === name) ??
    classes.find((entry) => entry.mid === text || entry.quickCode?.toLowerCase() === name)
  if (!found) throw new AppError('not-found', `There is no class “${text}”.`, { hint: '"ontology ls" lists them.' })
  return found
}

function listRows(classes: readonly OntologyClass[]): string[][] {
  const rows: string[][] = []
  const add = (entry: OntologyClass, depth: number): void => {
    const label = entry.isBlacklisted ? 'blacklisted' : entry.isAbstract ? 'abstract' : 'yes'
    const { mid, code, quickCode, clipCount, clipCountUnder } = entry
    rows.push([
      `${'  '.repeat(depth)}${entry.name}`,
      mid ?? '',
      code === null ? '' : String(code),
      quickCode ?? '',
      String(clipCount),
      clipCountUnder === null ? '' : String(clipCountUnder),
      label,
    ])
    for (const child of classes) if (child.parentIds[0] === entry.id) add(child, depth + 1)
  }
  for (const entry of classes) if (entry.parentIds.length === 0) add(entry, 0)
  return rows
}
