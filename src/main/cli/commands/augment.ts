import { type Command, Option } from 'commander'
import { extname, resolve } from 'node:path'
import type { DrawnValues, RenderLog } from '../../../shared/contract/renders'
import { loadChain } from '../read-recipe'
import { type CommandContext, withHost } from '../session'
import { formatTable } from '../table'
import { UsageError } from '../usage-error'

interface Options {
  chain: string
  seed: string
  out: string
  draws: string
  epoch: string
  example: string
  class?: string
  rate?: string
  channel: string
  encoding: RenderLog['encoding']
  force?: boolean
  json?: boolean
}

export function addAugment(program: Command, context: CommandContext): void {
  program
    .command('augment')
    .description('write a sound file as an augmentation chain changes it, with what was drawn')
    .argument('<audio>', 'a sound file')
    .requiredOption('--chain <file>', 'a chain, or a recipe with training.chain, as .json')
    .requiredOption('--out <file>', 'WAV file to create; of several draws y.wav is y-1.wav, y-2.wav, …')
    .option('--seed <number>', 'what all draws come from', '1')
    .option('--draws <number>', 'so many examples, one after the other', '1')
    .option('--epoch <number>', 'as training draws in this epoch', '1')
    .option('--example <number>', 'the first example that is drawn', '0')
    .option('--class <name>', 'class of the sound, for steps that are not for all')
    .option('--rate <hertz>', 'rate at which the chain is done and written; without it the file’s own')
    .option('--channel <channel>', 'mean of all channels, as training hears it, or the number of one, from 0', 'mean')
    .addOption(
      new Option('--encoding <kind>', 'how samples are written')
        .choices(['wav16', 'wav24', 'wav-float'])
        .default('wav16'),
    )
    .option('--force', 'overwrite what is there')
    .option('--json', 'print what was drawn as JSON, in the place of the file beside the sound')
    .action((audio: string, options: Options) => augment(context, audio, options))
}

async function augment(context: CommandContext, audio: string, options: Options): Promise<void> {
  const { terminal } = context
  const out = resolve(options.out)
  if (extname(out).toLowerCase() !== '.wav') throw new UsageError(`--out ${options.out}: a name that ends in .wav.`)
  const draws = readWhole('--draws', options.draws, 1, 1000)
  const draw = {
    seed: readWhole('--seed', options.seed, 0, 2 ** 31 - 1),
    epoch: readWhole('--epoch', options.epoch, 1, 1_000_000),
    example: readWhole('--example', options.example, 0, 1_000_000_000),
  }
  const sampleRateHz = options.rate === undefined ? null : readWhole('--rate', options.rate, 1000, 384_000)
  const channel = options.channel === 'mean' ? 'mean' : readWhole('--channel', options.channel, 0, 255)
  const chain = await loadChain(options.chain)
  const name = out.slice(0, -'.wav'.length)
  const log = options.json ? null : `${name}.json`
  const made = await withHost(context, ({ client }) =>
    client.renders.file(
      {
        path: resolve(audio),
        chain,
        draw,
        className: options.class ?? null,
        sampleRateHz,
        channel,
        encoding: options.encoding,
        out: draws === 1 ? [out] : Array.from({ length: draws }, (_, index) => `${name}-${index + 1}.wav`),
        log,
        overwrites: options.force === true,
      },
      { signal: terminal.signal },
    ),
  )
  for (const { path, clippedSamples, peak } of made.files)
    if (clippedSamples > 0 && made.encoding !== 'wav-float')
      terminal.note(
        `${path}: ${clippedSamples} samples beyond full scale were clipped, the largest at ${peak.toFixed(2)}; --encoding wav-float keeps them.`,
      )
  if (options.json) return terminal.print(JSON.stringify(made))
  const rows = made.files.map(({ path, seconds, drawn }) => [path, seconds.toFixed(3), describe(drawn)])
  terminal.print(formatTable(['FILE', 'SECONDS', 'DRAWN'], rows, [1]))
  terminal.note(`What was drawn is in ${log}`)
}

function readWhole(option: string, text: string, low: number, high: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= low && value <= high) return value
  throw new UsageError(`${option} ${text}: a whole number from ${low} to ${high}.`)
}

/** The steps that were done, each with its values. */
function describe(drawn: readonly DrawnValues[]): string {
  const done = drawn.filter(({ isDone }) => isDone)
  if (done.length === 0) return 'nothing'
  const round = (value: number): string => String(Math.round(value * 1000) / 1000)
  return done
    .map(({ kind, values }) =>
      [kind, ...Object.entries(values).map(([name, value]) => `${name} ${round(value)}`)].join(' '),
    )
    .join(', ')
}
