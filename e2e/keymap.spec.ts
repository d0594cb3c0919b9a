/** The person's keys: presets, a key of one's own, a clash, a file of keys; kept with the person, and Tab has a way out. */
import { expect, test } from '@playwright/test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { makeFolder } from './support/data'
import { countIn } from './support/database'
import { lookInBothThemes } from './support/looking'

test('keys are chosen, rebound, exported and imported, and work at once', async () => {
  const folder = makeFolder('keymap')
  const catalog = join(folder, 'catalog')
  const userFolder = join(folder, 'user')
  const readKept = (): unknown => JSON.parse(readFileSync(join(userFolder, 'settings.json'), 'utf8')).keymap
  const { page, close } = await openApp('headless', userFolder)
  await page.getByRole('textbox', { name: 'Sample folder' }).fill(catalog)
  await page.getByRole('button', { name: 'Create sample catalog' }).click()
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '61', { timeout: 60_000 })

  await test.step('take Audacity’s keys', async () => {
    await page.keyboard.press('Alt+6')
    await page.getByRole('combobox', { name: 'Keys as in' }).selectOption('audacity')
    await expect.poll(readKept).toEqual({ preset: 'audacity', bindings: {} })
    await page.getByRole('row', { name: /Next segment/ }).scrollIntoViewIfNeeded()
    await lookInBothThemes(page, 'keymap')
  })

  await test.step('draw with them, go through segments by Tab, and out of the editor', async () => {
    await page.keyboard.press('Alt+2')
    await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
    await expect(page.getByRole('group', { name: 'Editor' })).toBeFocused()
    // Steps of the playhead mean nothing before the clip is in the player.
    await expect(page.getByRole('slider', { name: 'Position in the clip' })).toHaveAttribute('aria-valuemax', /[1-9]/)
    const segments = page.getByRole('grid', { name: 'Segments' })
    for (let count = 1; count <= 2; count++) {
      await page.keyboard.press('Control+b')
      for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Control+b')
      await expect.poll(() => countIn(catalog, 'select count(*) from annotations')).toBe(count)
    }
    const selected = segments.locator('[role="row"][aria-selected="true"]')
    // The head of the table is its first row.
    await page.keyboard.press('Shift+Tab')
    await expect(selected).toHaveAttribute('aria-rowindex', '2')
    await page.keyboard.press('Tab')
    await expect(selected).toHaveAttribute('aria-rowindex', '3')
    await page.keyboard.press('Escape')
    await expect(selected).toHaveCount(0)
    await page.keyboard.press('Tab')
    await expect(selected).toHaveCount(0)
    await expect(page.getByRole('group', { name: 'Editor' })).not.toBeFocused()
    await expect(page).toHaveURL(/annotate/)
  })

  await test.step('rebind by keyboard, with a clash', async () => {
    await page.keyboard.press('Alt+6')
    await page.getByRole('searchbox', { name: 'Find an action or a key' }).fill('next clip')
    const row = page.getByRole('row', { name: /^Next clip/ }).first()
    await row.getByRole('button', { name: 'Add key for Next clip' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('p')
    await expect(row).toContainText('P is “Previous clip” (Annotate)')
    await takeShot(page, 'keymap-clash')
    await page.keyboard.press('Enter')
    await expect.poll(readKept).toEqual({
      preset: 'audacity',
      bindings: { 'annotate.next': ['N', 'P'], 'annotate.previous': [] },
    })
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Ctrl')
    await page.keyboard.press('Escape')
  })

  await test.step('export, reset, import; a bad file is refused with its reason', async () => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const file = join(folder, 'earmark-keys.json')
    await (await download).saveAs(file)
    await page.getByRole('button', { name: 'Reset all' }).click()
    await expect.poll(readKept).toEqual({ preset: 'audacity', bindings: {} })
    await page.getByLabel('File of keys').setInputFiles(file)
    await expect.poll(readKept).toMatchObject({ bindings: { 'annotate.next': ['N', 'P'] } })
    const wrong = join(folder, 'wrong.json')
    writeFileSync(wrong, '{"earmarkKeys":1,"preset":"earmark","bindings":{"annotate.next":["Hyper+N"]}}')
    await page.getByLabel('File of keys').setInputFiles(wrong)
    await expect(page.getByText('wrong.json: bindings.annotate.next: “Hyper+N” names no key.').first()).toBeVisible()
    expect(readKept()).toMatchObject({ bindings: { 'annotate.next': ['N', 'P'] } })
  })
  await close()

  await test.step('the keys are the person’s: another window of another host has them', async () => {
    const again = await openApp('headless', userFolder)
    await expect(again.page.getByRole('textbox', { name: 'Existing catalog' })).toBeVisible()
    await again.page.getByRole('link', { name: 'Settings' }).click()
    await expect(again.page.getByRole('combobox', { name: 'Keys as in' })).toHaveValue('audacity')
    await again.close()
  })
})
