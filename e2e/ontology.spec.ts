/** The ontology in the window, by keyboard alone: AudioSet's is imported, searched, and its classes merged. */
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { makeFolder } from './support/data'
import { countIn } from './support/database'
import { earmark } from './support/earmark'
import { launchHeadless } from './support/launch-headless'
import { connectToHost } from './support/rpc'

const file = '/work/shared/data/audioset/ontology.json'

async function makeSample(folder: string): Promise<string> {
  const catalog = join(folder, 'catalog')
  const host = await launchHeadless({ userFolder: join(folder, 'user') })
  const { client } = await connectToHost(host.url)
  const { jobId } = await client.workspace.createSample({ path: catalog, seed: 1 })
  await expect.poll(async () => (await client.jobs.get({ id: jobId })).status, { timeout: 60_000 }).toBe('done')
  await host.kill()
  return catalog
}

async function expectNothingSerious(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([])
}

test.skip(!existsSync(file), `AudioSet's ontology is not at ${file}`)

test('imports, finds, refuses headings, merges with a count, and undoes', async () => {
  const folder = makeFolder('ontology')
  const catalog = await makeSample(folder)
  const own = countIn(catalog, 'select count(*) from ontology_classes')
  const labels = countIn(catalog, 'select count(*) from clip_labels')
  const { page, close } = await openApp('headless', join(folder, 'user'))
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips).toHaveAttribute('aria-rowcount', '61')
  await clips.focus()
  await page.keyboard.press('Home')
  const complete = (): number => countIn(catalog, 'select count(*) from clips where is_fully_annotated = 1')
  await page.keyboard.press('f')
  await expect(clips.getByRole('img', { name: 'Fully annotated' })).toHaveCount(1)
  await expect(page.getByRole('checkbox', { name: /Fully annotated/ })).toBeChecked()
  expect(complete()).toBe(1)
  await takeShot(page, 'fully-annotated')
  await expectNothingSerious(page)
  await page.keyboard.press('Control+z')
  await expect.poll(complete).toBe(0)
  await page.getByRole('link', { name: 'Ontology' }).focus()
  await page.keyboard.press('Enter')

  await page.getByRole('button', { name: 'Import…' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'File' }).focus()
  await page.keyboard.insertText(file)
  await expect(dialog.getByRole('status')).toContainText('632 classes')
  await takeShot(page, 'ontology-import')
  expect(countIn(catalog, 'select count(*) from ontology_classes')).toBe(own)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  expect(countIn(catalog, 'select count(*) from class_parents')).toBeGreaterThan(600)

  const tree = page.getByRole('tree', { name: 'Classes' })
  const search = page.getByRole('searchbox', { name: 'Search classes' })
  await search.focus()
  await page.keyboard.insertText('speech babble')
  await expect(tree.getByRole('treeitem').first()).toContainText('Hubbub, speech noise, speech babble')
  await search.fill('/m/0dgw9r')
  await expect(tree.getByRole('treeitem')).toHaveCount(1)
  await expect(tree.getByRole('treeitem', { name: /Human sounds.*abstract/ })).toBeVisible()
  await search.fill('')
  const heading = tree.getByRole('treeitem', { name: /^Human sounds/ })
  await heading.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowRight')
  await expect(heading).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('ArrowRight')
  await expect(tree.getByRole('treeitem', { selected: true })).toHaveAttribute('aria-level', '2')
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByRole('form', { name: 'Class' })).toContainText('takes no label')
  await takeShot(page, 'ontology-dark')
  await expectNothingSerious(page)

  // A class of the sample that has labels goes into one of AudioSet's.
  const [from] = (await earmark(['ontology', 'ls', catalog, '--json'], { userFolder: join(folder, 'user') })).stdout
    .split('\n')
    .map((line) => line && (JSON.parse(line) as { classes: { name: string; clipCount: number }[] }))
    .flatMap((listed) => (listed ? listed.classes.filter(({ clipCount }) => clipCount > 0) : []))
  await search.fill(from!.name)
  await tree.getByRole('treeitem').first().focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Merge…' }).focus()
  await page.keyboard.press('Enter')
  const into = dialog.getByRole('combobox', { name: 'Into' })
  await into.focus()
  await page.keyboard.insertText('Human sounds')
  await expect(dialog.getByRole('button', { name: 'Merge', exact: true })).toBeDisabled()
  await into.fill('Steam whistle')
  await expect(dialog.getByRole('status')).toContainText(`${from!.clipCount} labels of clips`)
  await takeShot(page, 'ontology-merge')
  await expectNothingSerious(page)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  const left = (): number => countIn(catalog, `select count(*) from ontology_classes where name = '${from!.name}'`)
  expect(left()).toBe(0)
  expect(countIn(catalog, 'select count(*) from clip_labels')).toBe(labels)
  await search.fill('')
  await tree.getByRole('treeitem').first().focus()
  await page.keyboard.press('Control+z')
  await expect.poll(left).toBe(1)

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('radio', { name: 'light', exact: false }).first().check()
  await page.getByRole('link', { name: 'Ontology' }).click()
  await tree.getByRole('treeitem', { name: /^Human sounds/ }).click()
  await page.waitForTimeout(700)
  await takeShot(page, 'ontology-light')
  await expectNothingSerious(page)
  await close()
})
