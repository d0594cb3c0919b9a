import type { Page } from '@playwright/test'

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
