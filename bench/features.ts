/**
 * Features of 1,000 recordings beside librosa and torchaudio: `PYTHON=… npm run bench -- features`, where PYTHON has librosa
 * 0.11, torch and torchaudio. Log-mel (64 bands, FFT 2048, hop 512) on one thread each and Earmark's on two, decoding
 * and resampling counted by themselves, what memory grows by; then MFCC and constant-Q of fewer. All get the same samples, and
 * what they give is compared before times are.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { computeFrontEnd } from '../src/dsp/features'
import type { FrontEnd, SpectrogramFrontEnd } from '../src/dsp/front-end'
import { findFrontEndPreset } from '../src/dsp/front-end-presets'
import { mixDown } from '../src/dsp/mixdown'
import { resample } from '../src/dsp/resample'
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
  samples: Float32Array<SharedArrayBuffer>
  /** Where each clip begins in `samples`, and at the end how many there are. */
  starts: number[]
}

const clipOf = ({ samples, starts }: Sounds, index: number): Float32Array =>
  samples.subarray(starts[index]!, starts[index + 1]!)

interface Times {
  wall: number
  processor: number
  /** Of every clip, to see that all compute the same. */
  sums: number[]
  /** Growth of resident memory while computing, in MiB. */
  grownMib: number
}

/** Computes the clips from `first` on, every `step`-th. */
function compute(sounds: Sounds, frontEnd: FrontEnd, clips: number, first = 0, step = 1): Times {
  const sums: number[] = []
  for (let warm = 0; warm < 20; warm++) computeFrontEnd(clipOf(sounds, warm), frontEnd)
  const before = process.memoryUsage().rss
  const cpu = process.threadCpuUsage()
  const start = performance.now()
  let peak = before
  for (let clip = first; clip < clips; clip += step) {
    const { values } = computeFrontEnd(clipOf(sounds, clip), frontEnd)
    sums.push(values.reduce((sum, value) => sum + value, 0) / values.length)
    if (clip % 50 === 0) peak = Math.max(peak, process.memoryUsage().rss)
  }
  const wall = performance.now() - start
  const used = process.threadCpuUsage(cpu)
  return { wall, processor: (used.user + used.system) / 1000, sums, grownMib: (peak - before) / 2 ** 20 }
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

/** Milliseconds on the clock with so many threads. */
async function computeOnThreads(sounds: Sounds, count: number): Promise<number> {
  const threads = Array.from({ length: count }, (_, first) => {
    const task: ThreadTask = { bench: 'features', sounds, first, step: count }
    return new Worker(new URL(import.meta.url), { workerData: task })
  })
  const next = (thread: Worker): Promise<unknown> => new Promise((done) => thread.once('message', done))
  await Promise.all(threads.map(next))
  const start = performance.now()
  const ended = threads.map(next)
  for (const thread of threads) thread.postMessage('go')
  await Promise.all(ended)
  return performance.now() - start
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
  const samples = new Float32Array(new SharedArrayBuffer(4 * starts.at(-1)!))
  parts.forEach((part, index) => samples.set(part, starts[index]))
  return { samples, starts, decodeMs, resampleMs, seconds }
}

type Rival = Record<string, { name: string; wall: number; processor: number; sums: number[] }[]>

function runRivals(sounds: Sounds): Rival | null {
  const work = mkdtempSync(join(tmpdir(), 'earmark-features-'))
  try {
    writeFileSync(join(work, 'samples.f32'), new Uint8Array(sounds.samples.buffer))
    const clips = Object.fromEntries(Object.entries(measures).map(([name, measure]) => [name, measure.clips]))
    writeFileSync(join(work, 'task.json'), JSON.stringify({ starts: sounds.starts, rate, clips }))
    const script = resolve('bench/contestants/features.py')
    const one = Object.fromEntries(
      ['OMP', 'OPENBLAS', 'MKL', 'NUMBA'].map((library) => [`${library}_NUM_THREADS`, '1']),
    )
    const python = spawnSync(process.env.PYTHON ?? 'python3', [script, work], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, ...one },
    })
    if (python.status === 0) return JSON.parse(python.stdout) as Rival
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
  const own = Object.fromEntries(
    Object.entries(measures).map(([name, { frontEnd, clips }]) => [name, compute(sounds, frontEnd, clips)]),
  )
  const [one, two] = [await computeOnThreads(sounds, 1), await computeOnThreads(sounds, 2)]
  const rivals = runRivals(sounds)
  for (const [name, { clips, tolerance }] of Object.entries(measures)) {
    const { wall, processor, sums, grownMib } = own[name]!
    const each = (ms: number): string => (ms / clips).toFixed(3)
    console.log(
      `${name} of ${clips}: ${each(wall)} ms each (processor ${each(processor)}), memory grows by ${grownMib.toFixed(0)} MiB`,
    )
    for (const rival of rivals?.[name] ?? []) {
      const worst = rival.sums.reduce((most, sum, clip) => Math.max(most, Math.abs(sum - sums[clip]!)), 0)
      if (!(worst < tolerance))
        throw new Error(`${name}: ${rival.name} gives other values, by ${worst}: nothing to compare`)
      console.log(
        `  ${rival.name.padEnd(24)} ${each(rival.wall)} ms each (processor ${each(rival.processor)}): ` +
          `${(rival.wall / wall).toFixed(2)} × Earmark's time (processor ${(rival.processor / processor).toFixed(2)} ×)`,
      )
    }
  }
  console.log(`logmel on two threads: ${(one / two).toFixed(2)} × as quick as on one`)
}
