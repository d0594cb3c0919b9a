/**
 * Annotate in states an annotator meets, light and dark: dense segments, two hours, a file that has gone. The README shows
 * them from docs/images/states. Of the sample catalog and a recording made here, so that anybody can make them again.
 */
import { expect, type Page, test } from '@playwright/test'
import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { openApp } from '../support/app'
import { makeFolder, projectFolder } from '../support/data'
import { drawDensely } from '../support/draw-densely'
import { earmark } from '../support/earmark'
import { writeLongWav } from '../support/long-wav'

const states = join(projectFolder, 'docs/images/states')

test('states of Annotate', async () => {
  const folder = makeFolder('states-shots')
  const userFolder = join(folder, 'user')
  const catalog = join(folder, 'Backyard')
  mkdirSync(states, { recursive: true })
  const { page, close } = await openApp('headless', userFolder)
  const look = async (name: string): Promise<void> => {
    await page.mouse.move(1, 1)
    for (const theme of ['light', 'dark']) {
      await page.evaluate((to) => (document.documentElement.dataset.theme = to), theme)
      await page.waitForTimeout(800)
      await page.screenshot({ path: join(states, `${name}-${theme}.jpg`), type: 'jpeg', quality: 72 })
    }
  }
  await page.getByRole('textbox', { name: 'Sample folder' }).fill(catalog)
  await page.getByRole('button', { name: 'Create sample catalog' }).click()
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips).toHaveAttribute('aria-rowcount', '61', { timeout: 60_000 })
  await drawDensely(catalog, userFolder, { count: 120, everySeconds: 0.018 })
  await page.reload()
  await openClip(page, 'Home')
  await expect(page.getByRole('grid', { name: 'Segments' })).toHaveAttribute('aria-rowcount', '121')
  await page.keyboard.press('ArrowDown')
  await look('dense')

  // Two hours.
  const sounds = join(folder, 'field')
  mkdirSync(sounds)
  const long = { seconds: 7200, sampleRateHz: 8000, channelCount: 1, clickSeconds: [5760.1] }
  writeLongWav(join(sounds, 'two hours.wav'), long)
  const imported = await earmark(['import', catalog, sounds], { userFolder })
  expect(imported.code, imported.stderr).toBe(0)
  await page.keyboard.press('Alt+1')
  await expect(clips).toHaveAttribute('aria-rowcount', '62')
  await openClip(page, 'End')
  await page.waitForTimeout(8000)
  await look('long')

  // The sound has gone away.
  renameSync(join(catalog, 'audio'), join(catalog, 'moved'))
  await page.keyboard.press('Alt+1')
  await clips.focus()
  await page.keyboard.press('Home')
  for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForTimeout(1500)
  await look('missing')
  await close()
})

/** Opens the first or the last clip of the Library. */
async function openClip(page: Page, key: 'Home' | 'End'): Promise<void> {
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips.getByRole('gridcell').first()).toBeVisible()
  await clips.focus()
  await page.keyboard.press(key)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
  await expect(page.getByRole('group', { name: 'Editor' })).toBeFocused()
  await page.waitForTimeout(1200)
}
