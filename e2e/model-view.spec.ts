/** What the model sees, by the keyboard on ESC-10 with a run that was really trained: the array is the one of the loader. */
import { expect, type Page, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { launchHeadless } from './support/launch-headless'
import { lookInBothThemes } from './support/looking'
import { connectToHost } from './support/rpc'

test.skip(esc10Folder === null, noEsc10)

test('a clip is seen as a model is given it, and where it finds each class', async () => {
  const folder = makeFolder('model-view')
  const catalog = join(folder, 'catalog')
  const userFolder = join(folder, 'user')
  const run = async (...args: string[]): Promise<void> => {
    const done = await earmark(args, { userFolder })
    expect(done.code, done.stderr).toBe(0)
  }
  await run('init', catalog)
  await run('import', catalog, esc10Folder!, '--format', 'esc50')
  await run('train', catalog, '--recipe', 'logmel-cnn', '--cross-validate', '--set', 'training.maxEpochs=3')
  const [{ runId }] = readCatalog<{ runId: string }>(catalog, 'select id as runId from runs') as [{ runId: string }]

  await test.step('the array is the one that training and features are made of', async () => {
    const host = await launchHeadless({ catalog, userFolder })
    const { client, close } = await connectToHost(host.url)
    const [clipId] = (await client.clips.ids({ query: {} })) as [string]
    const { recordingPath, fold } = await client.clips.get({ id: clipId })
    const folds = await client.modelView.folds({ clipId, runId })
    expect(folds[0]).toEqual({ fold, role: 'tested' })
    const { recipe } = await client.runs.get({ id: runId })
    const plain = await client.modelView.input({ clipId, of: { kind: 'recipe', recipe } })
    expect(plain.isStandardised).toBe(false)
    const of = { kind: 'run' as const, runId, fold: folds[0]!.fold }
    const given = await client.modelView.input({ clipId, of })
    // Standardised by what the fold's training clips were: band by band one mean and one deviation.
    const { standardization } = JSON.parse(
      readFileSync(join(catalog, 'runs', runId, `model-${fold}`, 'model.json'), 'utf8'),
    ) as { standardization: { means: number[]; deviations: number[] } }
    const { means, deviations } = standardization
    for (let at = 0; at < given.values.length; at++) {
      const band = at % given.bands
      expect(Math.abs(given.values[at]! - (plain.values[at]! - means[band]!) / deviations[band]!)).toBeLessThan(1e-4)
    }
    // And unstandardised what "earmark features" writes of the same file.
    const out = join(folder, 'features.npy')
    await run('features', join(esc10Folder!, recordingPath), '--recipe', 'logmel-cnn', '--out', out)
    const bytes = readFileSync(out)
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + bytes.length - 4 * plain.values.length))
    let worst = 0
    for (const [at, value] of values.entries()) worst = Math.max(worst, Math.abs(value - plain.values[at]!))
    expect(worst).toBeLessThan(1e-6)
    const maps = await client.modelView.maps({ clipId, runId, fold: folds[0]!.fold })
    const [scored] = await client.runs.predictions({ id: runId, clipIds: [clipId] })
    for (const [index, { label, score }] of scored!.scores.entries()) {
      expect(maps.classes[index]!.name).toBe(label)
      expect(maps.scores[index]).toBeCloseTo(score, 4)
    }
    close()
    await host.close()
  })

  const { page, close } = await openApp('headless', userFolder)
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '321')
  await page.keyboard.press('Alt+2')
  await expect(page.getByRole('group', { name: 'Editor' })).toBeFocused()
  await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
  const seen = page.getByRole('img', { name: /^What logmel-cnn #1/ })
  const classBox = page.getByRole('combobox', { name: 'Class' })

  await test.step('one key swaps the picture, the next class is one key on', async () => {
    await page.keyboard.press('m')
    await expect(seen).toHaveAccessibleName(/, fold \d is given: \d+ × 64 values, standardised; brighter where/)
    expect(await countColours(seen)).toBeGreaterThan(50)
    await lookInBothThemes(page, 'model-view')
    const first = await classBox.inputValue()
    const before = await readPixels(seen)
    await page.keyboard.press('c')
    await expect(classBox).not.toHaveValue(first)
    await expect.poll(async () => (await readPixels(seen)) === before).toBe(false)
    await page.keyboard.press('Shift+C')
    await expect(classBox).toHaveValue(first)
    await expect.poll(async () => (await readPixels(seen)) === before).toBe(true)
  })

  await test.step('the map is stronger, gone, weaker', async () => {
    const map = page.getByRole('slider', { name: 'Map' })
    await page.keyboard.press('Alt+Shift+M')
    await expect(map).toHaveValue('0.9')
    await page.keyboard.press('Alt+Shift+M')
    await expect(seen).toHaveAccessibleName(/standardised$/)
    await page.keyboard.press('Alt+Shift+M')
    await expect(map).toHaveValue('0.3')
  })

  await test.step('a training crop is drawn, and another', async () => {
    await page.keyboard.press('Shift+M')
    await expect(page.getByText('seed 1', { exact: true })).toBeVisible()
    await expect(page.getByText(/Augmented: gain|Augmented: \d/)).toBeVisible()
    const first = await readPixels(seen)
    await page.keyboard.press('Shift+M')
    await expect(page.getByText('seed 2', { exact: true })).toBeVisible()
    await expect.poll(async () => (await readPixels(seen)) === first).toBe(false)
    await lookInBothThemes(page, 'model-view-crop')
    await page.keyboard.press('Alt+W')
    await expect(page.getByText('seed 2', { exact: true })).toBeHidden()
  })

  await test.step('it follows to the next clip, and M shows the spectrogram again', async () => {
    const before = await readPixels(seen)
    await page.keyboard.press('n')
    await expect(page.getByText('2 of 320')).toBeVisible()
    await expect(seen).toHaveAccessibleName(/standardised/)
    await expect.poll(async () => (await readPixels(seen)) === before).toBe(false)
    await page.keyboard.press('m')
    await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
    await expect(seen).toBeHidden()
  })
  await close()
})

/** The picture as one text. */
async function readPixels(canvas: ReturnType<Page['getByRole']>): Promise<string> {
  return canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL())
}

async function countColours(canvas: ReturnType<Page['getByRole']>): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement
    const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height)
    return new Set(new Uint32Array(data.buffer)).size
  })
}
