/**
 * Augmentation: clips a second of single steps on one thread, beside audiomentations in the same run where a Python that has
 * it is given; and how long a training step waits for clips that a chain changes.
 *
 *     npm run bench -- augment FOLDER OF SOUND FILES [--python PYTHON] [--steps 60]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { applyChain } from '../src/dsp/augment/apply-chain'
import { Random } from '../src/dsp/random'
import type { AugmentationChain, AugmentationStep, LogmelCnnModel } from '../src/dsp/recipe'
import { MediaPool } from '../src/main/media/media-pool'
import { loadTensorflow } from '../src/main/worker/backends/load-tensorflow'
import { loadWasm } from '../src/main/worker/backends/load-wasm'
import { decibelColumns } from '../src/main/worker/learning/decibel-columns'
import { BatchMaker, type ExampleDraw, type HeardExample } from '../src/main/worker/learning/batches'
import { buildModel } from '../src/main/worker/learning/build-model'
import { countCropFrames, repeatToLength } from '../src/main/worker/learning/crops'
import { hearClip, loadAllFeatures, type Picture } from '../src/main/worker/learning/features'
import { NetworkTrainer } from '../src/main/worker/learning/network-trainer'
import { optimizerDefaults } from '../src/main/worker/learning/optimizers/settings'
import { fitStandardization, standardizePicture } from '../src/main/worker/learning/standardization'
import type { ManifestClip } from '../src/shared/job/manifest'
import { describeLogmelCnn } from '../src/zoo/logmel-cnn'
import { recipes } from '../src/zoo/recipes'

const steps: Record<string, AugmentationStep> = {
  gain: { kind: 'gain', decibels: [-6, 6] },
  polarity: { kind: 'polarity' },
  'time-shift': { kind: 'time-shift', seconds: [-0.1, 0.1], fill: 'silence' },
  'white noise': { kind: 'noise', color: 'white', snrDb: [5, 20], level: 'rms' },
  'pink noise': { kind: 'noise', color: 'pink', snrDb: [5, 20], level: 'rms' },
}
const chain: AugmentationChain = { steps: [steps['time-shift']!, steps['pink noise']!, steps['gain']!] }
const clipCount = 100
const recipe = recipes['logmel-cnn']

export async function main(args: string[] = []): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { python: { type: 'string' }, steps: { type: 'string', default: '60' } },
  })
  const folder = positionals[0] ?? '../shared/data/esc10/audio'
  const clips: ManifestClip[] = readdirSync(folder)
    .sort()
    .slice(0, clipCount)
    .map((name) => ({ id: name, path: join(folder, name), contentHash: '', startSeconds: 0, endSeconds: 5 }))
  const media = new MediaPool()
  try {
    await measureSteps(clips, media, values.python)
    for (const load of [loadTensorflow, loadWasm]) await measureWaiting(clips, media, load, Number(values.steps))
  } finally {
    await media.close()
  }
}

async function measureSteps(clips: ManifestClip[], media: MediaPool, python: string | undefined): Promise<void> {
  const { sampleRateHz, channel } = recipe.frontEnd
  const sounds = await Promise.all(
    clips.map(async ({ path, startSeconds, endSeconds }) => {
      const { samples } = await media.run('samples', { path, startSeconds, endSeconds, sampleRateHz, channel })
      return { samples, sampleRateHz, segments: [] }
    }),
  )
  console.log(`${clips.length} clips at ${sampleRateHz} Hz, one thread, the best of three rounds; decoding not counted`)
  const theirs = python === undefined ? null : runTheirs(python, sounds)
  for (const [name, step] of Object.entries(steps)) {
    let best = Infinity
    for (let round = -1; round < 3; round++) {
      const began = performance.now()
      for (const [example, sound] of sounds.entries())
        applyChain(sound, { steps: [step] }, { seed: 1, epoch: round + 1, example, className: null })
      if (round >= 0) best = Math.min(best, (performance.now() - began) / 1000)
    }
    const rate = clips.length / best
    const other = theirs?.seconds[name]
    const ratio =
      other === undefined
        ? ''
        : `; audiomentations ${theirs!.version} ${(clips.length / other).toFixed(0)}: ${(other / best).toFixed(2)} times as many`
    console.log(`${name}: ${rate.toFixed(0)} clips a second${ratio}`)
  }
}

function runTheirs(
  python: string,
  sounds: readonly { samples: Float32Array; sampleRateHz: number }[],
): { version: string; seconds: Record<string, number> } {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-bench-'))
  try {
    const starts = [0]
    for (const { samples } of sounds) starts.push(starts.at(-1)! + samples.length)
    const all = new Float32Array(starts.at(-1)!)
    for (const [index, { samples }] of sounds.entries()) all.set(samples, starts[index])
    writeFileSync(join(folder, 'samples.f32'), new Uint8Array(all.buffer))
    writeFileSync(join(folder, 'task.json'), JSON.stringify({ starts, rate: sounds[0]!.sampleRateHz }))
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
    const done = spawnSync(python, ['bench/contestants/augment.py', folder], { env, encoding: 'utf8' })
    if (done.status !== 0) throw new Error(done.stderr)
    return JSON.parse(done.stdout) as { version: string; seconds: Record<string, number> }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Steps of the baseline recipe, with the chain on the media threads: how much of the time they wait for clips. */
