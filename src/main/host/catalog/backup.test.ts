import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importScript, openHost, smallSet } from '../testing/host-fixture'
import { openDatabase } from './database'
import { checkBackups, describeBackups } from './backup'
import { isBackupDue, listBackups, nameBackup, rotateBackups } from './backup-names'

let folder = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'earmark-backups-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const digest = '0123456789abcdef'
const nameAt = (at: number): string => `earmark-${new Date(at).toISOString().replace(/[-:]|\.\d+Z/g, '')}`

describe('the rotation', () => {
  it('keeps six hours, seven days and four weeks of an hourly series, whenever it is asked', () => {
    const start = Date.UTC(2026, 0, 1)
    const hour = 3_600_000
    for (let at = start; at < start + 40 * 24 * hour; at += hour) {
      writeFileSync(join(folder, `${nameAt(at)}.db`), '')
      rotateBackups(folder)
    }
    const ages = listBackups(folder).map((name) => {
      const [, date, time] = /(\d{8})T(\d{6})/.exec(name)!
      const at = Date.UTC(+date!.slice(0, 4), +date!.slice(4, 6) - 1, +date!.slice(6), +time!.slice(0, 2))
      return (start + (40 * 24 - 1) * hour - at) / hour
    })
    expect(ages.filter((age) => age < 6)).toHaveLength(6)
    expect(ages.filter((age) => age >= 24 && age < 7 * 24)).toHaveLength(6)
    // Of four weeks this one and the one before may end less than seven days ago.
    expect(ages.filter((age) => age >= 7 * 24)).toHaveLength(2)
    expect(ages.length).toBeLessThanOrEqual(17)
    expect(rotateBackups(folder)).toEqual([])
  })

  it('keeps three copies of each reason beside them', () => {
    for (let day = 1; day <= 5; day++)
      for (const reason of ['by-hand', 'before-restore', 'before-v7'])
        writeFileSync(join(folder, `${nameAt(Date.UTC(2020, 0, day))}-${reason}.db`), '')
    writeFileSync(join(folder, `${nameAt(Date.UTC(2026, 0, 1))}.db`), '')
    writeFileSync(join(folder, 'holiday.db'), '')
    rotateBackups(folder)
    expect(readdirSync(folder)).toHaveLength(3 * 3 + 2)
    expect(listBackups(folder).filter((name) => name.includes('by-hand'))).toEqual(
      [3, 4, 5].map((day) => `${nameAt(Date.UTC(2020, 0, day))}-by-hand.db`),
    )
  })

  it('drops no copy that was just made: not in the burst of a second, and not after the clock was set back', () => {
    const now = new Date(Date.UTC(2026, 5, 1))
    for (let turn = 0; turn < 20; turn++) {
      const file = nameBackup(folder, now, 'by-hand', digest)
      writeFileSync(file, '')
      expect(rotateBackups(folder, now)).not.toContain(basename(file))
      expect(listBackups(folder).at(-1)).toBe(basename(file))
    }
    for (let hour = 1; hour <= 9; hour++) {
      writeFileSync(join(folder, `${nameAt(Date.UTC(2031, 0, 1, hour))}.db`), '')
      writeFileSync(join(folder, `${nameAt(Date.UTC(2031, 0, 1, hour))}-by-hand.db`), '')
    }
    expect(isBackupDue(folder, '2020-01-01', new Date(Date.UTC(2026, 5, 3)))).toBe(true)
    for (const reason of [null, 'by-hand'] as const) {
      const file = nameBackup(folder, new Date(Date.UTC(2026, 5, 3)), reason, digest)
      writeFileSync(file, '')
      rotateBackups(folder, new Date(Date.UTC(2026, 5, 3)))
      expect(listBackups(folder)).toContain(basename(file))
    }
    expect(isBackupDue(folder, '2020-01-01', new Date(Date.UTC(2026, 5, 3)))).toBe(false)
    expect(listBackups(folder).filter((name) => name.includes('2031'))).toHaveLength(6 + 3)
  })
})

