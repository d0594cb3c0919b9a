/** What is typed into the note of a segment is kept: in a pause, when the page is left or loaded again, and by Escape not. */
import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp, selectFirstClip } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { readCatalog } from './support/database'
import { earmark } from './support/earmark'

test.skip(esc10Folder === null, noEsc10)

test('a note is kept while it is typed', async () => {
  const folder = makeFolder('notes')
  const catalog = join(folder, 'catalog')
  const options = { userFolder: join(folder, 'user') }
  expect((await earmark(['init', catalog], options)).code).toBe(0)
  expect((await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)).code).toBe(0)
  const notes = (): string[] =>
    readCatalog<{ note: string }>(catalog, 'select note from annotations order by start_seconds').map(
      ({ note }) => note,
    )

  const { page, close } = await openApp('headless', options.userFolder)
  await page
    .getByRole('button', { name: /catalog/ })
    .first()
    .click()
  const note = page.getByRole('textbox', { name: 'Note' })
  const editor = page.getByRole('group', { name: 'Editor' })
  await test.step('a segment is drawn by keyboard', async () => {
    await selectFirstClip(page)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: /^\d-.*-A/ })).toBeVisible()
    await editor.focus()
    await page.keyboard.press('s')
    await expect(page.getByText(/Segment from/)).toBeVisible()
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight')
    await page.keyboard.press('s')
    await expect.poll(notes).toEqual([''])
    await expect(note).toBeVisible()
  })

  await test.step('in a pause, while the caret is still in it', async () => {
    await note.focus()
    await page.keyboard.type('A dog, far')
    await expect.poll(notes).toEqual(['A dog, far'])
    await expect(note).toBeFocused()
    await expect(note).toHaveValue('A dog, far')
  })

  await test.step('when the page is loaded again before any pause', async () => {
    await page.keyboard.type(' away')
    await page.reload()
    await expect.poll(notes).toEqual(['A dog, far away'])
  })

  await test.step('when another place is gone to before any pause', async () => {
    await expect(page.getByRole('grid', { name: 'Segments' }).getByRole('row')).toHaveCount(2)
    await editor.focus()
    await page.keyboard.press('ArrowDown')
    await expect(note).toHaveValue('A dog, far away')
    await note.focus()
    await page.keyboard.press('End')
    await page.keyboard.type('; rain')
    await page.evaluate(() => void (location.hash = '/library'))
    await expect.poll(notes).toEqual(['A dog, far away; rain'])
  })
  await close()
})
