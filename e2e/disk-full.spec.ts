import { expect, type Page, test } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, selectFirstClip, takeShot } from './support/app'
import { Random } from '../src/dsp/random'
import { makeFolder } from './support/data'
import { fingerprint, findDamage, readState } from './support/catalog-state'
import { countIn } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
import { editUntil } from './support/kill-edits'
import { Ledger } from './support/kill-ledger'
import { buildStage, launchOn, mergeInto } from './support/kill-stage'
import { launchHeadless } from './support/launch-headless'
import { connectToHost } from './support/rpc'

/** A file system of a given size, where the machine lets us mount one. */
function mountSmallDisk(folder: string, sizeKib: number): boolean {
  mkdirSync(folder, { recursive: true })
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKib}k`, 'tmpfs', folder]).status === 0
}

async function makeSample(folder: string): Promise<string> {
  const catalog = join(folder, 'catalog')
  const host = await launchHeadless({ userFolder: join(folder, 'user') })
  const { client } = await connectToHost(host.url)
  const { jobId } = await client.workspace.createSample({ path: catalog, seed: 1 })
  await expect.poll(async () => (await client.jobs.get({ id: jobId })).status, { timeout: 60_000 }).toBe('done')
  await host.kill()
  return catalog
}

test('a full disk stops an export or an import with a reason, and nothing is half-written', async () => {
  const folder = makeFolder('disk-full')
  const disk = join(folder, 'disk')
  test.skip(!mountSmallDisk(disk, 3000), 'mounting a small file system wants root on Linux')
  try {
    const options = { userFolder: join(folder, 'user') }
    const catalog = await makeSample(folder)

    const exported = await earmark(['export', catalog, '--format', 'esc50', '--out', join(disk, 'export')], options)
    expect(exported.code).toBe(1)
    expect(exported.stderr).toMatch(/no space|disk.*full|ENOSPC/i)
    expect(readdirSync(disk)).toEqual([])

    // The catalog itself on a disk that fills up while importing.
    const small = join(disk, 'catalog')
    expect((await earmark(['init', small], options)).code).toBe(0)
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=1k'])
    const imported = await earmark(['import', small, join(catalog, 'audio'), '--format', 'esc50'], options)
    expect(imported.code).toBe(1)
    expect(imported.stderr).toMatch(/no space|full/i)
    spawnSync('rm', [join(disk, 'filler')])

    expect(await earmarkJson(['verify', small], options)).toEqual({ ok: true, problems: [] })
    expect(countIn(small, 'select count(*) from clips')).toBe(0)
    expect(existsSync(join(catalog, 'audio'))).toBe(true)
  } finally {
    spawnSync('umount', [disk])
  }
})

test('a full disk stops labeling, merge, snapshot, backup and undo with a reason, and work goes on with room again', async () => {
  const folder = makeFolder('disk-full-work')
  const disk = join(folder, 'disk')
  test.skip(!mountSmallDisk(disk, 160_000), 'mounting a small file system wants root on Linux')
  try {
    const stage = await buildStage(folder, 'large', 1)
    const catalog = join(disk, 'catalog')
    cpSync(stage.template, catalog, { recursive: true })
    const host = await launchOn(stage, catalog)
    const connection = await connectToHost(host.url)
    const { client } = connection
    const filler = join(disk, 'filler')
    const fill = (): void => void spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'])
    const empty = (): void => rmSync(filler)
    const isAsItWas = async (print: string): Promise<void> => {
      expect(fingerprint(catalog)).toBe(print)
      expect(findDamage(catalog)).toEqual([])
      expect(readdirSync(join(catalog, 'backups')).filter((name) => name.includes('partial'))).toEqual([])
      // It can be read all the while.
      expect((await client.workspace.state()).catalog).not.toBeNull()
    }
    const noSpace = {
      code: 'no-space',
      message: expect.stringMatching(/full|space/i),
      hint: expect.stringContaining('space'),
    }

    await test.step('labeling: what was acknowledged is there, and nothing else', async () => {
      const ledger = new Ledger(readState(catalog))
      const run = { ledger, random: new Random(1), host: () => connection }
      fill()
      await expect(editUntil(run, () => false, true)).rejects.toMatchObject(noSpace)
      expect(ledger.compare(readState(catalog))).toEqual([])
      expect(findDamage(catalog)).toEqual([])
      empty()
      let turns = 0
      await editUntil(run, () => turns++ > 30, true)
      expect(ledger.compare(readState(catalog))).toEqual([])
    })

    const works: [name: string, work: () => Promise<unknown>, takesBack: boolean][] = [
      ['merge', () => mergeInto(client, stage.other), true],
      ['a snapshot', () => client.snapshots.make({ name: 'with room' }), false],
      ['a backup', () => client.backups.make(), false],
    ]
    for (const [name, work, takesBack] of works)
      await test.step(name, async () => {
        const print = fingerprint(catalog)
        fill()
        await expect(work()).rejects.toMatchObject(noSpace)
        await isAsItWas(print)
        empty()
        await work()
        expect(fingerprint(catalog) === print).toBe(!takesBack)
        if (takesBack) await client.history.undo()
        await isAsItWas(print)
      })

    await test.step('undo of a large import, and making it again', async () => {
      for (;;) {
        const { undoTitle } = await client.history.state()
        if (undoTitle!.startsWith('Import')) break
        await client.history.undo()
      }
      const before = fingerprint(catalog)
      for (const direction of ['undo', 'redo'] as const) {
        const print = fingerprint(catalog)
        fill()
        await expect(client.history[direction]()).rejects.toMatchObject(noSpace)
        await isAsItWas(print)
        empty()
        expect((await client.history[direction]()).title).toMatch(/^Import/)
      }
      await isAsItWas(before)
    })

    expect(await host.kill()).toBe(0)
    expect(await earmarkJson(['verify', catalog], { userFolder: stage.userFolder })).toEqual({ ok: true, problems: [] })
    fill()
    const opened = await earmark(['ls', catalog], { userFolder: stage.userFolder })
    expect([opened.code, opened.stderr]).toEqual([
      1,
      expect.stringContaining(`${catalog} cannot be opened: its disk is full.`),
    ])
    empty()
    expect((await earmark(['ls', catalog, '--query', 'label:hum'], { userFolder: stage.userFolder })).code).toBe(0)
  } finally {
    spawnSync('umount', [disk])
  }
})

/** The same folder once more, where nothing can be written: by a mount, or by permissions for whoever may not mount. */
function makeReadOnly(folder: string, place: string): () => void {
  mkdirSync(place)
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    spawnSync('mount', ['--bind', folder, place])
    expect(spawnSync('mount', ['-o', 'remount,ro,bind', place]).status).toBe(0)
    return () => void spawnSync('umount', [place])
  }
  cpSync(folder, place, { recursive: true })
  spawnSync('chmod', ['-R', 'a-w', place])
  return () => void spawnSync('chmod', ['-R', 'u+w', place])
}

test('a catalog on a read-only disk can be read and heard, says so, and stays as it is', async () => {
  test.skip(process.platform === 'win32', 'permissions are another matter on Windows')
  const folder = makeFolder('read-only')
  const userFolder = join(folder, 'user')
  const options = { userFolder }
  const sample = await makeSample(folder)
  const place = join(folder, 'disk of others')
  const release = makeReadOnly(sample, place)
  try {
    const print = fingerprint(sample)
    const clips = await earmark(['ls', place, '--query', 'fold:1'], options)
    expect(clips.code, clips.stderr).toBe(0)
    expect(clips.stdout.split('\n').length).toBeGreaterThan(10)
    const split = await earmark(['split', place, '--folds', '3', '--replace'], options)
    expect([split.code, split.stderr]).toEqual([
      1,
      expect.stringContaining('is on a disk that cannot be written, so it can only be read.'),
    ])
    expect(split.stderr).toContain('Copy the catalog’s folder')
    const restored = await earmark(['backups', 'restore', place], options)
    expect(restored.stderr).not.toContain('    at ')

    const { page, close } = await openApp('headless', userFolder)
    await openRecent(page, 'disk of others')
    const grid = page.getByRole('grid', { name: 'Clips' })
    await expect(grid).toHaveAttribute('aria-rowcount', '61')
    const banner = page.getByRole('status', { name: 'Read-only disk' })
    await expect(banner).toContainText('cannot be written')
    await selectFirstClip(page)
    await page.keyboard.press('2')
    await expect(page.getByText(/so it can only be read/).first()).toBeVisible()
    for (const theme of ['dark', 'light']) {
      await page.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme)
      await page.waitForTimeout(250)
      await takeShot(page, `read-only-${theme}`)
    }

    // When it can be written again, one press opens the catalog itself.
    release()
    if (!existsSync(join(place, 'earmark.db'))) cpSync(sample, place, { recursive: true })
    await banner.getByRole('button', { name: 'Try again' }).click()
    await expect(banner).toBeHidden()
    await selectFirstClip(page)
    await page.keyboard.press('2')
    await expect.poll(() => fingerprint(place)).not.toBe(print)
    await close()
  } finally {
    release()
  }
})

async function openRecent(page: Page, name: string): Promise<void> {
  await page
    .getByRole('button', { name: new RegExp(name) })
    .first()
    .click()
}
