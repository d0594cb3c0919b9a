/** Twenty of the kills of `npm run kill-test`: what they are and what must hold afterwards is in support/kill-rounds.ts. */
import { expect, test } from '@playwright/test'
import { runKills } from './support/kill-rounds'

test('kill -9 at random moments loses nothing that was acknowledged and leaves nothing behind', async () => {
  test.skip(process.platform === 'win32', 'kill -9 is a Unix word')
  const outcomes = await runKills({ repeats: 20, seed: 20, log: (line) => console.log(line) })
  expect(outcomes.flatMap(({ faults }) => faults)).toEqual([])
  // Killed after the end nothing would be proved.
  expect(outcomes.filter(({ tookMs }) => tookMs === null).length).toBeGreaterThan(6)
})