async function measureWaiting(
  clips: ManifestClip[],
  media: MediaPool,
  load: () => Promise<string>,
  count: number,
): Promise<void> {
  const backend = await load().catch((error: Error) => {
    console.log(`not measured: ${error.message}`)
    return null
  })
  if (backend === null) return
  const { frontEnd, training } = recipe
  const model = recipe.model as LogmelCnnModel
  const cropFrames = countCropFrames(model.cropSeconds, frontEnd.hopSamples / frontEnd.sampleRateHz)
  const plain = await loadAllFeatures(clips, recipe, media, () => undefined)
  const { bands } = plain[0]!
  const standardization = fitStandardization(
    plain.map(({ values }) => values),
    bands,
  )
  const prepare = (picture: Picture): Picture =>
    repeatToLength(standardizePicture(picture, standardization), cropFrames)
  const hear = async (clip: number, draw: ExampleDraw): Promise<HeardExample> => {
    const place = { seed: 1, ...draw, className: null }
    const { picture, drawn } = await hearClip(clips[clip]!, recipe, media, { chain, place })
    return { picture: prepare(picture), drawn, mixed: null }
  }
  const random = new Random(1)
  const batches = new BatchMaker(
    {
      bands,
      classIndexes: clips.map((_, index) => index % 10),
      classNames: Array.from({ length: 10 }, (_, index) => `class ${index}`),
      seed: 1,
      cropFrames,
      decibel: decibelColumns(frontEnd, standardization.deviations),
      training,
      hear,
    },
    random.stream('batches'),
  )
  const network = buildModel(describeLogmelCnn(model, { frames: cropFrames, bands }, 10), random.stream('network'))
  const trainer = new NetworkTrainer(network, optimizerDefaults.adam)
  const began = performance.now()
  for (let step = 0; step < count; step++) {
    const { rows, pictures, targets } = await batches.next()
    const { loss, logits } = trainer.step({ pictures, shape: [rows, cropFrames, bands, 1], targets }, 0.001)
    await Promise.all([loss.data(), logits.data()])
    loss.dispose()
    logits.dispose()
  }
  const wall = performance.now() - began
  trainer.dispose()
  network.dispose()
  console.log(
    `${backend}: ${(wall / count).toFixed(0)} ms a step of ${training.batchClips} clips, ` +
      `${((100 * batches.waitedMs) / wall).toFixed(1)} % of it waiting for clips of the chain ${chain.steps.map(({ kind }) => kind).join(', ')}`,
  )
}
