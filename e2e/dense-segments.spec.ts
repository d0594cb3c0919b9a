/** Two hundred segments in five seconds, in three tiers, over real sound: they can be told apart, stepped through and edited. */
import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn } from './support/database'
import { earmark } from './support/earmark'
import { launchHeadless } from './support/launch-headless'
import { connectToHost } from './support/rpc'

test.skip(esc10Folder === null, noEsc10)

/** Draws segments of 60 to 300 ms on a clip, every other one with bounds, two in three labeled. */
async function seed(catalog: string, userFolder: string): Promise<void> {
  const host = await launchHeadless({ catalog, userFolder })
  const { client, close } = await connectToHost(host.url)
  const [clipId] = await client.clips.ids({ query: {} })
  const classIds = (await client.ontology.list()).map(({ id }) => id)
  for (let number = 0; number < 200; number++) {
    const startSeconds = 0.02 + number * 0.023
    await client.annotations.create({
      clipId: clipId!,
      startSeconds,
      endSeconds: startSeconds + 0.06 + (number % 5) * 0.06,
      ...(number % 2 === 0 ? {} : { lowHz: 200 * (1 + (number % 12)), highHz: 1000 * (2 + (number % 12)) }),
      tier: ['human', 'model', 'reviewer'][number % 3]!,
      classIds: number % 3 === 2 ? [] : [classIds[number % classIds.length]!],
    })
  }
  close()
  await host.close()
}

test('two hundred segments on one clip', async () => {
  const folder = makeFolder('dense-segments')
  const catalog = join(folder, 'catalog')
  const userFolder = join(folder, 'user')
  expect((await earmark(['init', catalog], { userFolder })).code).toBe(0)
  const imported = await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], { userFolder })
  expect(imported.code, imported.stderr).toBe(0)
  await seed(catalog, userFolder)
  const { page, close } = await openApp('headless', userFolder)
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '321')
  await page.keyboard.press('Alt+2')
  const grid = page.getByRole('grid', { name: 'Segments' })
  await expect(grid).toHaveAttribute('aria-rowcount', '201')
  await expect(page.locator('.segment-overlay [data-segment]')).toHaveCount(200)
  await expect(page.getByRole('group', { name: 'Editor' })).toBeFocused()
  const look = async (name: string): Promise<void> => {
    for (const theme of ['light', 'dark']) {
      await page.evaluate((to) => (document.documentElement.dataset.theme = to), theme)
      await page.waitForTimeout(250)
      await takeShot(page, `dense-${name}-${theme}`)
    }
  }
  await look('all')

  await test.step('the selected one stands out, wherever it lies', async () => {
    for (let step = 0; step < 60; step++) await page.keyboard.press('ArrowDown')
    const row = grid.locator('[aria-selected="true"]')
    await expect(row).toHaveCount(1)
    await expect(row).toBeInViewport()
    await expect(grid.getByRole('row').nth(60)).toHaveAttribute('aria-selected', 'true')
    // It has its whole label, on top; those too narrow for more than a letter have none.
    await expect(page.locator('.segment.selected .tag')).toHaveText('no label')
    expect(await page.locator('.segment .tag').count()).toBeLessThan(120)
    await look('selected')
  })

  await test.step('edits follow one another without waiting for the picture', async () => {
    const edits = (): number => countIn(catalog, `select count(*) from journal where state = 'done'`)
    const before = edits()
    for (let step = 0; step < 20; step++) await page.keyboard.press('Shift+ArrowRight')
    await expect.poll(edits).toBe(before + 20)
    await expect(page.locator('[data-pending]')).toHaveCount(0)
  })

  await test.step('two tiers hidden', async () => {
    for (const tier of ['model', 'reviewer']) await page.getByRole('button', { name: `Hide ${tier}` }).click()
    await expect(grid).toHaveAttribute('aria-rowcount', '68')
    await look('human')
  })
  await close()
})
