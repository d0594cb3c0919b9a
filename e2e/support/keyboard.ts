import { expect, type Page } from '@playwright/test'

/** Presses Tab until what has the focus answers to this name: its label, or else its text. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    const text = await page.evaluate(() => {
      const own = document.activeElement as HTMLInputElement | null
      return own?.getAttribute('aria-label') ?? own?.labels?.[0]?.textContent ?? own?.textContent ?? ''
    })
    if (name.test(text.trim())) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reaches ${String(name)}`)
}

/** Types the name of an export's format, and takes the first that fits once it is listed. */
export async function takeFormat(page: Page, name: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Find a format' }).focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(name)
  const format = page.getByRole('radio', { name: new RegExp(name) }).first()
  await expect(format).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(format).toBeChecked()
}
