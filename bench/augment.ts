/**
 * Augmentation: clips a second (of processor time) of single steps on one thread, beside audiomentations in the same run where a Python that has
 * it is given; and how much of its time a training step waits for its batch, with chains and without.
 *
 *     npm run bench -- augment [FOLDER OF SOUND FILES] [--python PYTHON] [--only steps|wait] [--epochs 8] [--threads N]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { applyChain } from '../src/dsp/augment/apply-chain'
import { makeNoise } from '../src/dsp/augment/noise'
import { Random } from '../src/dsp/random'
import type { AugmentationChain, AugmentationStep, LogmelCnnModel } from '../src/dsp/recipe'
import { MediaPool } from '../src/main/media/media-pool'
import { loadTensorflow } from '../src/main/worker/backends/load-tensorflow'
import { loadWasm } from '../src/main/worker/backends/load-wasm'
import { decibelColumns } from '../src/main/worker/learning/decibel-columns'
import { BatchMaker, hearPictures } from '../src/main/worker/learning/batches'
import { buildModel } from '../src/main/worker/learning/build-model'
import { makeClipAugmenter } from '../src/main/worker/learning/clip-augmenter'
import { countCropFrames, repeatToLength } from '../src/main/worker/learning/crops'
import { loadAllFeatures, type Picture } from '../src/main/worker/learning/features'
import { type EpochReport, fitNetwork } from '../src/main/worker/learning/fit'
import { SoundKeep } from '../src/main/worker/learning/sound-keep'
import { fitStandardization, standardizePicture } from '../src/main/worker/learning/standardization'
import { trainingTasksPerThread } from '../src/main/worker/train'
import type { TrainClip } from '../src/shared/job/manifest'
import { describeLogmelCnn } from '../src/zoo/logmel-cnn'
import { recipes } from '../src/zoo/recipes'

const source = { query: '' }
const response = { tail: 'truncate', level: 'rms' } as const
/** Those that audiomentations has too, or something like them. */
const steps: Record<string, AugmentationStep> = {
  gain: { kind: 'gain', decibels: [-6, 6] },
  polarity: { kind: 'polarity' },
  'time-shift': { kind: 'time-shift', seconds: [-0.1, 0.1], fill: 'silence' },
  'white noise': { kind: 'noise', color: 'white', snrDb: [5, 20], level: 'rms' },
  'pink noise': { kind: 'noise', color: 'pink', snrDb: [5, 20], level: 'rms' },
  'recorded noise': { kind: 'recorded-noise', source, snrDb: [5, 20], level: 'rms' },
  'impulse response': { kind: 'impulse-response', source, ...response },
  device: { kind: 'device', lowHz: [100, 100], highHz: [4000, 4000], tiltDb: [0, 0], offset: [0, 0] },
  clip: { kind: 'clip', overDb: [6, 12], shape: 'hard' },
  quantize: { kind: 'quantize', bits: [8, 8], dither: 'none' },
  'time-stretch': { kind: 'time-stretch', rate: [0.8, 1.25] },
  'pitch-shift': { kind: 'pitch-shift', semitones: [-4, 4] },
}
const chains: Record<string, AugmentationChain> = {
  'no step of the sound': { steps: [] },
  'gain, white noise, time-shift': { steps: [steps['gain']!, steps['white noise']!, steps['time-shift']!] },
  'gain, pink noise, time-shift': { steps: [steps['gain']!, steps['pink noise']!, steps['time-shift']!] },
}
const stepClips = 100
const recipe = recipes['logmel-cnn']
const { sampleRateHz, channel } = recipe.frontEnd

export async function main(args: string[] = []): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      python: { type: 'string' },
      only: { type: 'string' },
      epochs: { type: 'string', default: '8' },
      threads: { type: 'string' },
    },
  })
  const folder = positionals[0] ?? '../shared/data/esc10/audio'
  // The class of a recording is the last part of its name in ESC-10.
  const names = readdirSync(folder).sort()
  const classes = [...new Set(names.map(classOf))]
  const clips: TrainClip[] = names.map((name) => ({
    id: name,
    path: join(folder, name),
    contentHash: '',
    startSeconds: 0,
    endSeconds: 5,
    classIndex: classes.indexOf(classOf(name)),
    fold: null,
    group: name,
  }))
  const threads = values.threads === undefined ? {} : { threads: Number(values.threads) }
  const media = new MediaPool({ ...threads, tasksPerThread: trainingTasksPerThread })
  try {
    if (values.only !== 'wait') await measureSteps(clips.slice(0, stepClips), media, values.python)
    if (values.only !== 'steps')
      for (const load of [loadTensorflow, loadWasm])
        await measureWaiting({ clips, classes, media, load, epochs: Number(values.epochs) })
  } finally {
    await media.close()
  }
}

const classOf = (name: string): string =>
  name
    .replace(/\.[^.]*$/, '')
    .split('-')
    .at(-1)!

