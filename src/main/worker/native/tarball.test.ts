import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { makeTar } from './testing/make-archive'
import { hasIntegrity, readPinnedTarball, readTarball } from './tarball'

const long = `package/${'deep/'.repeat(25)}file.js`
const files = { 'package/': '', 'package/binding/utils.h': 'x'.repeat(700), [long]: 'long', 'package/empty.js': '' }

describe('an npm tarball', () => {
  it('gives its files, without folders', () => {
    const found = readTarball(gzipSync(makeTar(files)), 'some')
    expect([...found].map(([path, content]) => [path, content.toString()])).toEqual([
      ['package/binding/utils.h', 'x'.repeat(700)],
      [long, 'long'],
      ['package/empty.js', ''],
    ])
  })

  it('is refused when it is cut short, packed or unpacked', () => {
    const packed = gzipSync(makeTar(files))
    expect(() => readTarball(packed.subarray(0, packed.length / 2), 'some')).toThrow(/some is not a whole tarball/)
    const cut = gzipSync(makeTar(files).subarray(0, 1200))
    expect(() => readTarball(cut, 'some')).toThrow(/some is damaged at package\/binding\/utils.h/)
  })

  it('is refused when its checksum differs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earmark-tarball-'))
    try {
      const packed = gzipSync(makeTar(files))
      const path = join(folder, 'some.tgz')
      await writeFile(path, packed)
      const integrity = `sha512-${createHash('sha512').update(packed).digest('base64')}`
      expect(hasIntegrity(packed, integrity)).toBe(true)
      const pin = { name: 'some', version: '1.0.0', integrity }
      expect((await readPinnedTarball(path, pin)).size).toBe(3)
      const other = readPinnedTarball(path, { ...pin, integrity: 'sha512-other' })
      await expect(other).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining('checksum') })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
