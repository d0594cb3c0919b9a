/** Archives that want out of their folder, point elsewhere or claim what they do not hold. Nothing is ever unpacked to the disk. */
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { encodeNpyTexts } from '../containers/npy'
import { datasetOf } from '../testing/fuzz/dataset'
import { concat } from '../testing/fuzz/mutate-bytes'
import { npyFile } from '../testing/fuzz/mutate-npz'
import { binarySize, tarEntry, type TarHeader } from '../testing/fuzz/mutate-tar'
import { linesOf, type Read, readAll } from './read-all'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const sound = Uint8Array.of(1, 2, 3)
const json = bytesOf('{"duration":2.5,"label":"dog"}')

/** A shard with a good sample before and after what is odd. */
function readTar(...odd: TarHeader[]): Promise<Read> {
  const sampleOf = (key: string): TarHeader[] => [
    { path: `${key}.wav`, body: sound },
    { path: `${key}.json`, body: json },
  ]
  const entries = [...sampleOf('first'), ...odd, ...sampleOf('last')]
  return readAll('webdataset', datasetOf({ 'x.tar': concat(...entries.map(tarEntry), new Uint8Array(1024)) }))
}

const good = ['x.tar/first.wav', 'x.tar/last.wav']

describe('a tar shard', () => {
  it.each([
    '../out.wav',
    '../../etc/passwd',
    'a/../../out.wav',
    '/etc/out.wav',
    '//server/out.wav',
    'C:/out.wav',
    'c:out.wav',
    'C:\\out.wav',
    '..\\out.wav',
    'a\\..\\..\\out.wav',
    '\\\\server\\share\\out.wav',
    '/..//out.wav',
    './../out.wav',
  ])('with the entry %s leaves it out, says so, and takes the others', async (path) => {
    const read = await readTar({ path, body: sound }, { path: path.replace(/\.wav$/, '.json'), body: json })
    expect(Object.keys(read.recordings)).toEqual(good)
    expect(linesOf(read).join('\n')).toContain(`x.tar/${path} null`)
  })

  it.each([
    ['a hard link', '1', 'a link: it was left'],
    ['a symbolic link', '2', 'a link: it was left'],
    ['a device', '3', 'no plain file: it was left'],
    ['a pipe', '6', 'no plain file: it was left'],
    ['a sparse file of GNU tar', 'S', 'no plain file: it was left'],
  ])('with %s leaves it out, also one that leads out, and takes the others', async (_, kind, reason) => {
    for (const linksTo of ['first.wav', '../../etc/passwd', '/etc/passwd']) {
      const read = await readTar(
        { path: 'link.wav', body: new Uint8Array(), kind, linksTo },
        { path: 'link.json', body: json },
      )
      expect(Object.keys(read.recordings)).toEqual(good)
      expect(linesOf(read)).toContain(`x.tar/link.wav null ${reason}`)
    }
  })

  it.each([
    ['GNU tar', { path: '././@LongLink', kind: 'L', body: bytesOf('../../out.wav\0') }],
    ['pax', { path: 'PaxHeader', kind: 'x', body: bytesOf('22 path=../../out.wav\n') }],
    ['the prefix', { path: 'unused', body: new Uint8Array(), kind: '5' }],
  ])('whose long name, as %s has it, climbs out leaves the entry out', async (way, header) => {
    const read = await readTar(header, {
      path: 'out.wav',
      body: sound,
      ...(way === 'the prefix' ? { prefix: '..' } : {}),
    })
    expect(Object.keys(read.recordings)).toEqual(good)
    expect(linesOf(read).join('\n')).toMatch(/out\.wav null the path leads out of the folder/)
  })

  it.each([
    ['8 GiB in octal digits', '77777777777\0'],
    ['2⁶² bytes as GNU tar writes them', binarySize(1n << 62n)],
    ['more than a number holds', binarySize((1n << 64n) - 1n)],
    ['a negative size', '-0000000001\0'],
    ['no size', ''],
  ])('with an entry that claims %s is read as far as that, and says so', async (_, size) => {
    const read = await readTar({ path: 'huge.wav', body: sound, size })
    expect(Object.keys(read.recordings)).toEqual(['x.tar/first.wav'])
    expect(linesOf(read)).toContain('x.tar/huge.wav null the archive is damaged from here on')
  })

  it('that breaks off is read as far as it goes, and says so', async () => {
    const whole = concat(
      ...[
        { path: 'a.wav', body: sound },
        { path: 'a.json', body: json },
      ].map(tarEntry),
    )
    const read = await readAll(
      'webdataset',
      datasetOf({ 'x.tar': concat(whole, tarEntry({ path: 'b.wav', body: sound })).subarray(0, whole.length + 514) }),
    )
    expect(Object.keys(read.recordings)).toEqual(['x.tar/a.wav'])
    expect(linesOf(read).join('\n')).toMatch(/damaged from here on|breaks off/)
  })

  it('takes an entry of a folder, and one whose name begins with a dash', async () => {
    const read = await readTar({ path: 'a/-b.wav', body: sound }, { path: 'a/-b.json', body: json })
    expect(Object.keys(read.recordings).sort()).toEqual([...good, 'x.tar/a/-b.wav'].sort())
  })
})

