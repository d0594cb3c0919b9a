import type { Command } from 'commander'
import { resolve } from 'node:path'
import { type CommandContext, withHost } from '../session'

export function addInit(program: Command, context: CommandContext): void {
  program
    .command('init')
    .description('make a new, empty catalog')
    .argument('<catalog>', 'folder to create')
    .option('--json', 'print the result as JSON')
    .action((catalog: string, options: { json?: boolean }) =>
      withHost(context, async ({ client }) => {
        const { catalog: made } = await client.workspace.create({ path: resolve(catalog) })
        const path = made?.path ?? resolve(catalog)
        context.terminal.print(options.json ? JSON.stringify({ catalog: path }) : `Made the catalog ${path}`)
      }),
    )
}
