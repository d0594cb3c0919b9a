/** The batches of a run by the keyboard on ESC-10: what the page shows is what the command line writes, to the last cell. */
import { expect, type Locator, test } from '@playwright/test'
import { unzipSync } from 'fflate'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { colormap } from '../src/dsp/colormap'
import { decodeNpy, toFloats, toTexts } from '../src/formats/containers/npy'
import { openApp } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { expectNothingSerious, lookInBothThemes } from './support/looking'

test.skip(esc10Folder === null, noEsc10)

const chain = {
  steps: [
    { kind: 'time-shift', seconds: [-0.5, 0.5], fill: 'silence' },
    { kind: 'noise', color: 'pink', snrDb: [5, 20], level: 'active', probability: 0.5 },
    { kind: 'between-class', ratio: [0, 1] },
    { kind: 'time-mask', masks: 1, widestFrames: 20, widestShare: 1 },
  ],
}

test('a batch is seen as a run was given it', async () => {
  const folder = makeFolder('batches')
  const catalog = join(folder, 'catalog')
  const userFolder = join(folder, 'user')
  const run = async (...args: string[]): Promise<string> => {
    const done = await earmark(args, { userFolder })
    expect(done.code, done.stderr).toBe(0)
    return done.stdout
  }
  await run('init', catalog)
  await run('import', catalog, esc10Folder!, '--format', 'esc50')

  await test.step('before there is a run, the place says what it is for', async () => {
    const { page, close } = await openApp('headless', userFolder)
    await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '321')
    await page.keyboard.press('Alt+b')
    await expect(page.getByRole('heading', { name: 'No run has batches yet' })).toBeVisible()
    await expectNothingSerious(page)
    await close()
  })

  const network = ['--set', 'training.maxEpochs=2', '--set', `training.chain=${JSON.stringify(chain)}`]
  await run('train', catalog, '--recipe', 'logmel-cnn', '--test-fold', '1', '--query', 'fold:1,2', ...network)
  await run('train', catalog, '--recipe', 'mfcc-logistic', '--test-fold', '1', '--query', 'fold:1,2')
  const [{ runId }] = readCatalog<{ runId: string }>(catalog, 'select id as runId from runs order by number') as [
    { runId: string },
  ]

  const out = join(folder, 'batch.npz')
  const place = ['batch', catalog, '--run', runId, '--fold', '1', '--epoch', '2', '--batch', '3']
  const printed = await run(...place, '--out', out)
  const arrays = unzipSync(readFileSync(out))
  const read = (name: string) => decodeNpy(arrays[`${name}.npy`]!, name)
  const x = toFloats(read('x'), 'x')
  const [rows, frames, bands] = read('x').shape as [number, number, number]
  const y = toFloats(read('y'), 'y')
  const classes = toTexts(read('classes'), 'classes')
  const recordings = toTexts(read('recordings'), 'recordings')

  await test.step('the command line says the same of it twice, and refuses what the run has not had', async () => {
    expect(printed).toContain(
      `logmel-cnn #1, fold 1, epoch 2, batch 3: ${rows} examples of ${frames} frames × ${bands} bands`,
    )
    expect(printed).toContain(`x ${rows} × ${frames} × ${bands} × 1, y ${rows} × 10`)
    expect(printed.split('\n').filter((line) => line.includes('between-class share'))).toHaveLength(rows)
    const told = JSON.parse(await run(...place, '--json')) as { examples: { recording: string; targets: number[] }[] }
    expect(told.examples.map(({ recording }) => recording)).toEqual(recordings)
    expect(told.examples.flatMap(({ targets }) => targets)).toEqual([...y])
    for (let row = 0; row < rows; row++) {
      const sum = y
        .subarray(row * classes.length, (row + 1) * classes.length)
        .reduce((total, share) => total + share, 0)
      expect(sum).toBeCloseTo(1, 6)
    }
    const again = await earmark([...place, '--out', out], { userFolder })
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') })
    const late = await earmark(['batch', catalog, '--run', runId, '--epoch', '3'], { userFolder })
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('has come to epoch 2') })
    const none = await earmark(['batch', catalog, '--run', 'last'], { userFolder })
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('mfcc-logistic #2 has no batches'),
    })
    expect((await earmark(['batch', catalog, '--run', runId, '--batch', '0'], { userFolder })).code).toBe(2)
  })

  const { page, close } = await openApp('headless', userFolder)
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '321')
  const examples = page.getByRole('radiogroup', { name: 'Examples' })
  const one = page.getByRole('region', { name: 'The example' })

  await test.step('from the page of the run one key leads to its batches, and keys to this one', async () => {
    await page.evaluate((id) => (location.hash = `#/train/${id}`), runId)
    await expect(page.getByRole('heading', { name: 'logmel-cnn #1' })).toBeVisible()
    await page.keyboard.press('b')
    await expect(page).toHaveURL(new RegExp(`#/batches/${runId}`))
    await expect(examples.getByRole('radio')).toHaveCount(rows)
    await page.keyboard.press('PageDown')
    await expect(page.getByRole('spinbutton', { name: 'Epoch' })).toHaveValue('2')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await expect(page.getByRole('spinbutton', { name: 'Batch' })).toHaveValue('3')
    await expect(page).toHaveURL(/fold=1&epoch=2&batch=3/)
    await expect(one).toContainText(recordings[0]!.split('/').at(-1)!)
    await lookInBothThemes(page, 'batches')
  })

  await test.step('every example has the values and the targets of the file', async () => {
    for (let row = 0; row < rows; row++) {
      if (row > 0) await page.keyboard.press('ArrowRight')
      await expect(examples.getByRole('radio').nth(row)).toBeChecked()
      await expect(one).toContainText(recordings[row]!.split('/').at(-1)!)
      const values = x.subarray(row * frames * bands, (row + 1) * frames * bands)
      await expect(one.getByTestId('values')).toHaveText(describeValues(values))
      const shares = classes
        .map((name, index) => ({ name, share: y[row * classes.length + index]! }))
        .filter(({ share }) => share > 0)
        .sort((a, b) => b.share - a.share)
        .map(({ name, share }) => `${name} ${(100 * share).toFixed(1)} %`)
      await expect(one.getByRole('list', { name: 'Target' }).getByRole('listitem')).toHaveText(shares)
      await expect(one.getByRole('list', { name: 'Drawn' }).getByRole('listitem')).toHaveCount(chain.steps.length)
      if (row % 5 === 0) expect(await countWrongCells(one.getByRole('img'), values, frames, bands)).toBe(0)
    }
  })

  await test.step('a step that mixes names the other clip, and one key plays what was heard', async () => {
    await expect(one).toContainText(/Between-class mixing: share 0(\.\d+)?, weight 0(\.\d+)?, place .*, with .*\.ogg/)
    await page.keyboard.press('Space')
    await expect(one.getByRole('button', { name: /^Stop/ })).toBeVisible()
    await page.keyboard.press('Space')
    await expect(one.getByRole('button', { name: /^Play/ })).toBeVisible()
  })

  await test.step('the caret takes any batch, and what is none is put back', async () => {
    const epoch = page.getByRole('spinbutton', { name: 'Epoch' })
    await epoch.fill('9')
    await epoch.press('Enter')
    await expect(epoch).toHaveValue('2')
    await epoch.fill('1')
    await epoch.press('Enter')
    await expect(page).toHaveURL(/epoch=1&batch=3/)
    await page.getByRole('link', { name: 'The run' }).focus()
    await page.keyboard.press('PageDown')
    await expect(page).toHaveURL(/epoch=2&batch=3/)
  })

  await test.step('a label that is another now is named, and the tensors stay', async () => {
    const stem = recordings[0]!.split('/').at(-1)!.replace('.ogg', '')
    const [{ name }] = readCatalog<{ name: string }>(
      catalog,
      `select k.name from clips c join recordings r on r.key = c.recording_key join clip_labels l on l.clip_key = c.key
         join ontology_classes k on k.key = l.class_key where r.path like ? and l.state = 1`,
      `%${stem}%`,
    ) as [{ name: string }]
    expect(await run('label', catalog, name, 'unknown', '--query', `"${stem}"`)).toContain('Label 1 clip')
    for (let row = 1; row < rows; row++) await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('k')
    await expect(page).toHaveURL(/batch=2/)
    await expect(examples.getByRole('radio')).toHaveCount(rows)
    await page.keyboard.press('j')
    await expect(one.getByRole('list', { name: 'What is another way now' })).toHaveText(
      `It was ${name}, and has no label now.`,
    )
    await expect(one.getByTestId('values')).toHaveText(describeValues(x.subarray(0, frames * bands)))
    await expectNothingSerious(page)
    await page.keyboard.press('e')
    await expect(page).toHaveURL(/#\/annotate\//)
    await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
  })
  await close()
})

function describeValues(values: Float32Array): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(4))
  return `min ${low}, max ${high}, mean ${mean.toFixed(4)}, sd ${deviation.toFixed(4)}`
}

/** Cells of the picture whose colour is not that of their value, from −2 to 3 deviations. */
async function countWrongCells(picture: Locator, values: Float32Array, frames: number, bands: number): Promise<number> {
  const painted = await picture.evaluate((element) => {
    const canvas = element as HTMLCanvasElement
    const { width, height } = canvas
    return { width, height, pixels: [...canvas.getContext('2d')!.getImageData(0, 0, width, height).data] }
  })
  expect([painted.width, painted.height]).toEqual([frames, bands])
  const table = colormap('magma')
  let wrong = 0
  for (let frame = 0; frame < frames; frame++)
    for (let band = 0; band < bands; band++) {
      const level = Math.min(255, Math.max(0, Math.round((values[frame * bands + band]! + 2) * (255 / 5))))
      const at = 4 * ((bands - 1 - band) * frames + frame)
      if ([0, 1, 2].some((part) => painted.pixels[at + part] !== table[3 * level + part])) wrong++
    }
  return wrong
}
