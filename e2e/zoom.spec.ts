/** At 200 % of its size, on a window of 1280 × 800, every control of every view can still be reached and pressed. */
import { expect, type Page, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { buildChain } from './support/chain'
import { makeFolder } from './support/data'
import { earmark } from './support/earmark'

const places = [
  'library',
  'annotate',
  'session',
  'splits',
  'coverage',
  'review',
  'ontology',
  'snapshots',
  'augment',
  'train',
  'batches',
  'evaluate',
  'export',
  'settings',
  'welcome',
]

test('every view at 200 %', async () => {
  const folder = makeFolder('zoom')
  const userFolder = join(folder, 'user')
  const catalog = join(folder, 'Backyard')
  const { page, close } = await openApp('headless', userFolder)
  await page.getByRole('textbox', { name: 'Sample folder' }).fill(catalog)
  await page.getByRole('button', { name: 'Create sample catalog' }).click()
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '61', { timeout: 60_000 })
  const short = ['--recipe', 'logmel-cnn', '--test-fold', '1', '--set', 'training.maxEpochs=1']
  for (const how of [short, ['--recipe', 'mfcc-logistic', '--cross-validate']]) {
    const trained = await earmark(['train', catalog, ...how], { userFolder })
    expect(trained.code, trained.stderr).toBe(0)
  }
  await buildChain(page)
  // What a browser's zoom of 200 % makes of the window.
  await page.setViewportSize({ width: 640, height: 400 })
  const lost: string[] = []
  for (const place of places) {
    await page.evaluate((to) => (location.hash = `#/${to}`), place)
    if (place === 'batches') await expect(page.getByRole('region', { name: 'The example' })).toBeVisible()
    await page.waitForTimeout(1200)
    await takeShot(page, `zoom-${place}`)
    lost.push(...(await findLost(page)).map((what) => `${place}: ${what}`))
  }
  expect(lost).toEqual([])
  await close()
})

/** Controls that cannot be brought to where they can be pressed. */
async function findLost(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const controls = document.querySelectorAll<HTMLElement>(
      'button, a[href], input, select, textarea, [role=grid], [role=slider], [role=radio], [role=tab]',
    )
    const lost: string[] = []
    for (const control of controls) {
      // The way past the rail is there once it has the focus.
      if (control.matches('.skip-link')) continue
      if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      control.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      const { left, top, right, bottom } = control.getBoundingClientRect()
      if (right - left < 2 || bottom - top < 2 || control.closest('.visually-hidden')) continue
      // Some of it is enough, as where a long list begins.
      const inside = (low: number, high: number, end: number): number[] => {
        const [from, to] = [Math.max(0, low), Math.min(end, high)]
        return to - from < 2 ? [] : [from + 1, (from + to) / 2, to - 1]
      }
      const isThere = inside(left, right, innerWidth).some((x) =>
        inside(top, bottom, innerHeight).some((y) => {
          const seen = document.elementFromPoint(x, y)
          return (
            seen !== null &&
            (control.contains(seen) || seen.contains(control) || seen.closest('label')?.control === control)
          )
        }),
      )
      if (!isThere) {
        const name = control.getAttribute('aria-label') ?? control.textContent?.trim().slice(0, 40) ?? ''
        lost.push(
          `${control.tagName.toLowerCase()} “${name}” at ${Math.round(left)},${Math.round(top)}–${Math.round(right)},${Math.round(bottom)}`,
        )
      }
    }
    return lost
  })
}
