/** A chain of several kinds of steps, built in the studio by the keyboard. */
import { expect, type Page } from '@playwright/test'

/** From any place of an open catalog: opens the studio and adds steps of ranges, choices and a source; one is left out. */
export async function buildChain(page: Page): Promise<void> {
  await page.evaluate(() => (location.hash = '#/augment'))
  await expect(page.getByRole('img', { name: 'Spectrogram after' })).toBeVisible()
  for (const title of ['Pitch shift', 'Recorded noise', 'Room', 'Device', 'Time masks']) {
    await page.getByRole('button', { name: /Add a step/ }).press('Enter')
    await page.getByRole('menuitem', { name: new RegExp(`^${title} `) }).press('Enter')
    await expect(page.getByRole('listitem', { name: new RegExp(`: ${title}$`) })).toBeVisible()
  }
  await page
    .getByRole('listitem', { name: /: Room$/ })
    .getByRole('spinbutton')
    .first()
    .focus()
  await page.keyboard.press('Alt+m')
  await expect(page.getByRole('listitem', { name: /: Room, left out$/ })).toBeVisible()
  await expect(page.getByText(/^draw 1: /)).toContainText('Recorded noise')
}
