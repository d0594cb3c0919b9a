import { type Browser, chromium, expect, type Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from './data'
import { launchDesktop } from './launch-desktop'
import { launchHeadless } from './launch-headless'

/** A journey is written once and walked through both doors. */
export const doors = ['headless', 'desktop'] as const
export type Door = (typeof doors)[number]

export interface App {
  page: Page
  close(): Promise<void>
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.EARMARK_CHROMIUM!, // set by playwright.config.ts
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
  })
}

/**
 * Opens the app in a window of 1280 × 800, through either door.
 * @param bypassCSP lets in scripts of the test's own; the headless door only
 */
export async function openApp(door: Door, userFolder: string, { bypassCSP = false } = {}): Promise<App> {
  if (door === 'desktop') {
    const app = await launchDesktop({ userFolder })
    await app.page.setViewportSize({ width: 1280, height: 800 })
    return app
  }
  const host = await launchHeadless({ userFolder })
  const browser = await launchBrowser()
  // A context of its own, because axe opens pages beside this one.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP })
  const page = await context.newPage()
  await page.goto(host.url)
  return {
    page,
    async close() {
      await browser.close()
      await host.kill()
    },
  }
}

/** Selects the first clip of the Library with the keyboard; the digits then mark it. */
export async function selectFirstClip(page: Page): Promise<void> {
  const grid = page.getByRole('grid', { name: 'Clips' })
  await expect(grid.getByRole('gridcell').first()).toBeVisible()
  await grid.focus()
  await page.keyboard.press('Home')
  await expect(grid.locator('[aria-selected=true]')).toBeVisible()
  await expect(page.locator('.digit kbd').first()).toBeVisible()
}

/** Saves what the person sees under e2e/.shots, which git ignores: look at them. */
export async function takeShot(page: Page, name: string): Promise<void> {
  const folder = join(projectFolder, 'e2e/.shots')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
