import { expect, test } from '@playwright/test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { makeFolder } from './support/data'
import { countIn } from './support/database'
import { expectNothingSerious } from './support/looking'

test('a person says what the columns of a table tell, over its first rows', async () => {
  const folder = makeFolder('columns')
  const dataset = join(folder, 'dataset')
  const catalog = join(folder, 'catalog')
  mkdirSync(dataset)
  const rows = [
    'clip,t0,t1,what,Confidence',
    'far/a.wav,500,1500,dog|cat,0.9',
    'far/a.wav,2000,2500,rain,',
    'far/b.wav,0,100,dog,1',
  ]
  writeFileSync(join(dataset, 'calls.csv'), `${rows.join('\r\n')}\r\n`)
  const { page, close } = await openApp('headless', join(folder, 'user'))
  await page.getByRole('textbox', { name: 'Catalog folder' }).fill(catalog)
  await page.getByRole('button', { name: 'New catalog' }).click()
  await expect(page.getByText('This catalog has no clips yet')).toBeVisible()

  await page.getByRole('button', { name: 'Import', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Import recordings' })
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(dataset)
  await expect(dialog.getByText('No sound file among 1 files')).toBeVisible()
  await dialog.getByLabel('Format').selectOption({ label: 'CSV or TSV table' })
  await expect(dialog.getByRole('cell', { name: 'dog|cat' })).toBeVisible()
  await expect(dialog.getByText('is not clear')).toBeVisible()
  await expect(dialog.getByLabel('What Confidence tells')).toHaveValue('score')

  await dialog.getByLabel('What clip tells').selectOption('file')
  await dialog.getByLabel('What t0 tells').selectOption('start')
  await dialog.getByLabel('What t1 tells').selectOption('end')
  await dialog.getByLabel('What what tells').selectOption('label')
  await dialog.getByLabel('Times are in').selectOption('ms')
  await dialog.getByLabel('Several classes are divided by').fill('|')
  await expect(dialog.getByText('2 new recordings, 0 known')).toBeVisible()
  await expect(dialog.getByText('3 segments')).toBeVisible()
  await expect(dialog.getByText('is not clear')).toHaveCount(0)
  await takeShot(page, 'import-columns')
  await expectNothingSerious(page, '[role=dialog]')

  await dialog.getByRole('button', { name: 'Start import' }).click()
  await expect(dialog.getByRole('button', { name: 'Done' })).toBeVisible()
  const taken = 'select count(*) from annotations where start_seconds = 0.5 and end_seconds = 1.5 and score = 0.9'
  expect(countIn(catalog, taken)).toBe(1)
  expect(countIn(catalog, 'select count(*) from annotation_labels')).toBe(4)
  expect(countIn(catalog, 'select count(*) from recordings where is_missing = 1')).toBe(2)
  await close()
})
