/** The query by keyboard alone: typed, completed, told where it is wrong, saved as a view, and opened again. */
import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { makeFolder } from './support/data'
import { countIn, readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
import { launchHeadless } from './support/launch-headless'
import { expectNothingSerious } from './support/looking'
import { connectToHost } from './support/rpc'

async function makeSample(folder: string): Promise<string> {
  const catalog = join(folder, 'catalog')
  const host = await launchHeadless({ userFolder: join(folder, 'user') })
  const { client } = await connectToHost(host.url)
  const { jobId } = await client.workspace.createSample({ path: catalog, seed: 1 })
  await expect.poll(async () => (await client.jobs.get({ id: jobId })).status, { timeout: 60_000 }).toBe('done')
  const ids = await client.clips.ids({ query: { folds: ['1'] } })
  await client.metadata.set({ clipIds: ids.slice(0, 5), name: 'site', value: 'Old pier' })
  await client.metadata.set({ clipIds: ids.slice(5, 7), name: 'site', value: 'Harbour' })
  await host.kill()
  return catalog
}

test('types, completes, is told what is wrong, saves a view and opens it again', async () => {
  const folder = makeFolder('query')
  const catalog = await makeSample(folder)
  const { page, close } = await openApp('headless', join(folder, 'user'))
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips).toHaveAttribute('aria-rowcount', '61')
  await clips.focus()

  const box = page.getByRole('combobox', { name: 'Query' })
  const options = page.getByRole('listbox', { name: 'Completions' }).getByRole('option')
  await page.keyboard.press('/')
  await expect(box).toBeFocused()
  await page.keyboard.type('si')
  await expect(options.filter({ hasText: 'site:' })).toHaveCount(1)
  await expect(box).toHaveAttribute('aria-expanded', 'true')
  // The name of the metadata, then its value: both from the catalog.
  const choose = async (text: string): Promise<void> => {
    const at = (await options.allTextContents()).findIndex((option) => option.startsWith(text))
    for (let step = 0; step <= at; step++) await page.keyboard.press('ArrowDown')
    const active = await box.getAttribute('aria-activedescendant')
    await expect(page.locator(`[id="${active}"]`)).toContainText(text)
    await page.keyboard.press('Tab')
  }
  await choose('site:')
  await expect(box).toHaveValue('site:')
  await expect(options).toHaveText(['Harbour', 'Old pier'])
  await takeShot(page, 'query-completion')
  await choose('Old pier')
  await expect(box).toHaveValue('site:"Old pier" ')
  await expect(clips).toHaveAttribute('aria-rowcount', '6')

  await page.keyboard.type('sotr:path')
  await page.keyboard.press('Escape')
  const complaint = page.getByRole('alert').filter({ hasText: 'did you mean' })
  await expect(complaint).toContainText('sotr: is not a key; did you mean sort:?')
  await expect(complaint).toContainText('at character 17 of the query')
  await expect(complaint.locator('mark')).toHaveText('sotr:path')
  await expect(box).toHaveAttribute('aria-invalid', 'true')
  await expect(clips).toHaveAttribute('aria-rowcount', '6')
  await takeShot(page, 'query-error')
  for (let left = 'sotr:path'.length; left > 0; left--) await page.keyboard.press('Backspace')
  await page.keyboard.type('sort:-path')
  await page.keyboard.press('Enter')
  await expect(complaint).toBeHidden()

  await page.keyboard.press('F1')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('disagrees:run3')
  await takeShot(page, 'query-help')
  await expectNothingSerious(page)
  await page.keyboard.press('Escape')

  await box.focus()
  await page.keyboard.press('Control+s')
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await page.keyboard.type('Pier, backwards')
  await takeShot(page, 'query-save')
  await expectNothingSerious(page)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  const stored = (): unknown[] => readCatalog(catalog, 'select name, query from saved_views')
  expect(stored()).toEqual([{ name: 'Pier, backwards', query: 'site:"Old pier" sort:-path' }])

  await box.fill('')
  await page.keyboard.press('Enter')
  await expect(clips).toHaveAttribute('aria-rowcount', '61')
  const views = page.getByRole('list', { name: 'Saved views' })
  const view = views.getByRole('button', { name: 'Pier, backwards', exact: true })
  await view.focus()
  await page.keyboard.press('Enter')
  await expect(box).toHaveValue('site:"Old pier" sort:-path')
  await expect(clips).toHaveAttribute('aria-rowcount', '6')
  await expect(view).toHaveAttribute('aria-pressed', 'true')

  await page.keyboard.press('F2')
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('Pier, backwards')
  await page.keyboard.type('Pier')
  await page.keyboard.press('Enter')
  const renamed = views.getByRole('button', { name: 'Pier', exact: true })
  await expect(renamed).toBeVisible()
  await takeShot(page, 'query-views-dark')
  await expectNothingSerious(page)

  // The palette opens it as well.
  await box.fill('label:dog')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('open view pier')
  await page.keyboard.press('Enter')
  await expect(box).toHaveValue('site:"Old pier" sort:-path')

  await renamed.focus()
  await page.keyboard.press('Delete')
  await expect(renamed).toBeHidden()
  expect(stored()).toEqual([])
  await clips.focus()
  await page.keyboard.press('Control+z')
  await expect(renamed).toBeVisible()

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('radio', { name: 'light', exact: false }).first().check()
  await page.getByRole('link', { name: 'Library' }).click()
  await expect(renamed).toBeVisible()
  await page.waitForTimeout(700)
  await takeShot(page, 'query-views-light')
  await expectNothingSerious(page)
  await close()

  const userOptions = { userFolder: join(folder, 'user') }
  const listed = await earmark(['ls', catalog, '--view', 'pier', '--json'], userOptions)
  expect(listed.stdout.trim().split('\n')).toHaveLength(5)
  const paths = listed.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { recording: string }).recording)
  expect(paths).toEqual(paths.toSorted().reverse())
})

