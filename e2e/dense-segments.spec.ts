/** Two hundred segments in five seconds, in three tiers, over real sound: they can be told apart, stepped through and edited. */
import { expect, test } from '@playwright/test'
import { takeShot } from './support/app'
import { esc10Folder, noEsc10 } from './support/data'
import { countIn } from './support/database'
import { drawDensely } from './support/draw-densely'
import { makeEsc10, openEsc10 } from './support/esc10'

test.skip(esc10Folder === null, noEsc10)

test('two hundred segments on one clip', async () => {
  const made = await makeEsc10('dense-segments')
  const { catalog } = made
  await drawDensely(catalog, made.userFolder, { count: 200, everySeconds: 0.023 })
  const { page, close } = await openEsc10(made)
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
    await expect(grid.locator('[aria-rowindex="61"]')).toHaveAttribute('aria-selected', 'true')
    expect(await grid.getByRole('row').count()).toBeLessThan(60)
    // It has its whole label, on top; those too narrow for more than a letter have none.
    await expect(page.locator('.segment.selected .tag')).toHaveText('no label')
    expect(await page.locator('.segment .tag').count()).toBeLessThan(120)
    await look('selected')
  })

  await test.step('scrolled away from, it stays in the page for who listens to it', async () => {
    const id = await grid.getAttribute('aria-activedescendant')
    await grid.evaluate((element) => (element.scrollTop = element.scrollHeight))
    await expect(grid.locator('[aria-rowindex="201"]')).toBeInViewport()
    const row = grid.locator(`[id="${id}"]`)
    await expect(row).toHaveAttribute('aria-rowindex', '61')
    await expect(row).not.toBeInViewport()
    await grid.focus()
    await page.keyboard.press('ArrowDown')
    await expect(grid.locator('[aria-rowindex="62"]')).toBeInViewport()
    await expect(grid.locator('[aria-rowindex="201"]')).toHaveCount(0)
    await page.keyboard.press('ArrowUp')
    await page.getByRole('group', { name: 'Editor' }).focus()
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
