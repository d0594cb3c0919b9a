/**
 * Training steps of three networks of the zoo (the small `logmel-cnn`, the VGG network with eleven convolutions, the
 * convolutional recurrent network), each on the same batch and the same number of threads: Earmark on TensorFlow's native
 * library and on WebAssembly, Keras on the same TensorFlow, PyTorch on the CPU. Each computes in a process of its own; they
 * take turns, and the medians of the turns are compared.
 *
 *     npm run bench -- networks [logmel-cnn deep-vgg crnn] [--threads 1] [--turns 5] [--without wasm]
 *         [--python-keras PATH]     # of a Python with tensorflow-cpu==2.21.0
 *         [--python-torch PATH]     # of a Python with torch
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { LogmelCnnModel } from '../src/dsp/recipe'
import { countCropFrames } from '../src/main/worker/learning/crops'
import type { BackendName } from '../src/shared/job/manifest'
import { describeCrnn } from '../src/zoo/crnn'
import { describeDeepVgg } from '../src/zoo/deep-vgg'
import { describeLogmelCnn } from '../src/zoo/logmel-cnn'
import { countParameters } from '../src/zoo/model-spec'
import { recipes } from '../src/zoo/recipes'
import { Contestant, type BuildRequest } from './contestants/contestant'
import { serve } from './contestants/earmark'

interface Network extends BuildRequest {
  /** In one turn. */
  steps: number
}

const rival = { keras: 'keras', torch: 'torch', wasm: 'wasm', native: 'tensorflow' } as const

export async function main(args: string[] = []): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      threads: { type: 'string', default: '1' },
      turns: { type: 'string', default: '5' },
      'python-keras': { type: 'string' },
      'python-torch': { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      // How the bench starts itself.
      serve: { type: 'string' },
    },
  })
  if (values.serve !== undefined) return serve(values.serve as BackendName)
  const threads = Number(values.threads)
  const contestants = startContestants(threads, values['python-keras'], values['python-torch'], values.without)
  try {
    for (const [name, network] of Object.entries(describeNetworks())) {
      if (positionals.length > 0 && !positionals.includes(name)) continue
      await compare(name, network, contestants, Number(values.turns), threads)
    }
  } finally {
    for (const contestant of contestants.values()) contestant.stop()
  }
}

function describeNetworks(): Record<string, Network> {
  const { frontEnd, training, model } = recipes['logmel-cnn']
  const logmel = model as LogmelCnnModel
  const frames = countCropFrames(logmel.cropSeconds, frontEnd.hopSamples / frontEnd.sampleRateHz)
  return {
    'logmel-cnn': {
      spec: describeLogmelCnn(logmel, { frames, bands: 64 }, 10),
      batch: training.batchClips,
      classes: 10,
      steps: 30,
    },
    'deep-vgg': { spec: describeDeepVgg({ frames: 149, bands: 149 }, 10), batch: 16, classes: 10, steps: 3 },
    crnn: { spec: describeCrnn({ frames: 1366, bands: 96 }, 50), batch: 4, classes: 50, steps: 2 },
  }
}

function startContestants(
  threads: number,
  keras: string | undefined,
  torch: string | undefined,
  without: string[],
): Map<string, Contestant> {
  const count = String(threads)
  const environment = {
    TF_NUM_INTRAOP_THREADS: count,
    TF_NUM_INTEROP_THREADS: count,
    EARMARK_WASM_THREADS: count,
  }
  // This bundle, started again.
  const itself = (backend: string): Contestant => {
    const code = `import(${JSON.stringify(import.meta.url)}).then(({ main }) => main(['--serve', '${backend}']))`
    return new Contestant(process.execPath, ['--input-type=module', '--eval', code], environment)
  }
  const script = join(fileURLToPath(import.meta.url), '../../../bench/networks.py')
  const contestants = new Map([
    [rival.native, itself('tensorflow')],
    [rival.wasm, itself('wasm')],
  ] as [string, Contestant][])
  if (keras !== undefined) contestants.set(rival.keras, new Contestant(keras, [script, 'keras', count], environment))
  if (torch !== undefined) contestants.set(rival.torch, new Contestant(torch, [script, 'torch', count]))
  for (const name of without) {
    contestants.get(name)?.stop()
    contestants.delete(name)
  }
  return contestants
}

interface Turns {
  walls: number[]
  processors: number[]
}

async function compare(
  name: string,
  network: Network,
  contestants: Map<string, Contestant>,
  turns: number,
  threads: number,
): Promise<void> {
  const { frames, bands } = network.spec.input
  const threadsWord = threads === 1 ? 'one thread' : `${threads} threads`
  console.log(
    `\n${name}: ${network.batch} pictures of ${frames} × ${bands} a step, ${countParameters(network.spec)} parameters, ${threadsWord}, medians of ${turns} turns of ${network.steps} steps`,
  )
  const results = new Map<string, Turns>()
  for (const [id, contestant] of contestants) {
    try {
      const { name: label, remark, parameters } = await contestant.build(network)
      console.log(`  ${id}: ${label}${remark === '' ? '' : ` (${remark})`}, ${parameters} parameters`)
      results.set(id, { walls: [], processors: [] })
    } catch (error) {
      console.log(`  ${id} is not measured: ${(error as Error).message}`)
      contestants.delete(id)
    }
  }
  // In turns, so that all are measured beside the same other programs.
  for (let turn = 0; turn < turns; turn++)
    for (const [id, { walls, processors }] of results) {
      const { wall, processor, loss } = await contestants.get(id)!.step({ steps: network.steps })
      if (!Number.isFinite(loss)) throw new Error(`${id}'s loss is ${loss}: nothing to compare`)
      walls.push(wall)
      processors.push(processor)
    }
  for (const [id, { walls, processors }] of results) {
    const [wall, processor] = [median(walls), median(processors)]
    console.log(
      `  ${id.padEnd(11)}${wall.toFixed(1).padStart(8)} ms a step (${(1000 / wall).toFixed(2)} steps a second), ${processor.toFixed(1)} ms of processor time`,
    )
  }
  const printRatio = (what: string, slower: string, faster: string): void => {
    const [one, other] = [results.get(slower), results.get(faster)]
    if (!one || !other) return
    const onClock = median(one.walls) / median(other.walls)
    const ofProcessor = median(one.processors) / median(other.processors)
    console.log(`  ${what}: ${onClock.toFixed(2)} on the clock, ${ofProcessor.toFixed(2)} by processor time`)
  }
  printRatio('native’s speed over Keras’s (goal: 0.95 or more)', rival.keras, rival.native)
  printRatio('native’s speed over PyTorch’s', rival.torch, rival.native)
  printRatio('WebAssembly’s time over native’s (goal: 4 or less)', rival.wasm, rival.native)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
