/** What journeys through the ontology do and ask. */
import { expect, type Locator, type Page } from '@playwright/test'
import { join } from 'node:path'
import { readCatalog } from './database'
import { earmark } from './earmark'

/** Clips by class, of labels that say present. */
export const clipsByClass = (catalog: string): Record<string, number> =>
  Object.fromEntries(
    readCatalog<{ name: string; clips: number }>(
      catalog,
      `select k.name, count(*) as clips from clip_labels l join ontology_classes k on k.key = l.class_key
         where l.state = 1 group by 1 order by 1`,
    ).map(({ name, clips }) => [name, clips]),
  )
export const parentsOf = (catalog: string, name: string): string[] =>
  readCatalog<{ name: string }>(
    catalog,
    `select p.name from class_parents e join ontology_classes p on p.key = e.parent_key
       join ontology_classes c on c.key = e.child_key where c.name = ? order by 1`,
    name,
  ).map((row) => row.name)

export async function makeCatalog(folder: string, dataset: string, format: string): Promise<string> {
  const catalog = join(folder, 'catalog')
  const options = { userFolder: join(folder, 'user') }
  expect((await earmark(['init', catalog], options)).code).toBe(0)
  expect((await earmark(['import', catalog, dataset, '--format', format], options)).code).toBe(0)
  return catalog
}

export async function openOntology(page: Page, catalog: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('grid', { name: 'Clips' })).toBeVisible()
  await page.keyboard.press('Alt+o')
  await expect(page.getByRole('tree', { name: 'Classes' })).toBeVisible()
}

/** Finds a class as a person does: searched, and the best of what was found is taken. */
export async function choose(page: Page, text: string, name = text): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.insertText(text)
  await page.keyboard.press('Enter')
  await expect(details(page).getByRole('heading', { level: 2 })).toHaveText(name)
}

export const details = (page: Page): Locator => page.getByRole('region', { name: 'Class', exact: true })
