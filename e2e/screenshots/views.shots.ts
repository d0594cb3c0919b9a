/**
 * Every view in both themes and two sizes, with nothing in it, at work and broken, under e2e/.shots/views; and
 * the README's pictures under docs/images. All of the sample catalog, so that anybody can make them again.
 */
import { expect, type Locator, type Page, test } from '@playwright/test'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp } from '../support/app'
import { buildChain } from '../support/chain'
import { makeFolder, projectFolder } from '../support/data'
import { earmark } from '../support/earmark'

const sizes = [
  { width: 1280, height: 800 },
  { width: 2560, height: 1440 },
]
const themes = ['dark', 'light'] as const

test('every view', async () => {
  const folder = makeFolder('shots')
  const catalog = join(folder, 'Backyard')
  const userFolder = join(folder, 'user')
  const { page, close } = await openApp('headless', userFolder)
  let prefix = ''
  const shot = async (name: string): Promise<void> => {
    await page.mouse.move(1, 1)
    await page.waitForTimeout(600)
    const views = join(projectFolder, 'e2e/.shots/views')
    mkdirSync(views, { recursive: true })
    await page.screenshot({ path: join(views, `${prefix}${name}.png`) })
  }
  const forReadme = async (name: string): Promise<void> => {
    await page.waitForTimeout(600)
    await page.screenshot({ path: join(projectFolder, 'docs/images', `${name}.png`) })
  }
  const go = async (hash: string): Promise<void> => {
    await page.evaluate((to) => (location.hash = to), hash)
    await page.waitForTimeout(300)
  }

  // Empty.
  await shot('empty-welcome')
  await page.getByRole('textbox', { name: 'Catalog folder' }).fill(join(folder, 'Empty'))
  await page.getByRole('button', { name: 'New catalog' }).click()
  await expect(page.getByText('This catalog has no clips yet')).toBeVisible()
  for (const view of ['library', 'annotate', 'train', 'evaluate', 'export']) {
    await go(`/${view}`)
    await shot(`empty-${view}`)
  }

  // Broken: files that are not sound, a query that cannot be read, a folder that is taken.
  const broken = join(folder, 'broken', 'dog')
  mkdirSync(broken, { recursive: true })
  writeFileSync(join(broken, 'empty.wav'), '')
  writeFileSync(join(broken, 'letter.ogg'), 'Dear annotator, this is no sound. '.repeat(50))
  await go('/library')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Import recordings' })
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(join(folder, 'nowhere'))
  await shot('broken-import-path')
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(join(folder, 'broken'))
  await page.waitForTimeout(800)
  await dialog.getByRole('button', { name: 'Start import' }).click()
  await expect(dialog.getByRole('table', { name: 'Issues' })).toBeVisible({ timeout: 60_000 })
  await shot('broken-import')
  await page.keyboard.press('Escape')
  await page.getByRole('combobox', { name: 'Query' }).fill('label:dog is:red')
  await shot('broken-query')
  await page.getByRole('combobox', { name: 'Query' }).fill('')

  // At work: the sample catalog with two runs.
  await go('/welcome')
  await page.getByRole('textbox', { name: 'Sample folder' }).fill(catalog)
  await page.getByRole('button', { name: 'Create sample catalog' }).click()
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '61', { timeout: 60_000 })
  for (const recipe of ['mfcc-logistic', 'logmel-cnn']) {
    const epochs = recipe === 'logmel-cnn' ? ['--set', 'training.maxEpochs=25'] : []
    const done = await earmark(['train', catalog, '--recipe', recipe, '--cross-validate', ...epochs], { userFolder })
    expect(done.code, done.stderr).toBe(0)
  }
  await page.reload()
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips).toHaveAttribute('aria-rowcount', '61')
  for (const theme of themes)
    for (const size of sizes) {
      prefix = `${theme}-${size.width}-`
      await page.setViewportSize(size)
      await go('/settings')
      await page.getByRole('radio', { name: theme }).first().check()
      await shot('settings')
      await go('/welcome')
      await shot('welcome')
      await go('/library')
      await clips.focus()
      await page.keyboard.press('Home')
      await page.keyboard.press('ArrowDown')
      await shot('library')
      const isReadme = theme === 'dark' && size.width === 1280
      if (isReadme) await forReadme('library')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
      await page.waitForTimeout(800)
      if (isReadme) await drawBoxes(page)
      await shot('annotate')
      if (isReadme) await forReadme('annotate')
      await go('/augment')
      if (prefix === 'dark-1280-') await buildChain(page)
      await page.getByRole('listitem', { name: /^Step 1 of/ }).scrollIntoViewIfNeeded()
      await page.getByRole('button', { name: /^Play/ }).focus()
      await shot('augment')
      if (isReadme) await forReadme('augmenting')
      if (prefix === 'light-1280-')
        await page.screenshot({
          path: join(projectFolder, 'docs/images/states/augmenting-light.jpg'),
          type: 'jpeg',
          quality: 72,
        })
      await go('/train')
      await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled({ timeout: 60_000 })
      await shot('train')
      await page.getByRole('link', { name: /logmel-cnn #2/ }).click()
      await shot('run')
      if (isReadme) await forReadme('train')
      await page.keyboard.press('b')
      await expect(page.getByRole('region', { name: 'The example' })).toBeVisible({ timeout: 60_000 })
      await shot('batches')
      if (isReadme) await forReadme('batches')
      await page.keyboard.press('Alt+3')
      await page.getByRole('main').getByRole('link', { name: 'Evaluate' }).click()
      const matrix = page.getByRole('grid', { name: 'Confusion matrix' })
      await openMistake(matrix)
      await shot('evaluate')
      if (isReadme) await forReadme('evaluate')
      await go('/export')
      await shot('export')
    }

  // Busy: a run under way, seen in its page and in the tray.
  prefix = 'busy-'
  await page.setViewportSize(sizes[0]!)
  await go('/train')
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(page.getByRole('button', { name: 'Cancel run' })).toBeVisible()
  await page.waitForTimeout(9000)
  await page.getByRole('button', { name: /running or waiting/ }).click()
  await shot('train')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /cancel/i })
    .click()

  // Broken: a recording that has gone away.
  prefix = ''
  renameSync(join(catalog, 'audio'), join(catalog, 'moved'))
  await go('/library')
  await clips.focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await shot('broken-annotate')
  await close()
})

