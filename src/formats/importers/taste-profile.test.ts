import { describe, expect, it } from 'vitest'
import { linesOf, type Read, readAll } from '../bad-input/read-all'
import { datasetOf } from '../testing/fuzz/dataset'
import { encodeUtf16 } from '../testing/fuzz/mutate-text'
import type { DatasetFolder, InteractionBatch } from './import-plan'
import { recogniseImporter } from './importer'
import { tasteProfileImporter } from './taste-profile'

const anna = 'b80344d063b5ccb3212f76538f3d9e43d87dca9e'
const ben = '-85c1f87fea955d09b4bec2e36aee110927aedf9'
const [song, other] = ['SOAKIMP12A8C130995', 'SOAPDEY12A81C210A9']

/** Eight rows as the real list has them. */
const rows = [
  `${anna}\t${song}\t1`,
  `${anna}\t${other}\t2`,
  `${anna}\tSOBBMDR12A8C13253B\t2`,
  `${anna}\tSOBFNSP12AF72A0E22\t1`,
  `${ben}\t${song}\t9667`,
  `${ben}\tSOBFOVM12A58A7D494\t1`,
  `${ben}\tSOBNZDC12A6D4FC103\t1`,
  `${ben}\tSOBSUJE12A6D4F8CF5\t2`,
]
const read = (...lines: string[]): Promise<Read> => readText(`${lines.join('\n')}\n`)
const readText = (text: string | Uint8Array): Promise<Read> =>
  readAll('taste-profile', datasetOf({ 'train_triplets.txt': text }))

