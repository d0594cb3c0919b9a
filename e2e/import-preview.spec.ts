import { expect, test } from '@playwright/test'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn } from './support/database'
import { expectNothingSerious } from './support/looking'

test.describe('an import is shown before it is made', () => {
  test.skip(esc10Folder === null, noEsc10)

  test('new, unmatched and unreadable rows; nothing is written; then one step that can be undone', async () => {
    const folder = makeFolder('preview')
    const dataset = join(folder, 'dataset')
    const catalog = join(folder, 'catalog')
    copyPart(dataset)
    const { page, close } = await openApp('headless', join(folder, 'user'))
    await page.getByRole('textbox', { name: 'Catalog folder' }).fill(catalog)
    await page.getByRole('button', { name: 'New catalog' }).click()
    await expect(page.getByText('This catalog has no clips yet')).toBeVisible()

    await page.getByRole('button', { name: 'Import', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Import recordings' })
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(dataset)
    const table = dialog.getByRole('table', { name: 'Preview' })
    await expect(table).toBeVisible()
    await expect(dialog.getByText('5 new recordings, 0 known')).toBeVisible()
    await expect(table.getByRole('row', { name: /^unmatched audio\/.+ no such file/ })).toHaveCount(1)
    await expect(table.getByRole('row', { name: /^unreadable .+ 8 unreadable row/ })).toHaveCount(1)
    expect(countIn(catalog, 'select count(*) from recordings')).toBe(0)
    await takeShot(page, 'import-preview-new')
    await expectNothingSerious(page, '[role=dialog]')

    await dialog.getByRole('textbox', { name: 'Folder' }).press('Enter')
    await expect(dialog.getByRole('button', { name: 'Done' })).toBeVisible()
    expect(countIn(catalog, 'select count(*) from clips')).toBe(5)

    // The same folder again: one row has changed its mind meanwhile.
    const csv = join(dataset, 'meta/esc10.csv')
    const [header, first, ...rest] = readFileSync(csv, 'utf8').split('\n')
    writeFileSync(csv, [header, first!.replace(/^([^,]+),\d,/, '$1,9,'), ...rest].join('\n'))
    await dialog.getByRole('button', { name: 'Import another' }).click()
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(`${dataset}/`)
    await expect(table.getByRole('row', { name: /^changed .+ fold \d becomes 9/ })).toHaveCount(1)
    await dialog.getByRole('button', { name: /^known/ }).focus()
    await page.keyboard.press('Space')
    await expect(table.getByRole('row', { name: /^known/ })).toHaveCount(4)
    await takeShot(page, 'import-preview-known')
    await close()
  })
})

/** Five clips of ESC-10; a sixth row whose file is gone, and a seventh that cannot be read. */
function copyPart(dataset: string): void {
  mkdirSync(join(dataset, 'meta'), { recursive: true })
  mkdirSync(join(dataset, 'audio'))
  const [header, ...rows] = readFileSync(join(esc10Folder!, 'meta/esc10.csv'), 'utf8').trim().split('\n')
  const taken = rows.slice(0, 6)
  writeFileSync(join(dataset, 'meta/esc10.csv'), [header, ...taken, 'half a row,1'].join('\n') + '\n')
  for (const name of readdirSync(join(esc10Folder!, 'audio')))
    if (taken.some((row) => row.includes(name.replace(/\.\w+$/, ''))))
      copyFileSync(join(esc10Folder!, 'audio', name), join(dataset, 'audio', name))
  const gone = readdirSync(join(dataset, 'audio')).at(-1)!
  rmSync(join(dataset, 'audio', gone))
}
