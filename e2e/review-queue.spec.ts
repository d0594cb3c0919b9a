/** Clips are led through the review by keyboard, in the Library and in the queue, and the database says where they stand. */
import { expect, type Page, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp, selectFirstClip } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { lookInBothThemes } from './support/looking'

test.skip(esc10Folder === null, noEsc10)

test('clips go through the review by keyboard: Library, queue, Annotate and back', async () => {
  test.setTimeout(240_000)
  const folder = makeFolder('review-queue')
  const catalog = join(folder, 'catalog')
  const options = { userFolder: join(folder, 'user') }
  expect((await earmark(['init', catalog], options)).code).toBe(0)
  expect((await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)).code).toBe(0)
  const count = (status: string): number => countIn(catalog, `select count(*) from clips where status = '${status}'`)
  const statusOf = (path: string): string =>
    readCatalog<{ status: string }>(
      catalog,
      'select c.status from clips c join recordings r on r.key = c.recording_key where r.path = ?',
      path,
    )[0]!.status
  const paths = readCatalog<{ path: string }>(catalog, 'select path from recordings order by path').map(
    ({ path }) => path,
  )
  const nameOf = (path: string): string => path.split('/').pop()!

  const { page, close } = await openApp('headless', options.userFolder)
  await page
    .getByRole('button', { name: /catalog/ })
    .first()
    .click()
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips).toHaveAttribute('aria-rowcount', '321')
  const inspector = page.getByRole('complementary', { name: 'Selection' })
  const heading = (path: string) => page.getByRole('heading', { level: 2, name: nameOf(path) })

  await test.step('in the Library all selected clips are marked by one key, and one undo takes it back', async () => {
    await selectFirstClip(page)
    await page.keyboard.press('Control+a')
    await expect(inspector.getByRole('heading', { name: '320 clips' })).toBeVisible()
    await expect(inspector.getByRole('button', { name: /Mark as done/ })).toBeVisible()
    await page.keyboard.press('d')
    await expect.poll(() => count('done')).toBe(320)
    await page.keyboard.press('Control+z')
    await expect.poll(() => count('done')).toBe(0)
    await page.keyboard.press('Control+y')
    await expect.poll(() => count('done')).toBe(320)
  })

  await test.step('one clip is returned with a comment, which stands beside it', async () => {
    await selectFirstClip(page)
    await expect(inspector.getByRole('button', { name: /Return with a comment/ })).toBeVisible()
    await page.keyboard.press('r')
    await expect(inspector.getByRole('textbox', { name: 'What is to be changed' })).toBeFocused()
    await page.keyboard.type('Where is the second bark?')
    await page.keyboard.press('Enter')
    await expect.poll(() => statusOf(paths[0]!)).toBe('returned')
    await expect(inspector.getByRole('list', { name: 'Comments' })).toContainText('Where is the second bark?')
    await expect(clips).toBeFocused()
    await lookInBothThemes(page, 'review-library')
  })

  await test.step('of several only those move on that can', async () => {
    // The first is returned and cannot be reviewed; the next two are done.
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await expect(inspector.getByRole('heading', { name: '3 clips' })).toBeVisible()
    await expect(inspector.getByRole('button', { name: /Mark as reviewed/ })).toContainText('2')
    await page.keyboard.press('v')
    await expect.poll(() => count('reviewed')).toBe(2)
    expect(statusOf(paths[0]!)).toBe('returned')
    await page.keyboard.press('Control+z')
    await expect.poll(() => count('reviewed')).toBe(0)
  })

  const row = (position: number) => page.locator(`[aria-label="Clips in the queue"] > li[aria-posinset="${position}"]`)
  await test.step('a query of the Library is the queue, and a clip goes to Annotate and back', async () => {
    const query = page.getByRole('combobox', { name: 'Query' })
    await page.keyboard.press('/')
    await query.fill('status:returned')
    await page.keyboard.press('Enter')
    await expect(clips).toHaveAttribute('aria-rowcount', '2')
    await clips.focus()
    await page.keyboard.press('Shift+V')
    await expect(heading(paths[0]!)).toBeVisible()
    await expect(page).toHaveURL(/#\/review\/queue\?q=status:returned/)
    await expect(page.getByText('1 of 1 clip · returned')).toBeVisible()
    await expect(page.getByRole('list', { name: 'Comments' })).toContainText('Where is the second bark?')
    await page.keyboard.press('e')
    await expect(page).toHaveURL(/#\/annotate\/.*from=review/)
    await expect(page.getByRole('heading', { level: 1, name: nameOf(paths[0]!) })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page).toHaveURL(/#\/review\/queue\?q=status:returned/)
    await expect(page.getByText('1 of 1 clip · returned')).toBeVisible()
    await page.keyboard.press('d')
    await expect.poll(() => statusOf(paths[0]!)).toBe('done')
    await expect(page.getByText('No clip fits status:returned')).toBeVisible()
  })

  await test.step('the queue has every clip, however many', async () => {
    await page.getByRole('combobox', { name: 'Status' }).selectOption('done')
    await expect(page.getByText('1 of 320 clips · done')).toBeVisible()
    await lookInBothThemes(page, 'review-queue')
    // By pages to the end: far beyond what was loaded at first.
    for (let turn = 0; turn < 60 && !(await page.getByText('320 of 320 clips').isVisible()); turn++)
      await page.keyboard.press('PageDown')
    await expect(page.getByText('320 of 320 clips · done')).toBeVisible()
    await expect(row(320).getByRole('button')).toHaveAttribute('aria-current', 'true')
    await expect(row(320)).toBeInViewport()
    await expect(heading(paths[319]!)).toBeVisible()
  })

  await test.step('each key moves one on, and the next follows by itself', async () => {
    await page.keyboard.press('ArrowUp')
    await expect(page.getByText('319 of 320 clips · done')).toBeVisible()
    await page.keyboard.press('v')
    // The list is shorter, and the last one is in its place.
    await expect(page.getByText('319 of 319 clips · done')).toBeVisible()
    expect([statusOf(paths[318]!), statusOf(paths[319]!)]).toEqual(['reviewed', 'done'])
    await page.keyboard.press('v')
    await expect(page.getByText('318 of 318 clips · done')).toBeVisible()
    expect(statusOf(paths[319]!)).toBe('reviewed')
    await expect(heading(paths[317]!)).toBeVisible()
    await page.keyboard.press('Control+z')
    await expect(page.getByText('318 of 319 clips · done')).toBeVisible()
    await expect(heading(paths[317]!)).toBeVisible()
    expect(statusOf(paths[319]!)).toBe('done')
  })

  await test.step('in a queue of every status a clip stays, and the next one follows', async () => {
    await openQueue(page, 'fold:1 label:dog')
    await expect(page.getByText(/^1 of 8 clips/)).toBeVisible()
    const first = await page.getByRole('heading', { level: 2 }).first().textContent()
    await page.keyboard.press('v')
    await expect(page.getByText(/^2 of 8 clips/)).toBeVisible()
    await expect(page.getByRole('heading', { level: 2, name: first! })).toBeHidden()
    await page.keyboard.press('ArrowUp')
    await expect(page.getByText('1 of 8 clips · reviewed')).toBeVisible()
    await page.keyboard.press('a')
    await expect(page.getByText(/^2 of 8 clips/)).toBeVisible()
    expect(count('accepted')).toBe(1)
  })
  await close()
})

async function openQueue(page: Page, query: string): Promise<void> {
  const field = page.getByRole('combobox', { name: 'Query' })
  await field.fill(query)
  await field.press('Enter')
  await field.blur()
}
