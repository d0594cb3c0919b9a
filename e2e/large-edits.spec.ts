/** Edits of very many rows, merged and undone in the window: they say how far they are, and cancelling leaves nothing. */
import { expect, test } from '@playwright/test'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../src/dsp/random'
import { openApp, takeShot } from './support/app'
import { diffStates, readState } from './support/catalog-state'
import { makeFolder } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { tabTo } from './support/keyboard'
import { writeSegments } from './support/kill-stage'

const rows = 100_000

test('a large merge and a large undo show progress and are cancelled without a trace', async () => {
  test.setTimeout(300_000)
  const folder = makeFolder('large-edits')
  const [ours, theirs, list] = ['ours', 'theirs', 'list'].map((name) => join(folder, name)) as [string, string, string]
  const options = { userFolder: join(folder, 'user') }
  expect((await earmark(['init', ours], options)).code).toBe(0)
  writeSegments(join(folder, 'few'), 50, new Random(1))
  expect((await earmark(['import', ours, join(folder, 'few'), '--format', 'audioset-csv'], options)).code).toBe(0)
  cpSync(ours, theirs, { recursive: true })
  writeSegments(list, rows, new Random(2))
  const imported = await earmark(['import', theirs, list, '--format', 'audioset-csv'], options)
  expect(imported.code, imported.stderr).toBe(0)
  const before = readState(ours)
  const clips = (): number => countIn(ours, 'select count(*) from clips')

  const { page, close } = await openApp('headless', options.userFolder)
  await page
    .getByRole('button', { name: /theirs|ours/ })
    .first()
    .waitFor()
  await page.getByRole('button', { name: /ours/ }).first().click()
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '51')
  const said = (text: string | RegExp) => page.getByText(text).first()

  await test.step('a merge is stopped', async () => {
    await page.keyboard.press('Alt+9')
    await expect(page.getByRole('radio', { name: 'Queue' })).toBeChecked()
    await page.keyboard.press('m')
    const dialog = page.getByRole('dialog', { name: 'Merge a copy' })
    await dialog.getByRole('textbox', { name: 'Folder of the other catalog' }).fill(theirs)
    await dialog.getByRole('button', { name: 'Merge', exact: true }).focus()
    await page.keyboard.press('Enter')
    await expect(dialog.getByText('Changes of the other copy')).toBeVisible({ timeout: 60_000 })
    await takeShot(page, 'large-merge')
    await dialog.getByRole('button', { name: 'Stop' }).focus()
    await page.keyboard.press('Enter')
    await expect(said('Cancelled; nothing was merged.')).toBeVisible({ timeout: 30_000 })
    expect(diffStates(before, readState(ours))).toEqual([])
    expect(countIn(ours, 'select count(*) from journal')).toBe(1)
    expect(countIn(ours, 'select count(*) from merges')).toBe(0)
  })

  await test.step('and made', async () => {
    const dialog = page.getByRole('dialog', { name: 'Merge a copy' })
    await dialog.getByRole('button', { name: 'Merge', exact: true }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(clips, { timeout: 120_000 }).toBe(rows + 50)
    await expect(dialog).toBeHidden()
  })
  const merged = countIn(ours, 'select count(*) from clip_labels')

  const moved = (): number => countIn(ours, `select count(*) from clips where split <> 'test'`)

  await test.step('a split is stopped', async () => {
    await page.keyboard.press('Alt+7')
    // All came as AudioSet's own test set.
    // From its beginning, since where nothing has the focus the page does, and its text has everything in it.
    await tabTo(page, /^Deal clips anew/)
    await page.keyboard.press('Space')
    await expect(page.getByRole('checkbox', { name: /Deal clips anew/ })).toBeChecked()
    await expect(page.getByRole('button', { name: 'Make split' })).toBeEnabled({ timeout: 60_000 })
    await page.keyboard.press('Control+Enter')
    await expect(said('Split the clips')).toBeVisible({ timeout: 30_000 })
    await page.keyboard.press('Shift+J')
    const tray = page.getByRole('region', { name: 'Jobs' })
    await tray.getByRole('button', { name: 'Cancel' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Cancel this job?' }).getByRole('button', { name: 'Cancel the job' }).focus()
    await takeShot(page, 'large-split')
    await page.keyboard.press('Enter')
    await expect(said('Cancelled; nothing has changed.')).toBeVisible({ timeout: 30_000 })
    expect(moved()).toBe(0)
    expect(countIn(ours, `select count(*) from journal where kind = 'splits.make'`)).toBe(0)
  })

  await test.step('and made, audited and undone', async () => {
    await expect(page.getByRole('button', { name: 'Make split' })).toBeEnabled({ timeout: 60_000 })
    await page.keyboard.press('Control+Enter')
    await expect.poll(moved, { timeout: 120_000 }).toBeGreaterThan(rows * 0.8)
    await expect(said(/^Split [89]\d{4} clips: train/)).toBeVisible({ timeout: 30_000 })
    // Of recordings known by name alone nothing can be compared by ear; no group is parted.
    await expect(page.getByText('No recording has its sound here').first()).toBeVisible({ timeout: 60_000 })
    await page.keyboard.press('Control+z')
    await expect.poll(moved, { timeout: 120_000 }).toBe(0)
    await expect(said(/^Undone: Split/)).toBeVisible({ timeout: 30_000 })
  })

  const grid = page.getByRole('grid', { name: 'Clips' })
  const inspector = page.getByRole('complementary', { name: 'Selection' })
  const comments = (): number => countIn(ours, 'select count(*) from review_comments')
  const heard = (): number =>
    countIn(
      ours,
      `select count(*) from clip_labels where class_key = (select key from ontology_classes where name = 'Sound 7')`,
    )

  await test.step('all clips are selected, returned with a comment, and that is stopped', async () => {
    await page.keyboard.press('Alt+1')
    await expect(grid).toHaveAttribute('aria-rowcount', String(rows + 51))
    await grid.focus()
    await page.keyboard.press('Control+a')
    await expect(inspector.getByRole('heading', { name: /^100.050 clips$/ })).toBeVisible()
    await expect(inspector.getByRole('button', { name: /Mark as done/ })).toBeVisible()
    await page.keyboard.press('d')
    await expect(said('Mark 100050 clips as done')).toBeVisible({ timeout: 60_000 })
    await expect(inspector.getByRole('button', { name: /Return with a comment/ })).toBeVisible()
    await page.keyboard.press('r')
    await expect(inspector.getByRole('textbox', { name: 'What is to be changed' })).toBeFocused()
    await page.keyboard.insertText('listen again')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Stop' }).focus()
    await page.keyboard.press('Enter')
    await expect(said('Cancelled; nothing has changed.')).toBeVisible({ timeout: 30_000 })
    expect(comments()).toBe(0)
    expect(countIn(ours, `select count(*) from clips where status = 'done'`)).toBe(rows + 50)
  })

  await test.step('all but one are labeled, and it is undone', async () => {
    const before = heard()
    await grid.focus()
    // The one under the keyboard is taken out again.
    await page.keyboard.press('Control+Space')
    await expect(inspector.getByRole('heading', { name: /^100.049 clips$/ })).toBeVisible()
    await page.keyboard.press('l')
    const picker = page.getByRole('combobox', { name: 'Class', exact: true })
    await expect(picker).toBeFocused()
    await page.keyboard.insertText('Sound 7')
    await expect(page.getByRole('option', { name: /Sound 7/ })).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(said(/^100.049 clips: Sound 7 present$/)).toBeVisible({ timeout: 60_000 })
    await takeShot(page, 'large-label')
    expect(heard()).toBeGreaterThanOrEqual(rows + 49)
    expect(readCatalog(ours, 'select title from journal order by seq desc limit 1')).toEqual([
      { title: 'Label 100049 clips: Sound 7 present' },
    ])
    await page.keyboard.press('Control+z')
    await expect(said('Undone: Label 100049 clips: Sound 7 present')).toBeVisible({ timeout: 120_000 })
    expect(heard()).toBe(before)
    await page.keyboard.press('Control+z')
    await expect(said('Undone: Mark 100050 clips as done')).toBeVisible({ timeout: 120_000 })
  })

  await test.step('an undo of it is cancelled in the history', async () => {
    await page.keyboard.press('Shift+H')
    const panel = page.getByRole('region', { name: 'History' })
    await expect(panel.getByText(/^Merge /)).toBeVisible()
    await page.keyboard.press('Control+z')
    await expect(panel.getByRole('progressbar')).toBeVisible()
    await panel.getByRole('button', { name: 'Cancel' }).focus()
    await takeShot(page, 'large-undo')
    await page.keyboard.press('Enter')
    await expect(said('Cancelled; nothing has changed.')).toBeVisible({ timeout: 30_000 })
    expect([clips(), countIn(ours, 'select count(*) from clip_labels')]).toEqual([rows + 50, merged])
    expect(readCatalog(ours, `select state from journal where title like 'Merge%'`)).toEqual([{ state: 'done' }])
  })

  await test.step('and made; the catalog is as it was', async () => {
    await page.keyboard.press('Control+z')
    await expect.poll(clips, { timeout: 120_000 }).toBe(50)
    await expect(said(/^Undone: Merge/)).toBeVisible({ timeout: 30_000 })
    expect(diffStates(before, readState(ours))).toEqual([])
  })
  await close()
  const verified = await earmark(['verify', ours], options)
  expect(verified.stdout).toContain('The catalog is sound.')
})
