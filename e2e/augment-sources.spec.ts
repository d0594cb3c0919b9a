/** Steps of a chain that take other sounds, in the studio by the keyboard on ESC-10. */
import { expect, test } from '@playwright/test'
import { esc10Folder, noEsc10 } from './support/data'
import { makeEsc10, openEsc10 } from './support/esc10'
import { expectNothingSerious, lookInBothThemes } from './support/looking'

test.skip(esc10Folder === null, noEsc10)

test('a source is typed, counted, heard and refused where it has no sound', async () => {
  const { page, close } = await openEsc10(await makeEsc10('augment-sources'))
  await page.keyboard.press('Alt+g')
  const after = page.getByRole('img', { name: 'Spectrogram after' })
  await expect(after).toBeVisible()
  const pixels = (): Promise<string> => after.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  const untouched = await pixels()

  await page.keyboard.press('a')
  const recorded = page.getByRole('menuitem', { name: /^Recorded noise/ })
  await recorded.press('Enter')
  const step = page.getByRole('listitem', { name: /: Recorded noise$/ })
  const source = step.getByRole('textbox', { name: 'Out of' })
  await expect(source).toBeFocused()
  await expect(step.getByText('320 clips')).toBeVisible()
  await expect.poll(pixels).not.toBe(untouched)

  await source.fill('label:rain')
  await source.press('Enter')
  await expect(step.getByText('32 clips')).toBeVisible()
  await expect(page.getByText(/^draw 1: Recorded noise/)).toBeVisible()
  await expectNothingSerious(page)
  await lookInBothThemes(page, 'augment-source')

  await source.fill('label:whale')
  await source.press('Enter')
  await expect(step.getByText('No sound: no clip with its sound here matches.')).toBeVisible()
  await expect(page.getByText('step 1 of the chain (recorded-noise) has no sound to take')).toBeVisible()

  await step.getByRole('combobox', { name: 'Kind of source' }).selectOption('folder')
  await expect(step.getByText(/^[\d,]+ files$/)).toBeVisible()
  await source.fill('/')
  await source.press('Enter')
  await expect(step.getByText('/ is not inside a folder that was imported.')).toBeVisible()
  await lookInBothThemes(page, 'augment-source-refused')
  await close()
})
