import type { Command } from 'commander'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ClipRow } from '../../../shared/contract/clips'
import type { Client } from '../../../shared/contract/contract'
import { AppError } from '../../../shared/errors'
import { type CommandContext, withCatalog } from '../session'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { formatTable } from '../table'
import { readMoment } from '../read-moment'
import { readOption } from '../usage-error'

const pageClips = 500

/** All clips of a query in order, a page at a time. @throws AppError 'cancelled' after Ctrl-C. */
export async function* eachClip(client: Client, query: ClipQuery, signal: AbortSignal): AsyncGenerator<ClipRow> {
  for (let offset = 0; ; offset += pageClips) {
    if (signal.aborted) throw new AppError('cancelled', 'Listing was cancelled.')
    const page = await client.clips.list({ query, offset, limit: pageClips })
    yield* page.rows
    if (offset + page.rows.length >= page.total || page.rows.length === 0) return
  }
}

export function addLs(program: Command, context: CommandContext): void {
  const ls = program.command('ls').description('list clips').argument('<catalog>', 'folder of the catalog')
  addQueryOptions(ls, 'which clips, as in the library: label:dog fold:1 duration:>2s')
    .option('--as-of <time>', 'the catalog as it was: an ISO 8601 time, or the id of an entry of the history')
    .option('--json', 'one JSON object a line')
    .action(async (catalog: string, options: QueryOptions & { asOf?: string; json?: boolean }) => {
      const query = readQuery(options)
      await withCatalog(context, catalog, async ({ client }) => {
        if (options.asOf !== undefined) await client.history.openAsOf(readOption(() => readMoment(options.asOf!)))
        await list(context, client, await query(client), options.json === true)
      })
    })
}

async function list(context: CommandContext, client: Client, query: ClipQuery, isJson: boolean): Promise<void> {
  const { print, note, signal } = context.terminal
  const rows: string[][] = []
  for await (const clip of eachClip(client, query, signal)) {
    const labels = clip.labels.map(({ name, state }) => ({ label: name, state }))
    if (isJson) {
      const { id, recordingPath: recording, startSeconds, endSeconds, fold } = clip
      print(JSON.stringify({ id, recording, startSeconds, endSeconds, fold, labels }))
      continue
    }
    const shown = labels.map(({ label, state }) => (state === 'present' ? label : `not ${label}`)).join(', ')
    const span = `${clip.startSeconds.toFixed(3)}–${clip.endSeconds.toFixed(3)}`
    rows.push([clip.recordingPath, span, clip.fold ?? '', shown, clip.id])
  }
  if (isJson) return
  if (rows.length > 0) print(formatTable(['RECORDING', 'SECONDS', 'FOLD', 'LABELS', 'ID'], rows, [1]))
  note(`${rows.length} clips`)
}
