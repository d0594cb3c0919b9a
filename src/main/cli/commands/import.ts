import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { ImportDryRun } from '../../../shared/contract/recordings'
import { type ColumnRole, columnRoles, type TableReading } from '../../../shared/job/table-columns'
import { AppError } from '../../../shared/errors'
import { finishJob } from '../follow-job'
import { type CommandContext, withCatalog } from '../session'
import { UsageError } from '../usage-error'

/** Written out, since this door knows no formats; importer.test.ts holds it against them. */
const formatIds =
  'esc50, urbansound8k, fsd50k, dcase-scenes, speech-commands, fsdd, audioset-csv, audioset-strong, desed, audio-folder, webdataset, nemo, kaldi, tfrecord, npz, audacity, raven, textgrid, label-studio, aoef, jams, cvat, taste-profile, table or folder'

interface Options {
  format?: string
  json?: boolean
  dryRun?: boolean
  columns?: string
  labelSeparator?: string
  timeUnit: string
}

export function addImport(program: Command, context: CommandContext): void {
  program
    .command('import')
    .description('import a dataset; its sound files stay where they are')
    .argument('<catalog>', 'folder of the catalog')
    .argument('<path>', 'folder of the dataset')
    .option('--format <format>', `${formatIds}; found out from the folder when left out`)
    .option('--columns <list>', `in tables, what is which: ${columnRoles.join(', ')}; such as file=Path,start=Onset`)
    .option('--label-separator <sign>', 'in tables with --columns, what divides several classes in one field')
    .option('--time-unit <unit>', 'in tables with --columns, s or ms', 's')
    .option('--dry-run', 'only say what would come in, what is known, and what does not fit')
    .option('--json', 'print the counts and issues as JSON')
    .action((catalog: string, path: string, options: Options) => importInto(context, catalog, resolve(path), options))
}

function importInto(context: CommandContext, catalog: string, path: string, options: Options): Promise<void> {
  const { terminal } = context
  return withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const table = readReading(options)
    const formats = (await client.recordings.importFormats()).map((format) => format.id)
    if (options.format !== undefined && !formats.includes(options.format))
      throw new UsageError(`--format ${options.format}: the formats are ${formats.join(', ')}.`)
    const format = options.format ?? (table ? 'table' : null) ?? (await client.recordings.preview({ path })).format
    if (format === null)
      throw new AppError('unsupported-format', `${path} looks like no dataset that is known here.`, {
        hint: `Say how to read it with --format (${formats.join(', ')}).`,
      })
    if (options.dryRun)
      return printDryRun(
        terminal,
        await client.recordings.dryRun({ path, format, ...(table ? { table } : {}) }),
        options,
      )
    const { jobId } = await client.recordings.import({ path, format, ...(table ? { table } : {}) })
    const job = await finishJob(connection, jobId, terminal)
    const issues = await client.jobs.issues({ id: jobId })
    const counts = job.importCounts ?? { recordings: 0, clips: 0, labels: 0, annotations: 0, skipped: 0 }
    if (options.json) {
      const plain = issues.map(({ file, row, reason }) => ({ file, row, reason }))
      const { recordings, clips, labels, annotations, skipped, interactions } = counts
      return terminal.print(
        JSON.stringify({ recordings, clips, labels, annotations, skipped, interactions, issues: plain }),
      )
    }
    if (counts.interactions) {
      const { users, items, matchedItems, pairs, known } = counts.interactions
      terminal.print(
        `${pairs} counts of ${users} new users and ${items} new items imported, ${known} already there; ` +
          `${matchedItems} items matched with clips; ${issues.length} issues`,
      )
    } else
      terminal.print(
        `${counts.recordings} recordings, ${counts.clips} clips, ${counts.labels} labels, ${counts.annotations} annotations imported; ` +
          `${counts.skipped} already there; ${issues.length} issues`,
      )
    for (const { file, row, reason } of issues)
      terminal.print(`  ${file}${row === null ? '' : ` (row ${row})`}: ${reason}`)
  })
}

/** What was said of the columns of tables. @throws UsageError */
function readReading({ columns, labelSeparator, timeUnit }: Options): TableReading | null {
  if (columns === undefined) return null
  if (timeUnit !== 's' && timeUnit !== 'ms') throw new UsageError(`--time-unit ${timeUnit}: it is s or ms.`)
  const reading: TableReading = { columns: {}, labelSeparator: labelSeparator || null, timeUnit }
  for (const part of columns.split(',')) {
    const [, role = '', name = ''] = /^\s*([a-z]+)\s*=\s*(.+?)\s*$/.exec(part) ?? []
    if (!columnRoles.includes(role as ColumnRole))
      throw new UsageError(`--columns ${part}: it is one of ${columnRoles.join(', ')}, an equals sign and a column.`)
    reading.columns[role as ColumnRole] = name
  }
  return reading
}

function printDryRun(terminal: CommandContext['terminal'], dryRun: ImportDryRun, options: Options): void {
  if (options.json) return terminal.print(JSON.stringify(dryRun))
  const { recordings, clips, labels, annotations, verdicts, interactions } = dryRun
  if (interactions) {
    const { users, items, pairs } = interactions
    terminal.print(
      `${pairs.new} new counts, ${pairs.known} known, ${pairs.conflicting} conflicting; ${users.new} new users, ` +
        `${users.known} known; ${items.new} new items, ${items.known} known, ${items.matched} with a clip here. ` +
        `Nothing was written.`,
    )
  } else
    terminal.print(
      `${recordings.new} new recordings, ${recordings.known} known; ${clips.new} new clips, ${clips.known} as they are, ` +
        `${clips.changed} changed; ${labels.new} new labels, ${labels.known} known, ${labels.conflicting} conflicting; ` +
        `${annotations} annotations. Nothing was written.`,
    )
  const worth = dryRun.rows.filter(({ verdict }) => verdict !== 'new' && verdict !== 'known')
  for (const { file, row, verdict, detail } of worth)
    terminal.print(`  ${verdict}: ${file}${row === null ? '' : ` (row ${row})`}: ${detail}`)
  const total = Object.entries(verdicts).reduce(
    (sum, [verdict, count]) => sum + (verdict === 'new' || verdict === 'known' ? 0 : count),
    0,
  )
  if (total > worth.length) terminal.print(`  … and ${total - worth.length} more`)
}
