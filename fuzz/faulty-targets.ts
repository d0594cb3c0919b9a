/** Readers with one fault each, which the fuzzer must find: what a test of the fuzzer is made of. */
import { AppError } from '../src/shared/errors'
import { datasetOf } from '../src/formats/testing/fuzz/dataset'
import type { FuzzTarget } from '../src/formats/testing/fuzz/target'

/** At fault with about one input in a hundred, by its bytes, so that the same inputs are at fault again. */
function faulty(id: string, fail: () => void | Promise<void>): FuzzTarget {
  const corpus = datasetOf({ 'a.txt': 'one two three four five' })
  return {
    id,
    corpus: () => [corpus],
    async read({ files }) {
      const bytes = files.get('a.txt')!
      if (bytes === corpus.files.get('a.txt')) return
      const sum = bytes.reduce((total, byte) => (total * 31 + byte) >>> 0, 7)
      if (sum % 100 === 3) await fail()
      if (sum % 3 === 0) throw new AppError('bad-file', 'a.txt is refused.')
    },
  }
}

function expectLength(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new Error('nothing was reserved')
}

export const faultyTargets: readonly FuzzTarget[] = [
  faulty('faulty-crash', () => void (null as unknown as string).length),
  faulty('faulty-abort', () => process.abort()),
  faulty('faulty-hang', () => {
    for (;;);
  }),
  faulty('faulty-wait', () => new Promise<void>(() => undefined)),
  faulty('faulty-heard-by-nobody', () => void Promise.reject(new Error('nobody hears this'))),
  faulty('faulty-memory', () => void new Uint8Array(600 * 2 ** 20).fill(1)),
  // Untouched, and looked at, lest a bundler leave it out.
  faulty('faulty-reserve', () => expectLength(new Uint8Array(3 * 2 ** 30))),
  faulty('faulty-heap', () => {
    const all: unknown[] = []
    for (;;) all.push({ a: all.length, b: [all.length] })
  }),
  faulty('faulty-message', () => {
    throw new AppError('bad-file', 'x'.repeat(100_000))
  }),
  faulty('sound-reader', () => undefined),
]
