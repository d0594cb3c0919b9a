/**
 * Features of 1,000 recordings beside librosa and torchaudio: `PYTHON=… npm run bench -- features`, where PYTHON has librosa
 * 0.11, torch and torchaudio. Log-mel (64 bands, FFT 2048, hop 512), then MFCC and constant-Q of fewer, on one thread each;
 * Earmark's log-mel on two threads; decoding and resampling by themselves; resident memory after 100 and after all. All get
 * the same samples, and what they give is compared before times are. Of several turns the quickest counts, for either side.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { computeFrontEnd } from '../src/dsp/features'
import type { DecibelLevel, FrontEnd, MelBands, SpectrogramFrontEnd } from '../src/dsp/front-end'
import { findFrontEndPreset } from '../src/dsp/front-end-presets'
import { melFilterBank } from '../src/dsp/mel'
import { mixDown } from '../src/dsp/mixdown'
import { resample } from '../src/dsp/resample'
import { StftPlan } from '../src/dsp/stft'
import { decodeAudio } from '../src/formats/audio/decode-audio'

const rate = 22_050
const clipCount = 1000
const librosaLogmel = findFrontEndPreset('logmel-librosa')!.frontEnd as SpectrogramFrontEnd

/** What is measured, of so many clips. */
const measures: Record<string, { frontEnd: FrontEnd; clips: number; tolerance: number }> = {
  logmel: {
    frontEnd: { ...librosaLogmel, bands: { ...librosaLogmel.bands, count: 64 } as SpectrogramFrontEnd['bands'] },
    clips: clipCount,
    // librosa and torchaudio compute in single precision.
    tolerance: 0.02,
  },
  mfcc: { frontEnd: findFrontEndPreset('mfcc-librosa')!.frontEnd, clips: 400, tolerance: 0.1 },
  'constant-q': {
    frontEnd: { ...findFrontEndPreset('constant-q')!.frontEnd, level: { kind: 'plain' } } as FrontEnd,
    clips: 60,
    tolerance: 0.05,
  },
}

interface Sounds {
  /** Of all clips; a thread gets a copy, for shared memory is slower to read. */
  samples: Float32Array<ArrayBuffer>
  /** Where each clip begins in `samples`, and at the end how many there are. */
  starts: number[]
}

const clipOf = ({ samples, starts }: Sounds, index: number): Float32Array =>
  samples.subarray(starts[index]!, starts[index + 1]!)

interface Times {
  wall: number
  /** Of the whole process. */
  processor: number
  /** Resident memory after the first 100 and after all, in MiB. */
  residentMib: [number, number]
}

/** Computes the clips from `first` on, every `step`-th. */
function compute(sounds: Sounds, frontEnd: FrontEnd, clips: number, first = 0, step = 1): Times {
  for (let warm = 0; warm < 20; warm++) computeFrontEnd(clipOf(sounds, warm), frontEnd)
  const residentMib: [number, number] = [0, 0]
  const cpu = process.cpuUsage()
  const start = performance.now()
  for (let clip = first; clip < clips; clip += step) {
    computeFrontEnd(clipOf(sounds, clip), frontEnd)
    if (clip === 99) residentMib[0] = process.memoryUsage().rss / 2 ** 20
  }
  const wall = performance.now() - start
  const used = process.cpuUsage(cpu)
  residentMib[1] = process.memoryUsage().rss / 2 ** 20
  return { wall, processor: (used.user + used.system) / 1000, residentMib }
}

/** Mean of each clip's values. */
function averages(sounds: Sounds, frontEnd: FrontEnd, clips: number): number[] {
  return Array.from({ length: clips }, (_, clip) => {
    const { values } = computeFrontEnd(clipOf(sounds, clip), frontEnd)
    return values.reduce((sum, value) => sum + value, 0) / values.length
  })
}

