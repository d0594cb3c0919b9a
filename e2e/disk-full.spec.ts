import { expect, test } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './support/data'
import { countIn } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
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
