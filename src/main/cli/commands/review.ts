import type { Command } from 'commander'
import { type ReviewStatus, reviewStatusSchema } from '../../../shared/contract/review'
import { withProgress } from '../follow-work'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { type CommandContext, withCatalog } from '../session'
import { formatTable } from '../table'
import { UsageError } from '../usage-error'

function readStatus(text: string): ReviewStatus {
  const status = reviewStatusSchema.safeParse(text)
  if (status.success) return status.data
  throw new UsageError(`the status ${text} is not known; use ${reviewStatusSchema.options.join(', ')}`)
}

export function addReview(program: Command, context: CommandContext): void {
  const review = program.command('review').description('the queues of review, and blind samples')
  review
    .command('ls')
    .description('list the clips of a status, or how many clips stand where')
    .argument('<catalog>', 'folder of the catalog')
    .option('--status <status>', 'unlabeled, done, reviewed, accepted or returned')
    .option('--by <author>', 'only clips that this person has labeled')
    .option('--json', 'print JSON')
    .action((catalog: string, options: { status?: string; by?: string; json?: boolean }) => {
      const status = options.status === undefined ? null : readStatus(options.status)
      return withCatalog(context, catalog, async ({ client }) => {
        const { print, note } = context.terminal
        if (status === null) {
          const { counts, authors } = await client.review.counts()
          if (options.json) return print(JSON.stringify({ counts, authors }))
          const rows = Object.entries(counts).map(([name, count]) => [name, String(count)])
          return print(formatTable(['STATUS', 'CLIPS'], rows, [1]))
        }
        const rows: string[][] = []
        for (let offset = 0; ; offset += 1000) {
          const page = await client.review.queue({ status, by: options.by ?? null, offset, limit: 1000 })
          for (const item of page.items) {
            if (options.json) print(JSON.stringify(item))
            const labels = item.labels.map((label) => `${label.state === 'present' ? '' : 'not '}${label.name}`)
            rows.push([item.recordingPath, labels.join(', '), item.comments.at(-1)?.text ?? '', item.id])
          }
          if (page.items.length === 0 || offset + page.items.length >= page.total) break
        }
        if (options.json) return
        if (rows.length > 0) print(formatTable(['RECORDING', 'LABELS', 'COMMENT', 'ID'], rows))
        note(`${rows.length} clips`)
      })
    })
  const moving = review
    .command('mark')
    .description('move clips on in the review; those that cannot go there stay as they are')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<status>', 'unlabeled, done, reviewed, accepted or returned')
  addQueryOptions(moving)
    .option('--comment <text>', 'what is to be changed; wanted where clips are returned', '')
    .action((catalog: string, text: string, options: QueryOptions & { comment: string }) => {
      const status = readStatus(text)
      const readWanted = readQuery(options)
      return withCatalog(context, catalog, async (connection) => {
        const { client } = connection
        const query = await readWanted(client)
        const { title } = await withProgress(connection, context.terminal, () =>
          client.review.setStatus({ query, status, comment: options.comment, others: 'leave' }),
        )
        context.terminal.print(title)
      })
    })
  review
    .command('sample')
    .description('draw clips by chance to be judged once more without their labels')
    .argument('<catalog>', 'folder of the catalog')
    .requiredOption('--size <clips>', 'how many clips', Number)
    .option('--seed <number>', 'the same seed draws the same clips', Number, 1)
    .option('--json', 'print the sample')
    .action((catalog: string, options: { size: number; seed: number; json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const sample = await client.review.drawSample({ size: options.size, seed: options.seed })
        const { print, note } = context.terminal
        if (options.json) return print(JSON.stringify(sample))
        for (const clip of sample.clips) print(clip.recordingPath)
        note(`${sample.clips.length} clips drawn; judge them under Review.`)
      }),
    )
}
