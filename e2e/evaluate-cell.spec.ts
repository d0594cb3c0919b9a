/** From a cell of the matrix to its clips, heard without a gap, and to verdicts on just these: by keyboard, on real recordings. */
import { expect, type Page, test } from '@playwright/test'
import { openApp } from './support/app'
import { esc10Folder, noEsc10 } from './support/data'
import { readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
import { makeEsc10 } from './support/esc10'
import { alignHeard, awaitHearing, forgetHeard, readHeard, startHearing, trimSilence } from './support/hearing'
import { lookInBothThemes } from './support/looking'

test('the clips of a cell follow each other sample by sample, and are rated for the classes of the cell', async () => {
  test.skip(esc10Folder === null, noEsc10)
  test.setTimeout(300_000)
  const { catalog, userFolder } = await makeEsc10('evaluate-cell')
  const train = ['train', catalog, '--recipe', 'mfcc-logistic', '--cross-validate', '--query', 'fold:1,2']
  expect((await earmark(train, { userFolder })).code).toBe(0)
  const { run, classes, confusionMatrix } = await earmarkJson<{
    run: string
    classes: string[]
    confusionMatrix: number[][]
  }>(['evaluate', catalog, '--run', 'last'], { userFolder })
  const wrong = confusionMatrix
    .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
    .filter(({ truth, predicted, count }) => truth !== predicted && count >= 2)
    .sort((a, b) => a.count - b.count)[0]!
  const [truth, predicted] = [classes[wrong.truth]!, classes[wrong.predicted]!]

  const { page, close } = await openApp('headless', userFolder, { bypassCSP: true })
  await startHearing(page)
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('grid', { name: 'Clips' }).getByRole('gridcell').first()).toBeVisible()
  const runId = readCatalog<{ id: string }>(catalog, 'select id from runs')[0]!.id
  expect(run).toBeTruthy()
  await page.evaluate((id) => (location.hash = `#/evaluate/${id}`), runId)
  const name = `true ${truth}, predicted ${predicted}: ${wrong.count} clips`
  const cell = page.getByRole('button', { name, exact: true })
  await cell.focus()
  await page.keyboard.press('Enter')
  const list = page.getByRole('list', { name: 'Clips in this cell' })
  const rows = list.locator('button.clip')
  await expect(rows).toHaveCount(wrong.count)
  await expect(rows.first()).toBeFocused()
  const names = await rows.evaluateAll((buttons) =>
    buttons.map((button) => button.querySelector('.what span')!.textContent.trim()),
  )
  const ids = names.map(
    (name) =>
      readCatalog<{ id: string }>(
        catalog,
        'select c.id from clips c join recordings r on r.key = c.recording_key where r.path like ?',
        `%${name}`,
      )[0]!.id,
  )

  await test.step('what goes to the loudspeaker is the clips of the list, one sample after the other', async () => {
    await awaitHearing(page)
    const clips: Float32Array[] = []
    for (const id of ids) clips.push(await decodeMedia(page, id))
    const expected = Float32Array.from(clips.flatMap((samples) => [...samples]))
    await forgetHeard(page)
    await page.keyboard.press('Space')
    await expect(rows.last()).toHaveAttribute('aria-current', 'true', { timeout: 30_000 + 6_000 * ids.length })
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 30_000 })
    const { sampleRateHz, left } = await readHeard(page)
    expect(sampleRateHz).toBe(44_100)
    const holes = alignHeard(left, trimSilence(expected))
    const first = expected.findIndex((value) => value !== 0)
    let place = -first
    const joints = clips.slice(0, -1).map((samples) => (place += samples.length))
    for (const { at } of holes) expect(joints, `silence between two clips, at frame ${at}`).not.toContain(at)
    test.info().annotations.push({ type: 'heard', description: `${left.length} frames, ${holes.length} holes` })
  })

  await test.step('one key rates just these clips, for the two classes of the cell', async () => {
    await lookInBothThemes(page, 'evaluate-cell')
    await page.keyboard.press('Shift+S')
    await expect(page).toHaveURL(/#\/session\/[0-9a-f-]{36}/)
    const total = wrong.count
    await isAsked(page, 1, total, truth)
    expect(
      readCatalog<{ id: string; classes: string }>(
        catalog,
        'select c.id, i.classes from rating_items i join clips c on c.key = i.clip_key order by i.position',
      ).map(({ id, classes: asked }) => [id, (JSON.parse(asked) as [string][]).length]),
    ).toEqual(ids.map((id) => [id, 2]))
    for (let place = 1; place <= total; place++) {
      await isAsked(page, place, total, truth)
      await page.keyboard.press('n')
      await isAsked(page, place, total, predicted)
      await page.keyboard.press('y')
    }
    await expect(page.getByRole('heading', { name: `${total} segments rated of ${total}` })).toBeVisible()
    await expect
      .poll(() =>
        readCatalog<{ id: string; name: string; state: number }>(
          catalog,
          `select c.id, k.name, l.state from clip_labels l join clips c on c.key = l.clip_key
             join ontology_classes k on k.key = l.class_key where l.author <> 'import'`,
        )
          .map(({ id, name, state }) => `${id} ${name} ${state}`)
          .sort(),
      )
      .toEqual(ids.flatMap((id) => [`${id} ${truth} 0`, `${id} ${predicted} 1`]).sort())
  })
  await close()
})

const isAsked = (page: Page, place: number, total: number, name: string) =>
  expect(page.getByRole('status').filter({ hasText: `Segment ${place} of ${total}: ${name}?` })).toBeAttached()

/** The first channel of a clip's rendition, decoded by the test itself: 16 bits, as of every lossy file. */
async function decodeMedia(page: Page, clipId: string): Promise<Float32Array> {
  const numbers = await page.evaluate(async (id) => {
    const bytes = await (await fetch(`/media/${id}.wav`)).arrayBuffer()
    return [...new Int16Array(bytes.slice(44))]
  }, clipId)
  return Float32Array.from(numbers, (value) => value / 32_768)
}
