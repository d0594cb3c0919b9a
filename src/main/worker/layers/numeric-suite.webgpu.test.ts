import { beforeAll } from 'vitest'
import { loadWebgpu } from '../backends/load-webgpu'
import { useSoftwareVulkan } from '../backends/testing/software-vulkan'
import { describeNumericSuite } from '../learning/describe-numeric-suite'

const manifest = useSoftwareVulkan()
const missing =
  process.platform === 'linux' && manifest === null
    ? 'no Vulkan driver, not even the software one of Chromium'
    : await loadWebgpu().then(
        () => '',
        (error: Error) => error.message,
      )

beforeAll(async () => {
  if (missing === '') await loadWebgpu()
})

describeNumericSuite('webgpu', missing)
