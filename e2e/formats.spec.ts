/** ESC-10 out of the catalog in other formats and in again: the certificate says identical, and the new catalog agrees. */
import { expect, test } from '@playwright/test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, selectFirstClip, takeShot } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
import { takeFormat } from './support/keyboard'
import { lookInBothThemes } from './support/looking'
import { expectNothingSerious } from './support/looking'

interface Exported {
  clips: number
  roundTrip: { verdict: string; clips: number; differences: unknown[] }
  warnings: string[]
}

/** What a catalog says of its clips, by the name that both have. */
const describeClips = (catalog: string): unknown[] =>
  readCatalog(
    catalog,
    `select o.name, c.fold, c.group_key, count(*) as clips from clips c
       join clip_labels l on l.clip_key = c.key and l.state = 1 join ontology_classes o on o.key = l.class_key
     group by 1, 2, 3 order by 1, 2, 3`,
  )

test.describe('ESC-10 in other formats', () => {
  test.skip(esc10Folder === null, noEsc10)

  test('AudioFolder in Parquet and WebDataset, out and in again from the command line', async () => {
    const folder = makeFolder('formats')
    const options = { userFolder: join(folder, 'user') }
    const catalog = join(folder, 'catalog')
    await earmark(['init', catalog], options)
    await earmarkJson(['import', catalog, esc10Folder!], options)
    for (const format of ['audio-folder-parquet', 'webdataset']) {
      const out = join(folder, format)
      const exported = await earmarkJson<Exported>(['export', catalog, '--format', format, '--out', out], options)
      expect(exported).toMatchObject({ clips: 320, roundTrip: { verdict: 'identical', clips: 320, differences: [] } })
      for (const file of ['CREDITS.txt', 'checksums.sha256', 'round-trip.json', 'export-report.json'])
        expect(existsSync(join(out, file)), file).toBe(true)
      const back = join(folder, `${format}-again`)
      await earmark(['init', back], options)
      const imported = await earmarkJson<{ clips: number; labels: number }>(['import', back, out], options)
      expect(imported).toMatchObject({ clips: 320, labels: 320 })
      expect(describeClips(back)).toEqual(describeClips(catalog))
    }
    // The sound of AudioFolder's copies is there; that of the shards stays in them.
    expect(countIn(join(folder, 'audio-folder-parquet-again'), 'select sum(is_missing) from recordings')).toBe(0)
    expect(countIn(join(folder, 'webdataset-again'), 'select sum(is_missing) from recordings')).toBe(320)
  })

  test('the export view offers formats by family, asks how, and shows the certificate; by keyboard', async () => {
    const folder = makeFolder('formats-view')
    const userFolder = join(folder, 'user')
    const catalog = join(folder, 'catalog')
    const out = join(folder, 'out')
    await earmark(['init', catalog], { userFolder })
    await earmarkJson(['import', catalog, esc10Folder!], { userFolder })
    const { page, close } = await openApp('headless', userFolder)
    await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
    await page.getByRole('button', { name: 'Open catalog' }).click()
    await expect(page.getByRole('grid', { name: 'Clips' })).toBeVisible()
    await page.getByRole('link', { name: 'Export', exact: true }).click()
    for (const family of ['General', 'Benchmarks', 'Sound events', 'Machine learning'])
      await expect(page.getByRole('group', { name: family })).toBeVisible()

    await page.getByRole('radio', { name: /WebDataset/ }).focus()
    await page.keyboard.press('ArrowUp')
    await expect(page.getByRole('radio', { name: /AudioFolder, Parquet/ })).toBeChecked()
    await page.getByRole('combobox', { name: 'Sound' }).selectOption('convert')
    await page.getByRole('combobox', { name: 'Written as' }).selectOption('flac')
    await page.getByRole('combobox', { name: 'Sample rate' }).selectOption('16000')
    await page.getByRole('textbox', { name: 'File names' }).fill('{class}/{recording}')
    await page.getByRole('textbox', { name: 'New folder' }).fill(out)
    await takeShot(page, 'formats-options-dark')
    await page.getByRole('textbox', { name: 'New folder' }).press('Enter')

    const certificate = page.getByRole('region', { name: 'Round-trip certificate' })
    await expect(certificate).toContainText('320 clips, identical', { timeout: 90_000 })
    await takeShot(page, 'formats-certificate-dark')
    await expectNothingSerious(page)
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('radio', { name: 'light', exact: false }).first().check()
    await page.getByRole('link', { name: 'Export', exact: true }).click()
    await page
      .getByRole('complementary', { name: 'Results' })
      .getByText(/^Export 320 clips/)
      .first()
      .click()
    await expect(certificate).toContainText('320 clips, identical')
    // Colours glide from one theme to the other.
    await page.waitForTimeout(700)
    await takeShot(page, 'formats-certificate-light')
    await expectNothingSerious(page)
    const report = JSON.parse(readFileSync(join(out, 'export-report.json'), 'utf8')) as { files: { path: string }[] }
    const sounds = report.files.filter(({ path }) => path.endsWith('.flac'))
    expect(sounds).toHaveLength(320)
    expect(readFileSync(join(out, sounds[0]!.path)).subarray(0, 4).toString()).toBe('fLaC')
    await close()
  })
  test('what follows by the tree, and what unknown becomes, are chosen in the export window by keyboard', async () => {
    const folder = makeFolder('formats-unknown')
    const userFolder = join(folder, 'user')
    const catalog = join(folder, 'catalog')
    const out = join(folder, 'out')
    await earmark(['init', catalog], { userFolder })
    await earmarkJson(['import', catalog, esc10Folder!], { userFolder })
    await earmark(['ontology', 'add', catalog, 'animal'], { userFolder })
    for (const name of ['dog', 'rooster']) await earmark(['ontology', 'place', catalog, name, 'animal'], { userFolder })
    const { page, close } = await openApp('headless', userFolder)
    await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
    await page.keyboard.press('Enter')
    await selectFirstClip(page)
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('f')
    await expect.poll(() => countIn(catalog, 'select count(*) from clips where is_fully_annotated = 1')).toBe(2)

    await page.keyboard.press('Alt+5')
    const unknown = page.getByRole('combobox', { name: 'Unknown' })
    // A format that tells unknown from absent leaves no choice.
    await takeFormat(page, 'WebDataset')
    await expect(page.getByText('The format tells it from absent.')).toBeVisible()
    await expect(unknown).toHaveCount(0)
    await takeFormat(page, 'DESED')
    await expect(page.getByText('318 clips not fully annotated')).toBeVisible()
    await page.getByRole('checkbox', { name: 'Also write what follows from labels' }).focus()
    await page.keyboard.press('Space')
    await expect(page.getByText('64 labels more, on 64 clips')).toBeVisible()
    await lookInBothThemes(page, 'formats-unknown')
    await unknown.focus()
    await page.keyboard.press('ArrowDown')
    await expect(unknown).toHaveValue('leave-out')
    await expect(page.getByText('318 clips will be left out')).toBeVisible()
    await page.getByRole('textbox', { name: 'New folder' }).fill(out)
    await page.keyboard.press('Enter')

    const result = page.getByRole('complementary', { name: 'Results' })
    await expect(result.getByRole('region', { name: 'Choices' })).toContainText('not fully annotated are left out', {
      timeout: 60_000,
    })
    await lookInBothThemes(page, 'formats-unknown-result')
    const weak = readFileSync(join(out, 'metadata/weak.tsv'), 'utf8').trimEnd().split('\n').slice(1)
    const kept = readCatalog<{ name: string }>(
      catalog,
      `select o.name from clips c join clip_labels l on l.clip_key = c.key join ontology_classes o on o.key = l.class_key
         where c.is_fully_annotated = 1`,
    )
    const isAnimal = ({ name }: { name: string }): boolean => /dog|rooster/.test(name)
    const animals = kept.filter(isAnimal).length
    const report = JSON.parse(readFileSync(join(out, 'export-report.json'), 'utf8')) as Record<string, unknown>
    expect(report).toMatchObject({
      counts: { clips: 2, skipped: 318 },
      options: { unknown: 'leave-out' },
      followedLabels: { labels: animals, clips: animals },
    })
    const written = (row: { name: string }): string => (isAnimal(row) ? `animal,${row.name}` : row.name)
    expect(weak.map((line) => line.split('\t')[1]).toSorted()).toEqual(kept.map(written).toSorted())
    // Nothing of it is stored.
    expect(
      countIn(
        catalog,
        `select count(*) from clip_labels l join ontology_classes o on o.key = l.class_key where o.name = 'animal'`,
      ),
    ).toBe(0)
    await close()
  })
  test('a snapshot is exported as it was, from its page in the window and on the command line', async () => {
    const folder = makeFolder('formats-snapshot')
    const userFolder = join(folder, 'user')
    const catalog = join(folder, 'catalog')
    await earmark(['init', catalog], { userFolder })
    await earmarkJson(['import', catalog, esc10Folder!], { userFolder })
    await earmark(['snapshots', 'make', catalog, 'v1'], { userFolder })
    const weakOf = (out: string): string => readFileSync(join(out, 'metadata/weak.tsv'), 'utf8')
    const before = join(folder, 'before')
    await earmark(['export', catalog, '--format', 'desed', '--out', before], { userFolder })
    await earmark(['ontology', 'rename', catalog, 'dog', 'hound'], { userFolder })

    const { page, close } = await openApp('headless', userFolder)
    await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
    await page.keyboard.press('Enter')
    // The first clip is of another class now, in the catalog and not in the snapshot.
    await selectFirstClip(page)
    const digits = readCatalog<{ name: string }>(catalog, 'select name from ontology_classes order by code')
    await page.keyboard.press('1')
    await expect
      .poll(() => countIn(catalog, 'select count(*) from clip_labels where state = 1'), { message: digits[0]!.name })
      .toBe(319)
    await page.keyboard.press('2')
    await expect.poll(() => countIn(catalog, 'select count(*) from clip_labels where state = 1')).toBe(320)

    await page.keyboard.press('Alt+0')
    await page.getByRole('link', { name: 'Export…' }).focus()
    await page.keyboard.press('Enter')
    const of = page.getByRole('combobox', { name: 'Of' })
    await expect(of.getByRole('option', { selected: true })).toContainText('Snapshot v1')
    await expect(page.getByRole('combobox', { name: 'Query' })).toHaveCount(0)
    await takeFormat(page, 'DESED')
    await expect(page.getByText('320 clips', { exact: true })).toBeVisible()
    await lookInBothThemes(page, 'formats-snapshot')
    const out = join(folder, 'window')
    await page.getByRole('textbox', { name: 'New folder' }).fill(out)
    await page.keyboard.press('Enter')
    const result = page.getByRole('complementary', { name: 'Results' })
    await expect(result.getByRole('region', { name: 'Choices' })).toContainText('as snapshot “v1” of', {
      timeout: 60_000,
    })
    await close()
    const lines = (text: string): string[] => text.trimEnd().split('\n').toSorted()
    expect(lines(weakOf(out))).toEqual(lines(weakOf(before)))
    const report = JSON.parse(readFileSync(join(out, 'export-report.json'), 'utf8')) as Record<string, unknown>
    const [row] = readCatalog<{ content_hash: string }>(catalog, 'select content_hash from snapshots')
    expect(report).toMatchObject({ snapshot: { name: 'v1', contentHash: row!.content_hash }, counts: { clips: 320 } })

    const again = join(folder, 'terminal')
    const given = ['export', catalog, '--format', 'desed', '--out', again, '--snapshot', 'v1']
    expect(await earmarkJson<Exported>(given, { userFolder })).toMatchObject({ clips: 320 })
    expect(weakOf(again)).toBe(weakOf(out))
    expect((await earmark([...given, '--query', 'label:rain'], { userFolder })).code).toBe(2)
  })
})