test('is the same language on the command line, with the same complaints', async () => {
  const folder = makeFolder('query-cli')
  const catalog = await makeSample(folder)
  const options = { userFolder: join(folder, 'user') }
  for (const command of [
    ['ls', catalog, '--query', 'fold:1 sotr:path'],
    ['views', 'save', catalog, 'x', 'fold:1 sotr:path'],
    ['train', catalog, '--recipe', 'mfcc-logistic', '--query', 'fold:1 sotr:path'],
    ['export', catalog, '--out', join(folder, 'out'), '--format', 'csv', '--query', 'fold:1 sotr:path'],
  ]) {
    const { code, stderr } = await earmark(command, options)
    expect([command[0], code]).toEqual([command[0], 2])
    expect(stderr).toContain('sotr: is not a key; did you mean sort:?')
    expect(stderr).toContain('(at character 8 of the query)')
  }
  const run = async (...args: string[]) => {
    const outcome = await earmark(args, options)
    return `${outcome.code} ${outcome.stdout}${outcome.stderr}`.trim()
  }
  expect(await run('views', 'save', catalog, 'Pier', 'site:"Old pier"')).toBe('0 Saved “Pier”: site:"Old pier"')
  expect(await run('views', 'save', catalog, 'PIER', 'fold:1')).toContain('1 error: There is a view “Pier” already.')
  expect(await run('views', 'rename', catalog, 'pier', 'Quay')).toBe('0 pier is called Quay now.')
  expect(await run('views', 'ls', catalog)).toMatch(/NAME +QUERY +BY\s+Quay +site:"Old pier"/)
  expect(await run('ls', catalog, '--view', 'nowhere')).toContain(
    '1 error: There is no saved view nowhere.\nThere are: Quay.',
  )
  expect(await run('ls', catalog, '--view', 'Quay', '--query', 'fold:1')).toMatch(/^2 error: .*cannot be used with/)
  expect(await run('views', 'rm', catalog, 'Quay')).toBe('0 Quay is removed.')
  expect(countIn(catalog, 'select count(*) from saved_views')).toBe(0)
})

test('a saved view is taken wherever a query is', async () => {
  const folder = makeFolder('query-view')
  const catalog = await makeSample(folder)
  const options = { userFolder: join(folder, 'user') }
  const inFold = countIn(catalog, "select count(*) from clips where fold = '1'")
  expect(inFold).toBeGreaterThan(0)
  await earmark(['views', 'save', catalog, 'one fold', 'fold:1'], options)
  const view = ['--view', 'One Fold']
  const json = async <T>(...args: string[]) => earmarkJson<T>([...args, ...view], options)

  const out = join(folder, 'out')
  const exported = await json<{ clips: number }>('export', catalog, '--format', 'table', '--out', out)
  expect(exported.clips).toBe(inFold)
  const coverage = await json<{ total: { clips: number } }>('coverage', catalog)
  expect(coverage.total.clips).toBe(inFold)
  const split = await json<{ changed: number }>('split', catalog, '--parts', '80/10/10', '--dry-run')
  expect(split.changed).toBe(inFold)
  const audit = await json<{ clips: number }[]>('audit', catalog, '--by', 'fold', '--no-listen')
  expect(audit[0]!.clips).toBe(inFold)
  expect((await earmark(['metadata', 'set', catalog, 'seen', 'yes', ...view], options)).code).toBe(0)
  expect(countIn(catalog, "select count(*) from clip_metadata where value = 'yes'")).toBe(inFold)
  await earmark(['views', 'save', catalog, 'other folds', '--', '-fold:1'], options)
  const others = countIn(catalog, "select count(*) from clips where fold <> '1'")
  const train = ['train', catalog, '--recipe', 'mfcc-logistic', '--view', 'other folds']
  expect((await earmark(train, options)).stderr).toContain(`on ${others} clips, cross-validated over the folds`)
  const predicted = await json<unknown[]>('predict', catalog, '--run', 'last')
  expect(predicted).toHaveLength(inFold)

  for (const command of ['train', 'export', 'coverage', 'split', 'audit', 'predict', 'ls']) {
    const needs: Record<string, string[]> = {
      train: ['--recipe', 'mfcc-logistic'],
      export: ['--format', 'table', '--out', `${out}2`],
      split: ['--folds', '5'],
      predict: ['--run', 'last'],
    }
    const { code, stderr } = await earmark([command, catalog, ...(needs[command] ?? []), '--view', 'nowhere'], options)
    expect([command, code]).toEqual([command, 1])
    expect(stderr).toContain('There is no saved view nowhere.')
  }
})
