/** Every place is reached by its key, and in none do two actions of the cheat sheet share one. */
import { expect, type Page, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { makeFolder } from './support/data'
import { countIn } from './support/database'
import { launchHeadless } from './support/launch-headless'
import { connectToHost } from './support/rpc'

/** The keys of the cheat sheet as it opens here, with what they do. */
async function readKeys(page: Page): Promise<Map<string, string[]>> {
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await expect(sheet).toBeVisible()
  const rows = await sheet.locator('dl > div').evaluateAll((entries) =>
    entries.flatMap((entry) => {
      const title = entry.querySelector('dt')?.textContent ?? ''
      return [...entry.querySelectorAll('.chord')].map((chord) => ({
        title,
        key: [...chord.children].map((part) => part.textContent).join('+'),
      }))
    }),
  )
  await page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  expect(rows.length).toBeGreaterThan(10)
  const byKey = new Map<string, string[]>()
  for (const { key, title } of rows) byKey.set(key, [...(byKey.get(key) ?? []), title])
  return byKey
}

test('places have their keys, and no key does two things in one place', async () => {
  test.setTimeout(120_000)
  const folder = makeFolder('keys')
  const catalog = join(folder, 'catalog')
  const host = await launchHeadless({ userFolder: join(folder, 'user') })
  const { client } = await connectToHost(host.url)
  const { jobId } = await client.workspace.createSample({ path: catalog, seed: 1 })
  await expect.poll(async () => (await client.jobs.get({ id: jobId })).status, { timeout: 60_000 }).toBe('done')
  await client.review.drawSample({ size: 5, seed: 1, statuses: ['unlabeled', 'done'] })
  await host.kill()

  const { page, close } = await openApp('headless', join(folder, 'user'))
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips).toHaveAttribute('aria-rowcount', '61')
  const check = async (place: string): Promise<Map<string, string[]>> => {
    const keys = await readKeys(page)
    expect(
      [...keys].filter(([, titles]) => titles.length > 1),
      `keys in ${place}`,
    ).toEqual([])
    return keys
  }

  await clips.focus()
  await page.keyboard.press('Home')
  const library = await check('Library')
  const places: [key: string, address: RegExp][] = [
    ['Alt+1', /#\/library/],
    ['Alt+2', /#\/annotate\/.+/],
    ['Alt+3', /#\/train/],
    ['Alt+4', /#\/evaluate/],
    ['Alt+5', /#\/export/],
    ['Alt+6', /#\/settings/],
    ['Alt+7', /#\/splits/],
    ['Alt+8', /#\/coverage/],
    ['Alt+9', /#\/review/],
    ['Alt+0', /#\/snapshots/],
    ['Alt+o', /#\/ontology/],
    ['Alt+t', /#\/session/],
    ['Alt+g', /#\/augment/],
    ['Alt+b', /#\/batches/],
  ]
  const toPlaces = [...library].filter(([key, titles]) => /^Alt\+\w$/.test(key) && titles[0]!.startsWith('Go to'))
  expect(toPlaces).toHaveLength(places.length)
  for (const [key, address] of places) {
    await page.keyboard.press(key)
    await expect(page).toHaveURL(address)
    await check(key)
  }
  await page.keyboard.press('Alt+9')
  for (const [key, address] of [
    ['Shift+F2', /#\/review\/blind/],
    ['Shift+F3', /#\/review\/agreement/],
    ['Shift+F4', /#\/review\/conflicts/],
    ['Shift+F1', /#\/review\/queue/],
  ] as const) {
    await page.keyboard.press(key)
    await expect(page).toHaveURL(address)
    await check(key)
  }

  // F says of a clip that all on it is labeled, where it is listed as where it is heard.
  await page.keyboard.press('Alt+2')
  const mark = page.getByRole('checkbox', { name: /Fully annotated/ })
  await expect(mark).not.toBeChecked()
  const complete = (): number => countIn(catalog, 'select count(*) from clips where is_fully_annotated = 1')
  await page.keyboard.press('f')
  await expect(mark).toBeChecked()
  expect(complete()).toBe(1)
  await takeShot(page, 'annotate-complete')
  await page.keyboard.press('f')
  await expect(mark).not.toBeChecked()
  expect(complete()).toBe(0)
  await close()
})