it('an open catalog is copied when its newest copy is old and something was edited since', async () => {
  const path = join(folder, 'c')
  const first = openHost(importScript(() => []))
  await first.client.workspace.create({ path })
  await first.close()
  const age = (): void => {
    const database = openDatabase(join(path, 'earmark.db'), { create: false })
    database.run(`UPDATE meta SET value = '2020-01-01' WHERE key = 'created_at'`)
    database.close()
  }
  const openAndClose = async (edit: boolean): Promise<number> => {
    age()
    const host = openHost(importScript(() => []))
    if (edit) {
      await host.client.workspace.open({ path })
      await host.client.ontology.add({ name: `class ${Math.random()}` })
      await host.client.workspace.close()
    }
    await host.client.workspace.open({ path })
    await host.close()
    return listBackups(join(path, 'backups')).length
  }
  expect(await openAndClose(false)).toBe(0)
  expect(await openAndClose(true)).toBe(1)
  expect(await openAndClose(true)).toBe(1)
})

describe('restoring', () => {
  it('puts the catalog back whole, and what it was becomes a copy that can be restored too', async () => {
    const host = openHost(importScript(() => smallSet(2)))
    const { client } = host
    const path = join(folder, 'c')
    await client.workspace.create({ path })
    const { name: empty } = await client.backups.make()
    const audio = join(folder, 'audio')
    mkdirSync(audio)
    await host.finish((await client.recordings.import({ path: audio, format: 'folder' })).jobId)
    expect((await client.workspace.state()).catalog!.clips).toBe(6)
    const { kept } = await client.backups.restore({ name: empty })
    expect((await client.workspace.state()).catalog).toMatchObject({ path, clips: 0 })
    expect(await client.backups.list({})).toMatchObject([
      { name: kept, reason: 'before-restore', counts: { clips: 6, labels: 6 }, problem: null },
      { name: empty, reason: 'by-hand', counts: { clips: 0 } },
    ])
    await client.backups.restore({ name: kept! })
    expect((await client.workspace.state()).catalog!.clips).toBe(6)
    await host.close()
    expect(readdirSync(path).sort()).toEqual(['backups', 'cache', 'earmark.db', 'runs'])
  })

  it('drops no copy before it was read, also the oldest of its kind', async () => {
    const host = openHost(importScript(() => []))
    const { client } = host
    const path = join(folder, 'c')
    await client.workspace.create({ path })
    const restored: string[] = []
    for (let turn = 0; turn < 3; turn++) {
      await client.ontology.add({ name: `class ${turn}` })
      const { name } = await client.backups.make()
      restored.push((await client.backups.restore({ name })).kept!)
    }
    const oldest = restored[0]!
    await client.backups.restore({ name: oldest })
    expect((await client.ontology.list()).map(({ name }) => name)).toEqual(['class 0'])
    expect(listBackups(join(path, 'backups'))).not.toContain(oldest)
    await host.close()
  })

  it('is refused while another process has the catalog, and changes nothing', async () => {
    const host = openHost(importScript(() => []))
    const { client } = host
    const path = join(folder, 'c')
    await client.workspace.create({ path })
    const { name } = await client.backups.make()
    await client.ontology.add({ name: 'owl' })
    const other = openDatabase(join(path, 'earmark.db'), { create: false })
    await expect(client.backups.restore({ name })).rejects.toMatchObject({
      code: 'conflict',
      hint: 'Close it there first.',
    })
    other.close()
    expect((await client.ontology.list()).map((each) => each.name)).toEqual(['owl'])
    await host.close()
  })

  it('works on a catalog too damaged to open, and refuses a damaged copy', async () => {
    const host = openHost(importScript(() => smallSet(2)))
    const { client } = host
    const path = join(folder, 'c')
    await client.workspace.create({ path })
    const { name } = await client.backups.make()
    await client.workspace.close()
    writeFileSync(join(path, 'earmark.db'), 'not a database at all'.repeat(500))
    await expect(client.workspace.open({ path })).rejects.toMatchObject({ code: 'catalog-damaged' })
    expect(await client.backups.restore({ path, name })).toEqual({ kept: null })
    expect((await client.workspace.state()).catalog).toMatchObject({ path, clips: 0 })
    writeFileSync(join(path, 'backups', 'earmark-20990101T000000.db'), 'nothing')
    expect(describeBackups(join(path, 'backups'))[0]).toMatchObject({ counts: null, problem: expect.any(String) })
    await expect(client.backups.restore({ name: 'earmark-20990101T000000.db' })).rejects.toThrow()
    expect((await client.workspace.state()).catalog).toMatchObject({ path, clips: 0 })
    await host.close()
  })
})

