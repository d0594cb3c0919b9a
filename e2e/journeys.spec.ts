/** Two datasets from beginning to end, by keyboard alone: what is on the disk at the end is what was there at first. */
import { expect, type Locator, type Page, test } from '@playwright/test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatCount } from '../src/renderer/display-format'
import { openApp, takeShot } from './support/app'
import { audiosetFolder, fsddFolder, makeFolder, noAudioset, noFsdd } from './support/data'
import { countIn, readCatalog } from './support/database'
import { tabTo, takeFormat } from './support/keyboard'
import { expectNothingSerious, lookInBothThemes } from './support/looking'

const places = { library: 'Alt+1', export: 'Alt+5', splits: 'Alt+7', snapshots: 'Alt+0', ontology: 'Alt+o' }

async function makeCatalog(page: Page, catalog: string): Promise<void> {
  await tabTo(page, /^Catalog folder/)
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(catalog)
  await page.keyboard.press('Enter')
  await expect(page.getByText('This catalog has no clips yet')).toBeVisible()
}

/** Imports a folder of so many new clips through its preview, which must say so. */
async function importFolder(page: Page, folder: string, clips: number): Promise<void> {
  await page.keyboard.press('Control+i')
  const dialog = page.getByRole('dialog', { name: 'Import recordings' })
  await expect(dialog.getByRole('textbox', { name: 'Folder' })).toBeFocused()
  await page.keyboard.insertText(folder)
  await expect(dialog.getByText(`${formatCount(clips)} new recordings, 0 known`)).toBeVisible({ timeout: 60_000 })
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('button', { name: 'Done' })).toBeVisible({ timeout: 120_000 })
  await expectNothingSerious(page, '[role=dialog]')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', String(clips + 1))
}

/** Writes all clips in a format; gives the certificate. */
async function exportAs(page: Page, format: string, folder: string): Promise<Locator> {
  await page.keyboard.press(places.export)
  await takeFormat(page, format)
  await expect(page.getByRole('button', { name: 'Export dataset' })).toBeEnabled()
  await tabTo(page, /^New folder/)
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(folder)
  await page.keyboard.press('Enter')
  return page.getByRole('region', { name: 'Round-trip certificate' })
}

async function ask(page: Page, query: string, clips: number): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(query)
  await page.keyboard.press('Enter')
  const grid = page.getByRole('grid', { name: 'Clips' })
  await expect(grid).toHaveAttribute('aria-rowcount', String(clips + 1))
  await expect(grid).toBeFocused()
}

