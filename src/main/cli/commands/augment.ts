import { type Command, Option } from 'commander'
import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { RenderLog } from '../../../shared/contract/renders'
import { AppError } from '../../../shared/errors'
import { describeDrawn } from '../describe-drawn'
import { finishJob } from '../follow-job'
import { addQueryOptions, type QueryOptions, readQuery } from '../query-option'
import { loadChain, loadLooseChain } from '../read-recipe'
import { readWhole } from '../read-whole'
import { type CommandContext, withCatalog, withHost } from '../session'
import { formatTable } from '../table'
import { UsageError } from '../usage-error'

interface Options extends QueryOptions {
  chain: string
  seed: string
  out: string
  draws: string
  epoch: string
  example: string
  class?: string
  rate?: string
  channel: string
  encoding: RenderLog['encoding'] | 'flac'
  force?: boolean
  json?: boolean
}

export function addAugment(program: Command, context: CommandContext): void {
  const command = program
    .command('augment')
    .description(
      'write a sound file, or clips of a catalog, as an augmentation chain changes them, with what was drawn',
    )
    .argument('<target>', 'a sound file, or the folder of a catalog')
    .requiredOption(
      '--chain <file>',
      'a chain, or a recipe with training.chain, as .json; of a sound file, its folders are seen from there',
    )
    .requiredOption(
      '--out <file>',
      'WAV file to create; of several draws y.wav is y-1.wav, y-2.wav, …; of a catalog a folder',
    )
    .option('--seed <number>', 'what all draws come from', '1')
    .option('--draws <number>', 'so many examples, one after the other', '1')
    .option('--epoch <number>', 'as training draws in this epoch', '1')
    .option('--example <number>', 'the first example that is drawn', '0')
    .option('--class <name>', 'class of the sound, for steps that are not for all')
    .option('--rate <hertz>', 'rate at which the chain is done and written; without it the file’s own')
    .option('--channel <channel>', 'mean of all channels, as training hears it, or the number of one, from 0', 'mean')
    .addOption(
      new Option('--encoding <kind>', 'how samples are written')
        .choices(['wav16', 'wav24', 'wav-float', 'flac'])
        .default('wav16'),
    )
  addQueryOptions(command, 'of a catalog: only these clips')
    .option('--force', 'overwrite what is there')
    .option('--json', 'print what was drawn as JSON, in the place of the file beside the sound')
    .action((given: string, options: Options) => {
      const target = resolve(given)
      const found = statSync(target, { throwIfNoEntry: false })
      if (!found) throw new AppError('not-found', `${target} does not exist.`)
      return found.isDirectory() ? augmentClips(context, target, options) : augmentFile(context, target, options)
    })
}

interface Wanted {
  draws: number
  draw: { seed: number; epoch: number; example: number }
  sampleRateHz: number | null
}

function readWanted(options: Options): Wanted {
  return {
    draws: readWhole('--draws', options.draws, 1, 1000),
    draw: {
      seed: readWhole('--seed', options.seed, 0, 2 ** 31 - 1),
      epoch: readWhole('--epoch', options.epoch, 1, 1_000_000),
      example: readWhole('--example', options.example, 0, 1_000_000_000),
    },
    sampleRateHz: options.rate === undefined ? null : readWhole('--rate', options.rate, 1000, 384_000),
  }
}

async function augmentFile(context: CommandContext, path: string, options: Options): Promise<void> {
  const { terminal } = context
  const out = resolve(options.out)
  if (extname(out).toLowerCase() !== '.wav') throw new UsageError(`--out ${options.out}: a name that ends in .wav.`)
  const { encoding } = options
  if (encoding === 'flac') throw new UsageError('--encoding flac: a file by itself is written as WAV.')
  const { draws, draw, sampleRateHz } = readWanted(options)
  const channel = options.channel === 'mean' ? 'mean' : readWhole('--channel', options.channel, 0, 255)
  const chain = await loadLooseChain(options.chain)
  const name = out.slice(0, -'.wav'.length)
  const log = options.json ? null : `${name}.json`
  const files = draws === 1 ? [out] : Array.from({ length: draws }, (_, index) => `${name}-${index + 1}.wav`)
  const how = { draw, className: options.class ?? null, sampleRateHz, channel, encoding } as const
  const made = await withHost(context, ({ client }) =>
    client.renders.file(
      { path, chain, ...how, out: files, log, overwrites: options.force === true },
      { signal: terminal.signal },
    ),
  )
  for (const { path: file, clippedSamples, peak } of made.files)
    if (clippedSamples > 0 && encoding !== 'wav-float')
      terminal.note(
        `${file}: ${clippedSamples} samples beyond full scale were clipped, the largest at ${peak.toFixed(2)}; --encoding wav-float keeps them.`,
      )
  if (options.json) return terminal.print(JSON.stringify(made))
  const rows = made.files.map(({ path: file, seconds, drawn }) => [file, seconds.toFixed(3), describeDrawn(drawn)])
  terminal.print(formatTable(['FILE', 'SECONDS', 'DRAWN'], rows, [1]))
  terminal.note(`What was drawn is in ${log}`)
}

async function augmentClips(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const { terminal } = context
  const { draws, draw, sampleRateHz } = readWanted(options)
  const { seed, epoch } = draw
  const chain = await loadChain(options.chain)
  const readClips = readQuery(options)
  await withCatalog(context, catalog, async (connection) => {
    const { client } = connection
    const query = await readClips(client)
    const { encoding } = options
    const out = resolve(options.out)
    const { jobId } = await client.renders.start({
      query,
      chain,
      draw: { seed, epoch },
      draws,
      sampleRateHz,
      encoding,
      out,
    })
    const { exportResult: result } = await finishJob(connection, jobId, terminal)
    if (!result) return
    if (options.json) return terminal.print(JSON.stringify(result))
    terminal.print(
      `${result.clips} files of sound written to ${result.out}; ${result.skippedCount ?? 0} clips left out`,
    )
    for (const { clip, reason } of result.skipped.slice(0, 100)) terminal.print(`  ${clip}: ${reason}`)
    for (const choice of result.choices ?? []) terminal.print(`  ${choice}`)
  })
}
