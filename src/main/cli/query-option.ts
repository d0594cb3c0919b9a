import { type Command, Option } from 'commander'
import { type ClipQuery, parseClipQuery } from '../../shared/contract/clip-query'
import type { Client } from '../../shared/contract/contract'
import { findView } from './find-view'
import { readOption } from './usage-error'

/** Which clips a command is about: a query, or the name of a saved view. */
export interface QueryOptions {
  query: string
  view?: string
}

/** Adds `--query` and `--view`, of which one can be given. @param what the description of `--query` */
export function addQueryOptions(command: Command, what = 'only these clips'): Command {
  return command
    .option('--query <query>', what, '')
    .addOption(new Option('--view <name>', 'the clips of a saved view').conflicts('query'))
}

/**
 * Reads what was given before a catalog is opened; the answer asks the open catalog for the view.
 * @throws UsageError where the query is wrong; the answer throws AppError 'not-found' where there is no such view
 */
export function readQuery({ query: text, view }: QueryOptions): (client: Client) => Promise<ClipQuery> {
  const query = readOption(() => parseClipQuery(text))
  return async (client) =>
    view === undefined ? query : parseClipQuery(findView(await client.views.list(), view).query)
}
