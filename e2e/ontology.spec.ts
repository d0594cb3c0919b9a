/**
 * The ontology on real data: ESC-10's classes are brought into AudioSet's tree, in the window by keyboard alone, and the
 * database says what came of it.
 */
import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp, selectFirstClip } from './support/app'
import { audiosetFolder, esc10Folder, makeFolder, noAudioset, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmarkJson } from './support/earmark'
import { lookInBothThemes } from './support/looking'
import { clipsByClass, parentsOf, makeCatalog, openOntology, choose, details } from './support/ontology'

test.skip(audiosetFolder === null, noAudioset)

test('ESC-10 in AudioSet’s tree: import, search, rename, merge, remap, place, code, colour, and undo', async () => {
  test.skip(esc10Folder === null, noEsc10)
  test.setTimeout(300_000)
  const folder = makeFolder('ontology')
  const catalog = await makeCatalog(folder, esc10Folder!, 'esc50')
  const { page, close } = await openApp('headless', join(folder, 'user'))
  await openOntology(page, catalog)
  const dialog = page.getByRole('dialog')
  const tree = page.getByRole('tree', { name: 'Classes' })
  const rows = tree.getByRole('treeitem')
  const before = clipsByClass(catalog)
  expect(Object.keys(before)).toHaveLength(10)

  await test.step('AudioSet’s ontology is counted before it is imported', async () => {
    await page.keyboard.press('Control+i')
    await expect(dialog.getByRole('textbox', { name: 'File' })).toBeFocused()
    await page.keyboard.insertText(join(audiosetFolder!, 'ontology.json'))
    await expect(dialog.getByRole('status')).toHaveText('632 classes: 628 new, 4 filled in, 89 take no label.')
    await lookInBothThemes(page, 'ontology-import')
    expect(countIn(catalog, 'select count(*) from ontology_classes')).toBe(10)
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    expect(countIn(catalog, 'select count(*) from ontology_classes')).toBe(638)
    await expect(page.getByText('638 classes')).toBeVisible()
  })

  await test.step('the tree is walked by keys, and only what is in view is in the page', async () => {
    await tree.focus()
    await page.keyboard.press('*')
    await expect(rows.first()).toBeVisible()
    await page.keyboard.press('End')
    const last = tree.getByRole('treeitem', { selected: true })
    await expect(last).toBeVisible()
    await expect(last).toHaveAttribute('aria-level', '2')
    await page.keyboard.press('ArrowLeft')
    await expect(tree.getByRole('treeitem', { selected: true })).toHaveAttribute('aria-level', '1')
    await page.keyboard.press('ArrowLeft')
    await expect(tree.getByRole('treeitem', { selected: true })).toHaveAttribute('aria-expanded', 'false')
    expect(await rows.count()).toBeLessThan(50)
    await lookInBothThemes(page, 'ontology-tree')
  })

  await test.step('a class is found by synonym and MID, and a heading says that it takes no label', async () => {
    await choose(page, 'speech babble', 'Hubbub, speech noise, speech babble')
    await choose(page, '/m/0dgw9r', 'Human sounds')
    await expect(rows).toHaveCount(1)
    await expect(details(page)).toContainText('takes no label')
    // The address names it, so that a link leads here.
    expect(page.url()).toMatch(/ontology\?class=.+/)
    await page.keyboard.press('/')
    await page.keyboard.press('Escape')
    await expect(tree.getByRole('treeitem', { selected: true })).toContainText('Human sounds')
    await lookInBothThemes(page, 'ontology-heading')
  })

  await test.step('a class is renamed, and a name that is taken is refused', async () => {
    await choose(page, 'sneezing')
    await page.keyboard.press('F2')
    await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('sneezing')
    await page.keyboard.insertText('Sneeze')
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('alert')).toContainText('There is a class “Sneeze” already')
    await lookInBothThemes(page, 'ontology-rename')
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText('sneezes')
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(details(page).getByRole('heading', { level: 2 })).toHaveText('sneezes')
    expect(clipsByClass(catalog)).toMatchObject({ sneezes: 32 })
  })

  await test.step('it is merged into AudioSet’s with a count first; headings are no target', async () => {
    await page.keyboard.press('m')
    const into = dialog.getByRole('combobox', { name: 'Into' })
    await expect(into).toBeFocused()
    await page.keyboard.insertText('Human sounds')
    await expect(dialog.getByRole('button', { name: 'Merge', exact: true })).toBeDisabled()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText('/m/01hsr_')
    await expect(dialog.getByRole('status')).toHaveText(
      'Into “Sneeze”: 32 labels of clips and 0 of segments change, on 32 clips.',
    )
    await lookInBothThemes(page, 'ontology-merge')
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(details(page).getByRole('heading', { level: 2 })).toHaveText('Sneeze')
    expect(clipsByClass(catalog)).toMatchObject({ Sneeze: 32 })
    await expect(details(page).getByRole('textbox', { name: /Synonyms/ })).toHaveValue('sneezes')
  })

  await test.step('the others are remapped, typed and pasted, all at once', async () => {
    await page.keyboard.press('r')
    await expect(dialog.getByRole('combobox', { name: 'Old class 1' })).toBeFocused()
    await page.keyboard.insertText('rooster')
    await page.keyboard.press('Tab')
    await page.keyboard.insertText('Crowing, cock-a-doodle-doo')
    await page.keyboard.press('Tab')
    await expect(dialog.getByRole('combobox', { name: 'Old class 2' })).toBeFocused()
    const lines =
      'sea_waves\tWaves, surf\ncrying_baby\tBaby cry, infant cry\nclock_tick\tMechanical clock\nno such\tDog'
    await page.evaluate((text) => {
      const data = new DataTransfer()
      data.setData('text/plain', text)
      document.activeElement!.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      )
    }, lines)
    await expect(dialog.getByRole('alert')).toContainText('Pair 5 (“no such” to “Dog”): there is no class “no such”.')
    await dialog.getByRole('combobox', { name: 'Old class 5' }).focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText('crackling_fire')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText('Crackle')
    await expect(dialog.getByRole('status')).toHaveText('160 labels of clips and 0 of segments change, on 160 clips.')
    const pairs = dialog.getByRole('list', { name: 'Pairs of classes' }).getByRole('listitem')
    await expect(pairs).toHaveCount(6)
    await expect(pairs.nth(3)).toContainText('32 labels, new class')
    await expect(pairs.nth(4)).toContainText('32 labels')
    await lookInBothThemes(page, 'ontology-remap')
    expect(clipsByClass(catalog)).toMatchObject({ rooster: 32 })
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(tree).toBeFocused()
    expect(clipsByClass(catalog)).toEqual({
      'Baby cry, infant cry': 32,
      Crackle: 32,
      'Crowing, cock-a-doodle-doo': 32,
      'Mechanical clock': 32,
      Sneeze: 32,
      'Waves, surf': 32,
      chainsaw: 32,
      dog: 32,
      helicopter: 32,
      rain: 32,
    })
    const edits = readCatalog<{ kind: string }>(catalog, 'select kind from journal order by seq desc limit 1')
    expect(edits).toEqual([{ kind: 'ontology.remap' }])
  })

  await test.step('a class is put under others; a circle cannot be chosen, and a parent is taken away', async () => {
    await choose(page, 'Mechanical clock')
    for (const parent of ['Clock', 'Tick-tock']) {
      await page.keyboard.press('p')
      await page.keyboard.insertText(parent)
      await expect(page.getByRole('option').first()).toContainText(parent)
      await page.keyboard.press('Enter')
      await expect(
        details(page).getByRole('region', { name: 'Stands under' }).getByRole('button', { name: parent, exact: true }),
      ).toBeVisible()
    }
    expect(parentsOf(catalog, 'Mechanical clock')).toEqual(['Clock', 'Tick-tock'])
    await lookInBothThemes(page, 'ontology-parents')
    // What is below a class cannot be above it too.
    await choose(page, 'Clock')
    await page.keyboard.press('p')
    await page.keyboard.insertText('Mechanical clock')
    await expect(page.getByRole('option', { name: /Mechanical clock/ })).toBeHidden()
    await page.keyboard.press('Escape')
    await details(page)
      .getByRole('region', { name: 'Below it' })
      .getByRole('button', { name: 'Mechanical clock' })
      .focus()
    await page.keyboard.press('Enter')
    await details(page).getByRole('button', { name: 'No longer under Tick-tock' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => parentsOf(catalog, 'Mechanical clock')).toEqual(['Clock'])
  })

  await test.step('quick codes, colours, synonyms and descriptions are kept when a field is left', async () => {
    const code = details(page).getByRole('textbox', { name: 'Quick code' })
    await code.focus()
    await page.keyboard.insertText('1')
    await page.keyboard.press('Tab')
    const facts = (): object[] =>
      readCatalog(catalog, `select quick_code, colour, synonyms from ontology_classes where name = 'Mechanical clock'`)
    await expect.poll(facts).toEqual([{ quick_code: '1', colour: null, synonyms: null }])
    // A colour as the browser's dialog gives it.
    await details(page).getByLabel('Colour').fill('#12ab9f')
    await expect.poll(facts).toEqual([{ quick_code: '1', colour: '#12ab9f', synonyms: null }])
    await details(page)
      .getByRole('textbox', { name: /Synonyms/ })
      .focus()
    await page.keyboard.insertText('alarm clock\nwrist watch\nalarm clock')
    await page.keyboard.press('Tab')
    await expect
      .poll(facts)
      .toEqual([{ quick_code: '1', colour: '#12ab9f', synonyms: '["alarm clock","wrist watch"]' }])
    await expect(tree.getByRole('treeitem', { selected: true }).locator('kbd')).toHaveText('1')
    await page.keyboard.press('Escape') // out of the description, where Tab has led
    await choose(page, 'Clock')
    await code.focus()
    await page.keyboard.insertText('1')
    await page.keyboard.press('Tab')
    await expect(details(page).getByRole('alert')).toContainText('already labels “Mechanical clock”')
    await lookInBothThemes(page, 'ontology-details')
    await expect(code).toHaveValue('1')
    await code.focus()
    await page.keyboard.press('Escape')
    await expect(code).toHaveValue('')
  })

  await test.step('the digit of a quick code labels with it in the Library', async () => {
    await page.keyboard.press('Alt+1')
    await selectFirstClip(page)
    await page.keyboard.press('1')
    await expect.poll(() => clipsByClass(catalog)['Mechanical clock']).toBe(33)
    await page.keyboard.press('Control+z')
    await expect.poll(() => clipsByClass(catalog)['Mechanical clock']).toBe(32)
    await page.keyboard.press('Alt+o')
  })

  await test.step('every edit of the ontology is taken back, one by one, and made again', async () => {
    const edits = countIn(catalog, `select count(*) from journal where kind like 'ontology.%' and state = 'done'`)
    expect(edits).toBeGreaterThan(8)
    const after = clipsByClass(catalog)
    await tree.focus()
    const left = (): number =>
      countIn(catalog, `select count(*) from journal where kind like 'ontology.%' and state = 'done'`)
    for (let done = edits - 1; done >= 0; done--) {
      await page.keyboard.press('Control+z')
      await expect.poll(left).toBe(done)
    }
    expect(clipsByClass(catalog)).toEqual(before)
    expect(countIn(catalog, 'select count(*) from ontology_classes')).toBe(10)
    for (let done = 1; done <= edits; done++) {
      await page.keyboard.press('Control+Shift+Z')
      await expect.poll(left).toBe(done)
    }
    expect(clipsByClass(catalog)).toEqual(after)
  })
  await close()
  expect(await earmarkJson(['verify', catalog], { userFolder: join(folder, 'user') })).toEqual({
    ok: true,
    problems: [],
  })
})
