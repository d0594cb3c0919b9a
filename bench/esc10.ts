/**
 * Accuracy on ESC-10: 4-fold cross-validation over the given folds 1 to 4, for both recipes.
 *
 *     npm run bench -- esc10 [recipe …] [--seeds 1,2] [--backend auto] [--set key=value …]
 *
 * Reads ../shared/data/esc10 (or EARMARK_TEST_DATA/esc10).
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { BackendChoice, TrainClip, TrainManifest } from '../src/shared/job/manifest'
import type { WorkerEvent } from '../src/shared/job/worker-event'
import { overrideRecipe } from '../src/shared/contract/recipe'
import { train } from '../src/main/worker/train'
import { recipes } from '../src/zoo/recipes'
import type { Recipe } from '../src/dsp/recipe'

type RecipeName = keyof typeof recipes

export interface Row {
  filename: string
  fold: string
  category: string
  src_file: string
}

interface Arguments {
  names: RecipeName[]
  seeds: number[]
  backend: BackendChoice
  assignments: string[]
}

interface Outcome {
  foldAccuracies: number[]
  seconds: number
  foldSeconds: number[]
  backend: string
}

export async function main(args: string[] = process.argv.slice(2)): Promise<void> {
  const { names, seeds, backend, assignments } = parseArguments(args)
  const folder = resolve(process.env.EARMARK_TEST_DATA ?? '../shared/data', 'esc10')
  const rows = parse<Row>(await readFile(join(folder, 'meta/esc10.csv'), 'utf8'), { columns: true })
  for (const name of names) {
    for (const seed of seeds.length > 0 ? seeds : [recipes[name].seed]) {
      const outcome = await crossValidate(
        folder,
        rows,
        assignments.reduce(overrideRecipe, { ...recipes[name], seed }),
        backend,
      )
      const { mean, deviation } = summarize(outcome.foldAccuracies)
      const folds = outcome.foldAccuracies.map((accuracy) => accuracy.toFixed(2)).join('  ')
      console.log(`${name}  seed ${seed}  ${outcome.backend}`)
      console.log(`  folds 1-4: ${folds}   mean ${mean.toFixed(2)} ± ${deviation.toFixed(2)} %`)
      const each = outcome.foldSeconds.map((seconds) => seconds.toFixed(1)).join(', ')
      console.log(`  ${outcome.seconds.toFixed(1)} s in all (folds ${each} s)`)
    }
  }
}

async function crossValidate(
  folder: string,
  rows: readonly Row[],
  recipe: Recipe,
  backend: BackendChoice,
): Promise<Outcome> {
  const runFolder = await mkdtemp(join(tmpdir(), 'earmark-esc10-'))
  try {
    const manifest = makeManifest(folder, rows, runFolder, recipe, backend)
    const truth = new Map(manifest.clips.map((clip) => [clip.id, clip.classIndex]))
    const outcome: Outcome = { foldAccuracies: [], seconds: 0, foldSeconds: [], backend: '' }
    const started = performance.now()
    await train(manifest, (event: WorkerEvent) => {
      if (event.type === 'backend') outcome.backend = `${event.name}, ${event.device} (${event.reason})`
      if (event.type === 'predictions') {
        const correct = event.rows.filter(
          ({ clipId, scores }) => scores.indexOf(Math.max(...scores)) === truth.get(clipId),
        )
        outcome.foldAccuracies.push((100 * correct.length) / event.rows.length)
      }
      if (event.type === 'fold-finished') {
        outcome.foldSeconds.push(event.seconds)
        console.error(`  fold ${event.fold}: best epoch ${event.bestEpoch}, ${event.parameters} parameters`)
      }
    })
    outcome.seconds = (performance.now() - started) / 1000
    return outcome
  } finally {
    await rm(runFolder, { recursive: true, force: true })
  }
}

/** The training of one recipe over ESC-10's folds. */
export function makeManifest(
  folder: string,
  rows: readonly Row[],
  runFolder: string,
  recipe: Recipe,
  backend: BackendChoice,
): TrainManifest {
  const classNames = [...new Set(rows.map(({ category }) => category))].sort()
  const clips = rows.map((row): TrainClip => ({
    id: row.filename,
    path: join(folder, 'audio', row.filename),
    contentHash: '',
    startSeconds: 0,
    // An end beyond the file's end means its end.
    endSeconds: 3600,
    fold: row.fold,
    group: row.src_file,
    classIndex: classNames.indexOf(row.category),
  }))
  const positions = clips.map((_, position) => position)
  const folds = [...new Set(rows.map(({ fold }) => fold))].sort().map((fold) => ({
    name: fold,
    train: positions.filter((position) => clips[position]!.fold !== fold),
    test: positions.filter((position) => clips[position]!.fold === fold),
  }))
  const classes = classNames.map((className) => ({ id: className, name: className }))
  return { kind: 'train', runId: 'bench', folder: runFolder, recipe, backend, classes, clips, folds }
}

/** Mean and population standard deviation. */
function summarize(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance) }
}

function parseArguments(args: readonly string[]): Arguments {
  const names: RecipeName[] = []
  let seeds: number[] = []
  let backend: BackendChoice = 'auto'
  const assignments: string[] = []
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!
    if (argument === '--seeds') seeds = args[++index]!.split(',').map(Number)
    else if (argument === '--backend') backend = args[++index] as BackendChoice
    else if (argument === '--set') assignments.push(args[++index]!)
    else if (argument in recipes) names.push(argument as RecipeName)
    else throw new Error(`unknown argument ${argument}; recipes are ${Object.keys(recipes).join(', ')}`)
  }
  return { names: names.length > 0 ? names : (Object.keys(recipes) as RecipeName[]), seeds, backend, assignments }
}
