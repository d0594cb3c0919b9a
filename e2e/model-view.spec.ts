/** What the model sees, by the keyboard on ESC-10 with a run that was really trained: the array is the one of the loader. */
import { expect, type Page, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { colormap } from '../src/dsp/colormap'
import type { ClassMaps, ModelInput } from '../src/shared/contract/model-view'
import { openApp, takeShot } from './support/app'
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
  await run('train', catalog, '--recipe', 'mfcc-logistic', '--cross-validate')
  await run('train', catalog, '--recipe', 'logmel-cnn', '--cross-validate', '--set', 'training.maxEpochs=3')
  const [{ runId }] = readCatalog<{ runId: string }>(catalog, 'select id as runId from runs order by number desc') as [
    { runId: string },
  ]

  let given!: ModelInput
  let maps!: ClassMaps & { classes: { name: string }[] }
  let seconds = 0
  await test.step('the array is the one that training and features are made of', async () => {
    const host = await launchHeadless({ catalog, userFolder })
    const { client, close } = await connectToHost(host.url)
    const [clipId] = (await client.clips.ids({ query: {} })) as [string]
    const { recordingPath, fold, startSeconds, endSeconds } = await client.clips.get({ id: clipId })
    seconds = endSeconds - startSeconds
    const folds = await client.modelView.folds({ clipId, runId })
    expect(folds[0]).toEqual({ fold, role: 'tested' })
    const { recipe } = await client.runs.get({ id: runId })
    const plain = await client.modelView.input({ clipId, of: { kind: 'recipe', recipe } })
    expect(plain.isStandardised).toBe(false)
    const of = { kind: 'run' as const, runId, fold: folds[0]!.fold }
    given = await client.modelView.input({ clipId, of })
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
    maps = await client.modelView.maps({ clipId, runId, fold: folds[0]!.fold })
    const [scored] = await client.runs.predictions({ id: runId, clipIds: [clipId] })
    for (const [index, { label, score }] of scored!.scores.entries()) {
      expect(maps.classes[index]!.name).toBe(label)
      expect(maps.scores[index]).toBeCloseTo(score, 4)
    }
    // A training crop is mapped as it was drawn: one crop, with scores of its own.
    const drawn = { seed: 1, augments: true }
    const crop = await client.modelView.maps({ clipId, runId, fold: folds[0]!.fold, drawn })
    expect(crop.crops).toEqual({ frames: given.crops!.frames, starts: [0] })
    expect(crop.scores).not.toEqual(maps.scores)
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
  const seen = page.getByRole('img', { name: /^What logmel-cnn #2/ })
  const classBox = page.getByRole('combobox', { name: 'Class' })

  await test.step('one key swaps the picture, the next class is one key on', async () => {
    await page.keyboard.press('m')
    await expect(seen).toHaveAccessibleName(/, fold \d is given: \d+ × 64 values, standardised; brighter where/)
    expect(await countColours(seen)).toBeGreaterThan(50)
    // The recipe says how it is computed: what only changes the spectrogram cannot be set here, and says why.
    for (const control of ['Scale', 'Floor']) {
      await expect(page.getByLabel(control, { exact: true })).toBeDisabled()
      await expect(page.getByLabel(control, { exact: true })).toHaveAttribute('title', /^The model’s own front end/)
    }
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
    // Then it is the array alone, cell by cell, each at its time and in its band.
    await expect.poll(() => countWrongCells(seen, given, seconds)).toBe(0)
    await page.keyboard.press('Alt+Shift+M')
    await expect(map).toHaveValue('0.3')
    await expect.poll(() => countWrongCells(seen, given, seconds)).toBeGreaterThan(3)
  })

  const bar = page.getByRole('region', { name: 'What the model sees' })
  await test.step('one crop is looked at, with its own scores, and nothing beside it', async () => {
    await page.keyboard.press('Alt+K')
    await expect(bar).toContainText(`1 of ${given.crops!.starts.length}`)
    const scores = [...maps.cropScores.subarray(0, maps.classes.length)]
    const best = Math.max(...scores)
    const shown = `${maps.classes[scores.indexOf(best)]!.name} ${(100 * best).toFixed(1)} %`
    await expect(bar.locator('.scores')).toContainText(/This crop:/)
    await expect(bar.locator('.scores')).toContainText(shown)
    const end = (given.crops!.frames + 8) * given.frameSeconds
    await expect.poll(async () => (await readColours(seen, [{ x: end / seconds, y: 0.5 }]))[0]![3]).toBe(0)
    await takeShot(page, 'model-view-one-crop')
    await page.keyboard.press('Alt+K')
    await expect(bar).toContainText(`2 of ${given.crops!.starts.length}`)
    await page.keyboard.press('Alt+W')
    await expect(bar.locator('.scores')).toContainText(/Clip:/)
  })

  await test.step('what is under the pointer is said, and segments are drawn in the bands of the model', async () => {
    const box = (await seen.boundingBox())!
    const [cell] = placeCells(given, seconds, [[100, 40]])
    await page.mouse.move(box.x + cell!.x * box.width, box.y + (1 - cell!.y) * box.height)
    const value = cell!.value.toFixed(2)
    await expect(bar).toContainText(new RegExp(`Hz · ${value} σ · map [01]\\.\\d\\d`))
    await page.mouse.move(5, 5)
    await page.keyboard.press('Home')
    await page.keyboard.press('s')
    await expect(page.getByText(/S ends it/)).toBeVisible()
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight')
    await page.keyboard.press('s')
    await expect(page.locator('.model-lane [data-segment]')).toHaveCount(1)
    const kept = (): { low: number | null }[] => readCatalog(catalog, 'select low_hz as low from annotations')
    await expect.poll(() => kept().length).toBe(1)
    await page.keyboard.press('Control+z')
    await expect(page.locator('.model-lane [data-segment]')).toHaveCount(0)
  })

  await test.step('a training crop is drawn, and another', async () => {
    await page.keyboard.press('Shift+M')
    await expect(page.getByText('seed 1', { exact: true })).toBeVisible()
    await expect(page.getByText(/Augmented: its picture by picture-gain/)).toBeVisible()
    await expect(bar.locator('.scores')).toContainText(/This crop:/)
    await expect(seen).toHaveAccessibleName(/brighter where/)
    const first = await readPixels(seen)
    await page.keyboard.press('Shift+M')
    await expect(page.getByText('seed 2', { exact: true })).toBeVisible()
    await expect.poll(async () => (await readPixels(seen)) === first).toBe(false)
    await lookInBothThemes(page, 'model-view-crop')
    await page.keyboard.press('Alt+W')
    await expect(page.getByText('seed 2', { exact: true })).toBeHidden()
  })

  await test.step('where there is no map it is said why; a front end by itself needs no run', async () => {
    const model = page.getByRole('combobox', { name: 'Model', exact: true })
    // A select goes by its arrows, and to the option that begins with what is typed.
    const choose = async (name: string, press: () => Promise<void>): Promise<void> => {
      await model.focus()
      await press()
      await expect(model.locator('option:checked')).toHaveText(name)
    }
    await choose('mfcc-logistic #1', () => page.keyboard.press('ArrowDown'))
    await expect(bar).toContainText('has no map: it is not told when a sound came.')
    await expect(bar.locator('.scores')).toContainText(/Clip:/)
    await lookInBothThemes(page, 'model-view-no-map')
    await choose('piczak-short', () => page.keyboard.type('piczak-short'))
    await expect(bar).toContainText('Train a run with this recipe')
    await expect(bar.getByRole('combobox', { name: 'Channel' })).toBeVisible()
    await takeShot(page, 'model-view-front-end')
    await choose('logmel-cnn #2', () => page.keyboard.press('Home'))
    await expect(seen).toHaveAccessibleName(/brighter where/)
    await page.getByRole('group', { name: 'Editor' }).focus()
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

/** The colours at shares of the canvas's width and height, from its lower left corner. */
async function readColours(
  canvas: ReturnType<Page['getByRole']>,
  places: { x: number; y: number }[],
): Promise<number[][]> {
  return canvas.evaluate((element, wanted) => {
    const { width, height } = element as HTMLCanvasElement
    const context = (element as HTMLCanvasElement).getContext('2d')!
    return wanted.map(({ x, y }) => [
      ...context.getImageData(Math.floor(x * width), Math.floor((1 - y) * height), 1, 1).data,
    ])
  }, places)
}

/** Middles of cells, where they stand when the whole clip is shown. */
function placeCells(input: ModelInput, seconds: number, cells: [frame: number, band: number][]) {
  return cells.map(([frame, band]) => ({
    x: (input.firstFrameSeconds + frame * input.frameSeconds) / seconds,
    y: (band + 0.5) / input.bands,
    value: input.values[frame * input.bands + band]!,
  }))
}

/** Of cells of every part of the picture, those that have not the colour that the colour map gives their value. */
async function countWrongCells(
  canvas: ReturnType<Page['getByRole']>,
  input: ModelInput,
  seconds: number,
): Promise<number> {
  const spots = [0.05, 0.3, 0.47, 0.6, 0.9].flatMap((time) =>
    [0.02, 0.3, 0.6, 0.97].map((pitch): [number, number] => [
      Math.floor(time * input.frames),
      Math.floor(pitch * input.bands),
    ]),
  )
  const cells = placeCells(input, seconds, spots)
  const colours = await readColours(canvas, cells)
  return cells.filter(({ value }, at) => {
    const level = Math.min(255, Math.max(0, Math.round(((value + 2) / 5) * 255)))
    const wanted = [...colormap('magma').subarray(3 * level, 3 * level + 3)]
    return wanted.some((part, index) => part !== colours[at]![index])
  }).length
}
