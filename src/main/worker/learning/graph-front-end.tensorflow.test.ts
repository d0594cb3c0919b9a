import { beforeAll } from 'vitest'
import { loadTensorflow } from '../backends/load-tensorflow'
import { describeRoads } from './describe-roads'

const missing = await loadTensorflow().then(
  () => '',
  (thrown: Error) => thrown.message,
)
beforeAll(async () => {
  if (missing === '') await loadTensorflow()
})

describeRoads('tensorflow', missing)
