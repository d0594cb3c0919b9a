import type { Command } from 'commander'
import { type Verdict, verdictSchema } from '../../../shared/contract/labels'
import { withProgress } from '../follow-work'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { type CommandContext, withCatalog } from '../session'
import { UsageError } from '../usage-error'
import { findClass } from './ontology'

function readState(text: string): Verdict {
  const state = verdictSchema.safeParse(text)
  if (state.success) return state.data
  throw new UsageError(`the state ${text} is not known; use ${verdictSchema.options.join(', ')}`)
}

export function addLabel(program: Command, context: CommandContext): void {
  const label = program
    .command('label')
    .description(
      'judge one class on the clips of a query; unknown takes the judgement back, unsure says it cannot be told',
    )
    .argument('<catalog>', 'folder of the catalog')
    .argument('<class>', 'name, MID or quick code')
    .argument('<state>', 'present, absent, unknown or unsure')
  addQueryOptions(label).action((catalog: string, text: string, stateText: string, options: QueryOptions) => {
    const state = readState(stateText)
    const readWanted = readQuery(options)
    return withCatalog(context, catalog, async (connection) => {
      const { client } = connection
      const { id } = findClass(await client.ontology.list(), text)
      const query = await readWanted(client)
      const { title } = await withProgress(connection, context.terminal, () =>
        client.labels.set({ query, classId: id, state }),
      )
      context.terminal.print(title)
    })
  })
}
