/** ESC-10's network on the native TensorFlow, through the command line and the window; believed only from the disk. */
import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'

const nativeFolder = process.env.EARMARK_TEST_NATIVE_FOLDER ?? ''

interface Run {
  status: string
  requested_backend: string
  backend: string
  backend_device: string
}

test.describe('the native TensorFlow', () => {
  test.skip(esc10Folder === null, noEsc10)
  test.skip(nativeFolder === '', 'no native TensorFlow (npm run setup:tensorflow, then EARMARK_TEST_NATIVE_FOLDER)')
  // The hosts that are launched inherit it.
  test.beforeAll(() => void (process.env.EARMARK_NATIVE_FOLDER = nativeFolder))
  test.afterAll(() => void Reflect.deleteProperty(process.env, 'EARMARK_NATIVE_FOLDER'))

  test('trains logmel-cnn on ESC-10 by command and by hand, and says so in every run', async () => {
    test.setTimeout(600_000)
    const folder = makeFolder('tensorflow')
    const catalog = join(folder, 'catalog')
    const userFolder = join(folder, 'user')
    const options = { userFolder }
    const readRuns = (): Run[] => readCatalog<Run>(catalog, 'select * from runs order by id')
    const trained = {
      status: 'done',
      requested_backend: 'tensorflow',
      backend: 'tensorflow',
      backend_device: expect.stringMatching(/^[CG]PU \(TensorFlow 2\.\d+\.\d+/),
    }

    await test.step('by command', async () => {
      expect((await earmark(['init', catalog], options)).code).toBe(0)
      expect((await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)).code).toBe(0)
      const network = ['--recipe', 'logmel-cnn', '--test-fold', '4', '--backend', 'tensorflow']
      const run = await earmarkJson<{ run: string; status: string; backend: string }>(
        ['train', catalog, ...network],
        options,
      )
      expect(run).toMatchObject({ status: 'done', backend: 'tensorflow' })
      expect(readRuns()).toEqual([expect.objectContaining(trained)])
      const { accuracy } = await earmarkJson<{ accuracy: number }>(['evaluate', catalog, '--run', run.run], options)
      // One fold of 80 clips, of ten classes; docs/benchmarks.md has 80 to 91 %.
      expect(accuracy).toBeGreaterThan(0.7)
    })

    await test.step('by hand', async () => {
      const { page, close } = await openApp('headless', userFolder)
      await page.getByRole('button', { name: /^catalog/ }).click()
      await page.getByRole('link', { name: 'Train', exact: true }).click()
      // The run of the command line stands on the page; a new one is begun beside it.
      const begin = page.getByRole('link', { name: 'New run' })
      if (await begin.isVisible()) await begin.click()
      const form = page.getByRole('form', { name: 'Recipe' })
      await form.getByRole('radio', { name: /logmel-cnn/ }).check()
      await form.getByRole('radio', { name: /Hold out one fold/ }).check()
      await form.getByRole('radio', { name: /^TensorFlow \(native\)/ }).check({ timeout: 60_000 })
      await takeShot(page, 'tensorflow-1-form')
      await form.getByRole('button', { name: 'Start training' }).click()
      await expect(page.getByRole('heading', { name: /logmel-cnn/ })).toBeVisible()
      await expect(page.getByText(/CPU \(TensorFlow 2|GPU \(TensorFlow 2/).first()).toBeVisible({ timeout: 60_000 })
      await expect(page.getByRole('main').getByRole('link', { name: 'Evaluate' })).toBeVisible({ timeout: 300_000 })
      await takeShot(page, 'tensorflow-2-trained')
      expect(readRuns()).toEqual([expect.objectContaining(trained), expect.objectContaining(trained)])
      await close()
    })
  })
})
