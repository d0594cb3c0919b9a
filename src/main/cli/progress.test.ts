import { describe, expect, it } from 'vitest'
import { createProgress } from './progress'

function record(isBar: boolean): {
  written: string[]
  at(ms: number): void
  progress: ReturnType<typeof createProgress>
} {
  const written: string[] = []
  let now = 0
  const progress = createProgress({
    isBar,
    columns: () => 60,
    write: (text) => written.push(text),
    nowMs: () => now,
  })
  return { written, progress, at: (ms) => (now = ms) }
}

describe('progress', () => {
  it('writes a line per tenth or second where nobody watches', () => {
    const { written, progress, at } = record(false)
    for (let done = 0; done <= 1000; done++) progress.show({ done, total: 1000, message: 'hashing' })
    expect(written).toHaveLength(11)
    expect(written[0]).toBe('0/1000 hashing\n')
    expect(written.at(-1)).toBe('1000/1000 hashing\n')
    written.length = 0
    for (let ms = 0; ms <= 5000; ms += 50) {
      at(ms)
      progress.show({ done: 1000, total: 1000, message: 'still' })
    }
    expect(written).toHaveLength(5)
  })

  it('draws a bar no wider than the terminal, at most ten times a second, and takes it away', () => {
    const { written, progress, at } = record(true)
    for (let ms = 0; ms < 1000; ms += 10) {
      at(ms)
      progress.show({ done: ms, total: 1000, message: 'a very long message that does not fit beside the bar at all' })
    }
    const drawn = written.filter((text) => text.startsWith('['))
    expect(drawn).toHaveLength(10)
    for (const line of drawn) expect(line.length).toBeLessThan(60)
    progress.clear()
    expect(written.at(-1)).toBe('\r\x1b[2K')
    const before = written.length
    progress.clear()
    expect(written).toHaveLength(before)
  })

  it('says something while the total is unknown', () => {
    const { written, progress } = record(false)
    progress.show({ done: 0, total: 0, message: '' })
    expect(written).toEqual(['working\n'])
  })
})
