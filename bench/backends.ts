/**
 * One full fold of ESC-10 (fold 1 is tested, trained on all others) with `logmel-cnn` on each backend in turn, in one
 * process, each on one thread: seconds and accuracy, features and scoring included.
 *
 *     npm run bench -- backends [tensorflow wasm …] [--set key=value …]
 *     TF_NUM_INTRAOP_THREADS=8 npm run bench -- backends tensorflow
 *
 * Reads ../shared/data/esc10 (or EARMARK_TEST_DATA/esc10).
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import { overrideRecipe } from '../src/shared/contract/recipe'
import type { BackendName } from '../src/shared/job/manifest'
import type { WorkerEvent } from '../src/shared/job/worker-event'
import { train } from '../src/main/worker/train'
import { recipes } from '../src/zoo/recipes'
import { makeManifest, type Row } from './esc10'

const backendNames: BackendName[] = ['tensorflow', 'wasm']

export async function main(args: string[] = []): Promise<void> {
  // Before the libraries are loaded, so that it counts.
  process.env.TF_NUM_INTRAOP_THREADS ??= '1'
  process.env.TF_NUM_INTEROP_THREADS ??= process.env.TF_NUM_INTRAOP_THREADS
  process.env.EARMARK_WASM_THREADS ??= process.env.TF_NUM_INTRAOP_THREADS
  const assignments = args.flatMap((argument, index) => (argument === '--set' ? [args[index + 1]!] : []))
  const asked = args.filter((argument): argument is BackendName => (backendNames as string[]).includes(argument))
  const folder = resolve(process.env.EARMARK_TEST_DATA ?? '../shared/data', 'esc10')
  const rows = parse<Row>(await readFile(join(folder, 'meta/esc10.csv'), 'utf8'), { columns: true })
  const recipe = assignments.reduce(overrideRecipe, recipes['logmel-cnn'])
  for (const backend of asked.length > 0 ? asked : backendNames) {
    const runFolder = await mkdtemp(join(tmpdir(), 'earmark-bench-'))
    try {
      const manifest = makeManifest(folder, rows, runFolder, recipe, backend)
      const truth = new Map(manifest.clips.map((clip) => [clip.id, clip.classIndex]))
      let device = ''
      let accuracy = 0
      const epochs: { seconds: number; loss: number }[] = []
      const started = performance.now()
      const used = process.cpuUsage()
      await train({ ...manifest, folds: manifest.folds.slice(0, 1) }, (event: WorkerEvent) => {
        if (event.type === 'backend') device = event.device
        if (event.type === 'epoch') epochs.push({ seconds: event.seconds, loss: event.loss })
        if (event.type === 'predictions') {
          const isRight = event.rows.map(
            ({ clipId, scores }) => scores.indexOf(Math.max(...scores)) === truth.get(clipId),
          )
          accuracy = isRight.filter(Boolean).length / isRight.length
        }
      })
      const { user, system } = process.cpuUsage(used)
      const processor = (user + system) / 1e6
      const seconds = (performance.now() - started) / 1000
      const perEpoch = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0) / epochs.length
      console.log(
        `${backend}, ${device}: ${seconds.toFixed(1)} s (${epochs.length} epochs of ${perEpoch.toFixed(2)} s; ${processor.toFixed(1)} s of processor time in all threads), ` +
          `last loss ${epochs.at(-1)!.loss.toFixed(4)}, accuracy ${(100 * accuracy).toFixed(2)} %`,
      )
    } finally {
      await rm(runFolder, { recursive: true, force: true })
    }
  }
}
