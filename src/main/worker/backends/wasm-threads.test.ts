import { afterEach, describe, expect, it } from 'vitest'
import { compileVectorCode } from './wasm-vector-code'
import { WasmThreads } from './wasm-threads'

type Call = (...values: number[]) => void

let threads: WasmThreads | null = null
afterEach(() => threads?.stop())

async function start(count: number): Promise<{ threads: WasmThreads; memory: WebAssembly.Memory; names: string[] }> {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true })
  const module = compileVectorCode(true)
  const code = new WebAssembly.Instance(module, { host: { memory } }).exports
  const names = Object.keys(code)
  threads = await WasmThreads.start(module, memory, names, Object.values(code) as Call[], count)
  return { threads, memory, names }
}

describe('threads on shared memory', () => {
  it.each([1, 2, 5])('perform every call once and are done when run returns, %i threads', async (count) => {
    const { threads, memory, names } = await start(count)
    const floats = new Float32Array(memory.buffer)
    const accumulate = names.indexOf('accumulate')
    const calls = 40_000
    const [a, b, offsets, c] = [0, 64, 256, 4096]
    floats.fill(1, 0, 24)
    // Each call adds 1 to the eight numbers of one of 5000 rows: a call that is lost or done twice shows.
    for (let round = 1; round <= 3; round++) {
      for (let first = 0; first < calls; first += 5000) {
        threads.run(Array.from({ length: 5000 }, (_, row) => [accumulate, a, offsets, 1, b, c + 32 * row, 32, 1]))
      }
      const sums = new Set(floats.subarray(c / 4, c / 4 + 8 * 5000))
      expect([...sums]).toEqual([(round * calls) / 5000])
    }
  })

  it('take more calls at once than their ring holds', async () => {
    const { threads, memory, names } = await start(2)
    const floats = new Float32Array(memory.buffer)
    const pack = names.indexOf('pack')
    floats.fill(7, 0, 8)
    threads.run(Array.from({ length: 100_000 }, (_, row) => [pack, 0, 32, 1, 1024 + 32 * row]))
    expect(floats.subarray(256, 256 + 8 * 100_000).every((value) => value === 7)).toBe(true)
  })

  it('say so when a call reaches past the memory, and go on', async () => {
    const { threads, memory, names } = await start(2)
    const pack = names.indexOf('pack')
    const outside = memory.buffer.byteLength
    expect(() =>
      threads.run([
        [pack, outside, 32, 1, 0],
        [pack, 0, 32, 1, 64],
      ]),
    ).toThrow('past its memory')
    expect(() => threads.run([[pack, 0, 32, 1, 64]])).not.toThrow()
  })
})
