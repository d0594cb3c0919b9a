/** Two people label copies of one catalog of ESC-10; one is merged into the other, and all is decided by keyboard. */
import { expect, test } from '@playwright/test'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { launchBrowser } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
import { launchHeadless } from './support/launch-headless'
import { lookInBothThemes } from './support/looking'
import { connectToHost } from './support/rpc'

test.skip(esc10Folder === null, noEsc10)

test('merge, decide, agree, review and undo', async () => {
  const folder = makeFolder('review')
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')]
  const userFolder = join(folder, 'user')
  expect((await earmark(['init', ours], { userFolder })).code).toBe(0)
  const imported = await earmark(['import', ours, esc10Folder!, '--format', 'esc50'], { userFolder })
  expect(imported.code, imported.stderr).toBe(0)
  cpSync(ours, theirs, { recursive: true })

  const host = await launchHeadless({ userFolder })
  const { client, close } = await connectToHost(host.url)
  const browser = await launchBrowser()
  // A context of its own, because axe opens pages beside this one.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const look = (name: string): Promise<void> => lookInBothThemes(page, `review-${name}`)
  const clips = readCatalog<{ id: string; path: string }>(
    ours,
    'select c.id, r.path from clips c join recordings r on r.key = c.recording_key order by r.path limit 8',
  )
  const rain = readCatalog<{ id: string }>(ours, `select id from ontology_classes where name = 'rain'`)[0]!.id
  const dog = readCatalog<{ id: string }>(ours, `select id from ontology_classes where name = 'dog'`)[0]!.id

  await test.step('ben labels his copy, ana hers', async () => {
    const label = async (places: number[], state: 'present' | 'absent'): Promise<void> => {
      await client.labels.set({ clipIds: places.map((place) => clips[place]!.id), classId: dog, state })
    }
    await client.workspace.open({ path: theirs })
    await client.workspace.setAuthor({ author: 'ben' })
    await label([0, 1, 2, 3], 'absent')
    await label([4, 5], 'present')
    await client.annotations.create({ clipId: clips[0]!.id, startSeconds: 1, endSeconds: 2, classIds: [rain] })
    await client.workspace.close()
    await client.workspace.open({ path: ours })
    await client.workspace.setAuthor({ author: 'ana' })
    await label([0, 1], 'absent')
    await label([4], 'absent')
    await client.annotations.create({ clipId: clips[0]!.id, startSeconds: 1, endSeconds: 2.25, classIds: [rain] })
    await client.review.setStatus({ clipIds: clips.slice(0, 5).map(({ id }) => id), status: 'done' })
  })
  const before = countIn(ours, 'select count(*) from clip_labels')

  await test.step('merge in the window', async () => {
    await page.goto(host.url)
    await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '321')
    await page.keyboard.press('Alt+9')
    await expect(page.getByRole('radio', { name: 'Queue' })).toBeChecked()
    await page.keyboard.press('m')
    const dialog = page.getByRole('dialog', { name: 'Merge a copy' })
    await dialog.getByRole('textbox', { name: 'Folder of the other catalog' }).fill(theirs)
    await page.keyboard.press('Enter')
    await expect(dialog.getByText('found in both histories')).toBeVisible()
    await look('merge')
    expect(countIn(ours, 'select count(*) from merge_conflicts')).toBe(0)
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
    await expect(page.getByRole('radio', { name: 'Conflicts' })).toBeChecked()
    expect(countIn(ours, 'select count(*) from merge_conflicts')).toBe(1)
    expect(countIn(ours, 'select count(*) from annotations')).toBe(2)
  })

  await test.step('hear both versions and decide by keyboard', async () => {
    await expect(page.getByRole('heading', { name: 'Label: dog' })).toBeVisible()
    await page.keyboard.press('x')
    await expect(page.getByRole('button', { name: 'Hear ours' })).toHaveAttribute('aria-pressed', 'true')
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
    await page.keyboard.press('x')
    await expect(page.getByRole('button', { name: 'Hear theirs' })).toHaveAttribute('aria-pressed', 'true')
    await page.waitForTimeout(400)
    await look('conflict')
    await page.keyboard.press('2')
    await expect(page.getByText('No conflict is open')).toBeVisible()
    const label = readCatalog(
      ours,
      `select l.state, l.author from clip_labels l join clips c on c.key = l.clip_key where c.id = ? and l.class_key =
         (select key from ontology_classes where name = 'dog')`,
      clips[4]!.id,
    )
    expect(label).toEqual([{ state: 1, author: 'ben' }])
  })

  await test.step('read the agreement', async () => {
    await page.getByRole('radio', { name: 'Agreement' }).check()
    const row = page.getByRole('table', { name: 'Agreement by class' }).getByRole('row', { name: /^dog/ })
    await expect(row).toContainText('66.7 %')
    await expect(page.getByRole('table', { name: 'Agreement of segments' }).getByRole('row').nth(1)).toContainText(
      '0.800',
    )
    await look('agreement')
    const csv = await earmark(['agreement', ours, '--csv'], { userFolder })
    expect(csv.stdout.trim().split('\n')).toHaveLength(7)
    expect(csv.stdout).toContain(',dog,ben,present,')
    const report = await earmarkJson<{ classes: { name: string; observed: number }[] }>(['agreement', ours], {
      userFolder,
    })
    expect(report.classes.map(({ name, observed }) => [name, observed])).toEqual([['dog', 2 / 3]])
  })

  await test.step('lead clips through the queue by keyboard', async () => {
    await page.getByRole('radio', { name: 'Queue' }).check()
    await page.getByRole('heading', { level: 2 }).first().click()
    const status = (place: number): string =>
      readCatalog<{ status: string }>(ours, 'select status from clips where id = ?', clips[place]!.id)[0]!.status
    await expect(page.getByRole('list', { name: 'Clips in the queue' }).getByRole('button')).toHaveCount(5)
    await page.keyboard.press('v')
    await expect.poll(() => status(0)).toBe('reviewed')
    await expect(page.getByRole('list', { name: 'Clips in the queue' }).getByRole('button')).toHaveCount(4)
    await expect(page.getByText('1 of 4 clips · done')).toBeVisible()
    await page.keyboard.press('r')
    await expect(page.getByRole('textbox', { name: 'What is to be changed' })).toBeFocused()
    await page.keyboard.type('The second bark is missing')
    await look('queue')
    await page.keyboard.press('Enter')
    await expect.poll(() => status(1)).toBe('returned')
    await page.keyboard.press('Control+z')
    await expect.poll(() => status(1)).toBe('done')
  })

  await test.step('judge a blind sample', async () => {
    await page.getByRole('radio', { name: 'Blind sample' }).check()
    await page.getByRole('spinbutton', { name: 'Clips' }).fill('2')
    await page.getByRole('button', { name: 'Draw a sample' }).click()
    await expect(page.getByRole('heading', { name: 'Clip 1 of 2' })).toBeVisible()
    for (const { path } of clips) await expect(page.getByText(path.split('/').pop()!)).toHaveCount(0)
    await page.getByRole('heading', { name: 'Clip 1 of 2' }).click()
    await page.keyboard.press('1')
    await page.waitForTimeout(400)
    await look('blind')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Clip 2 of 2' })).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'All 2 clips are judged' })).toBeVisible()
    expect(countIn(ours, `select count(*) from opinions where source = 'blind'`)).toBeGreaterThan(1)
  })

  await test.step('undo all of it, the merge in one step', async () => {
    await expect
      .poll(async () => {
        await page.keyboard.press('Control+z')
        await page.waitForTimeout(150)
        return countIn(ours, 'select count(*) from merges')
      })
      .toBe(0)
    expect(countIn(ours, 'select count(*) from clip_labels')).toBe(before)
    expect(countIn(ours, 'select count(*) from opinions')).toBe(0)
    expect(countIn(ours, 'select count(*) from annotations')).toBe(1)
  })
  close()
  await browser.close()
  await host.close()

  await test.step('the same from the terminal, first as a dry run', async () => {
    const dry = await earmarkJson<{ conflicts: number }>(['merge', ours, theirs, '--dry-run'], { userFolder })
    expect(dry.conflicts).toBe(1)
    expect(countIn(ours, 'select count(*) from merges')).toBe(0)
    const merged = await earmark(['merge', ours, theirs, '--theirs'], { userFolder })
    expect(merged.code, merged.stderr).toBe(0)
    expect(merged.stdout).toContain('conflicts 1')
    expect(countIn(ours, `select count(*) from merge_conflicts where decision = 'theirs'`)).toBe(1)
    const listed = await earmark(['review', 'ls', ours, '--status', 'done'], { userFolder })
    expect(listed.stderr).toContain('5 clips')
    const verified = await earmark(['verify', ours], { userFolder })
    expect(verified.stdout).toContain('The catalog is sound.')
  })
})
