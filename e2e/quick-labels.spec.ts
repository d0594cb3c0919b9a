/** One key labels, finishes the clip, goes on and plays: by the keyboard alone on ESC-10; the database says so. */
import { expect, test } from '@playwright/test'
import { esc10Folder, noEsc10 } from './support/data'
import { readCatalog } from './support/database'
import { makeEsc10, openEsc10 } from './support/esc10'
import { lookInBothThemes as look } from './support/looking'

test.skip(esc10Folder === null, noEsc10)

test('digits label, finish and go on', async () => {
  const made = await makeEsc10('quick')
  const { catalog } = made
  const { page, close } = await openEsc10(made)

  // The clip, where it stands, and what was labeled by hand on it, in the order of the list.
  const read = () =>
    readCatalog<{ id: string; status: string; complete: number; labels: string }>(
      catalog,
      `select c.id, c.status, c.is_fully_annotated as complete,
         (select group_concat(k.name || ' ' || l.state) from clip_labels l join ontology_classes k on k.key = l.class_key
            where l.clip_key = c.key and l.author <> 'ESC-50') as labels
         from clips c join recordings r on r.key = c.recording_key order by r.path limit 3`,
    )
  const statuses = (): string[] => read().map(({ status }) => status)
  const before = read()
  const openId = (): string => /annotate\/([^?]+)/.exec(page.url())?.[1] ?? ''
  const editor = page.getByRole('group', { name: 'Editor' })
  const messages = page.getByRole('region', { name: 'Messages' })
  const playing = page.getByRole('button', { name: 'Pause' })

  await page.keyboard.press('Alt+2')
  await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
  await expect(editor).toBeFocused()
  const ids = [openId()]
  await expect(page.locator('.digit kbd').first()).toBeVisible()

  await test.step('with Q a digit does all of it, and the next clip plays', async () => {
    await page.keyboard.press('q')
    await expect(messages).toContainText('Digits label, mark as done, go on, play')
    await page.keyboard.press('2')
    await expect.poll(openId).not.toBe(ids[0])
    ids.push(openId())
    await expect(playing).toBeVisible()
    await look(page, 'quick-on')
    const rowOf = (id: string) => read().find((row) => row.id === id)!
    expect(rowOf(ids[0]!).status).toBe('done')
    expect(rowOf(ids[0]!).labels).not.toBe(before.find(({ id }) => id === ids[0])!.labels)
  })

  await test.step('one undo takes back the label and the status', async () => {
    await page.keyboard.press('Control+z')
    await expect.poll(read).toEqual(before)
    await page.keyboard.press('Control+Shift+z')
    await expect.poll(() => statuses().filter((status) => status === 'done').length).toBe(1)
  })

  await test.step('segments come one after another; the last finishes the clip', async () => {
    await expect(page.getByText('2 of 320')).toBeVisible()
    await expect(page.locator('.digit kbd').first()).toBeVisible()
    // Two segments of a second.
    for (const key of ['Home', 's', '.', 's', '.', 's', '.', 's', 'ArrowUp']) await page.keyboard.press(key)
    const grid = page.getByRole('grid', { name: 'Segments' })
    await expect(grid.getByRole('row')).toHaveCount(3)
    await expect(grid.getByRole('row').nth(1)).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('3')
    await expect(grid.getByRole('row').nth(2)).toHaveAttribute('aria-selected', 'true')
    expect(openId()).toBe(ids[1])
    await page.keyboard.press('4')
    await expect.poll(openId).not.toBe(ids[1])
    const labeled = () =>
      readCatalog<{ name: string }>(
        catalog,
        `select k.name from annotations a join annotation_labels l on l.annotation_key = a.key
           join ontology_classes k on k.key = l.class_key order by a.start_seconds`,
      ).map(({ name }) => name)
    await expect.poll(labeled).toHaveLength(2)
    expect(new Set(labeled()).size).toBe(2)
    await expect.poll(() => statuses().filter((status) => status === 'done').length).toBe(2)
  })

  await test.step('what it does is set in Settings, and Q ends it', async () => {
    await page.keyboard.press('Alt+6')
    await page.getByRole('combobox', { name: 'The clip is then' }).selectOption('')
    await page.getByRole('checkbox', { name: 'Every class that is heard is labeled' }).check()
    await page.getByRole('checkbox', { name: 'Go to the next segment, else clip' }).uncheck()
    await look(page, 'quick-settings')
    await page.keyboard.press('Alt+2')
    await expect(editor).toBeFocused()
    await expect(page.locator('.digit kbd').first()).toBeVisible()
    await expect.poll(openId).not.toBe('')
    const here = openId()
    const complete = () => readCatalog<{ id: string }>(catalog, 'select id from clips where is_fully_annotated = 1')
    const count = complete().length
    const [clip] = readCatalog<{ complete: number }>(
      catalog,
      `select is_fully_annotated as complete from clips where id = '${here}'`,
    )
    await page.keyboard.press('5')
    await expect.poll(() => complete().length).toBe(count + (clip!.complete ? 0 : 1))
    expect(openId()).toBe(here)
    await page.keyboard.press('q')
    await expect(messages).toContainText('Digits label, and the clip stays')
  })
  await close()
})