test('FSDD: import, a split by speaker with a locked test set, audit, AudioFolder, and in again', async () => {
  test.skip(fsddFolder === null, noFsdd)
  const folder = makeFolder('journey-fsdd')
  const [catalog, out, again] = ['catalog', 'out', 'again'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const { page, close } = await openApp('headless', join(folder, 'user'))
  await makeCatalog(page, catalog)
  await importFolder(page, fsddFolder!, 2000)
  expect(readCatalog(catalog, 'select group_key as name, count(*) as clips from clips group by 1 order by 1')).toEqual(
    ['george', 'jackson', 'lucas', 'nicolas'].map((name) => ({ name, clips: 500 })),
  )
  await ask(page, 'label:7 group:lucas', 50)

  await page.keyboard.press(places.splits)
  await expect(page.getByRole('button', { name: 'Make split' })).toBeVisible()
  // The query of the Library does not come along: a split is of all clips until one says otherwise.
  for (const [part, share] of [
    ['train', '50'],
    ['validation', '25'],
    ['test', '25'],
  ] as const) {
    await tabTo(page, new RegExp(`^${part}$`))
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(share)
  }
  await expect(page.getByRole('row', { name: /^Clips/ })).toHaveText(`Clips${formatCount(1000)}500500`)
  await expect(page.getByRole('row', { name: /^Groups/ })).toHaveText(/^Groups211$/)
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => countIn(catalog, 'select count(*) from clips where split is not null')).toBe(2000)
  expect(
    countIn(catalog, 'select count(*) from (select group_key from clips group by 1 having count(distinct split) > 1)'),
  ).toBe(0)
  await tabTo(page, /^Lock the test set/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Unlock the test set' })).toBeVisible()
  expect(countIn(catalog, 'select count(*) from split_locks')).toBe(1)
  await expect(page.getByText(`No leak among ${formatCount(2000)} clips in`)).toBeVisible()
  await lookInBothThemes(page, 'journey-fsdd-split')

  const certificate = await exportAs(page, 'Hugging Face AudioFolder, CSV', out)
  await expect(certificate).toContainText(`${formatCount(2000)} clips, identical`, { timeout: 120_000 })
  await takeShot(page, 'journey-fsdd-export')
  expect(readdirSync(out)).toEqual(expect.arrayContaining(['CREDITS.txt', 'checksums.sha256', 'export-report.json']))
  await close()

  // Another person, another catalog.
  const other = await openApp('headless', join(folder, 'another user'))
  await makeCatalog(other.page, again)
  await importFolder(other.page, out, 2000)
  const rows = (place: string): unknown[] =>
    readCatalog(
      place,
      `select replace(replace(r.path, rtrim(r.path, replace(r.path, '/', '')), ''), '_0.000.wav', '.wav') as name, k.name as digit,
         c.split, c.group_key, c.end_seconds - c.start_seconds as seconds
       from clips c join recordings r on r.key = c.recording_key join clip_labels l on l.clip_key = c.key
         join ontology_classes k on k.key = l.class_key order by 1`,
    )
  expect(rows(again)).toHaveLength(2000)
  expect(rows(again)).toEqual(rows(catalog))
  await other.close()
})

interface Segment {
  video: string
  start: number
  end: number
  labels: string[]
}

function readSegments(file: string): Map<string, Segment> {
  const found = new Map<string, Segment>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, video, start, end, labels] = /^([^#,][^,]*), ([\d.]+), ([\d.]+), "([^"]+)"$/.exec(line) ?? []
    if (video === undefined) continue
    found.set(`${video} ${Number(start)}`, {
      video,
      start: Number(start),
      end: Number(end),
      labels: labels!.split(',').sort(),
    })
  }
  return found
}

test('AudioSet’s 42,531 segments: import, ontology, query and filters, snapshot, and out again row by row', async () => {
  test.skip(audiosetFolder === null, noAudioset)
  const folder = makeFolder('journey-audioset')
  const [catalog, out] = [join(folder, 'catalog'), join(folder, 'out')]
  const { page, close } = await openApp('headless', join(folder, 'user'))
  const given = new Map([
    ...readSegments(join(audiosetFolder!, 'balanced_train_segments.csv')),
    ...readSegments(join(audiosetFolder!, 'eval_segments.csv')),
  ])
  expect(given.size).toBe(42_531)
  await makeCatalog(page, catalog)
  await importFolder(page, audiosetFolder!, 42_531)
  expect(countIn(catalog, 'select count(*) from clip_labels where state = 1')).toBe(104_686)

  await page.keyboard.press(places.ontology)
  await expect(page.getByRole('tree', { name: 'Classes' })).toBeVisible()
  await page.keyboard.press('Control+i')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('textbox', { name: 'File' })).toBeFocused()
  await page.keyboard.insertText(join(audiosetFolder!, 'ontology.json'))
  await expect(dialog.getByRole('status')).toContainText('632 classes')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect.poll(() => countIn(catalog, 'select count(*) from ontology_classes')).toBe(632)
  const nodes = JSON.parse(readFileSync(join(audiosetFolder!, 'ontology.json'), 'utf8')) as {
    id: string
    name: string
    child_ids: string[]
  }[]
  const idOf = (name: string): string => nodes.find((node) => node.name === name)!.id
  // A class proves another where each way up from it goes through the other (docs/ontology.md).
  const proves = (mid: string, other: string): boolean => {
    const parents = nodes.filter(({ child_ids }) => child_ids.includes(mid))
    return mid === other || (parents.length > 0 && parents.every(({ id }) => proves(id, other)))
  }
  const withClass = (segments: Iterable<Segment>, mid: string): number => {
    const mids = new Set(nodes.map(({ id }) => id).filter((id) => proves(id, mid)))
    return [...segments].filter(({ labels }) => labels.some((label) => mids.has(label))).length
  }
  // A heading, which takes no label, counts what is below it.
  await expect(page.getByRole('treeitem', { name: /^Human sounds/ })).toContainText(
    formatCount(withClass(given.values(), idOf('Human sounds'))),
  )
  await lookInBothThemes(page, 'journey-audioset-ontology')

  // What the window finds is what the lists say.
  await page.keyboard.press(places.library)
  const dogs = [...given.values()].filter(({ labels }) => labels.includes(idOf('Dog'))).length
  await ask(page, 'label:Dog', dogs)
  const evaluated = readSegments(join(audiosetFolder!, 'eval_segments.csv'))
  await ask(page, 'under:Dog split:test', withClass(evaluated.values(), idOf('Dog')))
  const pets = 'Domestic animals, pets'
  await ask(page, `under:"${pets}"`, withClass(given.values(), idOf(pets)))
  const filters = page.getByRole('complementary', { name: 'Filters' })
  // Every dog is a pet, so that the narrower list has as many of them.
  await tabTo(page, /^Search classes/)
  await page.keyboard.insertText('dog')
  await expect(filters.getByRole('button', { name: `Dog ${dogs} clips present`, exact: true })).toBeVisible()
  await lookInBothThemes(page, 'journey-audioset-library')
  await page.keyboard.press('ArrowDown') // out of the field

  await page.keyboard.press(places.snapshots)
  await expect(page.getByText('No snapshot yet')).toBeVisible()
  await page.keyboard.press('n')
  await expect(page.getByRole('dialog', { name: 'Make a snapshot' })).toBeVisible()
  await page.keyboard.insertText('as released')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article', { name: 'Snapshot as released' })).toBeVisible({ timeout: 60_000 })
  expect(readCatalog(catalog, 'select name from snapshots')).toEqual([{ name: 'as released' }])

  const certificate = await exportAs(page, 'AudioSet CSV', out)
  await expect(certificate).toContainText(`${formatCount(42_531)} clips`, { timeout: 120_000 })
  await lookInBothThemes(page, 'journey-audioset-export')
  const written = new Map(
    readdirSync(out)
      .filter((name) => name.endsWith('.csv') && name !== 'class_labels_indices.csv')
      .flatMap((name) => [...readSegments(join(out, name))]),
  )
  expect(written.size).toBe(given.size)
  expect(written).toEqual(given)
  await close()
})
