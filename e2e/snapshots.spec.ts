/** Snapshots, the history as it was, relinking and backups on ESC-10, in the window and believed from the disk. */
import { expect, test } from '@playwright/test'
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, selectFirstClip } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
import { lookInBothThemes } from './support/looking'

test('snapshots, the catalog as it was, moved files and backups', async () => {
  test.skip(esc10Folder === null, noEsc10)
  test.setTimeout(240_000)
  const folder = makeFolder('snapshots')
  const [catalog, sounds, moved] = ['catalog', 'esc10', 'moved disk'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  cpSync(esc10Folder!, sounds, { recursive: true })
  const options = { userFolder: join(folder, 'user') }
  expect((await earmark(['init', catalog], options)).code).toBe(0)
  expect((await earmark(['import', catalog, sounds, '--format', 'esc50'], options)).code).toBe(0)
  const { page, close } = await openApp('headless', options.userFolder)
  const go = (hash: string): Promise<void> => page.evaluate((to) => void (location.hash = to), hash)
  const toast = (text: string | RegExp) => page.getByText(text).first()
  await page
    .getByRole('button', { name: /catalog/ })
    .first()
    .click()
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips).toHaveAttribute('aria-rowcount', '321')

  await test.step('a snapshot is made by the keyboard alone', async () => {
    await page.keyboard.press('Alt+0')
    await expect(page.getByText('No snapshot yet')).toBeVisible()
    await lookInBothThemes(page, 'snapshots-1-empty')
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog', { name: 'Make a snapshot' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('as published')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('article', { name: 'Snapshot as published' })).toBeVisible()
    expect(countIn(catalog, 'select count(*) from snapshots')).toBe(1)
  })

  await test.step('what changed since is counted by class and by annotator', async () => {
    await go('/library')
    await selectFirstClip(page)
    // The first clip is a dog, which is the first class: this is the second.
    await page.keyboard.press('2')
    await expect.poll(() => countIn(catalog, `select count(*) from clip_labels where author <> 'import'`)).toBe(1)
    await go('/snapshots')
    await page.getByRole('button', { name: 'Compare' }).click()
    const counts = page.getByRole('table', { name: 'Counts' })
    await expect(counts.getByRole('row', { name: /^Labels/ })).toContainText('1')
    await expect(page.getByRole('table', { name: 'Labels by annotator' }).getByRole('row')).toHaveCount(2)
    await expect(page.getByRole('status').filter({ hasText: '319 clips as they were' })).toBeVisible()
    await lookInBothThemes(page, 'snapshots-2-diff')
    const diff = await earmark(['snapshots', 'diff', catalog, 'as published'], options)
    expect(diff.stdout).toContain('- labels: 1 added')
  })

  await test.step('a deleted snapshot comes back by undo', async () => {
    await page
      .getByRole('list', { name: 'Snapshots' })
      .getByRole('button', { name: /as published/ })
      .click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await expect.poll(() => countIn(catalog, `select count(*) from snapshots where name is not null`)).toBe(0)
    await page.keyboard.press('Control+z')
    await expect.poll(() => countIn(catalog, `select count(*) from snapshots where name is not null`)).toBe(1)
  })

  await test.step('the history says what changed, and opens the catalog as it was', async () => {
    await page.getByRole('button', { name: 'Show the history' }).click()
    const panel = page.getByRole('region', { name: 'History' })
    await panel.getByRole('combobox', { name: 'Kind of edit' }).selectOption('labels.set')
    const edits = panel.getByRole('list', { name: 'Edits, newest first' }).locator('> li')
    await expect(edits).toHaveCount(1)
    await edits.first().getByRole('button', { name: 'What changed' }).click()
    await expect(panel.getByRole('list', { name: 'What changed' })).toContainText('unknown → present')
    await lookInBothThemes(page, 'snapshots-3-history')
    await panel.getByRole('combobox', { name: 'Kind of edit' }).selectOption('import')
    await edits
      .first()
      .getByRole('button', { name: /^Open as of/ })
      .click()
    const banner = page.getByRole('status', { name: 'Past moment' })
    await expect(banner).toContainText('It can be read and heard, not changed')
    await panel.getByRole('button', { name: 'Hide' }).click()
    await selectFirstClip(page)
    await page.keyboard.press('3')
    await expect(toast(/it can only be read/)).toBeVisible()
    await lookInBothThemes(page, 'snapshots-4-as-of')
    const before = countIn(catalog, 'select count(*) from journal')
    await banner.getByRole('button', { name: 'Back to now' }).click()
    await expect(banner).toBeHidden()
    expect(countIn(catalog, 'select count(*) from journal')).toBe(before)
  })

  await test.step('the command line sees the past too', async () => {
    const [entry] = readCatalog<{ id: string }>(
      catalog,
      `select id from journal where kind = 'import' order by seq limit 1`,
    )
    const then = await earmark(['ls', catalog, '--as-of', entry!.id, '--query', 'by:import', '--json'], options)
    expect(then.stdout.trim().split('\n')).toHaveLength(320)
    const long = await earmark(['ls', catalog, '--as-of', '2001-01-01', '--json'], options)
    expect([long.code, long.stdout]).toEqual([0, ''])
  })

  await test.step('moved files are found by their content and relinked in one edit', async () => {
    renameSync(sounds, moved)
    await go('/settings')
    await page.getByRole('button', { name: 'Find moved files…', exact: true }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Find moved files' })
    await dialog.getByRole('textbox', { name: 'Where to look' }).fill(moved)
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('status')).toContainText('320 found', { timeout: 60_000 })
    await lookInBothThemes(page, 'snapshots-5-relink')
    await dialog.getByRole('button', { name: 'Relink 320 recordings' }).click()
    await expect(dialog).toBeHidden()
    expect(readCatalog(catalog, 'select path from roots')).toEqual([{ path: moved }])
  })

  await test.step('a copy is made, and restoring it keeps what there was', async () => {
    await page.getByRole('button', { name: 'Make a copy now' }).click()
    const backups = page.getByRole('table', { name: 'Backups' })
    await expect(backups.getByRole('row')).toHaveCount(2)
    await go('/library')
    await selectFirstClip(page)
    await page.keyboard.press('3')
    await expect.poll(() => countIn(catalog, `select count(*) from clip_labels where author <> 'import'`)).toBe(2)
    await go('/settings')
    await lookInBothThemes(page, 'snapshots-6-backups')
    await backups
      .getByRole('button', { name: /^Restore/ })
      .first()
      .click()
    await expect(backups.getByRole('row')).toHaveCount(3)
    expect(countIn(catalog, `select count(*) from clip_labels where author <> 'import'`)).toBe(1)
    await expect(backups).toContainText('before a restore')
  })

  await test.step('copies are checked; one that was damaged on the disk is named, and not restored', async () => {
    const backups = page.getByRole('table', { name: 'Backups' })
    await page.getByRole('button', { name: 'Check these copies' }).focus()
    await page.keyboard.press('Enter')
    await expect(page.getByText('All 2 copies are as they were written.')).toBeVisible()
    expect((await earmark(['backups', 'check', catalog], options)).code).toBe(0)

    const [newest, older] = readdirSync(join(catalog, 'backups')).sort().reverse()
    const file = join(catalog, 'backups', newest!)
    const bytes = readFileSync(file)
    // Within a name, of which SQLite would take any.
    const at = bytes.indexOf('crackling_fire')
    expect(at).toBeGreaterThan(0)
    bytes[at] = bytes[at]! ^ 1
    writeFileSync(file, bytes)
    await page.getByRole('button', { name: 'Check these copies' }).click()
    await expect(page.getByText('1 of 2 is damaged.')).toBeVisible()
    await expect(backups.getByRole('row').nth(1)).toContainText('Its content is not what was written when it was made.')
    await expect(backups.getByRole('button', { name: /^Restore/ })).toHaveCount(1)
    await lookInBothThemes(page, 'snapshots-7-damaged')
    const checked = await earmark(['backups', 'check', catalog], options)
    expect([checked.code, checked.stdout]).toEqual([1, expect.stringContaining(`${newest!} is damaged.`)])
    await close()

    // The command takes the newest that is sound.
    const restored = await earmark(['backups', 'restore', catalog], options)
    expect(restored.stderr).toContain(`The copy ${newest!} is damaged.`)
    expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining(`Restored ${older!}.`)])
    const verified = await earmark(['verify', catalog], options)
    expect([verified.code, verified.stdout]).toEqual([1, expect.stringContaining(`${newest!} is damaged.`)])
    rmSync(file)
  })
  expect(await earmarkJson(['verify', catalog], options)).toEqual({ ok: true, problems: [] })
})
