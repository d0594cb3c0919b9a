import { expect, it } from 'vitest'
import { ActClock } from './act-clock'

it('adds up pauses between acts, each up to the limit, and begins anew when asked', () => {
  const clock = new ActClock(30_000, 1000)
  clock.act(3000)
  clock.act(4500.4)
  expect(clock.take()).toEqual({ activeMs: 3500, keyCount: 2 })
  // An hour away counts as half a minute; time before the first act after it is not lost.
  clock.act(4500.4 + 3_600_000)
  expect(clock.take()).toEqual({ activeMs: 30_000, keyCount: 1 })
  expect(clock.take()).toEqual({ activeMs: 0, keyCount: 0 })
})
