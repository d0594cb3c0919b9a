import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** Identifiers for many rows at once, each greater than the one before, so that indexes grow at their end. */
export function createIds(count: number): string[] {
  const random = randomFillSync(new Uint8Array(count * 16))
  const msecs = Date.now()
  return Array.from({ length: count }, (_, index) =>
    v7({ random: random.subarray(index * 16, index * 16 + 16), msecs, seq: index }),
  )
}
