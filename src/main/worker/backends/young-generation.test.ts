/** That V8 heeds the flag while it runs. */
import { getHeapSpaceStatistics } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { holdYoungGeneration } from './young-generation'

const newSpaceMegabytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')!.space_size / 1e6

/** New objects of which many survive: what makes V8 enlarge their space. */
function keepMany(): number {
  let kept: { index: number; row: number[] }[] = []
  let count = 0
  for (let index = 0; index < 5e6; index++) {
    kept.push({ index, row: [index] })
    if (kept.length === 200_000) [kept, count] = [[], count + kept.length]
  }
  return count
}

describe('the young generation', () => {
  it('stays as large as it is', () => {
    holdYoungGeneration()
    const before = newSpaceMegabytes()
    expect(keepMany()).toBe(5e6)
    // Less than a doubling, which is V8's own step.
    expect(newSpaceMegabytes()).toBeLessThan(before * 1.6)
  })
})
