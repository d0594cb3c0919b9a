/** Labels move from class to class: a split and a file in the window on FSDD, and the command line on ESC-10. */
import { expect, test } from '@playwright/test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp } from './support/app'
import { audiosetFolder, esc10Folder, fsddFolder, makeFolder, noAudioset, noEsc10, noFsdd } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { lookInBothThemes } from './support/looking'
import { clipsByClass, parentsOf, makeCatalog, openOntology, choose, details } from './support/ontology'

test.skip(audiosetFolder === null, noAudioset)

test('FSDD: a speaker’s sevens are split off, and a file remaps them in the window', async () => {
  test.skip(fsddFolder === null, noFsdd)
  const folder = makeFolder('ontology-fsdd')
  const catalog = await makeCatalog(folder, fsddFolder!, 'fsdd')
  const { page, close } = await openApp('headless', join(folder, 'user'))
  await openOntology(page, catalog)
  const dialog = page.getByRole('dialog')
  expect(clipsByClass(catalog)['7']).toBe(200)

  await choose(page, '7')
  await page.keyboard.press('s')
  await expect(dialog.getByRole('textbox', { name: 'New class' })).toBeFocused()
  await page.keyboard.insertText('seven by jackson')
  await page.keyboard.press('Tab')
  await page.keyboard.type('group:jackson')
  await expect(dialog.getByRole('status')).toHaveText('50 labels of clips and 0 of segments change, on 50 clips.')
  await lookInBothThemes(page, 'ontology-split')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(details(page).getByRole('heading', { level: 2 })).toHaveText('seven by jackson')
  expect(clipsByClass(catalog)).toMatchObject({ '7': 150, 'seven by jackson': 50 })

  // Two classes change places, and the split is taken back, by one file.
  const file = join(folder, 'remap.csv')
  writeFileSync(file, 'old,new\n"seven by jackson",7\n1,2\n2,1\n')
  await page.keyboard.press('r')
  await dialog.getByRole('radio', { name: 'From a file' }).check()
  await dialog.getByRole('textbox', { name: 'CSV file of old,new' }).focus()
  await page.keyboard.insertText(file)
  const moves = dialog.getByRole('table', { name: 'What the file moves' }).getByRole('row')
  await expect(moves).toHaveCount(4)
  await expect(moves.nth(1)).toHaveText(/seven by jackson\s*7\s*50/)
  await expect(dialog.getByRole('status')).toContainText('450 labels of clips')
  await lookInBothThemes(page, 'ontology-remap-file')
  const ones = (): unknown[] =>
    readCatalog(
      catalog,
      `select distinct substr(r.path, instr(r.path, '/') + 1, 1) as digit from clip_labels l
         join ontology_classes k on k.key = l.class_key join clips c on c.key = l.clip_key
         join recordings r on r.key = c.recording_key where k.name = '1'`,
    )
  expect(ones()).toEqual([{ digit: '1' }])
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  expect(ones()).toEqual([{ digit: '2' }])
  expect(clipsByClass(catalog)['7']).toBe(200)
  await close()
})

