import { defineConfig } from '@playwright/test'
import { findBrowser } from './bin/find-browser.mjs'

// Workers inherit it.
process.env.EARMARK_CHROMIUM ??= await findBrowser()
// One journey asks for the native TensorFlow; the others run on what every machine has.
process.env.EARMARK_TEST_NATIVE_FOLDER ??= process.env.EARMARK_NATIVE_FOLDER ?? ''
delete process.env.EARMARK_NATIVE_FOLDER

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  // Both hosts train and decode: more at once on two cores only makes each slower.
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 20_000 },
  forbidOnly: !!process.env.CI,
  // A journey takes a second walk in CI, and bin/test.mjs names those that needed it: they are to be mended all the same.
  retries: process.env.CI ? 1 : 0,
  reporter: [['list'], ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'test-results/e2e.json' }]],
})
