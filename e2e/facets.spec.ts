/** The filters of the Library by keyboard and mouse, on ESC-10: what is chosen, what is excluded, and what it finds. */
import { expect, type Locator, test } from '@playwright/test'
import { join } from 'node:path'
import { everyClip } from '../src/shared/contract/clip-query'
import { openApp, takeShot } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn } from './support/database'
import { earmark } from './support/earmark'
import { launchHeadless } from './support/launch-headless'
import { expectNothingSerious } from './support/looking'
import { connectToHost } from './support/rpc'

async function makeCatalog(folder: string): Promise<string> {
  const catalog = join(folder, 'catalog')
  const options = { userFolder: join(folder, 'user') }
  await earmark(['init', catalog], options)
  const imported = await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)
  expect(imported.code, imported.stderr).toBe(0)
  const host = await launchHeadless(options)
  const { client } = await connectToHost(host.url)
  await client.workspace.open({ path: catalog })
  const ids = await client.clips.ids({ query: everyClip })
  const classes = await client.ontology.list()
  const idOf = (name: string): string => classes.find((entry) => entry.name === name)!.id
  await client.labels.set({ clipIds: ids.slice(0, 7), classId: idOf('rain'), state: 'absent' })
  await client.labels.setFullyAnnotated({ clipIds: ids.slice(0, 3), isFullyAnnotated: true })
  await client.review.setStatus({ clipIds: ids.slice(0, 9), status: 'done', comment: '' })
  await client.splits.assign({ clipIds: ids.slice(0, 20), part: 'test' })
  await client.metadata.set({ clipIds: ids.slice(0, 12), name: 'licence', value: 'CC0' })
  await client.metadata.set({ clipIds: ids.slice(12, 40), name: 'licence', value: 'CC BY-NC 3.0' })
  await host.kill()
  return catalog
}

test('chooses and excludes by keyboard and mouse, and counts what each choice would leave', async () => {
  test.skip(esc10Folder === null, noEsc10)
  const folder = makeFolder('facets')
  const catalog = await makeCatalog(folder)
  const { page, close } = await openApp('headless', join(folder, 'user'))
  await page.getByRole('button', { name: 'catalog', exact: false }).first().click()
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips).toHaveAttribute('aria-rowcount', '321')
  const box = page.getByRole('combobox', { name: 'Query' })
  const filters = page.getByRole('complementary', { name: 'Filters' })
  const classes = filters.getByRole('grid', { name: 'Classes' })
  const cell = (name: RegExp | string): Locator => classes.getByRole('button', { name })
  await takeShot(page, 'facets-dark')
  await expectNothingSerious(page)

  // Present, absent and unknown of a class, in a grid that is one stop for Tab.
  await expect(cell('rain 32 clips present')).toBeVisible()
  await expect(cell('rain 7 clips absent')).toBeVisible()
  await expect(cell('rain 281 clips unknown')).toBeVisible()
  await expect(classes.locator('[tabindex="0"]')).toHaveCount(1)
  await classes.locator('[tabindex="0"]').focus()
  while (!(await page.evaluate(() => document.activeElement!.ariaLabel!.startsWith('rain '))))
    await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(box).toHaveValue('absent:rain')
  await expect(clips).toHaveAttribute('aria-rowcount', '8')
  await expect(cell('rain 7 clips absent, chosen')).toBeFocused()
  await expect(cell('rain 0 clips present')).toBeVisible()
  expect(
    countIn(
      catalog,
      `select count(*) from clip_labels l join ontology_classes k on k.key = l.class_key where k.name = 'rain' and state = 0`,
    ),
  ).toBe(7)
  // Another state takes its place; the minus key excludes.
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await expect(box).toHaveValue('unknown:rain')
  await expect(clips).toHaveAttribute('aria-rowcount', '282')
  await page.keyboard.press('-')
  await expect(box).toHaveValue('-unknown:rain')
  await expect(clips).toHaveAttribute('aria-rowcount', '40')
  await page.keyboard.press('Alt+Enter')
  await expect(box).toHaveValue('')
  await cell(/^dog \d+ clips present/).click({ modifiers: ['Alt'] })
  await expect(box).toHaveValue('-label:dog')
  await expect(cell(/^dog 0 clips present, excluded/)).toBeVisible()
  await box.fill('')
  await page.keyboard.press('Enter')

  // Groups open and close by keyboard, and say when the query is about them.
  const group = (name: string): Locator => filters.getByRole('button', { name, exact: false, expanded: false })
  for (const name of ['Splits', 'Review', 'Annotators', 'licence']) {
    await group(name).focus()
    await page.keyboard.press('Enter')
  }
  const value = (list: string, name: RegExp | string): Locator =>
    filters.getByRole('list', { name: list }).getByRole('button', { name })
  await expect(value('Splits', 'Test 20 clips')).toBeVisible()
  await expect(value('Review', 'Done 9 clips')).toBeVisible()
  await expect(value('licence', 'CC BY-NC 3.0 28 clips')).toBeVisible()
  await expect(value('licence', 'None 280 clips')).toBeVisible()
  await expect(value('Annotators', 'import what came with a dataset 320 clips')).toBeVisible()
  await value('licence', /^CC BY-NC/).focus()
  await page.keyboard.press('Enter')
  await expect(box).toHaveValue('licence:"CC BY-NC 3.0"')
  await expect(clips).toHaveAttribute('aria-rowcount', '29')
  await expect(value('Splits', 'Test 8 clips')).toBeVisible()
  // Its own choice is left out when a facet is counted.
  await expect(value('licence', 'CC0 12 clips')).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(box).toHaveValue('licence:CC0')
  await expect(clips).toHaveAttribute('aria-rowcount', '13')
  await value('Splits', /^Test/).click()
  await value('Splits', /^No split/).click()
  await expect(box).toHaveValue('licence:CC0 no:split')
  await value('Splits', /^No split/).click({ modifiers: ['Alt'] })
  await expect(box).toHaveValue('licence:CC0 -no:split')
  await expect(clips).toHaveAttribute('aria-rowcount', '13')
  await expect(value('Annotators', 'import what came with a dataset 12 clips')).toBeVisible()
  await takeShot(page, 'facets-chosen-dark')
  await expectNothingSerious(page)

  // What was opened stays open, and a closed group tells that it is in the query.
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('radio', { name: 'light', exact: false }).first().check()
  await page.getByRole('link', { name: 'Library' }).click()
  await expect(value('Review', /^Done/)).toBeVisible()
  await box.fill('licence:CC0 status:done -absent:rain')
  await page.keyboard.press('Enter')
  await filters.getByRole('button', { name: 'licence', expanded: true }).click()
  await expect(filters.getByRole('button', { name: 'licence in the query', expanded: false })).toBeVisible()
  await expect(value('Review', 'Done 2 clips, chosen')).toBeVisible()
  await page.mouse.move(1, 1)
  await takeShot(page, 'facets-light')
  await expectNothingSerious(page)
  await close()
})