/** Two boxes on what can be heard, labeled. */
async function drawBoxes(page: Page): Promise<void> {
  const area = (await page.getByRole('img', { name: 'Spectrogram' }).boundingBox())!
  for (const [left, right] of [
    [0.12, 0.3],
    [0.55, 0.72],
  ] as const) {
    await page.keyboard.down('Shift')
    await page.mouse.move(area.x + area.width * left, area.y + area.height * 0.25)
    await page.mouse.down()
    await page.mouse.move(area.x + area.width * right, area.y + area.height * 0.9, { steps: 5 })
    await page.mouse.up()
    await page.keyboard.up('Shift')
    await page.keyboard.press('1')
    await page.waitForTimeout(300)
  }
}

/** Opens the fullest cell off the diagonal. */
async function openMistake(matrix: Locator): Promise<void> {
  const cells = matrix.getByRole('button', { name: /: [1-9]\d* clip/ })
  await expect(cells.first()).toBeVisible()
  const names = await cells.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''))
  const mistakes = names.filter((name) => !/^true (.+), predicted \1:/.test(name))
  const countOf = (name: string): number => Number(/: (\d+)/.exec(name)![1])
  const [fullest] = mistakes.sort((a, b) => countOf(b) - countOf(a))
  await matrix.getByRole('button', { name: fullest ?? names[0]!, exact: true }).click()
}
