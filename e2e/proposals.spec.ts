/** A really trained run proposes segments on real recordings; a person judges them by keyboard alone, and the database says so. */
import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
import { tabTo } from './support/keyboard'
import { lookInBothThemes } from './support/looking'

interface Segment {
  id: string
  start: number
  end: number
  score: number | null
  verdict: string | null
  class: string
}

test('proposals are shown from a threshold on, and accepted, edited and rejected with one key each', async () => {
  test.skip(esc10Folder === null, noEsc10)
  test.setTimeout(300_000)
  const work = makeFolder('proposals')
  const catalog = join(work, 'catalog')
  const options = { userFolder: join(work, 'user') }
  const count = (sql: string): number => countIn(catalog, sql)
  expect((await earmark(['init', catalog], options)).code).toBe(0)
  expect((await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)).code).toBe(0)
  const train = ['train', catalog, '--recipe', 'mfcc-logistic', '--cross-validate', '--query', 'fold:1,2']
  expect((await earmark(train, options)).code).toBe(0)

  await test.step('from the command line: held-out clips by the model that held them out', async () => {
    const asked = ['propose', catalog, '--run', 'last', '--query', 'label:dog fold:2,3']
    const plan = await earmarkJson<{ clips: number; heldOut: number; trained: number }>(
      [...asked, '--dry-run'],
      options,
    )
    expect(plan).toMatchObject({ clips: 16, heldOut: 8, trained: 0 })
    const done = await earmarkJson<{ message: string; counts: { waiting: number }[] }>(
      [...asked, '--window', '1', '--floor', '0.2'],
      options,
    )
    expect(done.message).toMatch(/^Propose \d+ segments on 16 clips with mfcc-logistic #1$/)
    expect(done.counts.reduce((sum, { waiting }) => sum + waiting, 0)).toBe(count('select count(*) from annotations'))
    expect(
      readCatalog(
        catalog,
        `select distinct c.fold, p.fold as model, p.basis from annotation_proposals p
           join annotations a on a.key = p.annotation_key join clips c on c.key = a.clip_key order by c.fold`,
      ),
    ).toEqual([
      { fold: '2', model: '2', basis: 'test' },
      { fold: '3', model: 'all', basis: 'new' },
    ])
    const listed = await earmark(['ls', catalog, '--query', 'has:proposals', '--json'], options)
    expect(listed.stdout.trim().split('\n')).toHaveLength(16)
  })

  const { page, close } = await openApp('headless', options.userFolder)
  await page
    .getByRole('button', { name: /catalog/ })
    .first()
    .press('Enter')
  const clips = page.getByRole('grid', { name: 'Clips' })
  const segments = page.getByRole('grid', { name: 'Segments' })
  const panel = page.getByRole('region', { name: 'Proposals' })
  const chosen = segments.locator('[aria-selected=true]')

  await test.step('from the Library: a query, looked at before and replaced after', async () => {
    await expect(clips.getByRole('gridcell').first()).toBeVisible()
    await page.keyboard.press('/')
    await page.getByRole('combobox', { name: 'Query' }).first().fill('label:dog fold:1')
    await page.keyboard.press('Enter')
    await expect(clips).toHaveAttribute('aria-rowcount', '9')
    await clips.focus()
    await page.keyboard.press('Alt+Shift+P')
    const dialog = page.getByRole('dialog', { name: 'Propose segments' })
    await expect(dialog.getByText(/^8 clips in \d+ windows$/)).toBeVisible()
    await tabTo(page, /^Window/)
    await page.keyboard.type('1')
    await page.keyboard.press('Enter')
    await expect(dialog.getByText('8 clips in 72 windows')).toBeVisible()
    await tabTo(page, /^Keep from/)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('0.02')
    await page.keyboard.press('Enter')
    await lookInBothThemes(page, 'propose-dialog')
    await tabTo(page, /^Propose$/)
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    const found = `select count(distinct a.clip_key) from annotation_proposals p join annotations a on a.key = p.annotation_key
      join clips c on c.key = a.clip_key where c.fold = '1' and p.floor = 0.02 and p.window_seconds = 1 and p.fold = '1'`
    await expect.poll(() => count(found), { timeout: 60_000 }).toBe(8)
  })

  // The clip with the most of them: many dogs bark once before digital silence, in which nothing is proposed.
  const { clipKey, name: fileName } = readCatalog<{ clipKey: number; name: string }>(
    catalog,
    `select c.key as clipKey, replace(r.path, 'audio/', '') as name from annotations a join clips c on c.key = a.clip_key
       join recordings r on r.key = c.recording_key where c.fold = '1' group by c.key order by count(*) desc, r.path limit 1`,
  )[0]!
  await page.keyboard.press('/')
  await page.getByRole('combobox', { name: 'Query' }).first().fill(`has:proposals fold:1 ${fileName}`)
  await page.keyboard.press('Enter')
  await expect(clips).toHaveAttribute('aria-rowcount', '2')
  await clips.focus()
  await page.keyboard.press('Home')
  await expect(clips.locator('[aria-selected=true]')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
  await expect(panel).toBeVisible()

  const read = (tier: string): Segment[] =>
    readCatalog(
      catalog,
      `select a.id, a.start_seconds as start, a.end_seconds as "end", a.score, v.verdict, k.name as class
         from annotations a join annotation_labels l on l.annotation_key = a.key join ontology_classes k on k.key = l.class_key
           left join annotation_verdicts v on v.annotation_key = a.key
         where a.clip_key = ${clipKey} and a.tier = '${tier}' order by a.start_seconds, a.end_seconds, a.id`,
    ) as unknown as Segment[]
  const waiting = (): Segment[] => read('model').filter(({ verdict }) => verdict === null)
  const verdictOf = (id: string) => read('model').find((one) => one.id === id)!.verdict
  const shownId = async (): Promise<string> => (await chosen.getAttribute('id'))!.replace('segment-', '')
  const all = waiting()
  expect(all.length).toBeGreaterThan(4)

  await test.step('a threshold hides what is below it, and the catalog keeps it', async () => {
    const above = all.filter(({ score }) => score! >= 0.5).length
    await expect(panel.getByRole('status')).toHaveText(`${above} of ${all.length} shown`)
    await expect(segments).toHaveAttribute('aria-rowcount', String(above + 1))
    await page.keyboard.press('h')
    const slider = panel.getByRole('slider').first()
    await expect(slider).toBeFocused()
    const name = [...new Set(all.map((one) => one.class))].sort((a, b) => a.localeCompare(b, 'en'))[0]!
    await expect(slider).toHaveAccessibleName(name)
    await page.keyboard.press('Home')
    const classId = (
      readCatalog(catalog, `select id from ontology_classes where name = '${name}'`)[0] as { id: string }
    ).id
    const kept = () =>
      JSON.parse(
        (readCatalog(catalog, `select value from meta where key = 'thresholds'`)[0] as { value: string } | undefined)
          ?.value ?? '{"classes":{}}',
      ) as { classes: Record<string, number> }
    await expect.poll(() => kept().classes[classId]).toBe(0)
    const own = all.filter((one) => one.class === name).length
    await expect(slider).toHaveAttribute('aria-valuetext', `0 %: ${own} of ${own} shown`)
    // Every class that has none of its own: down to nothing.
    await tabTo(page, /^Classes not set/)
    await page.keyboard.press('Home')
    await expect(panel.getByRole('status')).toHaveText(`${all.length} of ${all.length} shown`)
    await expect(segments).toHaveAttribute('aria-rowcount', String(all.length + 1))
    await lookInBothThemes(page, 'proposals')
    // Out of the slider, and not out of the clip.
    await page.keyboard.press('Escape')
    await expect(page.getByRole('group', { name: 'Editor' })).toBeFocused()
  })

  await test.step('accepted: a segment of one’s own, and the next one is selected and plays', async () => {
    await segments.focus()
    await page.keyboard.press('k')
    await expect(chosen).toHaveCount(1)
    const id = await shownId()
    await page.keyboard.press('a')
    await expect.poll(() => verdictOf(id)).toBe('accepted')
    await expect.poll(() => read('human').length).toBe(1)
    await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible()
    const proposal = all.find((one) => one.id === id)!
    expect(read('human')[0]).toMatchObject({
      start: proposal.start,
      end: proposal.end,
      class: proposal.class,
      score: null,
    })
    expect(
      readCatalog(catalog, 'select act, source_id, score, run_id is not null as hasRun from annotation_origins'),
    ).toEqual([{ act: 'accepted', source_id: id, score: proposal.score, hasRun: 1 }])
    expect(await shownId()).not.toBe(id)
  })

  await test.step('undone and made again', async () => {
    await page.keyboard.press('Control+z')
    await expect.poll(() => [read('human').length, waiting().length]).toEqual([0, all.length])
    await page.keyboard.press('Control+Shift+Z')
    await expect.poll(() => [read('human').length, waiting().length]).toEqual([1, all.length - 1])
  })

  await test.step('edited: taken, and its edges typed at once', async () => {
    await expect(chosen).toHaveCount(1)
    const id = await shownId()
    const { start } = all.find((one) => one.id === id)!
    await page.keyboard.press('e')
    await expect(page.getByRole('textbox', { name: 'Start' })).toBeFocused()
    await expect.poll(() => verdictOf(id)).toBe('edited')
    await page.keyboard.type((start + 0.125).toFixed(3))
    await page.keyboard.press('Enter')
    const taken = () =>
      readCatalog(
        catalog,
        `select a.start_seconds as start from annotations a
      join annotation_origins o on o.annotation_key = a.key where o.act = 'edited'`,
      )
    await expect.poll(taken).toEqual([{ start: expect.closeTo(start + 0.125, 3) as unknown }])
    const inspector = page.getByRole('region', { name: 'Selected segment' })
    await expect(
      inspector.getByText(/^Proposed by mfcc-logistic #1 \(the model of fold 1, which held this clip out\)/),
    ).toBeVisible()
    await expect(inspector.getByText(/^Edited by .+ \(start moved by \+0\.125 s\)$/)).toBeVisible()
    await lookInBothThemes(page, 'proposal-edited')
  })

  await test.step('rejected: nothing becomes absent by it; a class of the whole clip does', async () => {
    await segments.focus()
    await page.keyboard.press('k')
    await expect(chosen).toHaveCount(1)
    const id = await shownId()
    await page.keyboard.press('r')
    await expect.poll(() => verdictOf(id)).toBe('rejected')
    expect(count(`select count(*) from clip_labels where clip_key = ${clipKey} and state = 0`)).toBe(0)
    const human = new Set(read('human').map((one) => one.class))
    const free = waiting().find((one) => !human.has(one.class))!
    for (let step = 0; step < all.length && (await shownId()) !== free.id; step++) {
      const before = await shownId()
      await page.keyboard.press('k')
      await expect.poll(shownId).not.toBe(before)
    }
    expect(await shownId()).toBe(free.id)
    await page.keyboard.press('Shift+R')
    await expect.poll(() => waiting().filter((one) => one.class === free.class)).toEqual([])
    expect(
      count(`select count(*) from clip_labels l join ontology_classes k on k.key = l.class_key
        where l.clip_key = ${clipKey} and l.state = 0 and k.name = '${free.class}'`),
    ).toBe(1)
  })

  await test.step('run again on this clip: what was judged does not come back', async () => {
    const judged = read('model').filter(({ verdict }) => verdict !== null)
    const left = waiting().map(({ id }) => id)
    await segments.focus()
    await page.keyboard.press('Alt+Shift+P')
    const dialog = page.getByRole('dialog', { name: 'Propose segments' })
    await expect(dialog.getByText('1 clip in 1 window')).toBeVisible()
    await tabTo(page, /^Window/)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('1')
    await page.keyboard.press('Enter')
    await expect(dialog.getByText('1 clip in 9 windows')).toBeVisible()
    await tabTo(page, /^Keep from/)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('0.02')
    await page.keyboard.press('Enter')
    await tabTo(page, /^Propose$/)
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect.poll(() => waiting().filter(({ id }) => left.includes(id)).length, { timeout: 60_000 }).toBe(0)
    expect(read('model').filter(({ verdict }) => verdict !== null)).toEqual(judged)
    expect(waiting()).toHaveLength(left.length)
  })

  await test.step('all that are shown, at once', async () => {
    const left = waiting().length
    const own = read('human').length
    await expect(panel.getByRole('status')).toHaveText(`${left} of ${left} shown`)
    await segments.focus()
    await page.keyboard.press('Shift+A')
    await expect.poll(() => [waiting().length, read('human').length]).toEqual([0, own + left])
    await expect(panel.getByText('None waits on this clip.')).toBeVisible()
    const counts = await earmarkJson<{ accepted: number; edited: number; rejected: number }[]>(
      ['proposals', catalog],
      options,
    )
    expect(counts.reduce((sum, one) => sum + one.accepted, 0)).toBe(1 + left)
    expect(counts.reduce((sum, one) => sum + one.edited, 0)).toBe(1)
  })

  await test.step('how they were judged stands in the panel', async () => {
    await tabTo(page, /^How they were judged/)
    await page.keyboard.press('Enter')
    await expect(panel.getByRole('columnheader', { name: 'Right' })).toBeVisible()
    await expect(panel.getByRole('row').nth(1)).toContainText('mfcc-logistic #1')
    await lookInBothThemes(page, 'proposals-judged')
  })
  await close()
  expect(await earmarkJson(['verify', catalog], options)).toEqual({ ok: true, problems: [] })

  await test.step('an export brings into another catalog where every segment is from', async () => {
    const [out, other] = [join(work, 'exported'), join(work, 'other')]
    expect((await earmark(['export', catalog, '--format', 'jams', '--out', out], options)).code).toBe(0)
    expect((await earmark(['init', other], options)).code).toBe(0)
    expect((await earmark(['import', other, out, '--format', 'jams'], options)).code).toBe(0)
    const taken = (path: string): unknown[] =>
      readCatalog(
        path,
        `select a.id, o.act, o.run_id, o.run_name, o.fold, o.score, o.author, o.at from annotation_origins o
           join annotations a on a.key = o.annotation_key order by a.id`,
      )
    const left = (path: string): unknown[] =>
      readCatalog(
        path,
        `select a.id, a.score, p.run_id, p.run_name, p.fold, p.basis, p.model_hash, p.mean_score, p.windows, p.at
           from annotation_proposals p join annotations a on a.key = p.annotation_key
           where not exists (select 1 from annotation_verdicts v where v.annotation_key = a.key) order by a.id`,
      )
    expect(taken(catalog).length).toBeGreaterThan(2)
    expect(taken(other)).toEqual(taken(catalog))
    expect(left(catalog).length).toBeGreaterThan(10)
    expect(left(other)).toEqual(left(catalog))
    expect(await earmarkJson(['verify', other], options)).toEqual({ ok: true, problems: [] })
  })
})