async function measureSteps(clips: TrainClip[], media: MediaPool, python: string | undefined): Promise<void> {
  const sounds = await Promise.all(
    clips.map(async ({ path, startSeconds, endSeconds }) => {
      const { samples } = await media.run('samples', { path, startSeconds, endSeconds, sampleRateHz, channel })
      return { samples, sampleRateHz, segments: [] }
    }),
  )
  const noise = makeNoise('pink', 10 * sampleRateHz, sampleRateHz, new Random(1))
  const tail = makeNoise('white', Math.round(0.3 * sampleRateHz), sampleRateHz, new Random(2))
  const decaying = tail.map((value, n) => value * Math.exp((-6.9 * n) / tail.length))
  const materials: Record<string, Float32Array> = { 'recorded noise': noise, 'impulse response': decaying }
  console.log(
    `${clips.length} clips at ${sampleRateHz} Hz, one thread, processor time, the best of five rounds; decoding not counted`,
  )
  const theirs = python === undefined ? null : runTheirs(python, sounds, materials)
  for (const [name, step] of Object.entries(steps)) {
    const own = materials[name] ? [[materials[name]]] : []
    let best = Infinity
    for (let round = -1; round < 5; round++) {
      const before = process.threadCpuUsage()
      for (const [example, sound] of sounds.entries())
        applyChain(sound, { steps: [step] }, { seed: 1, epoch: round + 2, example, className: null }, own)
      const { user, system } = process.threadCpuUsage(before)
      if (round >= 0) best = Math.min(best, (user + system) / 1e6)
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
  materials: Record<string, Float32Array>,
): { version: string; seconds: Record<string, number> } {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-bench-'))
  try {
    const write = (name: string, samples: Float32Array): void =>
      writeFileSync(join(folder, name), new Uint8Array(samples.buffer))
    const starts = [0]
    for (const { samples } of sounds) starts.push(starts.at(-1)! + samples.length)
    const all = new Float32Array(starts.at(-1)!)
    for (const [index, { samples }] of sounds.entries()) all.set(samples, starts[index])
    write('samples.f32', all)
    for (const [name, samples] of Object.entries(materials)) write(`${name}.f32`, samples)
    writeFileSync(join(folder, 'task.json'), JSON.stringify({ starts, rate: sampleRateHz }))
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
    const done = spawnSync(python, ['bench/contestants/augment.py', folder], { env, encoding: 'utf8' })
    if (done.status !== 0) throw new Error(done.stderr)
    return JSON.parse(done.stdout) as { version: string; seconds: Record<string, number> }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface WaitTask {
  clips: TrainClip[]
  classes: string[]
  media: MediaPool
  load: () => Promise<string>
  epochs: number
}

/** Epochs that are not counted: in the first, sounds are decoded and code is compiled. */
const warmEpochs = 2

/** The baseline recipe as a run trains it, with each of the chains before its own steps of the picture. */
async function measureWaiting({ clips, classes, media, load, epochs }: WaitTask): Promise<void> {
  const backend = await load().catch((error: Error) => {
    console.log(`not measured: ${error.message}`)
    return null
  })
  if (backend === null) return
  const { frontEnd } = recipe
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
  for (const [name, { steps: ofSound }] of Object.entries(chains)) {
    const chain = { steps: [...ofSound, ...recipe.training.chain!.steps] }
    const training = { ...recipe.training, chain, maxEpochs: warmEpochs + epochs, patienceEpochs: 0 }
    const manifest = {
      clips,
      classes: classes.map((id) => ({ id, name: id })),
      recipe: { ...recipe, training },
    }
    const sounds = new SoundKeep(media, frontEnd)
    const train = clips.map((_, position) => position)
    const random = new Random(1)
    const batches = new BatchMaker(
      {
        ...hearPictures(plain.map(prepare)),
        classIndexes: clips.map(({ classIndex }) => classIndex),
        classNames: classes,
        seed: recipe.seed,
        cropFrames,
        decibel: decibelColumns(frontEnd, standardization.deviations),
        training,
        ...(ofSound.length > 0
          ? { hear: makeClipAugmenter({ manifest, chain, train, sources: [], media, sounds, prepare }) }
          : {}),
      },
      random.stream('batches'),
    )
    const spec = describeLogmelCnn(model, { frames: cropFrames, bands }, classes.length)
    const network = buildModel(spec, random.stream('network'))
    const reports: EpochReport[] = []
    const onEpoch = (report: EpochReport): unknown => reports.push(report)
    const options = { training, batches, validation: null, cropFrames, bands, classCount: classes.length, onEpoch }
    await fitNetwork(network, options)
    network.dispose()
    const counted = reports.slice(warmEpochs)
    const seconds = counted.reduce((sum, report) => sum + report.seconds, 0)
    const waited = counted.reduce((sum, report) => sum + report.seconds * report.waitShare, 0)
    console.log(
      `${backend}; ${name}: ${((1000 * seconds) / (epochs * batches.batchesPerEpoch)).toFixed(1)} ms a step of ${training.batchClips} clips, ` +
        `${((100 * waited) / seconds).toFixed(1)} % of it waiting for the batch; ${(sounds.keptBytes / 2 ** 20).toFixed(0)} MiB of sound kept`,
    )
  }
}
