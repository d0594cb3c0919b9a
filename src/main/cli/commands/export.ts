import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import { defaultExportOptions, type ExportOptions } from '../../../shared/job/manifest'
import type { RoundTripSummary } from '../../../shared/job/worker-event'
import { finishJob } from '../follow-job'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { pickSnapshot } from '../pick-snapshot'
import { type CommandContext, withCatalog } from '../session'
import { UsageError } from '../usage-error'

interface Options extends QueryOptions {
  format: string
  out: string
  sound: ExportOptions['sound']
  encoding: ExportOptions['encoding']
  rate?: string
  names?: string
  unknown: ExportOptions['unknown']
  allowLeaks?: boolean
  propagate?: boolean
  snapshot?: string
  json?: boolean
}

export function addExport(program: Command, context: CommandContext): void {
  const command = program
    .command('export')
    .description('write clips and labels as a dataset in a new folder')
    .argument('<catalog>', 'folder of the catalog')
    .requiredOption('--format <format>', 'esc50, audioset-csv or another one; a wrong name lists them')
    .requiredOption('--out <folder>', 'folder to create')
  addQueryOptions(command)
    .addOption(
      new Option('--sound <how>', 'copy whole recordings and cut parts, convert all, or only reference them')
        .choices(['copy', 'convert', 'reference'])
        .default(defaultExportOptions.sound),
    )
    .addOption(
      new Option('--encoding <kind>', 'what is cut or converted is written as')
        .choices(['wav16', 'wav24', 'wav-float', 'flac'])
        .default(defaultExportOptions.encoding),
    )
    .option('--rate <hertz>', 'resample what is cut or converted')
    .option('--names <template>', 'file names, such as {class}/{recording}_{start}, where the format leaves them open')
    .addOption(
      new Option(
        '--unknown <how>',
        'in formats that cannot say it: keep unknown apart where there is a sign for it, let it read as absent, or leave out clips that are not fully annotated',
      )
        .choices(['keep', 'absent', 'leave-out'])
        .default(defaultExportOptions.unknown),
    )
    .addOption(
      new Option(
        '--snapshot <name>',
        'export all that a snapshot holds, as it holds it: its name, or the beginning of its hash',
      ).conflicts(['query', 'view']),
    )
    .option('--propagate', 'also write what follows from labels by the tree of classes')
    .option('--allow-leaks', 'export although parts of the split have something in common')
    .option('--json', 'print the counts as JSON')
    .action((catalog: string, options: Options) => exportFrom(context, catalog, options))
}

async function exportFrom(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const query = readQuery(options)
  const { terminal } = context
  await withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const formats = (await client.exports.formats()).map((format) => format.id)
    if (!formats.includes(options.format))
      throw new UsageError(`--format ${options.format}: the formats are ${formats.join(', ')}.`)
    const { sound, encoding, names, unknown } = options
    const sampleRateHz = options.rate === undefined ? null : readRate(options.rate)
    const snapshotId =
      options.snapshot === undefined
        ? null
        : pickSnapshot((await client.snapshots.list()).snapshots, options.snapshot).id
    const { jobId } = await client.exports.start({
      format: options.format,
      out: resolve(options.out),
      query: await query(client),
      snapshotId,
      options: { sound, encoding, sampleRateHz, nameTemplate: names ?? null, unknown },
      allowsLeaks: options.allowLeaks === true,
      propagate: options.propagate === true,
    })
    const job = await finishJob(connection, jobId, terminal)
    const result = job.exportResult
    if (!result) return
    const { out, files, clips, skipped, roundTrip = null, choices = [], warnings = [] } = result
    const { skippedCount = skipped.length } = result
    if (options.json)
      return terminal.print(JSON.stringify({ out, files, clips, skipped, skippedCount, roundTrip, choices, warnings }))
    terminal.print(`${clips} clips in ${files} files written to ${out}; ${skippedCount} left out`)
    for (const { clip, reason } of skipped.slice(0, mostShown)) terminal.print(`  ${clip}: ${reason}`)
    if (skippedCount > mostShown) terminal.print(`  … and ${skippedCount - mostShown} more: see export-report.json`)
    for (const line of describeRoundTrip(roundTrip)) terminal.print(line)
    for (const choice of choices) terminal.print(`  ${choice}`)
    for (const warning of warnings) terminal.print(`! ${warning}`)
  })
}

/** Clips that are left out, line by line. */
const mostShown = 100

function readRate(text: string): number {
  const rate = Number(text)
  if (Number.isInteger(rate) && rate >= 1000 && rate <= 384_000) return rate
  throw new UsageError(`--rate ${text}: a whole number of hertz from 1000 to 384000.`)
}

/** The certificate in lines: what came back, and what did not and whether that was to be expected. */
function describeRoundTrip(roundTrip: RoundTripSummary | null): string[] {
  if (!roundTrip) return ['Nothing reads this format again, so there is no round-trip certificate.']
  const verdicts = {
    identical: 'identical',
    'expected-losses': 'as expected, with what the format cannot carry',
    faults: 'NOT what was exported',
  }
  return [
    `Read again, ${roundTrip.clips} clips are ${verdicts[roundTrip.verdict]}.`,
    ...roundTrip.differences.map(
      ({ what, kind, count, reason }) => `  ${kind === 'fault' ? 'fault' : 'expected'}: ${what} of ${count}, ${reason}`,
    ),
  ]
}
