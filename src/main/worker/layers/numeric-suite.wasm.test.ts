import { beforeAll } from 'vitest'
import { loadWasm } from '../backends/load-wasm'
import { describeNumericSuite } from '../learning/describe-numeric-suite'

beforeAll(async () => {
  await loadWasm()
})

describeNumericSuite('wasm', '')
