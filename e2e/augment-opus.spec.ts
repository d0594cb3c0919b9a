/** Opus in the studio: its worker compiles WebAssembly, the page does not. */
import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { earmark } from './support/earmark'
import { lookInBothThemes } from './support/looking'

test.skip(esc10Folder === null, noEsc10)

test('a clip is seen and heard as Opus leaves it', async () => {
  const folder = makeFolder('augment-opus')
  const catalog = join(folder, 'catalog')
  const userFolder = join(folder, 'user')
  for (const args of [
    ['init', catalog],
    ['import', catalog, esc10Folder!, '--format', 'esc50'],
  ]) {
    const done = await earmark(args, { userFolder })
    expect(done.code, done.stderr).toBe(0)
  }
  const { page, close } = await openApp('headless', userFolder)
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '321')
  await page.evaluate(() => (location.hash = '#/augment?q=label:rain'))
  const after = page.getByRole('img', { name: 'Spectrogram after' })
  await expect(after).toBeVisible()
  const pixels = (): Promise<string> => after.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  const untouched = await pixels()

  await page.keyboard.press('a')
  await page.getByRole('menuitem', { name: /^Opus/ }).press('Enter')
  await expect(page.getByRole('listitem', { name: /: Opus$/ })).toBeVisible()
  const to = page.getByRole('spinbutton', { name: 'Bit rate to, kbit/s' })
  await to.fill('10')
  await to.press('Tab')
  await expect(page.getByText(/^draw 1: Opus/)).toBeVisible()
  await expect.poll(pixels).not.toBe(untouched)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await lookInBothThemes(page, 'augment-opus')

  // No policy of the page's lets it compile: eight bytes are a whole module.
  const mayCompile = await page.evaluate(() =>
    WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).then(
      () => true,
      () => false,
    ),
  )
  expect(mayCompile).toBe(false)
  await close()
})
