import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InteractionSummary } from '../src/shared/contract/interactions'
import type { ImportDryRun } from '../src/shared/contract/recordings'
import { openApp, takeShot } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn } from './support/database'
import { earmark, earmarkJson } from './support/earmark'

test.describe('who used what how often', () => {
  test.skip(esc10Folder === null, noEsc10)

  test('a list is previewed and imported, matched with clips, told of, and undone', async () => {
    const folder = makeFolder('interactions')
    const [catalog, lists, userFolder] = [join(folder, 'catalog'), join(folder, 'lists'), join(folder, 'user')]
    const [first, second] = readdirSync(join(esc10Folder!, 'audio'))
      .sort()
      .map((name) => name.replace(/\.\w+$/, ''))
    mkdirSync(lists)
    writeFileSync(
      join(lists, 'train_triplets.txt'),
      [`anna\t${first}\t3`, `anna\t${second}\t1`, `ben\t${first}\t4`, 'ben\tSOAKIMP12A8C130995\t2', 'ben\tx\t0'].join(
        '\n',
      ),
    )
    const options = { userFolder }
    await earmark(['init', catalog], options)
    await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)

    const thought = await earmarkJson<ImportDryRun>(['import', catalog, lists, '--dry-run'], options)
    expect(thought.interactions).toEqual({
      users: { new: 2, known: 0 },
      items: { new: 3, known: 0, matched: 2 },
      pairs: { new: 4, known: 0, conflicting: 0 },
    })
    expect(thought.verdicts).toMatchObject({ new: 4, unmatched: 1, outside: 1 })
    expect(countIn(catalog, 'select count(*) from interactions')).toBe(0)

    const { page, close } = await openApp('headless', userFolder)
    await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
    await page.getByRole('button', { name: 'Open catalog' }).click()
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Import recordings' })
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(lists)
    await expect(dialog.getByText('4 new counts of how often who used what')).toBeVisible()
    await expect(
      dialog.getByRole('row', { name: /^unmatched .+ 4 SOAKIMP12A8C130995 is the id of no clip/ }),
    ).toBeVisible()
    await takeShot(page, 'interactions-preview')
    const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze()
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])

    await dialog.getByRole('textbox', { name: 'Folder' }).press('Enter')
    await expect(dialog.getByRole('button', { name: 'Done' })).toBeVisible()
    await expect(dialog.getByLabel('Imported')).toContainText('counts4')
    await expect(dialog.getByLabel('Imported')).toContainText('items with a clip2')
    await takeShot(page, 'interactions-imported')
    expect(countIn(catalog, 'select count(*) from interactions')).toBe(4)
    expect(countIn(catalog, 'select count(*) from interaction_clips')).toBe(2)

    const summary = await earmarkJson<InteractionSummary>(['interactions', catalog], options)
    expect(summary).toMatchObject({ users: 2, items: 3, matchedItems: 2, pairs: 4, total: 10 })
    expect(summary.top[0]).toMatchObject({ item: first, users: 2, total: 7 })
    expect(summary.top[0]!.recordingPath).toContain(first)
    const listed = await earmark(['interactions', catalog, '--top', '1'], options)
    expect(listed.stdout.trim().split('\n')).toHaveLength(2)
    expect((await earmark(['interactions', catalog, '--top', 'all'], options)).code).toBe(2)

    await dialog.getByRole('button', { name: 'Done' }).click()
    await expect(dialog).toBeHidden()
    await page.keyboard.press('Control+z')
    await expect.poll(() => countIn(catalog, 'select count(*) from interactions')).toBe(0)
    await close()
  })
})
