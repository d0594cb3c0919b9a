/** A catalog of ESC-10, folds 1 to 4, for a journey of its own. */
import { expect } from '@playwright/test'
import { join } from 'node:path'
import { type App, openApp } from './app'
import { esc10Folder, makeFolder } from './data'
import { earmark } from './earmark'

export interface Esc10 {
  folder: string
  catalog: string
  userFolder: string
}

/** Makes the catalog and imports the recordings, on the command line. @param name of its folder */
export async function makeEsc10(name: string): Promise<Esc10> {
  const folder = makeFolder(name)
  const catalog = join(folder, 'catalog')
  const userFolder = join(folder, 'user')
  expect((await earmark(['init', catalog], { userFolder })).code).toBe(0)
  const imported = await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], { userFolder })
  expect(imported.code, imported.stderr).toBe(0)
  return { folder, catalog, userFolder }
}

/** Opens it by the keyboard: the Library then lists all 320 clips. */
export async function openEsc10({ catalog, userFolder }: Esc10): Promise<App> {
  const app = await openApp('headless', userFolder)
  await app.page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await app.page.keyboard.press('Enter')
  await expect(app.page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '321')
  return app
}
