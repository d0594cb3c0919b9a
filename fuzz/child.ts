/** Reads damaged inputs, one after the other, and tells what happened. What it cannot tell any more, its end does. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '../src/shared/errors'
import type { Dataset } from '../src/formats/testing/fuzz/dataset'
import { mutateDataset } from '../src/formats/testing/fuzz/mutate-dataset'
import { pick, randomFrom, seedOf } from '../src/formats/testing/fuzz/random'
import { checkRefusal, type FuzzTarget } from '../src/formats/testing/fuzz/target'
import { findTarget } from './find-target'
import { forgetPeak, readMemory } from './memory'
import {
  limitMs,
  limitReservedBytes,
  limitResidentBytes,
  type FuzzCounts,
  type FuzzEvent,
  type FuzzFault,
  type FuzzOrder,
} from './order'
import { ScratchCatalog } from './scratch-catalog'

/** Inputs that are looked at from more sides. */
const thoroughEvery = 8

function tell(event: FuzzEvent): Promise<void> {
  return new Promise((resolve) => process.send!(event, undefined, undefined, () => resolve()))
}

/** The input of a number: always the same. */
export async function makeInput(target: FuzzTarget, seed: number, index: number): Promise<Dataset> {
  const random = randomFrom(seedOf(target.id, seed, index))
  return (await mutateDataset(pick(random, await target.corpus()), random)).dataset
}

class Run {
  private readonly counts: FuzzCounts = {
    inputs: 0,
    taken: 0,
    refused: 0,
    imported: 0,
    importsRefused: 0,
    slowestMs: 0,
    mostResidentBytes: 0,
  }
  private readonly progress: number
  private index = -1
  private dataset: Dataset | null = null
  private catalog: ScratchCatalog | null = null

  constructor(
    private readonly order: FuzzOrder,
    private readonly target: FuzzTarget,
  ) {
    this.progress = openSync(order.progressFile, 'r+')
    process.on('unhandledRejection', (reason) => void this.fail('crash', reason, 'nobody heard that'))
  }

  async all(): Promise<void> {
    const { from, to } = this.order
    // What the reader needs once, it has then; and undamaged it must be taken.
    for (const dataset of await this.target.corpus()) await this.target.read(dataset, true)
    for (this.index = from; this.index < to; this.index++) await this.one()
    this.catalog?.close()
    closeSync(this.progress)
    await tell({ type: 'counts', counts: this.counts })
  }

  private async one(): Promise<void> {
    const { order, target, index, counts } = this
    this.dataset = await makeInput(target, order.seed, index)
    if (order.isAlone) globalThis.gc?.()
    forgetPeak()
    const memory = readMemory()
    const cpu = process.cpuUsage()
    const stamp = Float64Array.of(index, Date.now())
    writeSync(this.progress, new Uint8Array(stamp.buffer), 0, 16, 0)
    const startedMs = performance.now()
    try {
      await target.read(this.dataset, index % thoroughEvery === 0)
      counts.taken++
    } catch (thrown) {
      if (thrown instanceof AppError) this.refuse(thrown)
      else await this.fail('crash', thrown)
    }
    // What nobody hears is told of when the turn ends.
    await new Promise((resolve) => setImmediate(resolve))
    counts.inputs++
    const tookMs = performance.now() - startedMs
    const after = readMemory()
    const resident = after.peakBytes - memory.residentBytes
    const reserved = after.reservedBytes - memory.reservedBytes
    counts.slowestMs = Math.max(counts.slowestMs, tookMs)
    counts.mostResidentBytes = Math.max(counts.mostResidentBytes, resident)
    const used = process.cpuUsage(cpu)
    // The machine may have been busy with other things: what counts is the time that this process had.
    const busyMs = order.isAlone ? (used.user + used.system) / 1000 : tookMs
    if (busyMs > limitMs) await this.suspect('hang', `it took ${Math.round(busyMs)} ms`)
    const most = `${Math.round(resident / 2 ** 20)} MiB more in use, ${Math.round(reserved / 2 ** 20)} MiB more reserved`
    const isReserving = target.id !== 'sound' && reserved > limitReservedBytes
    if (resident > limitResidentBytes || isReserving) await this.suspect('memory', most)
    if (target.importsAs && order.importEvery > 0 && index % order.importEvery === 0)
      await this.import(target.importsAs)
    // The end of a process in the midst of a promise must not pass for its success.
    writeSync(this.progress, new Uint8Array(Float64Array.of(index + 1, 0).buffer), 0, 16, 0)
  }

  private refuse(error: AppError): void {
    this.counts.refused++
    checkRefusalOr(error, (thrown) => void this.fail('crash', thrown))
  }

  private async import(format: string): Promise<void> {
    try {
      this.catalog ??= await ScratchCatalog.open()
      const isTaken = await this.catalog.try(this.dataset!, format)
      this.counts.imported++
      if (!isTaken) this.counts.importsRefused++
    } catch (thrown) {
      await this.fail('catalog', thrown)
      // It may be in disorder now.
      this.catalog?.close()
      this.catalog = null
    }
  }

  /** Among others an input may be slow by chance; looked at alone, it is at fault. */
  private suspect(kind: 'hang' | 'memory', reason: string): Promise<void> {
    return this.order.isAlone ? this.fail(kind, reason) : tell({ type: 'suspect', index: this.index, reason })
  }

  private async fail(kind: FuzzFault['kind'], thrown: unknown, before = ''): Promise<void> {
    if (this.order.saveTo && this.dataset) save(this.dataset, join(this.order.saveTo, String(this.index)))
    await tell({ type: 'fault', fault: { index: this.index, kind, message: `${before} ${describe(thrown)}`.trim() } })
  }
}

function checkRefusalOr(error: AppError, fail: (thrown: unknown) => void): void {
  try {
    checkRefusal(error)
  } catch (thrown) {
    fail(thrown)
  }
}

/** What was thrown, where, and what caused it. */
function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const frames = (thrown.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/fuzz.child|node:/.test(line))
  const own = frames.filter((line) => !line.includes('testing/fuzz'))
  const where = (own.length > 0 ? own : frames).slice(0, 4)
  const cause = thrown.cause === undefined ? '' : `\n  caused by ${describe(thrown.cause)}`
  return `${thrown.name}: ${thrown.message.slice(0, 240)}\n${where.join('\n')}${cause}`
}

function save(dataset: Dataset, folder: string): void {
  for (const [path, bytes] of dataset.files) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'sounds.json'), JSON.stringify(dataset.sounds, null, 1))
}

const order = JSON.parse(process.argv[2]!) as FuzzOrder
await new Run(order, findTarget(order.target)).all()
process.disconnect()
