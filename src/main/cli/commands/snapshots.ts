import type { Command } from 'commander'
import { pickSnapshot } from '../pick-snapshot'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'

export function addSnapshots(program: Command, context: CommandContext): void {
  const { print, note } = context.terminal
  const snapshots = program.command('snapshots').description('keep the catalog as it is under a name, and compare')
  snapshots
    .command('ls')
    .description('list snapshots, newest first')
    .argument('<catalog>', 'folder of the catalog')
    .option('--json', 'print { snapshots, storedBytes }')
    .action((catalog: string, options: { json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const list = await client.snapshots.list()
        if (options.json) return print(JSON.stringify(list))
        if (list.snapshots.length === 0) return note('No snapshots yet.')
        const rows = list.snapshots.map((each) => [
          each.name ?? '(of a run)',
          each.at,
          String(each.clipCount),
          String(each.labelCount),
          String(each.segmentCount),
          each.metadataCount === null ? 'none kept' : String(each.metadataCount),
          each.runs.join(', '),
          each.contentHash.slice(0, 12),
        ])
        print(
          formatTable(['NAME', 'MADE', 'CLIPS', 'LABELS', 'SEGMENTS', 'METADATA', 'RUNS', 'HASH'], rows, [2, 3, 4, 5]),
        )
        note(`${list.storedBytes} bytes together`)
      }),
    )
  snapshots
    .command('make')
    .description('make a snapshot of the catalog as it is')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<name>', 'what it is called')
    .option('--note <text>', 'what it is for', '')
    .option('--json', 'print the snapshot')
    .action((catalog: string, name: string, options: { note: string; json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const { snapshot, isNew } = await client.snapshots.make({ name, note: options.note })
        if (options.json) return print(JSON.stringify(snapshot))
        print(
          isNew
            ? `${snapshot.name}: ${snapshot.clipCount} clips, ${snapshot.contentHash}`
            : `The catalog is as in ${snapshot.name ?? snapshot.contentHash} already.`,
        )
      }),
    )
  snapshots
    .command('diff')
    .description('what one snapshot has otherwise than another, as a changelog')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<from>', 'name of a snapshot, or the beginning of its hash')
    .argument('[to]', 'another; the catalog as it is when left out')
    .option('--json', 'print everything that is different')
    .action((catalog: string, from: string, to: string | undefined, options: { json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const list = (await client.snapshots.list()).snapshots
        const diff = await client.snapshots.diff({
          from: pickSnapshot(list, from).id,
          to: to === undefined ? null : pickSnapshot(list, to).id,
        })
        print(options.json ? JSON.stringify(diff) : diff.changelog.trimEnd())
      }),
    )
  snapshots
    .command('rm')
    .description('take a snapshot out of the list; can be undone')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<name>', 'name of a snapshot, or the beginning of its hash')
    .action((catalog: string, name: string) =>
      withCatalog(context, catalog, async ({ client }) => {
        await client.snapshots.remove({ id: pickSnapshot((await client.snapshots.list()).snapshots, name).id })
        note(`${name} is deleted.`)
      }),
    )
}
