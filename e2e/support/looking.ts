/** How a journey looks at the app: pictures in both themes, and what axe says of them. */
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { takeShot } from './app'

/** What axe finds serious or critical on the page, or in the part of it that a selector names: one line a place. */
export async function findSerious(page: Page, within?: string): Promise<string[]> {
  const builder = new AxeBuilder({ page })
  const { violations } = await (within === undefined ? builder : builder.include(within)).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`))
}

export const expectNothingSerious = async (page: Page, within?: string): Promise<void> =>
  expect(await findSerious(page, within)).toEqual([])

/** Shows the page in a theme, as long as nothing else chooses one. */
export async function wearTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme)
  await page.waitForTimeout(250) // colours fade
}

/** What the person sees now, in both themes: a picture of each, and nothing serious that axe finds. Ends dark. */
export async function lookInBothThemes(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await wearTheme(page, theme)
    await takeShot(page, `${name}-${theme}`)
    await expectNothingSerious(page)
  }
}
