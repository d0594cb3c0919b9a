/** A run hears what its form says: a front end taken and changed by keyboard, its hash, and a model that heard another. */
import { expect, test } from '@playwright/test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashRecipe } from '../src/main/worker/learning/checkpoint'
import type { Recipe } from '../src/dsp/recipe'
import { openApp } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { tabTo } from './support/keyboard'
import { lookInBothThemes } from './support/looking'

test.skip(esc10Folder === null, noEsc10)

test('a front end is chosen, changed and refused in the form; its hash is the run’s, and a model of another is refused', async () => {
  const folder = makeFolder('front-end')
  const catalog = join(folder, 'catalog')
  const options = { userFolder: join(folder, 'user') }
  await earmark(['init', catalog], options)
  expect((await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)).code).toBe(0)

  const { page, close } = await openApp('headless', options.userFolder)
  await page.goto(`${page.url().split('#')[0]}#/welcome`)
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('grid', { name: 'Clips' })).toBeVisible()
  await page.getByRole('link', { name: 'Train', exact: true }).click()
  const logistic = page.getByRole('radio', { name: /mfcc-logistic/ })
  await logistic.focus()
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled({ timeout: 60_000 })

  await page.getByRole('button', { name: /^Front end/ }).focus()
  await page.keyboard.press('Enter')
  const hash = page.getByTestId('front-end-hash')
  const before = await hash.innerText()
  await tabTo(page, /^Kind/)
  await page.keyboard.type('PCEN')
  await expect(page.getByText('40 values a frame')).toBeVisible()
  await expect(hash).not.toHaveText(before)
  await lookInBothThemes(page, 'front-end-kind')

  await tabTo(page, /^PCEN gain/)
  await page.keyboard.press('Control+a')
  await page.keyboard.type('11')
  await expect(page.getByRole('alert')).toHaveText('At most 10.')
  await expect(page.getByRole('button', { name: 'Start training' })).toBeDisabled()
  await lookInBothThemes(page, 'front-end-form')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('0.8')
  await expect(page.getByRole('alert')).toHaveCount(0)
  const chosen = await hash.innerText()
  await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled({ timeout: 60_000 })
  await page.keyboard.press('Control+Enter')

  await expect(page.getByRole('heading', { name: /mfcc-logistic #1/ })).toBeVisible()
  await expect(page.getByText(chosen, { exact: true })).toBeVisible()
  await expect
    .poll(() => readCatalog<{ status: string }>(catalog, 'SELECT status FROM runs')[0]?.status, { timeout: 120_000 })
    .toBe('done')
  const [run] = readCatalog<{ id: string; recipe: string }>(catalog, 'SELECT id, recipe FROM runs')
  expect((JSON.parse(run!.recipe) as Recipe).frontEnd).toMatchObject({
    sampleRateHz: 16000,
    level: { kind: 'pcen', gain: 0.8 },
  })
  await close()

  // A model that says it heard another front end than its run.
  const runFolder = join(catalog, 'runs', run!.id)
  const model = readdirSync(runFolder).find((name) => name.startsWith('model-'))!
  const path = join(runFolder, model, 'model.json')
  const json = JSON.parse(readFileSync(path, 'utf8')) as { recipe: Recipe; recipeHash: string }
  json.recipe.frontEnd.hopSamples = 80
  writeFileSync(path, JSON.stringify({ ...json, recipeHash: hashRecipe(json.recipe) }))
  const sound = join(esc10Folder!, 'audio', readdirSync(join(esc10Folder!, 'audio'))[0]!)
  const predicted = await earmark(['predict', sound, '--catalog', catalog, '--run', run!.id], options)
  expect(predicted.code).not.toBe(0)
  expect(predicted.stderr).toContain('hopSamples is 160 in the run, 80 in the model')
})
