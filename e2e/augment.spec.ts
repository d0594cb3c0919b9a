/** The augmentation studio by the keyboard on ESC-10: a chain is built, seen, heard on either side and put into a run. */
import { expect, test } from '@playwright/test'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { takeShot } from './support/app'
import { esc10Folder, noEsc10 } from './support/data'
import { readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { makeEsc10, openEsc10 } from './support/esc10'
import { expectNothingSerious, lookInBothThemes } from './support/looking'

test.skip(esc10Folder === null, noEsc10)

test('a chain is built, heard, seen and trained with', async () => {
  const esc10 = await makeEsc10('augment')
  const { folder, catalog, userFolder } = esc10
  const { page, close } = await openEsc10(esc10)
  await page.keyboard.press('Alt+g')
  const before = page.getByRole('img', { name: 'Spectrogram before' })
  const after = page.getByRole('img', { name: 'Spectrogram after' })
  const pixelsOf = (of: typeof before): Promise<string> =>
    of.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  /** Until no preview is on its way: a question waits for a moment before it is asked. */
  const settle = async (): Promise<void> => {
    let last = ''
    const isSettled = async (): Promise<boolean> => {
      const now = await pixelsOf(after)
      const isSame = now === last && (await page.locator('.pictures[aria-busy="false"]').count()) === 1
      last = now
      return isSame
    }
    await expect.poll(isSettled, { intervals: [500] }).toBe(true)
  }
  const steps = page.getByRole('region', { name: 'Chain' }).getByRole('listitem')

  await test.step('without a step, every draw is the clip', async () => {
    // The baseline's own chain, which changes pictures alone.
    await expect(page.getByRole('listitem', { name: 'Step 1 of 2: Picture gain' })).toBeVisible()
    await page.getByRole('spinbutton', { name: 'Gain from, dB' }).focus()
    await page.keyboard.press('Alt+Delete')
    await expect(page.getByRole('listitem', { name: 'Step 1 of 1: Mixup of pictures' })).toBeVisible()
    await page.keyboard.press('Alt+Delete')
    await expect(page.getByText('Nothing is done to the clips')).toBeVisible()
    await expect(after).toBeVisible()
    expect(await pixelsOf(after)).toBe(await pixelsOf(before))
    await expectNothingSerious(page)
  })

  await test.step('steps are added from the menu, which says what is refused and why', async () => {
    await page.keyboard.press('a')
    const noise = page.getByRole('menuitem', { name: /^Noise/ })
    await expect(noise).toBeVisible()
    await expect(page.getByText('Time reversal: refused.')).toBeVisible()
    await takeShot(page, 'augment-menu')
    // As a person finds it in a long menu: by its first letters.
    await page.keyboard.type('noise')
    await expect(noise).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(steps).toHaveCount(1)
    await expect(page.getByRole('listitem', { name: 'Step 1 of 1: Noise' })).toBeVisible()
    await expect.poll(async () => (await pixelsOf(after)) !== (await pixelsOf(before))).toBe(true)
    await expect(page.getByRole('combobox', { name: 'Colour' })).toBeFocused()
    await page.getByRole('button', { name: /Add a step/ }).press('Enter')
    await page.getByRole('menuitem', { name: 'Time shift' }).press('Enter')
    await expect(page.getByRole('listitem', { name: 'Step 2 of 2: Time shift' })).toBeVisible()
    await expect(page.getByRole('spinbutton', { name: 'Shift from, s' })).toBeFocused()
  })

  await test.step('a step moves by its keys, and the caret goes with it', async () => {
    await page.keyboard.press('Alt+ArrowUp')
    await expect(page.getByRole('listitem', { name: 'Step 1 of 2: Time shift' })).toBeVisible()
    await expect(page.getByRole('spinbutton', { name: 'Shift from, s' })).toBeFocused()
  })

  await test.step('and by the pointer, dragged onto another', async () => {
    const cards = page.getByRole('region', { name: 'Chain' }).getByRole('listitem')
    await cards.nth(0).locator('header').dragTo(cards.nth(1).locator('header'))
    await expect(page.getByRole('listitem', { name: 'Step 2 of 2: Time shift' })).toBeVisible()
    await cards.nth(1).locator('header').dragTo(cards.nth(0).locator('header'))
    await expect(page.getByRole('listitem', { name: 'Step 1 of 2: Time shift' })).toBeVisible()
  })

  await test.step('a step is left out and done again by one key, and the others draw as before', async () => {
    await page.getByRole('combobox', { name: 'Colour' }).focus()
    await settle()
    const whole = await pixelsOf(after)
    await page.keyboard.press('Alt+m')
    await expect(page.getByRole('listitem', { name: 'Step 2 of 2: Noise, left out' })).toBeVisible()
    await expect(page.getByText(/^draw 1: Time shift [-\d.]+ s$/)).toBeVisible()
    await page.keyboard.press('Alt+m')
    await expect(page.getByRole('listitem', { name: 'Step 2 of 2: Noise', exact: true })).toBeVisible()
    await expect.poll(() => pixelsOf(after)).toBe(whole)
  })

  await test.step('cautions name the classes of the catalog, and one key leaves those out', async () => {
    await page.getByRole('button', { name: /Add a step/ }).press('Enter')
    await page.getByRole('menuitem', { name: /^Pitch shift/ }).press('Enter')
    const shift = page.getByRole('listitem', { name: /: Pitch shift$/ })
    await expect(shift.getByText(/Known by their pitch: crying_baby, rooster/)).toBeVisible()
    await expect(shift.getByText(/dog|rain/)).toHaveCount(0)
    await expectNothingSerious(page)
    await page.keyboard.press('Alt+x')
    await expect(shift.getByRole('textbox', { name: 'Not' })).toHaveValue('crying_baby, rooster')
    await expect(shift.getByText(/Known by/)).toHaveCount(0)
    await page.keyboard.press('Alt+Delete')
    await expect(steps).toHaveCount(2)
  })

  await test.step('a range that is none is said at its step, and cannot be applied', async () => {
    const from = page.getByRole('spinbutton', { name: 'Ratio from, dB' })
    await from.fill('30')
    await from.press('Tab')
    await expect(page.getByRole('alert')).toContainText('the first must not be larger than the second')
    await expect(page.getByRole('button', { name: 'Apply to the new run' })).toBeDisabled()
    await from.fill('0')
    await from.press('Tab')
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  await test.step('draws differ, and each is the same again with its seed', async () => {
    await page.getByRole('button', { name: /^Play/ }).focus()
    await expect(page.getByText('seed 1', { exact: true })).toBeVisible()
    await settle()
    const first = await pixelsOf(after)
    await page.keyboard.press('ArrowDown')
    await expect(page.getByText(/^draw 2:/)).toBeVisible()
    await expect.poll(() => pixelsOf(after)).not.toBe(first)
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => pixelsOf(after)).toBe(first)
    await page.keyboard.press('n')
    await expect(page.getByText('seed 2', { exact: true })).toBeVisible()
    await expect.poll(() => pixelsOf(after)).not.toBe(first)
    await lookInBothThemes(page, 'augment')
  })

  await test.step('the chain is saved as a file and opened again, and another one can be taken back', async () => {
    const downloading = page.waitForEvent('download')
    await page.keyboard.press('Control+s')
    const saved = join(folder, 'saved.json')
    await (await downloading).saveAs(saved)
    const { steps: written } = JSON.parse(readFileSync(saved, 'utf8')) as { steps: { kind: string }[] }
    expect(written.map(({ kind }) => kind)).toEqual(['time-shift', 'noise'])
    const file = page.getByLabel('File of a chain')
    const other = join(folder, 'other.json')
    writeFileSync(other, JSON.stringify({ steps: [{ kind: 'gain', decibels: [6, -6] }] }))
    await file.setInputFiles(other)
    const fault = 'other.json: steps.0.decibels: the first must not be larger than the second'
    await expect(page.getByText(fault, { exact: true })).toBeVisible()
    await expect(steps).toHaveCount(2)
    writeFileSync(other, JSON.stringify({ steps: [{ kind: 'gain', decibels: [-6, 6] }] }))
    await file.setInputFiles(other)
    await expect(page.getByRole('listitem', { name: 'Step 1 of 1: Gain' })).toBeVisible()
    await page.getByRole('button', { name: 'Back to the one before' }).press('Enter')
    await expect(page.getByRole('listitem', { name: 'Step 2 of 2: Noise' })).toBeVisible()
    await file.setInputFiles(saved)
    await expect(page.getByText('The chain of saved.json is here').last()).toBeVisible()
    await expect(page.getByRole('listitem', { name: 'Step 2 of 2: Noise' })).toBeVisible()
    await page.getByRole('button', { name: /^Play/ }).focus()
    await settle()
  })

  await test.step('one key plays, one changes the side', async () => {
    await page.keyboard.press('Space')
    await expect(page.getByRole('button', { name: /^Stop/ })).toBeVisible()
    await expect(page.getByText('Heard: after')).toBeVisible()
    await page.keyboard.press('x')
    await expect(page.getByText('Heard: before')).toBeVisible()
    await page.keyboard.press('Space')
    await expect(page.getByRole('button', { name: /^Play/ })).toBeVisible()
  })

  await test.step('the next clip is a key away', async () => {
    const old = await pixelsOf(before)
    await page.keyboard.press('j')
    await expect(page.getByText('2 / 320')).toBeVisible()
    await expect.poll(() => pixelsOf(before)).not.toBe(old)
  })

  await test.step('the clips of the query are rendered to files, and imported back', async () => {
    await page.evaluate(() => (location.hash = '#/augment?q=fold:1 label:rain'))
    await expect(page.getByText('1 / 8')).toBeVisible()
    await page.getByRole('button', { name: /^Play/ }).focus()
    await page.keyboard.press('r')
    const dialog = page.getByRole('dialog', { name: 'Render to files' })
    await expect(dialog.getByText('8 files of 8 clips, with seed 2.')).toBeVisible()
    await page.keyboard.type('2')
    await page.keyboard.press('Tab')
    await expect(dialog.getByText('16 files of 8 clips')).toBeVisible()
    const out = join(folder, 'rendered')
    await dialog.getByRole('textbox', { name: 'New folder' }).fill(out)
    await lookInBothThemes(page, 'augment-render')
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('heading', { name: 'Dataset exported' })).toBeVisible({ timeout: 60_000 })
    const entries = readFileSync(join(out, 'augmentation.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string; sha256: string; fold: string; example: number; seed: number })
    expect(entries.map(({ example, seed, fold }) => [example, seed, fold])).toEqual(
      Array.from({ length: 16 }, (_, example) => [example, 2, '1']),
    )
    for (const { file, sha256 } of entries)
      expect(
        createHash('sha256')
          .update(readFileSync(join(out, file)))
          .digest('hex'),
      ).toBe(sha256)
    // The command line writes the same, to the last bit.
    const again = await earmark(
      [
        'augment',
        catalog,
        '--chain',
        join(out, 'chain.json'),
        '--seed',
        '2',
        '--draws',
        '2',
        '--query',
        'fold:1 label:rain',
        '--out',
        `${out}-2`,
      ],
      { userFolder },
    )
    expect(again.code, again.stderr).toBe(0)
    expect(readFileSync(join(`${out}-2`, 'augmentation.jsonl'))).toEqual(readFileSync(join(out, 'augmentation.jsonl')))
    await dialog.getByRole('button', { name: 'Import into this catalog' }).press('Enter')
    const made = () =>
      readCatalog<{ fold: string }>(
        catalog,
        "select c.fold from clips c join recordings r on r.key = c.recording_key where r.path like 'train/%'",
      )
    await expect.poll(() => made().length, { timeout: 60_000 }).toBe(16)
    expect(new Set(made().map(({ fold }) => fold))).toEqual(new Set(['1']))
    await page.keyboard.press('Escape')
    await page.evaluate(() => (location.hash = '#/augment'))
    await expect(page.getByText('1 / 336')).toBeVisible()
  })

  await test.step('the run has the chain in its recipe', async () => {
    await page.keyboard.press('Control+Enter')
    const section = page.getByRole('region', { name: 'Augmentation chain' })
    await expect(section).toContainText('time-shift, noise')
    const start = page.getByRole('button', { name: 'Start training' })
    await expect(start).toBeEnabled()
    await lookInBothThemes(page, 'augment-train')
    const epochs = page.getByRole('textbox', { name: /epochs/i }).first()
    await epochs.fill('1')
    await expect(start).toBeEnabled()
    await page.keyboard.press('Control+Enter')
    await expect
      .poll(() => readCatalog<{ recipe: string }>(catalog, 'select recipe from runs').length, { timeout: 30_000 })
      .toBe(1)
    const [run] = readCatalog<{ recipe: string }>(catalog, 'select recipe from runs')
    const { training } = JSON.parse(run!.recipe) as { training: { chain: { steps: { kind: string }[] } } }
    expect(training.chain.steps).toEqual([
      { kind: 'time-shift', seconds: [-0.1, 0.1], fill: 'silence' },
      { kind: 'noise', color: 'pink', snrDb: [0, 20], level: 'active' },
    ])
  })
  await test.step('the page of the run says what it was made with', async () => {
    const facts = page.getByRole('region', { name: 'Recipe' })
    await expect(facts).toContainText('colour pink; 0 to 20 dB; to the level of active')
    await facts.scrollIntoViewIfNeeded()
    await lookInBothThemes(page, 'augment-run')
  })
  await close()
})
