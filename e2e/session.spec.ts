/** Segments are rated by keyboard alone; the database says what became of each key, also after the host was killed. */
import { expect, type Page, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp } from './support/app'
import { esc10Folder, fsddFolder, makeFolder, noEsc10, noFsdd } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { tabTo } from './support/keyboard'
import { lookInBothThemes } from './support/looking'

async function makeCatalog(name: string, folder: string, format: string) {
  const work = makeFolder(name)
  const catalog = join(work, 'catalog')
  const options = { userFolder: join(work, 'user') }
  expect((await earmark(['init', catalog], options)).code).toBe(0)
  expect((await earmark(['import', catalog, folder, '--format', format], options)).code).toBe(0)
  return { catalog, options }
}

async function openCatalog(userFolder: string) {
  const app = await openApp('headless', userFolder)
  await app.page
    .getByRole('button', { name: /catalog/ })
    .first()
    .press('Enter')
  await expect(app.page.getByRole('grid', { name: 'Clips' }).getByRole('gridcell').first()).toBeVisible()
  return app
}

const isAsked = (page: Page, place: number, total: number) =>
  expect(page.getByRole('status').filter({ hasText: `Segment ${place} of ${total}` })).toBeAttached()
const isPlaying = (page: Page) => expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible()

test('clips of a query are rated one after another, with gold between them', async () => {
  test.skip(esc10Folder === null, noEsc10)
  test.setTimeout(240_000)
  const { catalog, options } = await makeCatalog('session', esc10Folder!, 'esc50')
  const count = (sql: string): number => countIn(catalog, sql)
  const { page, close } = await openCatalog(options.userFolder)
  const query = page.getByRole('combobox', { name: 'Query' }).first()
  const clips = page.getByRole('grid', { name: 'Clips' })

  await test.step('gold is made in the Library', async () => {
    // Eight dogs and eight clips of rain, on which all that is heard is labeled: no dog on the latter.
    const inspector = page.getByRole('complementary', { name: 'Selection' })
    for (const [done, name] of ['rain', 'dog'].entries()) {
      await page.keyboard.press('/')
      await query.fill(`label:${name} fold:1`)
      await page.keyboard.press('Enter')
      await expect(clips).toHaveAttribute('aria-rowcount', '9')
      await expect(clips.getByText(name).first()).toBeVisible()
      await clips.focus()
      await page.keyboard.press('Control+a')
      await expect(inspector.getByRole('heading', { name: '8 clips' })).toBeVisible()
      await page.keyboard.press('f')
      await expect.poll(() => count('select count(*) from clips where is_fully_annotated = 1')).toBe(8 * (done + 1))
      for (const [key, status, button] of [
        ['d', 'done', 'Mark as done'],
        ['v', 'reviewed', 'Mark as reviewed'],
        ['a', 'accepted', 'Accept'],
      ] as const) {
        await expect(inspector.getByRole('button', { name: new RegExp(button) })).toBeVisible()
        await page.keyboard.press(key)
        const expected = status === 'accepted' ? 8 * (done + 1) : 8
        await expect.poll(() => count(`select count(*) from clips where status = '${status}'`)).toBe(expected)
      }
    }
  })

  await test.step('a query of the Library becomes a session', async () => {
    await page.keyboard.press('/')
    await query.fill('label:dog')
    await page.keyboard.press('Enter')
    await expect(clips).toHaveAttribute('aria-rowcount', '33')
    await clips.focus()
    await page.keyboard.press('Shift+S')
    await expect(page).toHaveURL(/#\/session\?q=label:dog/)
    await expect(page.getByText('32 segments of 32 clips, 32 verdicts')).toBeVisible()
    await tabTo(page, /^mix in clips/)
    await page.keyboard.press('Space')
    await expect(page.getByText(/and 3 gold clips/)).toBeVisible()
    await tabTo(page, /^Share of gold/)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('20')
    await expect(page.getByText('24 segments of 24 clips and 6 gold clips, 30 verdicts')).toBeVisible()
    await lookInBothThemes(page, 'session-start')
    await page.keyboard.press('Control+Enter')
    await isAsked(page, 1, 30)
  })

  const labels = (state: number): number =>
    count(`select count(*) from clip_labels where author <> 'import' and state = ${state}`)
  const verdicts = (): number => count('select count(*) from rating_verdicts')
  const goldTouched = (): number =>
    count(`select count(*) from clip_labels l join rating_items i on i.clip_key = l.clip_key
             where i.is_gold = 1 and l.author <> 'import'`)
  await test.step('it plays by itself; one key is a verdict, a label and the next segment playing', async () => {
    await isPlaying(page)
    await expect(page.getByRole('img', { name: 'Spectrogram' }).first()).toBeVisible()
    await lookInBothThemes(page, 'session-rating')
    await page.keyboard.press('y')
    await isAsked(page, 2, 30)
    await isPlaying(page)
    await page.keyboard.press('n')
    await isAsked(page, 3, 30)
    await page.keyboard.press('u')
    await isAsked(page, 4, 30)
    await expect.poll(verdicts).toBe(3)
    expect(readCatalog(catalog, 'select verdict, key_count from rating_verdicts order by position')).toEqual([
      { verdict: 'present', key_count: 1 },
      { verdict: 'absent', key_count: 1 },
      { verdict: 'unsure', key_count: 1 },
    ])
    expect(goldTouched()).toBe(0)
    // What cannot be told is kept as that, unless the third was gold.
    const isGold = count('select is_gold from rating_items where position = 2') === 1
    expect(count('select count(*) from clip_doubts')).toBe(isGold ? 0 : 1)
  })

  await test.step('a step back and another verdict replace the first; then it goes on where it was', async () => {
    await page.keyboard.press('ArrowLeft')
    await isAsked(page, 3, 30)
    await page.keyboard.press('y')
    await isAsked(page, 4, 30)
    await expect
      .poll(() => readCatalog(catalog, 'select verdict, key_count from rating_verdicts where position = 2'))
      .toEqual([{ verdict: 'present', key_count: 3 }])
  })

  await test.step('undo takes verdict and label back and asks again', async () => {
    const before = [labels(1), labels(0), verdicts()]
    await page.keyboard.press('n')
    await isAsked(page, 5, 30)
    await expect.poll(verdicts).toBe(before[2]! + 1)
    await page.keyboard.press('Control+z')
    await isAsked(page, 4, 30)
    await expect.poll(() => [labels(1), labels(0), verdicts()]).toEqual(before)
  })

  await test.step('a note is kept on the clip, and a segment is skipped', async () => {
    await page.keyboard.press('m')
    const note = page.getByRole('textbox', { name: 'Note on the clip' })
    await expect(note).toBeFocused()
    await page.keyboard.type('two barks, far away')
    await page.keyboard.press('Enter')
    await expect(note).toHaveCount(0)
    await expect.poll(() => count(`select count(*) from clips where note = 'two barks, far away'`)).toBe(1)
    await expect(page.getByText('two barks, far away')).toBeVisible()
    await page.keyboard.press('ArrowRight')
    await isAsked(page, 5, 30)
    await expect.poll(() => count('select count(*) from rating_items where skipped_by is not null')).toBe(1)
  })

  await test.step('the sound is stopped, heard again, and does not start by itself where that is not wanted', async () => {
    await isPlaying(page)
    await page.keyboard.press('Space')
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
    await page.keyboard.press('Enter')
    await isPlaying(page)
    await page.keyboard.press('Shift+A')
    await page.keyboard.press('y')
    await isAsked(page, 6, 30)
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
    await page.keyboard.press('Shift+A')
  })
  await expect.poll(verdicts).toBe(4)
  await close()

  await test.step('it goes on where it was after the host was killed, and ends with a summary', async () => {
    const again = await openCatalog(options.userFolder)
    await again.page.keyboard.press('Alt+t')
    await tabTo(again.page, /^Go on/)
    await lookInBothThemes(again.page, 'session-history')
    await again.page.keyboard.press('Enter')
    await isAsked(again.page, 6, 30)
    for (let place = 6; place < 30; place++) {
      // Present everywhere, as by somebody who does not listen: gold tells.
      await again.page.keyboard.press('y')
      await isAsked(again.page, place + 1, 30)
    }
    await again.page.keyboard.press('y')
    await expect(again.page.getByRole('heading', { name: '29 segments rated of 30' })).toBeVisible()
    await expect.poll(() => countIn(catalog, 'select count(*) from rating_verdicts')).toBe(29)
    await expect(again.page.getByRole('heading', { name: 'Where gold says otherwise' })).toBeVisible()
    await test.step('the strip above says of the pace what the table says', async () => {
      const row = again.page.getByRole('row').filter({ has: again.page.getByRole('rowheader') })
      const cells = (await row.first().getByRole('cell').allTextContents()).slice(-6, -1)
      const strip = again.page.locator('.pace-strip')
      await expect(strip).toContainText(`${cells[1]!.trim()} segments/h`)
      await expect(strip).toContainText(`${cells[3]!.trim()} s a verdict`)
      await expect(strip).toContainText(`${cells[4]!.trim()} keys a segment`)
    })
    await lookInBothThemes(again.page, 'session-summary')
    await tabTo(again.page, /^Rate 1 skipped segment/)
    await again.page.keyboard.press('Enter')
    await isAsked(again.page, 4, 30)
    await again.page.keyboard.press('y')
    await expect(again.page.getByRole('heading', { name: '30 segments rated of 30' })).toBeVisible()
    expect(goldTouched()).toBe(0)
    expect(count(`select count(*) from clips where status = 'accepted'`)).toBe(16)
    expect((await earmark(['verify', catalog], options)).code).toBe(0)
    await again.close()
  })
})

test('several classes are asked of one segment, and a long recording is rated in parts', async () => {
  test.skip(fsddFolder === null, noFsdd)
  test.setTimeout(180_000)
  const { catalog, options } = await makeCatalog('session-classes', fsddFolder!, 'fsdd')
  const { page, close } = await openCatalog(options.userFolder)
  await page.keyboard.press('/')
  const query = page.getByRole('combobox', { name: 'Query' }).first()
  await query.fill('label:7')
  await page.keyboard.press('Enter')
  await page.getByRole('grid', { name: 'Clips' }).focus()
  await page.keyboard.press('Shift+S')
  await expect(page.getByText(/segments of/)).toBeVisible()
  await tabTo(page, /^Ask for a class/)
  await page.keyboard.press('Enter')
  const picker = page.getByRole('combobox', { name: 'Class to ask for' })
  await expect(picker).toBeFocused()
  await page.keyboard.type('9')
  await page.keyboard.press('Enter')
  await tabTo(page, /^Most segments/)
  await page.keyboard.press('Control+a')
  await page.keyboard.type('5')
  await expect(page.getByText('5 segments of 5 clips, 10 verdicts')).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await isAsked(page, 1, 5)
  const asked = page.locator('.rating-classes [aria-current=true] .name')
  await expect(asked).toHaveText('7')
  await page.keyboard.press('ArrowDown')
  await expect(asked).toHaveText('9')
  await page.keyboard.press('n')
  await expect(asked).toHaveText('7')
  await lookInBothThemes(page, 'session-classes')
  await page.keyboard.press('y')
  await isAsked(page, 2, 5)
  await expect
    .poll(() =>
      readCatalog(
        catalog,
        `select k.name, l.state from clip_labels l join ontology_classes k on k.key = l.class_key
           where l.author <> 'import' order by k.name`,
      ),
    )
    .toEqual([
      { name: '7', state: 1 },
      { name: '9', state: 0 },
    ])
  await close()
})