describe('a copy that was damaged on the disk', () => {
  const damages: [name: string, damage: (file: string) => void][] = [
    [
      'in a value, of which SQLite knows nothing',
      (file) => {
        const bytes = readFileSync(file)
        const at = bytes.indexOf('a class with a name')
        expect(at).toBeGreaterThan(0)
        bytes[at] = bytes[at]! ^ 1
        writeFileSync(file, bytes)
      },
    ],
    ['in the middle of its pages', (file) => writeFileSync(file, readFileSync(file).fill(0, 100_000, 120_000))],
    ['because its end is missing', (file) => truncateSync(file, 90_000)],
    ['because nothing is left', (file) => truncateSync(file, 0)],
  ]
  for (const [what, damage] of damages)
    it(`is noticed and named, ${what}`, async () => {
      const host = openHost(importScript(() => smallSet(2)))
      const { client } = host
      const path = join(folder, 'c')
      await client.workspace.create({ path })
      await client.ontology.add({ name: 'a class with a name' })
      const { name: sound } = await client.backups.make()
      await client.ontology.add({ name: 'another' })
      const { name } = await client.backups.make()
      expect((await client.backups.check({})).map(({ problem }) => problem)).toEqual([null, null])
      expect((await client.workspace.verify()).problems).toEqual([])
      damage(join(path, 'backups', name))

      const [found, other] = await client.backups.check({})
      expect([found!.name, other!.name, other!.problem]).toEqual([name, sound, null])
      expect(found!.problem).toMatch(/^(Its content is not what was written|It cannot be read)/)
      expect(Object.keys(checkBackups(join(path, 'backups')))).toEqual([name])
      expect((await client.workspace.verify()).problems).toEqual([
        expect.stringContaining(`The copy ${join(path, 'backups', name)} is damaged. `),
      ])
      await expect(client.backups.restore({ name })).rejects.toMatchObject({
        code: 'catalog-damaged',
        message: expect.stringContaining(name),
        hint: expect.stringContaining('Choose another copy'),
      })
      expect((await client.ontology.list()).map((each) => each.name)).toContain('another')
      expect(listBackups(join(path, 'backups'))).toEqual([sound, name])
      await client.backups.restore({ name: sound })
      expect((await client.ontology.list()).map((each) => each.name)).toEqual(['a class with a name'])
      await host.close()
    })

  it('is not made: a damaged catalog gives no copy that would be taken for a sound one', async () => {
    const host = openHost(importScript(() => smallSet(2)))
    const { client } = host
    const path = join(folder, 'c')
    await client.workspace.create({ path })
    await client.workspace.close()
    const file = join(path, 'earmark.db')
    const database = openDatabase(file, { create: false })
    // A page that opening does not read.
    const { page } = database.get<{ page: number }>(
      `SELECT rootpage AS page FROM sqlite_schema WHERE name = 'embeddings'`,
    )!
    database.close()
    writeFileSync(file, readFileSync(file).fill(255, (page - 1) * 16_384, page * 16_384))
    await client.workspace.open({ path })
    await expect(client.backups.make()).rejects.toMatchObject({ code: 'catalog-damaged' })
    expect(readdirSync(join(path, 'backups'))).toEqual([])
    await host.close()
  })
})