describe('Taste Profile importer', () => {
  it('reads user, song and count of each row, and where it stands', async () => {
    const { interactions, recordings, classes, issues } = await read(...rows)
    expect(interactions).toEqual(
      rows.map((line, index) => {
        const [user, item, count] = line.split('\t')
        return [user, item, Number(count), index + 1]
      }),
    )
    expect({ recordings, classes, issues }).toEqual({ recordings: {}, classes: [], issues: [] })
  })

  it('knows the lists by their names, also beside sound', async () => {
    const found = await recogniseImporter(['MillionSong/train_triplets.txt', 'A/SOAKIMP12A8C130995.mp3'], () =>
      Promise.resolve(''),
    )
    expect(found?.importer.id).toBe('taste-profile')
    expect(tasteProfileImporter.detect(['triplets.wav', '.train_triplets.txt'])).toBeNull()
    await expect(tasteProfileImporter.read({ listing: [], readBytes: () => Promise.reject() })).rejects.toThrow(
      'no file called',
    )
  })

  it('reads a file piece by piece, wherever it is cut', async () => {
    const text = `\ufeff${rows.join('\r\n')}\r\n`
    const whole = (await read(...rows)).interactions
    for (const bytes of [new TextEncoder().encode(text), encodeUtf16(text, true)])
      for (const size of [2, 3, 7, 41, 64, bytes.length]) {
        const folder: DatasetFolder = {
          listing: ['train_triplets.txt'],
          readBytes: () => Promise.reject(new Error('nobody should read it whole')),
          readPieces: () => Promise.resolve({ bytes: bytes.length, pieces: piecesOf(bytes, size) }),
        }
        const plan = await tasteProfileImporter.read(folder)
        const lines: number[] = []
        const counts: number[] = []
        let [done, total] = [0, 0]
        for await (const batch of plan.interactions!) {
          lines.push(...batch.rows.lines)
          counts.push(...batch.rows.counts)
          ;[done, total] = [batch.done, batch.total]
          expect(batch.issues).toEqual([])
        }
        expect(lines, `pieces of ${size}`).toEqual(rows.map((_row, index) => index + 1))
        expect(counts).toEqual(whole!.map(([, , count]) => count))
        expect([done, total]).toEqual([bytes.length, bytes.length])
      }
  })

  it('divides long lists into batches in which each name stands once, and forgets none', async () => {
    const many = Array.from({ length: 120_001 }, (_, n) => `user${Math.floor(n / 50)}\tsong${n % 50}\t${(n % 7) + 1}`)
    const plan = await tasteProfileImporter.read(folderOf(many.join('\n')))
    let [next, batches] = [0, 0]
    for await (const { rows: batch } of plan.interactions!) {
      batches++
      const [users, items] = [batch.users.split('\n'), batch.items.split('\n')]
      expect(new Set(users).size).toBe(users.length)
      batch.counts.forEach((count, row) => {
        const line = `${users[batch.userPlaces[row]!]!}\t${items[batch.itemPlaces[row]!]!}\t${count}`
        if (line !== many[next]) expect(line).toBe(many[next])
        next++
      })
    }
    expect(next).toBe(many.length)
    expect(batches).toBe(3)
  })

  it.each([
    ['two values', `${anna}\t${song}`, 'this is no row of a user, an item and a count'],
    ['four values', `${anna}\t${song}\t1\t2`, 'this is no row of a user, an item and a count'],
    ['no user', `\t${song}\t1`, '“” is no name of a user'],
    ['no song', `${anna}\t \t1`, '“” is no name of an item'],
    ['a control sign in a name', `an\u0007na\t${song}\t1`, '“an\u0007na” is no name of a user'],
    ['a name without end', `${'a'.repeat(201)}\t${song}\t1`, `“${'a'.repeat(100)}…” is no name of a user`],
    ['a word for a count', `${anna}\t${song}\toften`, '“often” is no count'],
    ['no number', `${anna}\t${song}\tNaN`, '“NaN” is no count'],
    ['a hexadecimal count', `${anna}\t${song}\t0x3`, '“0x3” is no count'],
    ['a count of none', `${anna}\t${song}\t0`, 'the count “0” is no whole number from 1 to 2147483647'],
    ['a negative count', `${anna}\t${song}\t-2`, 'the count “-2” is no whole number from 1 to 2147483647'],
    ['half a count', `${anna}\t${song}\t1.5`, 'the count “1.5” is no whole number from 1 to 2147483647'],
    [
      'a count beyond all',
      `${anna}\t${song}\t3000000000`,
      'the count “3000000000” is no whole number from 1 to 2147483647',
    ],
    [
      'what a spreadsheet destroyed',
      `#NAME?\t${song}\t1`,
      'spreadsheet damage: “#NAME?” stands where a value was; this row was left, take the original file',
    ],
  ])('names a row with %s, and takes the others', async (_, line, reason) => {
    const changed = await read(...rows.slice(0, 3), line, ...rows.slice(3))
    expect(linesOf(changed)).toEqual([`train_triplets.txt 4 ${reason}`])
    expect(changed.issues[0]!.kind).toBe(reason.startsWith('the count') ? 'outside' : undefined)
    expect(changed.interactions!.map(([user, item, count]) => `${user}\t${item}\t${count}`)).toEqual(rows)
  })

  it('takes a pair that stands twice once: a note where both say the same, a conflict where they do not', async () => {
    const changed = await read(...rows, rows[1]!, `${ben}\t${song}\t3`)
    expect(changed.issues).toEqual([
      {
        file: 'train_triplets.txt',
        row: 9,
        reason: `note: ${anna} and ${other} stand in row 2 already: this row was left`,
        kind: 'note',
      },
      {
        file: 'train_triplets.txt',
        row: 10,
        reason: `${ben} and ${song} stand in row 5 already with the count 9667, which is kept; this row says 3`,
        kind: 'conflicting',
      },
    ])
    expect(changed.interactions).toEqual((await read(...rows)).interactions)
  })

  it('reads what a spreadsheet has saved: a header, semicolons, quotation marks', async () => {
    const saved = ['user;song;play_count', ...rows.map((line) => `"${line.replaceAll('\t', '";"')}"`)]
    const { interactions, issues } = await read(...saved)
    expect(issues).toEqual([])
    expect(interactions!.map(([user, item, count]) => `${user}\t${item}\t${count}`)).toEqual(rows)
    const commas = await read(...rows.map((line) => line.replaceAll('\t', ',')))
    expect(commas.interactions).toEqual((await read(...rows)).interactions)
  })

  it('leaves the songs that sid_mismatches.txt names, and says how many rows that were', async () => {
    const mismatches = `ERROR: <${song} TRMMGKQ128F9325E10> A  -  B  !=  C  -  D\nERROR: <no id> x\n`
    const changed = await readAll(
      'taste-profile',
      datasetOf({ 'train_triplets.txt': rows.join('\n'), 'sid_mismatches.txt': mismatches }),
    )
    expect(changed.interactions!.map(([, item]) => item)).not.toContain(song)
    expect(changed.interactions).toHaveLength(6)
    expect(linesOf(changed)).toEqual([
      'train_triplets.txt null note: 2 rows of songs that sid_mismatches.txt names were left: their sound is another song’s',
    ])
  })

  it('says by which tracks songs are heard, before the rows', async () => {
    const tracks = `\ufeff${song}\tTRMMMYQ128F932D901\r\n${other}\tTRA\tTRB\r\nSOALONE\r\nx\u0007\tTRC\r\n\tTRD\r\n`
    const folder = folderOf(rows.join('\n'))
    const plan = await tasteProfileImporter.read({
      listing: ['taste_profile_song_to_tracks.txt', ...folder.listing],
      readBytes: (path) =>
        path.startsWith('taste') ? Promise.resolve(new TextEncoder().encode(tracks)) : folder.readBytes(path),
    })
    const batches: InteractionBatch[] = []
    for await (const batch of plan.interactions!) batches.push(batch)
    expect(batches.map(({ rows: own }) => own.aliases)).toEqual([
      `TRMMMYQ128F932D901\t${song}\nTRA\t${other}\nTRB\t${other}`,
      undefined,
    ])
    expect(batches.map(({ rows: own }) => own.counts.length)).toEqual([0, 8])
    expect(batches[0]!.issues.map(({ row }) => row)).toEqual([4, 5])
  })

  it('names a line that is too long without holding it, and takes the others', async () => {
    const changed = await read(rows[0]!, 'x'.repeat(3_000_000), ...rows.slice(1))
    expect(linesOf(changed)).toEqual(['train_triplets.txt 2 this line is too long to be one of a list'])
    expect(changed.interactions).toHaveLength(rows.length)
    const folder: DatasetFolder = {
      ...folderOf(''),
      readPieces: () =>
        Promise.resolve({
          bytes: 1,
          pieces: piecesOf(new TextEncoder().encode(`${rows[0]!}\n${'x'.repeat(300_000)}\n${rows[1]!}`), 50_000),
        }),
    }
    const found: string[] = []
    for await (const { rows: batch, issues } of (await tasteProfileImporter.read(folder)).interactions!)
      found.push(...issues.map(({ row, reason }) => `${row} ${reason}`), ...Array.from(batch.lines, String))
    expect(found).toEqual(['2 this line is too long to be one of a list', '1', '3'])
  })

  it('tells of ten thousand rows at fault one by one, and counts the rest', async () => {
    const { issues, interactions } = await read(rows[0]!, ...Array.from({ length: 10_005 }, () => 'x'))
    expect(interactions).toHaveLength(1)
    expect(issues).toHaveLength(10_001)
    expect(issues.at(-1)!.reason).toBe('note: 5 more rows were left, for reasons like those told')
  })

  it('refuses what is no list of triplets', async () => {
    await expect(read(...Array.from({ length: 2000 }, () => 'Once upon a time'))).rejects.toThrow(
      'train_triplets.txt: none of its first 1000 rows is a triplet: this is no row of a user, an item and a count.',
    )
    await expect(read('', 'x')).rejects.toThrow('train_triplets.txt: there is no triplet in it.')
    await expect(readText(Uint8Array.of(0xe9, 0x09, 0x41))).rejects.toThrow('train_triplets.txt is not text in UTF-8')
    await expect(readText('a\0b\tc\t1\n')).rejects.toThrow('it holds zero bytes')
  })
})

function folderOf(text: string): DatasetFolder {
  return {
    listing: ['train_triplets.txt'],
    readBytes: () => Promise.resolve(new TextEncoder().encode(text)),
  }
}

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}