test('the command line imports, lists, remaps and merges, counting first', async () => {
  test.skip(esc10Folder === null, noEsc10)
  const folder = makeFolder('ontology-cli')
  const options = { userFolder: join(folder, 'user') }
  const catalog = await makeCatalog(folder, esc10Folder!, 'esc50')
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await earmark(['ontology', args[0]!, catalog, ...args.slice(1)], options)
    expect(code, stderr).toBe(0)
    return stdout.trim()
  }
  const ontology = join(audiosetFolder!, 'ontology.json')
  const said = 'Import ontology ontology.json: 632 classes, 628 new, 4 filled in, 89 that take no label'
  expect(await run('import', ontology, '--dry-run')).toBe(said)
  expect(countIn(catalog, 'select count(*) from ontology_classes')).toBe(10)
  expect(await run('import', ontology)).toBe(said)
  expect(await run('import', ontology)).toContain('0 new, 0 filled in')

  const listed = JSON.parse(await run('ls', '--json')) as {
    contentHash: string
    classes: { name: string; mid: string | null; clipCount: number; isAbstract: boolean }[]
  }
  expect(listed.classes).toHaveLength(638)
  expect(listed.classes.find(({ name }) => name === 'dog')).toMatchObject({ mid: '/m/0bt9lr', clipCount: 32 })
  const own = new Set(
    (JSON.parse(readFileSync(ontology, 'utf8')) as { id: string; restrictions: string[] }[])
      .filter(({ restrictions }) => restrictions.includes('abstract'))
      .map(({ id }) => id),
  )
  expect(new Set(listed.classes.filter(({ isAbstract }) => isAbstract).map(({ mid }) => mid))).toEqual(own)
  const table = await run('ls')
  expect(table).toMatch(/^Human sounds +\/m\/0dgw9r .*abstract$/m)
  expect(table).toMatch(/^ {2}Human voice/m)

  const file = join(folder, 'remap.csv')
  writeFileSync(file, 'from;to\nrooster;Crowing, cock-a-doodle-doo\nsea_waves;/m/034srq\n')
  const moved =
    'Remap 2 classes: 64 labels (64 of clips, 0 of segments, on 64 clips; 0 fall together, 0 of them in conflict)'
  expect(await run('remap', file, '--dry-run')).toBe(moved)
  expect(clipsByClass(catalog)).toMatchObject({ rooster: 32 })
  expect(await run('remap', file)).toBe(moved)
  expect(clipsByClass(catalog)).toMatchObject({ 'Crowing, cock-a-doodle-doo': 32, 'Waves, surf': 32 })

  expect(await run('merge', 'sneezing', 'Sneeze', '--dry-run')).toContain('32 of clips')
  expect(clipsByClass(catalog)).toMatchObject({ sneezing: 32 })
  await run('merge', 'sneezing', '/m/01hsr_')
  expect(clipsByClass(catalog)).toMatchObject({ Sneeze: 32 })
  expect(await run('rename', 'crackling_fire', 'fire that crackles')).toBe(
    'Renamed class “crackling_fire” to “fire that crackles”',
  )
  expect(await run('split', 'dog', 'dog of fold 1', '--query', 'fold:1', '--dry-run')).toContain('8 of clips')
  await run('split', 'dog', 'dog of fold 1', '--query', 'fold:1')
  expect(clipsByClass(catalog)).toMatchObject({ dog: 24, 'dog of fold 1': 8, 'fire that crackles': 32 })
  expect(parentsOf(catalog, 'dog of fold 1')).toEqual(parentsOf(catalog, 'dog'))
  await run('place', 'clock_tick', 'Clock', 'Tick-tock')
  expect(parentsOf(catalog, 'clock_tick')).toEqual(['Clock', 'Tick-tock'])
  await run('add', 'pendulum', '--under', 'clock_tick')
  expect(parentsOf(catalog, 'pendulum')).toEqual(['clock_tick'])
  await run('set', 'pendulum', '--code', 'pn', '--colour', '#12AB9F', '--synonym', 'long-case', 'grandfather')
  const facts = `select quick_code, colour, synonyms from ontology_classes where name = 'pendulum'`
  const synonyms = '["long-case","grandfather"]'
  expect(readCatalog(catalog, facts)).toEqual([{ quick_code: 'pn', colour: '#12ab9f', synonyms }])
  await run('set', 'PN', '--code', '')
  expect(readCatalog(catalog, facts)).toEqual([{ quick_code: null, colour: '#12ab9f', synonyms }])

  // What is wrong is named, and changes nothing.
  const fails = async (args: string[], message: string): Promise<void> => {
    const outcome = await earmark(['ontology', args[0]!, catalog, ...args.slice(1)], options)
    expect([outcome.code, outcome.stdout]).toEqual([1, ''])
    expect(outcome.stderr).toContain(message)
  }
  const edits = countIn(catalog, 'select count(*) from journal')
  writeFileSync(file, 'old,new\ndog,\n')
  await fails(['remap', file], 'line 2: an old and a new class are wanted')
  writeFileSync(file, 'old,new\nyeti,dog\n')
  await fails(['remap', file], 'there is no class “yeti”')
  await fails(['merge', 'dog', 'Human sounds'], 'cannot be a label')
  await fails(['place', 'Clock', 'clock_tick'], 'The classes go round in a circle')
  expect(countIn(catalog, 'select count(*) from journal')).toBe(edits)
})