/** How many frames single precision could not give. */
function countFrames(sounds: Sounds, frontEnd: SpectrogramFrontEnd, clips: number): { all: number; exact: number } {
  const bank = melFilterBank(frontEnd.bands as MelBands, frontEnd.sampleRateHz, frontEnd.fftSamples)
  const plan = new StftPlan(frontEnd, bank)
  let all = 0
  for (let clip = 0; clip < clips; clip++)
    all += plan.takeDecibels(clipOf(sounds, clip), frontEnd.level as DecibelLevel)!.length / bank.firstBins.length
  return { all, exact: plan.exactFrames }
}

interface ThreadTask {
  bench: 'features'
  sounds: Sounds
  first: number
  step: number
}

if (!isMainThread && (workerData as ThreadTask | null)?.bench === 'features') {
  const { sounds, first, step } = workerData as ThreadTask
  const { frontEnd, clips } = measures['logmel']!
  // Everybody warms up, then all begin together.
  compute(sounds, frontEnd, 40)
  parentPort!.on('message', () => {
    parentPort!.postMessage(compute(sounds, frontEnd, clips, first, step))
    parentPort!.close()
  })
  parentPort!.postMessage('ready')
}

/** On the clock, and the time of all processors, with so many threads. */
async function computeOnThreads(sounds: Sounds, count: number): Promise<{ wall: number; processor: number }> {
  const threads = Array.from({ length: count }, (_, first) => {
    const task: ThreadTask = { bench: 'features', sounds, first, step: count }
    return new Worker(new URL(import.meta.url), { workerData: task })
  })
  const next = (thread: Worker): Promise<unknown> => new Promise((done) => thread.once('message', done))
  await Promise.all(threads.map(next))
  const cpu = process.cpuUsage()
  const start = performance.now()
  const ended = threads.map(next)
  for (const thread of threads) thread.postMessage('go')
  await Promise.all(ended)
  const used = process.cpuUsage(cpu)
  return { wall: performance.now() - start, processor: (used.user + used.system) / 1000 }
}

/** Decodes as many recordings as are wanted: ESC-10's, then spoken digits. */
async function decode(folder: string): Promise<Sounds & { decodeMs: number; resampleMs: number; seconds: number }> {
  const paths = ['esc10/audio', 'fsdd/recordings']
    .flatMap((part) =>
      readdirSync(join(folder, part))
        .sort()
        .map((name) => join(folder, part, name)),
    )
    .slice(0, clipCount)
  const parts: Float32Array[] = []
  let [decodeMs, resampleMs, seconds] = [0, 0, 0]
  for (const path of paths) {
    const bytes = readFileSync(path)
    const start = performance.now()
    const { channels, sampleRateHz, durationSeconds } = await decodeAudio(bytes, path)
    const decoded = performance.now()
    parts.push(resample(mixDown(channels, 'mean'), sampleRateHz, rate))
    decodeMs += decoded - start
    resampleMs += performance.now() - decoded
    seconds += durationSeconds
  }
  const starts = [0]
  for (const part of parts) starts.push(starts.at(-1)! + part.length)
  const samples = new Float32Array(starts.at(-1)!)
  parts.forEach((part, index) => samples.set(part, starts[index]))
  return { samples, starts, decodeMs, resampleMs, seconds }
}

type Rivals = Record<string, { name: string; wall: number; processor: number; sums: number[] }[]>

function runRivals(sounds: Sounds): Rivals | null {
  const work = mkdtempSync(join(tmpdir(), 'earmark-features-'))
  try {
    writeFileSync(join(work, 'samples.f32'), new Uint8Array(sounds.samples.buffer))
    const clips = Object.fromEntries(Object.entries(measures).map(([name, measure]) => [name, measure.clips]))
    writeFileSync(join(work, 'task.json'), JSON.stringify({ starts: sounds.starts, rate, clips, turns }))
    const script = resolve('bench/contestants/features.py')
    const one = Object.fromEntries(
      ['OMP', 'OPENBLAS', 'MKL', 'NUMBA'].map((library) => [`${library}_NUM_THREADS`, '1']),
    )
    const python = spawnSync(process.env.PYTHON ?? 'python3', [script, work], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, ...one },
    })
    if (python.status === 0) return JSON.parse(python.stdout) as Rivals
    console.log(`librosa and torchaudio are left out: ${python.stderr.trim().split('\n').at(-1) ?? 'no Python'}`)
    return null
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

