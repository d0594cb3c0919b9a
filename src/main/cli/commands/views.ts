import type { Command } from 'commander'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { findView } from '../find-view'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'
import { readOption } from '../usage-error'

export function addViews(program: Command, context: CommandContext): void {
  const { print, note } = context.terminal
  const views = program
    .command('views')
    .description('keep queries under a name; --view takes one wherever --query is taken')
  views
    .command('ls')
    .description('list saved views')
    .argument('<catalog>', 'folder of the catalog')
    .option('--json', 'print them as JSON')
    .action((catalog: string, options: { json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const list = await client.views.list()
        if (options.json) return print(JSON.stringify(list))
        if (list.length === 0) return note('No saved views yet.')
        print(
          formatTable(
            ['NAME', 'QUERY', 'BY'],
            list.map(({ name, query, author }) => [name, query, author]),
          ),
        )
      }),
    )
  views
    .command('save')
    .description('save a query under a name')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<name>', 'what it is called')
    .argument('<query>', 'which clips, as in the library: label:dog fold:1 duration:>2s')
    .action(async (catalog: string, name: string, text: string) => {
      const query = readOption(() => parseClipQuery(text))
      await withCatalog(context, catalog, async ({ client }) => {
        const view = await client.views.save({ name, query })
        note(`Saved “${view.name}”: ${view.query}`)
      })
    })
  views
    .command('rename')
    .description('give a saved view another name')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<name>', 'what it is called')
    .argument('<new-name>', 'what it is called then')
    .action((catalog: string, name: string, newName: string) =>
      withCatalog(context, catalog, async ({ client }) => {
        const view = await client.views.change({ id: findView(await client.views.list(), name).id, name: newName })
        note(`${name} is called ${view.name} now.`)
      }),
    )
  views
    .command('rm')
    .description('remove a saved view; can be undone')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<name>', 'what it is called')
    .action((catalog: string, name: string) =>
      withCatalog(context, catalog, async ({ client }) => {
        await client.views.remove({ id: findView(await client.views.list(), name).id })
        note(`${name} is removed.`)
      }),
    )
}
