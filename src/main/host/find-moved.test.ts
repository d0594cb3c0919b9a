import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { draft, type HostFixture, importScript, openHost } from './testing/host-fixture'

let folder = ''
let host: HostFixture
const names = ['a', 'b', 'c', 'd']

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'earmark-moved-')))
  const drafts = names.map((name, index) => {
    const bytes = Buffer.from(`sound ${name}`.repeat(10 + (index % 2)))
    const file = join(folder, 'old', 'audio', `${name}.wav`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes)
    const contentHash = createHash('sha256').update(bytes).digest('hex')
    return { ...draft(name, '1', 'dog'), contentHash, sizeBytes: bytes.length }
  })
  host = openHost(importScript(() => drafts))
  await host.client.workspace.create({ path: join(folder, 'catalog') })
  await host.finish((await host.client.recordings.import({ path: join(folder, 'old'), format: 'folder' })).jobId)
})
afterEach(async () => {
  await host.close()
  rmSync(folder, { recursive: true, force: true })
})

const plan = () => host.client.relink.plan({ from: join(folder, 'old'), to: join(folder, 'new') })

describe('looking for moved files', () => {
  it('finds a renamed folder by reading only what it must, and relinks its root in one edit', async () => {
    renameSync(join(folder, 'old'), join(folder, 'new'))
    writeFileSync(join(folder, 'new', 'large.wav'), Buffer.alloc(5_000_000))
    const found = await plan()
    expect(found).toMatchObject({
      recordings: 4,
      inPlace: 0,
      verdicts: { found: 4, lost: 0, changed: 0, ambiguous: 0 },
    })
    expect(found.hashedBytes).toBe(4 * 70 + 2 * 7)
    expect(await host.client.relink.apply({ id: found.id })).toEqual({ relinked: 4 })
    expect(await host.client.relink.roots()).toEqual([{ path: join(folder, 'new'), recordings: 4, missing: 0 }])
    expect((await host.client.workspace.verify()).problems).toEqual([])
    expect((await host.client.history.undo()).title).toBe('Relink 4 recordings')
    expect(await host.client.relink.roots()).toMatchObject([{ path: join(folder, 'old') }])
    await expect(host.client.relink.apply({ id: found.id })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('tells renamed, changed, ambiguous and lost files apart, and leaves alone what is in place', async () => {
    const [old, fresh] = [join(folder, 'old', 'audio'), join(folder, 'new')]
    mkdirSync(join(fresh, 'audio'), { recursive: true })
    renameSync(join(old, 'a.wav'), join(fresh, 'renamed.wav'))
    cpSync(join(old, 'b.wav'), join(fresh, 'one.wav'))
    renameSync(join(old, 'b.wav'), join(fresh, 'two.wav'))
    rmSync(join(old, 'c.wav'))
    writeFileSync(join(fresh, 'audio', 'c.wav'), 'another content')
    const found = await plan()
    expect(found.inPlace).toBe(1)
    expect(found.verdicts).toEqual({ found: 1, changed: 1, ambiguous: 1, lost: 0, taken: 0 })
    await host.client.relink.apply({ id: found.id })
    expect((await host.client.relink.roots()).map(({ path, recordings }) => [path, recordings])).toEqual([
      [fresh, 1],
      [join(folder, 'old'), 3],
    ])
    rmSync(join(fresh, 'audio', 'c.wav'))
    expect((await plan()).verdicts).toEqual({ found: 0, changed: 0, ambiguous: 1, lost: 1, taken: 0 })
  })

  it('refuses a folder in which the catalog has nothing', async () => {
    mkdirSync(join(folder, 'new'))
    await expect(
      host.client.relink.plan({ from: join(folder, 'elsewhere'), to: join(folder, 'new') }),
    ).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})
