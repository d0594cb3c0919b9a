/** A clip is reviewed by ear and keyboard alone: what is said is what a screen reader would read. */
import { expect, test } from '@playwright/test'
import { esc10Folder, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'
import { makeEsc10, openEsc10 } from './support/esc10'
import { expectNothingSerious, lookInBothThemes } from './support/looking'

test.skip(esc10Folder === null, noEsc10)

test('a clip is reviewed without looking', async () => {
  const made = await makeEsc10('outline')
  const { catalog } = made
  const { page, close } = await openEsc10(made)
  await page.keyboard.press('Alt+2')
  await expect(page.getByRole('group', { name: 'Editor' })).toBeFocused()
  const position = page.getByRole('slider', { name: 'Position in the clip' })
  await expect(position).toHaveAttribute('aria-valuemax', /^5/)
  await expect(page.locator('.digit kbd').first()).toBeVisible()
  const said = page.getByRole('status', { name: 'Audible outline' })
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }

  await test.step('the clip, and a moment that is typed', async () => {
    await press('Shift+W')
    await expect(said).toHaveText(/^1-100032-A-0\.ogg; 5 seconds long; dog; no segment; not fully annotated/)
    await press('Control+g')
    await expect(page.getByRole('textbox', { name: 'Seconds, or minutes:seconds' })).toBeFocused()
    await page.keyboard.type('9')
    await expect(page.getByText('The clip ends at 0:05.')).toBeVisible()
    await expectNothingSerious(page)
    await press('Control+a')
    await page.keyboard.type('0:01.5')
    await press('Enter')
    await expect(said).toHaveText('At 1.5 seconds; in no segment')
    await expect(position).toHaveAttribute('aria-valuenow', /^1\.5/)
  })

  await test.step('two segments made by ear', async () => {
    await press('s', '.', 's', '1', 's', '.', 's', '2')
    await expect.poll(() => countIn(catalog, 'select count(*) from annotation_labels')).toBe(2)
    const spans = readCatalog<{ from: number; to: number }>(
      catalog,
      'select start_seconds as "from", end_seconds as "to" from annotations order by 1',
    )
    expect(spans).toEqual([
      { from: 1.5, to: 2.5 },
      { from: 2.5, to: 3.5 },
    ])
  })

  await test.step('stepping says and plays each', async () => {
    await press('Alt+V', 'ArrowUp')
    await expect(said).toHaveText('Segment 1 of 2: dog; 1.5 seconds to 2.5 seconds, 1 second long; tier human')
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
    await press('ArrowDown')
    await expect(said).toHaveText('Segment 2 of 2: rooster; 2.5 seconds to 3.5 seconds, 1 second long; tier human')
    await lookInBothThemes(page, 'outline')
  })

  await test.step('the playhead goes from edge to edge, and says where it is', async () => {
    // What plays is over first, so that the playhead rests.
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
    await press('Home', 'Shift+PageDown')
    await expect(said).toHaveText('Start of dog, 1.5 seconds')
    await expect(position).toHaveAttribute('aria-valuenow', /^1\.5/)
    await press('Shift+PageDown')
    await expect(said).toHaveText(/^(End of dog|Start of rooster), 2\.5 seconds$/)
    await press('w')
    await expect(said).toHaveText('At 2.5 seconds; in dog, tier human; in rooster, tier human')
    await press('Shift+PageUp', 'Shift+PageUp')
    await expect(said).toHaveText('No edge before this')
  })

  await test.step('the next clip says itself', async () => {
    await press('n')
    await expect(said).toHaveText(/^1-110389-A-0\.ogg; 5 seconds long; dog; no segment/)
  })
  await close()
})