export async function main(): Promise<void> {
  const sounds = await decode(resolve(process.env.EARMARK_TEST_DATA ?? '../shared/data'))
  const count = sounds.starts.length - 1
  console.log(`${count} recordings, ${sounds.seconds.toFixed(0)} s of sound; milliseconds a recording:`)
  console.log(`  decode ${(sounds.decodeMs / count).toFixed(2)}, resample ${(sounds.resampleMs / count).toFixed(2)}`)
  console.log(`of one turn in ${turns}, the quickest:`)
  const own = takeTurns(sounds)
  const [one, two] = [await takeQuickest(sounds, 1), await takeQuickest(sounds, 2)]
  const rivals = runRivals(sounds)
  // Once more, for whatever the machine did meanwhile.
  for (const [name, times] of Object.entries(takeTurns(sounds))) own[name] = quicker(own[name]!, times)
  for (const [name, { frontEnd, clips, tolerance }] of Object.entries(measures)) {
    const { wall, processor, residentMib } = own[name]!
    const each = (ms: number): string => (ms / clips).toFixed(3)
    console.log(`${name} of ${clips}: ${each(wall)} ms each (processor ${each(processor)})`)
    if (clips > 100)
      console.log(
        `  resident after 100: ${residentMib[0].toFixed(0)} MiB, after ${clips}: ${residentMib[1].toFixed(0)} MiB`,
      )
    const means = averages(sounds, frontEnd, clips)
    for (const rival of rivals?.[name] ?? []) {
      const worst = rival.sums.reduce((most, sum, clip) => Math.max(most, Math.abs(sum - means[clip]!)), 0)
      if (!(worst < tolerance))
        throw new Error(`${name}: ${rival.name} gives other values, by ${worst}: nothing to compare`)
      console.log(
        `  ${rival.name.padEnd(32)} ${each(rival.wall)} ms each (processor ${each(rival.processor)}): ` +
          `${(rival.wall / wall).toFixed(2)} × Earmark's time (processor ${(rival.processor / processor).toFixed(2)} ×)`,
      )
    }
  }
  const { frontEnd, clips } = measures['logmel']!
  const { all, exact } = countFrames(sounds, frontEnd as SpectrogramFrontEnd, clips)
  console.log(
    `logmel: ${exact} of ${all} frames computed again in double precision (${((100 * exact) / all).toFixed(1)} %)`,
  )
  console.log(
    `logmel on two threads: ${(one.wall / two.wall).toFixed(2)} × as quick as on one ` +
      `(processor ${one.processor.toFixed(0)} and ${two.processor.toFixed(0)} ms)`,
  )
}

const turns = 3

function quicker<T extends { processor: number }>(a: T, b: T): T {
  return a.processor <= b.processor ? a : b
}

/** Of some turns of every measure, the quickest. */
function takeTurns(sounds: Sounds): Record<string, Times> {
  const best: Record<string, Times> = {}
  for (const [name, { frontEnd, clips }] of Object.entries(measures))
    for (let turn = 0; turn < turns; turn++) {
      const times = compute(sounds, frontEnd, clips)
      best[name] = quicker(best[name] ?? times, times)
    }
  return best
}

async function takeQuickest(sounds: Sounds, threads: number): Promise<{ wall: number; processor: number }> {
  let best = await computeOnThreads(sounds, threads)
  for (let turn = 1; turn < turns; turn++) {
    const times = await computeOnThreads(sounds, threads)
    if (times.wall < best.wall) best = times
  }
  return best
}
