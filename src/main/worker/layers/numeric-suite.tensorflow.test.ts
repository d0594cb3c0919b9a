import { beforeAll } from 'vitest'
import { loadTensorflow } from '../backends/load-tensorflow'
import { describeNumericSuite } from '../learning/describe-numeric-suite'

const missing = await loadTensorflow().then(
  () => '',
  (error: Error) => error.message,
)

beforeAll(async () => {
  if (missing === '') await loadTensorflow()
})

describeNumericSuite('tensorflow', missing)
