import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeArchive, type Part } from './testing/make-archive'
import { listArchive, unpackEntries } from './wheel-archive'

describe('a wheel', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earmark-wheel-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function write(parts: Part[]): Promise<string> {
    const path = join(folder, 'some.whl')
    await writeFile(path, makeArchive(parts))
    return path
  }
  const library = { path: 'tensorflow/lib.so', content: Buffer.from('library '.repeat(50_000)) }

  it('comes out as it was packed, counted', async () => {
    const empty = { path: 'tensorflow/__init__.py', content: Buffer.alloc(0), isStored: true }
    const stored = { path: 'tensorflow/c/c_api.h', content: Buffer.from('// header'), isStored: true, mode: 0o755 }
    const path = await write([
      library,
      { path: 'tensorflow/', content: Buffer.alloc(0), isStored: true },
      empty,
      stored,
    ])
    const entries = await listArchive(path)
    expect(entries.map((entry) => [entry.path, entry.bytes])).toEqual([
      ['tensorflow/lib.so', 400_000],
      ['tensorflow/__init__.py', 0],
      ['tensorflow/c/c_api.h', 9],
    ])
    let counted = 0
    await unpackEntries(path, entries, join(folder, 'out'), (bytes) => (counted += bytes))
    expect(counted).toBe(400_009)
    for (const part of [library, empty, stored])
      expect((await readFile(join(folder, 'out', part.path))).equals(part.content)).toBe(true)
    const isProgram = async (part: Part): Promise<boolean> =>
      ((await stat(join(folder, 'out', part.path))).mode & 0o100) !== 0
    if (process.platform !== 'win32') expect([await isProgram(stored), await isProgram(library)]).toEqual([true, false])
  })

  it('is refused when it is half a download, or no archive', async () => {
    const path = await write([library])
    await truncate(path, 500)
    await expect(listArchive(path)).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining(path) })
    await writeFile(path, '<html>Not found</html>')
    await expect(listArchive(path)).rejects.toMatchObject({ code: 'bad-file' })
  })

  it('leaves no file behind that differs from its checksum', async () => {
    const path = await write([{ ...library, crc: 1 }])
    const unpacked = unpackEntries(path, await listArchive(path), folder)
    await expect(unpacked).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining('lib.so') })
    expect(existsSync(join(folder, library.path))).toBe(false)
  })

  it('never writes outside its folder', async () => {
    const path = await write([{ path: '../outside.so', content: Buffer.from('x') }])
    const unpacked = unpackEntries(path, await listArchive(path), join(folder, 'out'))
    await expect(unpacked).rejects.toMatchObject({ code: 'bad-file' })
    expect(existsSync(join(folder, 'outside.so'))).toBe(false)
  })
})
