/** The main job: the whole loop on ESC-10 in the window, through both doors; believed only from the disk. */
import { expect, type Page, test } from '@playwright/test'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { doors, openApp, takeShot } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'

for (const door of doors)
  test.describe(`the main job, ${door}`, () => {
    test.skip(esc10Folder === null, noEsc10)

    test('import, browse, see, hear, segment, train, evaluate, correct, export', async () => {
      const folder = makeFolder(`main-job-${door}`)
      const catalog = join(folder, 'catalog')
      const out = join(folder, 'export')
      const { page, close } = await openApp(door, join(folder, 'user'))
      const complaints = listenForComplaints(page)
      const shot = (name: string): Promise<void> => takeShot(page, `${door}-${name}`)

      await test.step('make a catalog', async () => {
        await shot('1-welcome')
        await page.getByRole('textbox', { name: 'Catalog folder' }).fill(catalog)
        await page.getByRole('button', { name: 'New catalog' }).click()
        await expect(page.getByText('This catalog has no clips yet')).toBeVisible()
        await shot('2-empty-library')
      })

      await test.step('import ESC-10', async () => {
        await page.getByRole('button', { name: 'Import', exact: true }).click()
        const dialog = page.getByRole('dialog', { name: 'Import recordings' })
        await dialog.getByRole('textbox', { name: 'Folder' }).fill(esc10Folder!)
        await expect(dialog.getByText('320 new recordings, 0 known')).toBeVisible()
        await shot('3-import')
        await dialog.getByRole('button', { name: 'Start import' }).click()
        await expect(dialog.getByLabel('Imported')).toContainText('320', { timeout: 90_000 })
        await expect(dialog.getByRole('button', { name: 'Done' })).toBeVisible({ timeout: 90_000 })
        await dialog.getByRole('button', { name: 'Done' }).click()
        expect(countIn(catalog, 'select count(*) from recordings')).toBe(320)
        expect(countIn(catalog, 'select count(*) from clip_labels where state = 1')).toBe(320)
      })

      const clips = page.getByRole('grid', { name: 'Clips' })
      await test.step('browse', async () => {
        await expect(clips).toHaveAttribute('aria-rowcount', '321')
        await page.getByRole('combobox', { name: 'Query' }).fill('label:dog fold:4')
        await page.getByRole('combobox', { name: 'Query' }).press('Enter')
        await expect(clips).toHaveAttribute('aria-rowcount', '9')
        expect(page.url()).toContain('q=label:dog')
        await expect(clips.locator('canvas').first()).toBeVisible()
        await page.waitForTimeout(500)
        await shot('4-library')
      })

      const firstDog = readCatalog<{ id: string }>(
        catalog,
        `select c.id from clips c join recordings r on r.key = c.recording_key
          join clip_labels l on l.clip_key = c.key join ontology_classes o on o.key = l.class_key
          where o.name = 'dog' and c.fold = '4' order by r.path limit 1`,
      )[0]!.id

      await test.step('open a clip, see it and hear it', async () => {
        await clips.focus()
        await page.keyboard.press('Home')
        await page.keyboard.press('Enter')
        await expect(page).toHaveURL(new RegExp(`annotate/${firstDog}`))
        await expect.poll(() => countColours(page), { timeout: 20_000 }).toBeGreaterThan(50)
        await page.keyboard.press('Space')
        await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
        await expect.poll(() => readPosition(page)).toBeGreaterThan(0.2)
        await page.keyboard.press('Space')
        await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
        await shot('5-annotate')
      })

      await test.step('draw a box, label it, take the label back and do it again', async () => {
        const area = (await page.getByRole('img', { name: 'Spectrogram' }).boundingBox())!
        await page.keyboard.down('Shift')
        await page.mouse.move(area.x + area.width * 0.2, area.y + area.height * 0.3)
        await page.mouse.down()
        await page.mouse.move(area.x + area.width * 0.3, area.y + area.height * 0.4, { steps: 4 })
        await page.mouse.move(area.x + area.width * 0.4, area.y + area.height * 0.7, { steps: 4 })
        await page.mouse.up()
        await page.keyboard.up('Shift')
        const segments = page.getByRole('grid', { name: 'Segments' })
        await expect(segments.getByRole('row')).toHaveCount(2)
        await page.keyboard.press('l')
        await page.getByRole('combobox', { name: /class|label/i }).fill('dog')
        await page.keyboard.press('Enter')
        await expect(segments.getByText('dog')).toBeVisible()
        await shot('6-segment')

        const readSegments = () =>
          readCatalog<{ name: string; start_seconds: number; end_seconds: number; low_hz: number; high_hz: number }>(
            catalog,
            `select o.name, a.* from annotations a join annotation_labels l on l.annotation_key = a.key
              join ontology_classes o on o.key = l.class_key where a.clip_key = (select key from clips where id = ?)`,
            firstDog,
          )
        await expect.poll(readSegments).toHaveLength(1)
        const [segment] = readSegments()
        const duration = readCatalog<{ end_seconds: number }>(
          catalog,
          'select end_seconds from clips where id = ?',
          firstDog,
        )[0]!.end_seconds
        expect(segment!.name).toBe('dog')
        expect(segment!.start_seconds / duration).toBeCloseTo(0.2, 1)
        expect(segment!.end_seconds / duration).toBeCloseTo(0.4, 1)
        expect(segment!.high_hz).toBeGreaterThan(segment!.low_hz)

        await page.keyboard.press('Escape')
        await page.keyboard.press('Control+z')
        await expect.poll(readSegments).toHaveLength(0)
        await page.keyboard.press('Control+Shift+z')
        await expect.poll(readSegments).toHaveLength(1)
      })

      let runId = ''
      await test.step('train the control over the four folds and watch it', async () => {
        await page.getByRole('link', { name: 'Train', exact: true }).click()
        const form = page.getByRole('form', { name: 'Recipe' })
        await form.getByRole('radio', { name: /mfcc-logistic/ }).check()
        await form.getByRole('radio', { name: /Cross-validate/ }).check()
        await expect(form.getByText(/320/).first()).toBeVisible()
        await shot('7-train-form')
        await form.getByRole('button', { name: 'Start training' }).click()
        await expect(page.getByRole('heading', { name: /mfcc-logistic/ })).toBeVisible()
        runId = /train\/([^?]+)/.exec(page.url())![1]!
        await expect(page.getByText(/wasm|tensorflow/).first()).toBeVisible({ timeout: 60_000 })
        await expect(page.getByRole('link', { name: 'Evaluate' }).last()).toBeVisible()
        await expect(page.getByRole('main').getByRole('link', { name: 'Evaluate' })).toBeVisible({ timeout: 120_000 })
        await shot('8-trained')
        expect(readCatalog(catalog, 'select status from runs where id = ?', runId)).toEqual([{ status: 'done' }])
        expect(
          countIn(
            catalog,
            'select count(*) from predictions where run_key = (select key from runs where id = ?)',
            runId,
          ),
        ).toBe(320)
        expect(
          countIn(
            catalog,
            'select count(distinct fold) from run_epochs where run_key = (select key from runs where id = ?)',
            runId,
          ),
        ).toBe(4)
      })

      const wrongPairs = () =>
        readCatalog<{ truth: string; predicted: string; count: number }>(
          catalog,
          `select t.name as truth, p2.name as predicted, count(*) as count
             from predictions p join clip_labels l on l.clip_key = p.clip_key and l.state = 1
             join ontology_classes t on t.key = l.class_key join ontology_classes p2 on p2.key = p.predicted_class_key
            where p.run_key = (select key from runs where id = ?) and l.class_key <> p.predicted_class_key group by 1, 2 order by 3 desc, 1, 2`,
          runId,
        )

      await test.step('read the matrix, click a cell, listen, correct a label', async () => {
        await page.getByRole('main').getByRole('link', { name: 'Evaluate' }).click()
        const matrix = page.getByRole('grid', { name: 'Confusion matrix' })
        await expect(matrix).toBeVisible()
        const right = 320 - wrongPairs().reduce((sum, pair) => sum + pair.count, 0)
        await expect(page.getByText(`${((right / 320) * 100).toFixed(1)}`).first()).toBeVisible()
        expect(Math.abs(right / 320 - 0.828)).toBeLessThanOrEqual(0.015)

        const worst = wrongPairs()[0]!
        const cell = matrix.getByRole('button', { name: nameCell(worst.truth, worst.predicted, worst.count) })
        await cell.click()
        const playlist = page.getByRole('list', { name: 'Clips in this cell' })
        await expect(playlist.getByRole('listitem')).toHaveCount(worst.count)
        await shot('9-evaluate')
        await page.keyboard.press('Space')
        await expect(page.getByRole('button', { name: 'Pause' }).first()).toBeVisible()
        await page.keyboard.press('Space')

        const before = countIn(catalog, 'select count(*) from journal')
        await page.getByRole('button', { name: 'Relabel to predicted' }).first().click()
        await expect(
          matrix.getByRole('button', { name: nameCell(worst.truth, worst.predicted, worst.count - 1) }),
        ).toBeVisible()
        await expect(page.getByText(/1 label changed since the run/)).toBeVisible()
        await shot('10-corrected')
        expect(countIn(catalog, 'select count(*) from journal')).toBe(before + 1)
        const corrected = readCatalog<{ name: string; state: string }>(
          catalog,
          `select o.name, iif(l.state = 1, 'present', 'absent') as state
             from clip_labels l join ontology_classes o on o.key = l.class_key
            where l.clip_key in (select clip_key from clip_labels where state = 0) order by l.state`,
        )
        expect(corrected).toEqual([
          { name: worst.truth, state: 'absent' },
          { name: worst.predicted, state: 'present' },
        ])
      })

      await test.step('export the dataset', async () => {
        await page.getByRole('link', { name: 'Export', exact: true }).click()
        await page.getByRole('radio', { name: /ESC-50/ }).check()
        await page.getByRole('textbox', { name: 'New folder' }).fill(out)
        await shot('11-export')
        await page.getByRole('button', { name: 'Export dataset' }).click()
        await expect(page.getByRole('complementary', { name: 'Results' }).getByText(out).first()).toBeVisible({
          timeout: 60_000,
        })
        await expect.poll(() => readdirSync(folder).sort(), { timeout: 60_000 }).toContain('export')
        await shot('12-exported')

        const rows = readFileSync(join(out, 'meta/esc50.csv'), 'utf8').trim().split(/\r?\n/)
        const original = readFileSync(join(esc10Folder!, 'meta/esc10.csv'), 'utf8').trim().split(/\r?\n/)
        expect(rows[0]).toBe('filename,fold,target,category,esc10,src_file,take')
        expect(rows).toHaveLength(321)
        expect(rows.filter((row) => !original.includes(row))).toHaveLength(1) // the corrected clip
        expect(readdirSync(join(out, 'audio'))).toHaveLength(320)
        const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
        const [unchanged] = rows.slice(1).filter((row) => original.includes(row))
        const file = unchanged!.split(',')[0]!
        expect(hash(join(out, 'audio', file))).toBe(hash(join(esc10Folder!, 'audio', file)))
      })

      expect(complaints).toEqual([])
      await close()
    })

    test('a network trains live, and can be cancelled', async () => {
      const folder = makeFolder(`network-${door}`)
      const catalog = join(folder, 'catalog')
      const { page, close } = await openApp(door, join(folder, 'user'))
      await page.getByRole('textbox', { name: 'Sample folder' }).fill(catalog)
      await page.getByRole('button', { name: 'Create sample catalog' }).click()
      await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '61', {
        timeout: 60_000,
      })

      await page.getByRole('link', { name: 'Train', exact: true }).click()
      const form = page.getByRole('form', { name: 'Recipe' })
      await form.getByRole('radio', { name: /logmel-cnn/ }).check()
      await form.getByRole('radio', { name: /Hold out one fold/ }).check()
      await form.getByRole('button', { name: 'Start training' }).click()
      await expect(page.getByRole('heading', { name: /logmel-cnn/ })).toBeVisible()
      await expect
        .poll(() => countIn(catalog, 'select count(*) from run_epochs'), { timeout: 90_000 })
        .toBeGreaterThanOrEqual(3)
      await takeShot(page, `${door}-13-training`)
      await page.getByRole('button', { name: 'Cancel run' }).click()
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /cancel/i })
        .click()
      await expect
        .poll(() => readCatalog<{ status: string }>(catalog, 'select status from runs')[0]!.status)
        .toBe('cancelled')
      await expect(page.getByText('cancelled').first()).toBeVisible()
      await close()
    })
  })

/** Console errors, uncaught errors and blocked content: a page that works has none. */
function listenForComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return complaints
}

/** Distinct colours of the drawn spectrogram: a blank canvas has one. */
function countColours(page: Page): Promise<number> {
  return page.getByRole('img', { name: 'Spectrogram' }).evaluate((element) => {
    const canvas = element.querySelector<HTMLCanvasElement>('canvas.picture')
    if (!canvas || canvas.width === 0 || canvas.height === 0) return 0
    const copy = new OffscreenCanvas(canvas.width, canvas.height)
    const context = copy.getContext('2d')!
    context.drawImage(canvas, 0, 0)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    const colours = new Set<number>()
    for (let at = 0; at < data.length; at += 4) colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!)
    return colours.size
  })
}

async function readPosition(page: Page): Promise<number> {
  const value = await page.getByRole('slider', { name: 'Position in the clip' }).getAttribute('aria-valuenow')
  return Number(value)
}

const nameCell = (truth: string, predicted: string, count: number): string =>
  `true ${truth}, predicted ${predicted}: ${count} ${count === 1 ? 'clip' : 'clips'}`
