/** Nobody is left out: no serious finding on any view in either theme, and the loop's start by keyboard alone. */
import { expect, type Page, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { buildChain } from './support/chain'
import { makeFolder } from './support/data'
import { countIn } from './support/database'
import { earmark } from './support/earmark'
import { launchHeadless } from './support/launch-headless'
import { findSerious } from './support/looking'
import { connectToHost } from './support/rpc'

/** A sample catalog with two finished runs, the network's first. */
async function makeSampleWithRuns(folder: string): Promise<string> {
  const userFolder = join(folder, 'user')
  const catalog = join(folder, 'catalog')
  const host = await launchHeadless({ userFolder })
  const { client } = await connectToHost(host.url)
  const { jobId } = await client.workspace.createSample({ path: catalog, seed: 1 })
  await expect.poll(async () => (await client.jobs.get({ id: jobId })).status, { timeout: 60_000 }).toBe('done')
  await host.kill()
  const short = ['--recipe', 'logmel-cnn', '--test-fold', '1', '--set', 'training.maxEpochs=1']
  for (const how of [short, ['--recipe', 'mfcc-logistic', '--cross-validate']]) {
    const trained = await earmark(['train', catalog, ...how], { userFolder })
    expect(trained.code).toBe(0)
  }
  return catalog
}

test('every view is free of serious axe findings, dark and light', async () => {
  const folder = makeFolder('axe')
  const catalog = await makeSampleWithRuns(folder)
  const { page, close } = await openApp('headless', join(folder, 'user'))
  const found: string[] = []
  for (const theme of ['dark', 'light'] as const) {
    const look = async (name: string): Promise<void> => {
      await page.waitForTimeout(700)
      await takeShot(page, `axe-${theme}-${name}`)
      found.push(...(await findSerious(page)).map((finding) => `${theme} ${name}: ${finding}`))
    }
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('radio', { name: theme, exact: false }).first().check()
    await look('settings')
    await page.goto(`${page.url().split('#')[0]}#/welcome`)
    await look('welcome')
    await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
    await page.getByRole('button', { name: 'Open catalog' }).click()
    const clips = page.getByRole('grid', { name: 'Clips' })
    await expect(clips).toHaveAttribute('aria-rowcount', '61')
    await clips.focus()
    await page.keyboard.press('Home')
    await look('library')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
    await look('annotate')
    await page.getByRole('link', { name: 'Augment', exact: true }).click()
    if (theme === 'dark') await buildChain(page)
    await look('augment')
    await page.getByRole('link', { name: 'Train', exact: true }).click()
    await page.getByRole('link', { name: 'New run' }).click() // the place comes back to the run it showed last
    await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled({ timeout: 60_000 })
    await look('train')
    await page.getByRole('link', { name: /mfcc-logistic #2/ }).click()
    await look('run')
    await page.keyboard.press('Alt+b')
    await expect(page.getByRole('region', { name: 'The example' })).toBeVisible({ timeout: 60_000 })
    await look('batches')
    await page.getByRole('link', { name: 'Evaluate', exact: true }).first().click()
    await page
      .getByRole('grid', { name: 'Confusion matrix' })
      .getByRole('button', { name: /: [1-9]\d* clip/ })
      .first()
      .click()
    await look('evaluate')
    await page.getByRole('link', { name: 'Export', exact: true }).click()
    await look('export')
  }
  expect(found).toEqual([])
  await close()
})

test('the keyboard alone makes the sample catalog, opens a clip, plays it and labels it', async () => {
  const folder = makeFolder('keyboard')
  const catalog = join(folder, 'catalog')
  const { page, close } = await openApp('headless', join(folder, 'user'))
  const sample = page.getByRole('textbox', { name: 'Sample folder' })
  await expect(sample).toBeVisible()
  await tabTo(page, 'Sample folder')
  await page.keyboard.press('Control+a')
  await page.keyboard.type(catalog)
  await page.keyboard.press('Enter')
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips).toHaveAttribute('aria-rowcount', '61', { timeout: 60_000 })
  await tabTo(page, 'Clips')
  await page.keyboard.press('End')
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
  const before = countIn(catalog, 'select count(*) from clip_labels')
  // The picture may be there before the clip's labels are.
  await expect(page.getByRole('button', { name: 'Label L' })).toBeEnabled()
  await page.keyboard.press('l')
  // The picker takes the focus when it opens; what is typed before goes elsewhere.
  const picker = page.getByRole('combobox', { name: 'Class', exact: true })
  await expect(picker).toBeFocused()
  await picker.press('ArrowDown')
  await page.keyboard.type('thunder')
  await page.keyboard.press('Enter')
  await expect.poll(() => countIn(catalog, 'select count(*) from clip_labels')).toBe(before + 1)
  expect(countIn(catalog, "select count(*) from ontology_classes where name = 'thunder'")).toBe(1)
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText(/Undo/)
  await takeShot(page, 'cheat-sheet')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('export')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/export/)
  await close()
})

/** Presses Tab until the element with this accessible name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    const isThere = await page.evaluate((wanted) => {
      const focused = document.activeElement
      if (!focused) return false
      const labels = (focused as HTMLInputElement).labels
      return focused.getAttribute('aria-label') === wanted || (labels?.[0]?.textContent ?? '').trim() === wanted
    }, name)
    if (isThere) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reaches ${name}`)
}
