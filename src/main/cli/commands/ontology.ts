import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { OntologyClass, OntologyMove } from '../../../shared/contract/ontology'
import { AppError } from '../../../shared/errors'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'

interface MoveOptions {
  dryRun?: boolean
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
        context.terminal.print(formatTable(['CLASS', 'MID', 'CODE', 'QUICK', 'CLIPS', 'LABEL'], listRows(classes)))
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
      withCatalog(context, catalog, async ({ client }) => {
        const classes = await client.ontology.list()
        const move = await client.ontology.merge({
          fromId: findClass(classes, from).id,
          intoId: findClass(classes, into).id,
          isDryRun: options.dryRun === true,
        })
        context.terminal.print(sayMove(move))
      }),
    )
  ontology
    .command('remap')
    .description('move labels from class to class by a CSV file of old,new')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<file>', 'CSV file')
    .option('--dry-run', 'count what would change, change nothing')
    .action((catalog: string, file: string, options: MoveOptions) =>
      withCatalog(context, catalog, async ({ client }) => {
        const move = await client.ontology.remapFile({ path: resolve(file), isDryRun: options.dryRun === true })
        context.terminal.print(sayMove(move))
      }),
    )
}

function sayMove({ title, clips, clipLabels, segmentLabels, joined, conflicts }: OntologyMove): string {
  return `${title} (${clipLabels} of clips, ${segmentLabels} of segments, on ${clips} clips; ${joined} fall together, ${conflicts} of them in conflict)`
}

/** @throws AppError 'not-found' */
function findClass(classes: readonly OntologyClass[], text: string): OntologyClass {
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
    const { mid, code, quickCode, clipCount } = entry
    rows.push([
      `${'  '.repeat(depth)}${entry.name}`,
      mid ?? '',
      code === null ? '' : String(code),
      quickCode ?? '',
      String(clipCount),
      label,
    ])
    for (const child of classes) if (child.parentIds[0] === entry.id) add(child, depth + 1)
  }
  for (const entry of classes) if (entry.parentIds.length === 0) add(entry, 0)
  return rows
}