describe('a zip of arrays', () => {
  const keys = encodeNpyTexts(['a.wav'])
  const records = encodeNpyTexts(['{"duration":2.5,"label":"dog"}'])
  const readZip = (zip: Uint8Array): Promise<Read> => readAll('npz', datasetOf({ 'x.npz': zip }))
  const pack = (files: Record<string, Uint8Array>): Uint8Array =>
    zipSync({ 'keys.npy': keys, 'records.npy': records, ...files })

  it.each(['../keys.npy', '/etc/records.npy', 'C:\\keys.npy', '..\\..\\records.npy', 'a/../../keys.npy'])(
    'takes nothing of the entry %s',
    async (name) => {
      const read = await readZip(pack({ [name]: encodeNpyTexts(['b.wav', 'c.wav']) }))
      expect(Object.keys(read.recordings)).toEqual(['a.wav'])
      const only = zipSync({ [name]: keys, 'records.npy': records })
      if (!name.endsWith('records.npy'))
        await expect(readZip(only)).rejects.toMatchObject({ code: 'unsupported-format' })
    },
  )

  it('takes a link for what it holds, which is no array', async () => {
    // A symbolic link of Unix: its mode in the upper half of the outer attributes, its target as content.
    const link = zipSync({
      'keys.npy': [bytesOf('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }],
      'records.npy': records,
    })
    await expect(readZip(link)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/x\.npz\/keys\.npy/) as string,
    })
  })

  it('takes no names that climb out of the keys', async () => {
    const names = ['../out.wav', '/etc/passwd', 'C:\\a.wav', 'a/../b.wav', '', 'good.wav']
    const zip = zipSync({
      'keys.npy': encodeNpyTexts(names),
      'records.npy': encodeNpyTexts(names.map(() => '{"duration":1}')),
    })
    const read = await readZip(zip)
    expect(Object.keys(read.recordings)).toEqual(['good.wav'])
    expect(linesOf(read).filter((line) => line.includes('no key'))).toHaveLength(5)
  })

  it.each([
    ['a length of gigabytes', '(4294967296, 64, 64)'],
    ['more than a number holds', '(99999999999999999999,)'],
    ['a product beyond numbers', '(4294967296, 4294967296, 4294967296)'],
  ])('whose array claims %s is refused by name', async (_, shape) => {
    const head = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }\n`
    await expect(readZip(pack({ 'features.npy': npyFile(head, new Uint8Array(64)) }))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/x\.npz\/features\.npy .*breaks off/) as string,
    })
  })

  it('that claims to unpack to gigabytes is refused before it is unpacked', async () => {
    const zip = pack({ 'features.npy': new Uint8Array(1000) })
    const view = new DataView(zip.buffer)
    // The size in the directory’s record of the last entry, found by its mark.
    let at = -1
    for (let i = 0; i + 4 <= zip.length; i++) if (view.getUint32(i, true) === 0x02014b50) at = i
    view.setUint32(at + 24, 3_000_000_000, true)
    await expect(readZip(zip)).rejects.toMatchObject({
      message: expect.stringMatching(/unpacks to too much/) as string,
    })
  })
})
