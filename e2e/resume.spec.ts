/** A run that was stopped is taken up where it was: from the terminal after kill -9, in the window after a cancel. */
import { expect, type Page, test } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { esc10Folder, makeFolder, noEsc10, projectFolder } from './support/data'
import { readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'

// As many threads add in the same order: what ran through and what was resumed are compared to the last bit.
process.env.EARMARK_WASM_THREADS = '1'

const maxEpochs = 24
const requestOf = (epochs: number): string[] => [
  ...['--recipe', 'logmel-cnn', '--cross-validate', '--backend', 'wasm'],
  ...['--set', `training.maxEpochs=${epochs}`, '--set', 'training.patienceEpochs=0'],
]
const request = requestOf(maxEpochs)

interface Place {
  catalog: string
  /** Copies of the recordings, that a test may change. */
  audio: string
  options: { userFolder: string }
}

/** A catalog of the dogs, roosters and rains of ESC-10's folds 1 and 2. */
async function makePlace(name: string): Promise<Place> {
  const folder = makeFolder(name)
  const place = { catalog: join(folder, 'catalog'), audio: join(folder, 'data/audio') }
  const [head, ...rows] = readFileSync(join(esc10Folder!, 'meta/esc10.csv'), 'utf8').trim().split(/\r?\n/)
  const wanted = rows.filter((row) => {
    const [, fold, , category] = row.split(',')
    return ['1', '2'].includes(fold!) && ['dog', 'rooster', 'rain'].includes(category!)
  })
  mkdirSync(place.audio, { recursive: true })
  mkdirSync(join(folder, 'data/meta'))
  writeFileSync(join(folder, 'data/meta/esc10.csv'), [head, ...wanted, ''].join('\n'))
  for (const row of wanted) {
    const file = row.split(',')[0]!
    copyFileSync(join(esc10Folder!, 'audio', file), join(place.audio, file))
  }
  const options = { userFolder: join(folder, 'user') }
  expect((await earmark(['init', place.catalog], options)).code).toBe(0)
  const imported = await earmarkJson(['import', place.catalog, join(folder, 'data'), '--format', 'esc50'], options)
  expect(imported).toMatchObject({ clips: 48, issues: [] })
  return { ...place, options }
}

interface EpochRow {
  fold: string
  epoch: number
  loss: number
  validation: number | null
  seconds: number
}

const listRuns = (catalog: string): { id: string; status: string; accuracy: number | null }[] =>
  readCatalog(catalog, 'select id, status, accuracy from runs order by number')

const readEpochs = (catalog: string, run: string): EpochRow[] =>
  readCatalog(
    catalog,
    `select fold, epoch, loss, validation_loss as validation, seconds from run_epochs
       where run_key = (select key from runs where id = ?) order by fold, epoch`,
    run,
  )

const readPredictions = (catalog: string, run: string): unknown[] =>
  readCatalog(
    catalog,
    `select clip_key, fold, origin, truth_class_key, predicted_class_key, hex(scores) as scores
       from predictions where run_key = (select key from runs where id = ?) order by clip_key`,
    run,
  )

/** Trains until a fold has told this many epochs and has a state on the disk, then kills every process of it at once. */
async function trainAndKill({ catalog, options }: Place, fold: string, epochs: number): Promise<string> {
  const child = spawn('node', [join(projectFolder, 'bin/earmark.mjs'), 'train', catalog, ...request], {
    detached: true, // a group of its own: host and worker
    env: { ...process.env, EARMARK_USER_FOLDER: options.userFolder },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  try {
    const count = (): number =>
      listRuns(catalog).flatMap(({ id }) => readEpochs(catalog, id).filter((row) => row.fold === fold)).length
    await expect.poll(count, { timeout: 120_000, intervals: [50] }).toBeGreaterThanOrEqual(epochs)
  } finally {
    process.kill(-child.pid!, 'SIGKILL')
    await ended
  }
  const [run] = listRuns(catalog)
  expect(run!.status).toBe('running') // nobody was left to say otherwise
  expect(readdirSync(join(catalog, 'runs', run!.id))).toContain(`training-${fold}.state`)
  return run!.id
}

test.describe('a run that was stopped', () => {
  test.skip(esc10Folder === null, noEsc10)
  test.skip(process.platform === 'win32', 'kill -9 is a Unix word')

  test('goes on after kill -9 and ends as one that ran through, to the last bit', async () => {
    const place = await makePlace('resume')
    const { catalog, options } = place
    const run = await trainAndKill(place, '2', 5)
    const before = readEpochs(catalog, run)
    const [shown] = await earmarkJson<{ id: string; status: string }[]>(['runs', catalog], options)
    expect(shown).toMatchObject({ id: run, status: 'failed' })

    const resumed = await earmark(['resume', catalog], options)
    expect(resumed.stderr).toContain('Fold 1 is trained already')
    const from = Number(/Fold 2 goes on after epoch (\d+)/.exec(resumed.stderr)![1])
    expect(from).toBeGreaterThanOrEqual(1)
    expect(resumed.stderr).not.toMatch(/^fold 1 +epoch/m)
    expect(resumed.stderr).toMatch(new RegExp(`^fold 2 +epoch ${from + 1} `, 'm'))
    expect(resumed.code).toBe(0)
    expect(resumed.stdout).toMatch(/done on wasm/)

    // Every epoch once; those before the state are the very rows that the killed process told.
    const epochs = readEpochs(catalog, run)
    const each = Array.from({ length: maxEpochs }, (_, index) => index + 1)
    for (const fold of ['1', '2']) {
      expect(epochs.filter((row) => row.fold === fold).map((row) => row.epoch)).toEqual(each)
    }
    const isKept = (row: EpochRow): boolean => row.fold === '1' || row.epoch <= from
    expect(epochs.filter(isKept)).toEqual(before.filter(isKept))
    expect(readdirSync(join(catalog, 'runs', run)).sort()).toEqual(['manifest.json', 'model-1', 'model-2'])

    const straight = await earmarkJson<{ run: string }>(['train', catalog, ...request], options)
    const withoutSeconds = (rows: EpochRow[]): unknown[] => rows.map((row) => ({ ...row, seconds: 0 }))
    expect(withoutSeconds(epochs)).toEqual(withoutSeconds(readEpochs(catalog, straight.run)))
    const predictions = readPredictions(catalog, run)
    expect(predictions).toHaveLength(48)
    expect(predictions).toEqual(readPredictions(catalog, straight.run))
    const [one, two] = listRuns(catalog)
    expect(one).toMatchObject({ status: 'done', accuracy: two!.accuracy })
    expect(one!.accuracy).toBeGreaterThan(1 / 3)

    const again = await earmark(['resume', catalog], options)
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('no run that stopped before its end') })
  })

  test('begins a fold anew, and says so, where a recording is another one now', async () => {
    const place = await makePlace('resume-changed')
    const { catalog, audio, options } = place
    const run = await trainAndKill(place, '1', 2)
    // The model of fold 1 is trained on the clips of fold 2.
    const [first, second] = readdirSync(audio).filter((file) => file.startsWith('2-'))
    copyFileSync(join(audio, second!), join(audio, first!))

    const resumed = await earmark(['resume', catalog, '--run', run], options)
    expect(resumed.stderr).toMatch(/Fold 1 begins anew: there is a state of it, but it is of other clips or sounds/)
    expect(resumed.stderr).toMatch(/^fold 1 +epoch 1 /m)
    expect(resumed.code).toBe(0)
    expect(readEpochs(catalog, run)).toHaveLength(2 * maxEpochs)
  })

  test('goes on in the window, by the keyboard', async () => {
    // Long enough for a second of it to be shown.
    const longEpochs = 50
    const { catalog, options } = await makePlace('resume-window')
    const cancelled = await earmark(['train', catalog, ...requestOf(longEpochs)], {
      ...options,
      // The second line that a fold's epochs have, a second after the first.
      signalAfter: /^fold 1 +epoch ([2-9]|\d\d) /m,
    })
    expect(cancelled.code).toBe(130)
    const [run] = listRuns(catalog)
    expect(run!.status).toBe('cancelled')

    const { page, close } = await openApp('headless', options.userFolder)
    await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
    await page.getByRole('button', { name: 'Open catalog' }).click()
    await page.getByRole('link', { name: 'Train', exact: true }).click()
    await page.getByRole('link', { name: /logmel-cnn #1/ }).click()
    const article = page.getByRole('article', { name: 'logmel-cnn #1' })
    await expect(article.getByRole('status')).toHaveText('cancelled')
    await expect(article.getByRole('button', { name: 'Resume', exact: true })).toBeVisible()
    await tabToButton(page, 'Resume')
    await takeShot(page, 'run-cancelled')
    await page.keyboard.press('Enter')

    await expect(article.getByRole('status')).toHaveText('training')
    await expect(page.getByText(/Fold 1 goes on after epoch [1-9]/).first()).toBeVisible()
    await takeShot(page, 'run-resumed')
    await expect(article.getByRole('status')).toHaveText('done', { timeout: 120_000 })
    await expect(article.getByRole('button', { name: 'Resume', exact: true })).toHaveCount(0)
    await article.getByRole('button', { name: 'Show table' }).click()
    const rows = article.getByRole('region', { name: 'Epochs, newest first' }).locator('tbody tr')
    await expect(rows).toHaveCount(2 * longEpochs)
    await close()
    expect(listRuns(catalog)).toMatchObject([{ id: run!.id, status: 'done', accuracy: expect.any(Number) }])
  })
})

/** Presses Tab until the button of this text has the focus. */
async function tabToButton(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    const focused = await page.evaluate(() => document.activeElement?.textContent?.trim())
    if (focused === text) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reaches ${text}`)
}
