import type { Command } from 'commander'
import { basename, resolve } from 'node:path'
import type { BatchFile, RunBatch } from '../../../shared/contract/batches'
import { describeDrawn } from '../describe-drawn'
import { findRun } from '../find-run'
import { readWhole } from '../read-whole'
import { type CommandContext, withCatalog } from '../session'
import { formatPercent, formatTable } from '../table'

interface Options {
  run: string
  fold?: string
  epoch: string
  batch: string
  out?: string
  json?: boolean
}

export function addBatch(program: Command, context: CommandContext): void {
  program
    .command('batch')
    .description('show a batch that a run was trained on: its clips, crops, draws and targets, and the very tensors')
    .argument('<catalog>', 'folder of the catalog')
    .requiredOption('--run <id>', 'id of the run, the beginning of one, or last')
    .option('--fold <name>', 'fold of the run; without it its first')
    .option('--epoch <number>', 'which epoch, from 1', '1')
    .option('--batch <number>', 'which batch of the epoch, from 1', '1')
    .option('--out <file>', '.npz to create: x [examples, frames, bands, channels], y [examples, classes], and whence')
    .option('--json', 'print the examples as JSON')
    .action((catalog: string, options: Options) => showBatch(context, catalog, options))
}

async function showBatch(context: CommandContext, catalog: string, options: Options): Promise<void> {
  const { terminal } = context
  const epoch = readWhole('--epoch', options.epoch, 1, 1_000_000)
  const batch = readWhole('--batch', options.batch, 1, 1_000_000_000)
  await withCatalog(context, catalog, async ({ client, on }) => {
    const run = await findRun(client, options.run)
    const fold = options.fold ?? run.folds[0]!
    const place = { runId: run.id, fold, epoch, batch }
    const progress = terminal.startProgress()
    const stop = on('batches.progress', (state) => progress.show(state))
    let found: RunBatch
    let file: BatchFile | null = null
    try {
      const call = { signal: terminal.signal }
      if (options.out === undefined) found = await client.batches.get(place, call)
      else ({ batch: found, ...file } = await client.batches.write({ ...place, out: resolve(options.out) }, call))
    } finally {
      stop()
      progress.clear()
    }
    if (options.json) return terminal.print(JSON.stringify({ run: run.id, fold, epoch, batch, ...toJson(found), file }))
    terminal.print(`${run.name}, fold ${fold}, epoch ${epoch}, batch ${batch}: ${describeShape(found)}`)
    terminal.print(describeExamples(found))
    for (const note of listNotes(found)) terminal.note(note)
    if (file)
      terminal.print(`${file.path}: x ${file.shape.join(' × ')}, y ${found.examples.length} × ${found.classes.length}`)
  })
}

const describeShape = ({ examples, frames, bands, channels }: RunBatch): string =>
  `${examples.length} examples of ${frames} frames × ${bands} bands${channels === 1 ? '' : ` × ${channels} channels`}`

function describeExamples({ examples, clips, classes, targets }: RunBatch): string {
  const rows = examples.map(({ clipId, example, startSeconds, endSeconds, drawn }, row) => [
    String(example),
    basename(clips[clipId]!.recordingPath),
    `${startSeconds.toFixed(3)}–${endSeconds.toFixed(3)} s`,
    targetsOf(targets, row, classes.length)
      .map(({ index, share }) => `${classes[index]!.name}${share === 1 ? '' : ` ${formatPercent(share)}`}`)
      .join(', '),
    describeDrawn(drawn, (id) => basename(clips[id]!.recordingPath)),
  ])
  return formatTable(['EXAMPLE', 'CLIP', 'CROP', 'TARGET', 'DRAWN'], rows, [0])
}

/** The classes that an example has a share of, the largest first. */
function targetsOf(targets: Float32Array, row: number, classCount: number): { index: number; share: number }[] {
  return [...targets.subarray(row * classCount, (row + 1) * classCount)]
    .map((share, index) => ({ index, share }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
}

/** What makes the batch another one than the run had, or its clips other ones than they are now. */
function listNotes({ notes, examples, clips }: RunBatch): string[] {
  const files = [...new Set(examples.flatMap(({ changed }) => changed))]
  return [
    ...notes,
    ...files.map(
      (file) => `${file} has another content than when the run began: examples with it are not what training had.`,
    ),
    ...Object.values(clips).flatMap(({ recordingPath, changes }) =>
      changes.map((change) => `${recordingPath}: ${change}`),
    ),
  ]
}

function toJson({ examples, clips, classes, targets, notes, ...batch }: RunBatch) {
  const { frames, bands, channels } = batch
  return {
    shape: [examples.length, frames, bands, channels],
    classes: classes.map(({ name }) => name),
    examples: examples.map((row, index) => ({
      ...row,
      recording: clips[row.clipId]!.recordingPath,
      targets: [...targets.subarray(index * classes.length, (index + 1) * classes.length)],
    })),
    clips,
    notes,
  }
}
