/** The pictures of docs/annotating.md, under docs/images: of the sample catalog, so that anybody can make them again. */
import { expect, type Page, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp } from '../support/app'
import { makeFolder, projectFolder } from '../support/data'
import { earmark } from '../support/earmark'

const settle = (page: Page): Promise<void> => page.waitForTimeout(800)

test('annotating', async () => {
  const folder = makeFolder('annotating-shots')
  const catalog = join(folder, 'Backyard')
  const { page, close } = await openApp('headless', join(folder, 'user'))
  const shot = async (name: string): Promise<void> => {
    await page.mouse.move(1, 1)
    // Toasts are gone by then.
    await page.waitForTimeout(7000)
    await page.screenshot({ path: join(projectFolder, 'docs/images', `annotating-${name}.png`) })
  }
  await page.getByRole('textbox', { name: 'Sample folder' }).fill(catalog)
  await page.getByRole('button', { name: 'Create sample catalog' }).click()
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '61', { timeout: 60_000 })

  await page.keyboard.press('Alt+2')
  await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
  await expect(page.getByRole('slider', { name: 'Position in the clip' })).toHaveAttribute('aria-valuemax', /[1-9]/)
  await settle(page)
  const area = (await page.getByRole('img', { name: 'Spectrogram' }).boundingBox())!
  const draw = async (left: number, right: number, top: number, bottom: number, label: string): Promise<void> => {
    await page.keyboard.down('Shift')
    await page.mouse.move(area.x + area.width * left, area.y + area.height * top)
    await page.mouse.down()
    await page.mouse.move(area.x + area.width * right, area.y + area.height * bottom, { steps: 5 })
    await page.mouse.up()
    await page.keyboard.up('Shift')
    await page.keyboard.press(label)
    await page.waitForTimeout(400)
  }
  await draw(0.06, 0.24, 0.3, 0.92, '1')
  await draw(0.34, 0.52, 0.2, 0.7, '2')
  await draw(0.44, 0.6, 0.55, 0.95, '1')
  await draw(0.7, 0.9, 0.35, 0.8, '3')
  // The reviewer's tier has one of them, a little later.
  for (const key of ['Alt+Shift+ArrowDown', 'Alt+Shift+ArrowDown', 'Alt+Shift+C', 'Control+Shift+ArrowRight'])
    await page.keyboard.press(key)
  await shot('segments')

  await page.keyboard.press('Alt+L')
  await expect(page.getByRole('group', { name: 'Listening settings' })).toBeVisible()
  await shot('listening')
  await page.keyboard.press('Alt+L')

  const epochs = ['--set', 'training.maxEpochs=15']
  const trained = await earmark(['train', catalog, '--recipe', 'logmel-cnn', '--cross-validate', ...epochs], {
    userFolder: join(folder, 'user'),
  })
  expect(trained.code, trained.stderr).toBe(0)
  await page.keyboard.press('m')
  await expect(page.getByRole('img', { name: /^What logmel-cnn #1.*brighter where/ })).toBeVisible({ timeout: 30_000 })
  await shot('model')
  await page.keyboard.press('m')

  await page.keyboard.press('Alt+1')
  await page.getByRole('grid', { name: 'Clips' }).focus()
  await page.keyboard.press('Shift+S')
  await expect(page.getByRole('button', { name: 'Start the session' })).toBeEnabled()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible({ timeout: 30_000 })
  for (const key of ['y', 'y', 'n', 'y']) {
    await page.keyboard.press(key)
    await settle(page)
  }
  await shot('rating')
  await close()
})
