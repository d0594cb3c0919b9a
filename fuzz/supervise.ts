import { fork } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limitMs, type FuzzCounts, type FuzzEvent, type FuzzFault, type FuzzOrder } from './order'

export interface FuzzReport extends FuzzCounts {
  target: string
  seed: number
  seconds: number
  faults: FuzzFault[]
  /** How many more there are, alike to those. */
  moreFaults: number
}

export interface FuzzTask {
  /** The bundled child.ts. */
  child: string
  target: string
  seed: number
  from?: number
  inputs: number
  /** Every so many inputs are imported into a catalog too. */
  importEvery: number
  saveTo?: string
  patience?: Patience
}

/** How long an input may take before it is ended, beside others and alone. */
export interface Patience {
  amongMs: number
  aloneMs: number
}

/** Heap that a child may have: more is a blow-up, and V8 ends it. */
const heapMb = 400
const usualPatience: Patience = { amongMs: limitMs + 1000, aloneMs: 15_000 }
/** A reader with more faults than these has been told enough. */
const mostFaults = 25

interface Ended {
  events: FuzzEvent[]
  code: number | null
  signal: string | null
  /** The input that was being read when the process ended; −1 is none. */
  index: number
  isHung: boolean
  stderr: string
}

/** Reads the index of the input that a child has come to, and since when it reads it. */
function readProgress(file: string): { index: number; sinceMs: number } {
  const values = new Float64Array(2)
  const handle = openSync(file, 'r')
  readSync(handle, values, 0, 16, 0)
  closeSync(handle)
  return { index: values[0]!, sinceMs: values[1]! }
}

/** Runs one child to its end, or ends it when one input takes too long. */
function runChild(child: string, order: FuzzOrder, patience: Patience): Promise<Ended> {
  writeFileSync(order.progressFile, new Uint8Array(Float64Array.of(-1, 0).buffer))
  return new Promise((resolve, reject) => {
    const events: FuzzEvent[] = []
    let stderr = ''
    let isHung = false
    const process = fork(child, [JSON.stringify(order)], {
      execArgv: ['--expose-gc', `--max-old-space-size=${heapMb}`, '--enable-source-maps'],
      silent: true,
      serialization: 'advanced',
    })
    const timer = setInterval(() => {
      const { index, sinceMs } = readProgress(order.progressFile)
      if (sinceMs === 0 || index < 0) return
      if (Date.now() - sinceMs < (order.isAlone ? patience.aloneMs : patience.amongMs)) return
      isHung = true
      process.kill('SIGKILL')
    }, 100)
    process.stderr!.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4000)))
    process.on('message', (event) => void events.push(event as FuzzEvent))
    process.on('error', reject)
    process.on('close', (code, signal) => {
      clearInterval(timer)
      const { index, sinceMs } = readProgress(order.progressFile)
      resolve({ events, code, signal, index: sinceMs === 0 ? -1 : index, isHung, stderr })
    })
  })
}

/**
 * Feeds one reader with inputs in child processes: one that hangs, dies or runs out of memory is named, and the rest goes
 * on in another.
 */
export async function superviseFuzz(task: FuzzTask): Promise<FuzzReport> {
  const { child, target, seed, inputs, importEvery, saveTo, patience = usualPatience } = task
  const startedMs = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'earmark-fuzz-progress-'))
  const first = task.from ?? 0
  const report: FuzzReport = {
    target,
    seed,
    seconds: 0,
    inputs: 0,
    taken: 0,
    refused: 0,
    imported: 0,
    importsRefused: 0,
    slowestMs: 0,
    mostResidentBytes: 0,
    faults: [],
    moreFaults: 0,
  }
  const seen = new Set<string>()
  const blame = (fault: FuzzFault): void => {
    // The same place in the source is the same fault.
    const frame = fault.message.split('\n').findLast((line) => /^\s+at /.test(line) && !line.includes('testing/fuzz'))
    const key = `${fault.kind} ${
      frame ??
      fault.message
        .replaceAll(/\d+|“[^”]*”/g, '')
        .split('\n')
        .slice(0, 2)
        .join()
    }`
    if (seen.has(key) || seen.size >= mostFaults) report.moreFaults++
    else report.faults.push(fault)
    seen.add(key)
  }
  const base = { target, seed, importEvery, progressFile: join(folder, 'progress'), ...(saveTo ? { saveTo } : {}) }
  try {
    for (let from = first; from < first + inputs;) {
      const ended = await runChild(child, { ...base, from, to: first + inputs }, patience)
      for (const event of ended.events) if (event.type === 'fault') blame(event.fault)
      const suspects = new Set(ended.events.flatMap((event) => (event.type === 'suspect' ? [event.index] : [])))
      const isWhole = ended.events.some((event) => event.type === 'counts')
      for (const event of ended.events) if (event.type === 'counts') addCounts(report, event.counts)
      if (!isWhole) {
        if (ended.index < first && !ended.isHung)
          throw new Error(`“${target}” ended outside any reading:\n${ended.stderr}`)
        suspects.add(ended.index)
      }
      for (const index of suspects) for (const fault of await lookAgain(child, base, index, patience)) blame(fault)
      if (isWhole) break
      // What the dead child had counted is lost; its inputs were read all the same.
      report.inputs += ended.index + 1 - from
      from = ended.index + 1
      if (report.faults.length >= mostFaults) break
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...report, seconds: (Date.now() - startedMs) / 1000 }
}

/** Reads one input alone: what it does then is its own doing. */
async function lookAgain(
  child: string,
  base: Omit<FuzzOrder, 'from' | 'to'>,
  index: number,
  patience: Patience,
): Promise<FuzzFault[]> {
  const ended = await runChild(child, { ...base, from: index, to: index + 1, isAlone: true }, patience)
  const told = ended.events.flatMap((event) => (event.type === 'fault' ? [event.fault] : []))
  if (ended.isHung) return [...told, { index, kind: 'hang', message: `it did not end within ${patience.aloneMs} ms` }]
  if (ended.events.some((event) => event.type === 'counts')) return told
  // Node's code for a promise that nothing is left to keep.
  if (ended.code === 13) return [...told, { index, kind: 'hang', message: 'it waits for what never comes' }]
  const isHeap = /heap out of memory|Array buffer allocation failed/.test(ended.stderr)
  const how = ended.signal ?? `exit code ${ended.code}`
  const last = ended.stderr.split('\n').filter((line) => line.trim() !== '')
  const fatal = last.find((line) => line.includes('FATAL ERROR'))
  const message = `the process ended (${how}): ${(fatal ?? last.slice(0, 6).join(' | ')).slice(0, 600)}`
  return [...told, { index, kind: isHeap ? 'memory' : 'crash', message }]
}

function addCounts(report: FuzzReport, counts: FuzzCounts): void {
  report.inputs += counts.inputs
  report.taken += counts.taken
  report.refused += counts.refused
  report.imported += counts.imported
  report.importsRefused += counts.importsRefused
  report.slowestMs = Math.max(report.slowestMs, counts.slowestMs)
  report.mostResidentBytes = Math.max(report.mostResidentBytes, counts.mostResidentBytes)
}
