import type { Command } from 'commander'
import { resolve } from 'node:path'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { finishJob } from '../follow-job'
import { type CommandContext, withCatalog } from '../session'
import { readOption, UsageError } from '../usage-error'

interface Options {
  format: string
  out: string
  query: string
  allowLeaks?: boolean
  json?: boolean
}

export function addExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description('write clips and labels as a dataset in a new folder')
    .argument('<catalog>', 'folder of the catalog')
    .requiredOption('--format <format>', 'esc50 or audioset-csv')
    .requiredOption('--out <folder>', 'folder to create')
    .option('--query <query>', 'only these clips', '')
    .option('--allow-leaks', 'export although parts of the split have something in common')
    .option('--json', 'print the counts as JSON')
    .action((catalog: string, options: Options) => exportFrom(context, catalog, options))
}

async function exportFrom(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const query = readOption(() => parseClipQuery(options.query))
  const { terminal } = context
  await withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const formats = (await client.exports.formats()).map((format) => format.id)
    if (!formats.includes(options.format))
      throw new UsageError(`--format ${options.format}: the formats are ${formats.join(', ')}.`)
    const { jobId } = await client.exports.start({
      format: options.format,
      out: resolve(options.out),
      query,
      allowsLeaks: options.allowLeaks === true,
    })
    const job = await finishJob(connection, jobId, terminal)
    const { out, files, clips, skipped } = job.exportResult ?? {
      out: resolve(options.out),
      files: 0,
      clips: 0,
      skipped: [],
    }
    if (options.json) return terminal.print(JSON.stringify({ out, files, clips, skipped }))
    terminal.print(`${clips} clips in ${files} files written to ${out}; ${skipped.length} left out`)
    for (const { clip, reason } of skipped) terminal.print(`  ${clip}: ${reason}`)
  })
}
