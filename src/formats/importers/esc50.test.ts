import { describe, expect, it } from 'vitest'
import { esc50Importer } from './esc50'

const header = 'filename,fold,target,category,esc10,src_file,take'

/** Reads a dataset whose CSV files are given as text and whose sound files are only named. */
function read(texts: Record<string, string | Uint8Array>, sounds: string[]) {
  const listing = [...Object.keys(texts), ...sounds].sort()
  return esc50Importer.read({
    listing,
    readBytes: (path) => {
      const text = texts[path]!
      return Promise.resolve(typeof text === 'string' ? new TextEncoder().encode(text) : text)
    },
  })
}

const rows = (...lines: string[]): Record<string, string> => ({ 'meta/esc50.csv': [header, ...lines, ''].join('\n') })

describe('ESC-50 importer', () => {
  it('reads class, number, fold, group and the other columns of each row', async () => {
    const plan = await read(
      rows('1-100032-A-0.wav,1,0,dog,True,100032,A', '5-9032-A-14.wav,5,14,chirping_birds,False,9032,A'),
      ['audio/1-100032-A-0.wav', 'audio/5-9032-A-14.wav'],
    )
    expect(plan.issues).toEqual([])
    expect(plan.classes).toEqual([
      { name: 'dog', code: 0, mid: null },
      { name: 'chirping_birds', code: 14, mid: null },
    ])
    expect(plan.recordings[1]).toEqual({
      path: 'audio/5-9032-A-14.wav',
      row: 3,
      clips: [
        {
          startSeconds: 0,
          endSeconds: null,
          fold: '5',
          group: '9032',
          labels: [{ className: 'chirping_birds', state: 'present' }],
          source: { esc10: 'False', src_file: '9032', take: 'A' },
        },
      ],
    })
  })

  it('finds the CSV by its header whatever its name and the order of its columns, in a wrapping folder too', async () => {
    const plan = await read(
      {
        'ESC-10/meta/other.csv': 'a,b\n1,2\n',
        'ESC-10/meta/my subset.csv':
          '\ufeffTake,category,target,fold,licence,src_file,esc10,FileName\r\nB,rain,10,3,CC0,77,True,"3-77-B-10.ogg"\r\n',
      },
      ['ESC-10/audio/3-77-B-10.ogg'],
    )
    expect(plan.recordings).toHaveLength(1)
    expect(plan.recordings[0]).toMatchObject({
      path: 'ESC-10/audio/3-77-B-10.ogg',
      row: 2,
      clips: [{ fold: '3', group: '77', source: { take: 'B', licence: 'CC0' } }],
    })
    expect(plan.issues).toEqual([])
  })

  it('names file, row 1, what is missing and what was found when a column is missing', async () => {
    const texts = { 'meta/esc50.csv': 'filename,fold,target,esc10,take\nx.wav,1,0,True,A\n' }
    await expect(read(texts, ['audio/x.wav'])).rejects.toMatchObject({
      code: 'bad-row',
      message: 'meta/esc50.csv, row 1: missing columns category, src_file; found filename, fold, target, esc10, take.',
    })
    await expect(read({ 'meta/esc50.csv': '' }, [])).rejects.toMatchObject({ message: /the file is empty/ })
  })

  it('refuses another layout and a CSV that is not text', async () => {
    await expect(read({}, ['dog/x.wav'])).rejects.toMatchObject({ code: 'unsupported-format' })
    await expect(read({ 'meta/esc50.csv': Uint8Array.of(0x66, 0xe9, 0x0a) }, [])).rejects.toMatchObject({
      code: 'bad-file',
      message: 'meta/esc50.csv is not text in UTF-8.',
    })
  })

  it('reports missing files, files that no row names and duplicate rows, and takes the rest', async () => {
    const plan = await read(
      rows(
        'a.wav,1,0,dog,True,1,A',
        'gone.wav,1,0,dog,True,2,A',
        'a.wav,2,1,rooster,True,1,A',
        'b.wav,2,1,rooster,True,3,A',
      ),
      ['audio/a.wav', 'audio/b.wav', 'audio/stray.wav'],
    )
    expect(plan.recordings.map(({ path, row }) => [path, row])).toEqual([
      ['audio/a.wav', 2],
      ['audio/b.wav', 5],
    ])
    expect(plan.recordings[0]!.clips[0]!.fold).toBe('1')
    expect(plan.issues).toEqual([
      { file: 'audio/gone.wav', row: 3, kind: 'unmatched', reason: 'no such file, though meta/esc50.csv names it' },
      { file: 'audio/a.wav', row: 4, reason: 'duplicate file name: row 2 names it already; this row was left' },
      { file: 'audio/stray.wav', row: null, kind: 'unmatched', reason: 'no row of meta/esc50.csv names this file' },
    ])
  })

  it('reports unreadable rows by their number and keeps the rows after them', async () => {
    const plan = await read(
      rows(
        'a.wav,1,0,dog,True,1,A',
        'b"x.wav,1,"0,dog',
        'c.wav,1,0',
        '',
        ',1,0,dog,True,5,A',
        'd.wav,1,0,dog,True,4,A',
      ),
      ['audio/a.wav', 'audio/d.wav'],
    )
    expect(plan.recordings.map(({ path, row }) => [path, row])).toEqual([
      ['audio/a.wav', 2],
      ['audio/d.wav', 7],
    ])
    expect(plan.issues.map(({ file, row, reason }) => `${file} ${row} ${reason}`)).toEqual([
      'meta/esc50.csv 3 unreadable row: its quotation marks do not pair up',
      'meta/esc50.csv 4 unreadable row: 3 columns instead of 7',
      'meta/esc50.csv 6 unreadable row: the file name is empty',
    ])
  })

  it('takes a row with a bad fold, target or category without that value, and says so', async () => {
    const plan = await read(
      rows(
        'a.wav,one,0,dog,True,1,A',
        'b.wav,0,0,dog,True,2,A',
        'c.wav,1,x,rain,True,3,A',
        'd.wav,1,0,rooster,True,4,A',
        'e.wav,1,7,dog,True,5,A',
        'f.wav,1,3,,True,6,A',
      ),
      'abcdef'.split('').map((letter) => `audio/${letter}.wav`),
    )
    expect(plan.recordings).toHaveLength(6)
    expect(plan.recordings.map(({ clips }) => clips[0]!.fold)).toEqual([null, null, '1', '1', '1', '1'])
    expect(plan.recordings[5]!.clips[0]!.labels).toEqual([])
    expect(plan.issues.map(({ row, reason }) => `${row}: ${reason}`)).toEqual([
      '2: bad fold “one”, not a whole number from 1: taken without a fold',
      '3: bad fold “0”, not a whole number from 1: taken without a fold',
      '4: bad target “x”, not a whole number: taken by its category',
      '5: target 0 for “rooster” is already the number of “dog”: taken by its category',
      '6: target 7 for “dog”, which earlier rows number 0: kept 0',
      '7: no category: taken without a label',
    ])
    expect(plan.classes).toEqual([
      { name: 'dog', code: 0, mid: null },
      { name: 'rain', code: null, mid: null },
      { name: 'rooster', code: null, mid: null },
    ])
  })

  it('finds files whose names differ in case or in the encoding of accents', async () => {
    const plan = await read(rows('h\u00e9.wav,1,0,dog,True,1,A', 'upper.wav,1,0,dog,True,2,A'), [
      'audio/he\u0301.wav',
      'audio/UPPER.WAV',
    ])
    expect(plan.recordings.map(({ path }) => path)).toEqual(['audio/he\u0301.wav', 'audio/UPPER.WAV'])
    expect(plan.issues).toEqual([])
  })

  it('reads what a spreadsheet saved with semicolons, and reports what it destroyed', async () => {
    const text = [header, 'a.wav,1,0,dog,True,1,A', '#NAME?,1,0,dog,True,2,A'].join('\r\n').replaceAll(',', ';')
    const plan = await read({ 'meta/esc50.csv': `\ufeff${text}` }, ['audio/a.wav'])
    expect(plan.recordings.map(({ path, row }) => [path, row])).toEqual([['audio/a.wav', 2]])
    expect(plan.issues.map(({ row, reason }) => `${row} ${reason}`)).toEqual([
      '3 spreadsheet damage: “#NAME?” stands where a value was; this row was left, take the original file',
    ])
  })
})
