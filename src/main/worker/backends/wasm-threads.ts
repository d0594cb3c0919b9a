/**
 * Threads that run calls of the vector code on a shared memory. Calls wait in a ring; the threads and the one that asks
 * take them in turn, so that nobody waits for a thread that is still asleep: whoever asks would finish alone.
 */
import { Worker } from 'node:worker_threads'

/** Numbers of one call: the function and up to nine arguments. */
const callLength = 10
/** Calls in the ring. */
const capacity = 1 << 15
/** Places in the shared control block. */
const place = { next: 0, end: 1, done: 2, failed: 3 }
/** How long a thread looks for new calls before it sleeps, in looks: some 20 µs, the time between two kernels. */
const looks = 2000
const startTimeoutMs = 10_000

/**
 * Takes calls until none is left. This function runs in the threads too, as source text: it may use nothing from
 * around it.
 */
function takeCalls(
  control: Int32Array,
  ring: Int32Array,
  functions: ((...values: number[]) => void)[],
  layout: { callLength: number; capacity: number; share: number },
): void {
  for (;;) {
    const next = Atomics.load(control, 0)
    const left = (Atomics.load(control, 1) - next) | 0
    if (left <= 0) return
    const count = Math.max(1, Math.min(left, Math.floor(left / layout.share)))
    if (Atomics.compareExchange(control, 0, next, (next + count) | 0) !== next) continue
    for (let index = 0; index < count; index++) {
      const at = ((next + index) & (layout.capacity - 1)) * layout.callLength
      try {
        functions[ring[at]!]!(
          ring[at + 1]!,
          ring[at + 2]!,
          ring[at + 3]!,
          ring[at + 4]!,
          ring[at + 5]!,
          ring[at + 6]!,
          ring[at + 7]!,
          ring[at + 8]!,
          ring[at + 9]!,
        )
      } catch {
        Atomics.store(control, 3, 1)
      }
    }
    Atomics.add(control, 2, count)
    Atomics.notify(control, 2)
  }
}

/** What a thread runs, as text: it needs no file of its own in a bundle. */
const threadSource = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, memory, names, control, ring, layout, looks } = workerData
const code = new WebAssembly.Instance(module, { host: { memory } }).exports
const functions = names.map((name) => code[name])
const takeCalls = ${takeCalls.toString()}
parentPort.postMessage('ready')
for (;;) {
  const seen = Atomics.load(control, 1)
  takeCalls(control, ring, functions, layout)
  let look = 0
  while (look < looks && Atomics.load(control, 1) === seen) look++
  if (look === looks) Atomics.wait(control, 1, seen)
}
`

export class WasmThreads {
  readonly #control = new Int32Array(new SharedArrayBuffer(64))
  readonly #ring = new Int32Array(new SharedArrayBuffer(4 * callLength * capacity))
  readonly #layout: { callLength: number; capacity: number; share: number }
  readonly #workers: Worker[] = []
  #isSleepAllowed = true

  private constructor(
    private readonly functions: ((...values: number[]) => void)[],
    readonly count: number,
  ) {
    // Shares get smaller towards the end, so that all finish together.
    this.#layout = { callLength, capacity, share: 8 * count }
  }

  /**
   * Starts threads beside this one.
   *
   * @param names of the module's functions, in the order of `functions`, its instance in this thread
   * @param count threads in all, this one among them
   * @throws Error when a thread does not start
   */
  static async start(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    names: string[],
    functions: ((...values: number[]) => void)[],
    count: number,
  ): Promise<WasmThreads> {
    const threads = new WasmThreads(functions, count)
    try {
      const started: Promise<void>[] = []
      for (let index = 1; index < count; index++) started.push(threads.#startOne(module, memory, names))
      await Promise.all(started)
    } catch (error) {
      threads.stop()
      throw error
    }
    return threads
  }

  #startOne(module: WebAssembly.Module, memory: WebAssembly.Memory, names: string[]): Promise<void> {
    const workerData = { module, memory, names, control: this.#control, ring: this.#ring, layout: this.#layout, looks }
    const worker = new Worker(threadSource, { eval: true, workerData, execArgv: [] })
    this.#workers.push(worker)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('a thread did not start')), startTimeoutMs)
      worker.once('message', () => {
        clearTimeout(timer)
        // Threads that wait for work do not keep the process alive.
        worker.unref()
        resolve()
      })
      worker.once('error', (error) => {
        clearTimeout(timer)
        reject(error)
      })
    })
  }

  /**
   * Performs all calls and returns when they are done. Each is the number of a function and its arguments.
   *
   * @throws Error when a call trapped
   */
  run(calls: number[][]): void {
    for (let first = 0; first < calls.length; first += capacity) this.#runRing(calls.slice(first, first + capacity))
  }

  #runRing(calls: number[][]): void {
    const control = this.#control
    const ring = this.#ring
    const start = Atomics.load(control, place.end)
    for (const [index, call] of calls.entries()) {
      const at = ((start + index) & (capacity - 1)) * callLength
      for (let part = 0; part < call.length; part++) ring[at + part] = call[part]!
    }
    const end = (start + calls.length) | 0
    Atomics.store(control, place.end, end)
    Atomics.notify(control, place.end)
    takeCalls(control, ring, this.functions, this.#layout)
    for (;;) {
      const done = Atomics.load(control, place.done)
      if (done === end) break
      this.#wait(done)
    }
    if (Atomics.exchange(control, place.failed, 0) !== 0) throw new Error('a vector loop reached past its memory')
  }

  /** Until the number of finished calls changes; where a host forbids sleeping in this thread, by looking again. */
  #wait(done: number): void {
    for (let look = 0; look < looks; look++) if (Atomics.load(this.#control, place.done) !== done) return
    if (!this.#isSleepAllowed) return
    try {
      Atomics.wait(this.#control, place.done, done, 100)
    } catch {
      this.#isSleepAllowed = false
    }
  }

  stop(): void {
    for (const worker of this.#workers) void worker.terminate()
    this.#workers.length = 0
  }
}
