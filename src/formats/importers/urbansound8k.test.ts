import { describe, expect, it } from 'vitest'
import { detectImporter } from './importer'
import { textDataset } from './testing/text-dataset'
import { urbansound8kImporter } from './urbansound8k'

const header = 'slice_file_name,fsID,start,end,salience,fold,classID,class'
const csv = 'metadata/UrbanSound8K.csv'
const good = [
  '100032-3-0-0.wav,100032,0.0,0.317551,1,5,3,dog_bark',
  '100263-2-0-117.wav,100263,58.5,62.5,1,5,2,children_playing',
  '7061-6-0-0.wav,7061,0.0,1.55,2,10,6,gun_shot',
]
const sounds = ['audio/fold5/100032-3-0-0.wav', 'audio/fold5/100263-2-0-117.wav', 'audio/fold10/7061-6-0-0.wav']
const read = (text: string, files: string[] = sounds) => urbansound8kImporter.read(textDataset({ [csv]: text }, files))
const table = (...lines: string[]): string => [header, ...lines, ''].join('\n')
const faults = async (text: string, files?: string[]) =>
  (await read(text, files)).issues
    .filter(({ reason }) => !reason.startsWith('note:'))
    .map(({ file, row, reason }) => `${file} ${row} ${reason}`)

describe('UrbanSound8K importer', () => {
  it('keeps the given folds, the recording as group, numbers, salience and licence', async () => {
    const plan = await read(table(...good))
    expect(plan.classes).toEqual([
      { name: 'children_playing', code: 2, mid: null },
      { name: 'dog_bark', code: 3, mid: null },
      { name: 'gun_shot', code: 6, mid: null },
    ])
    expect(plan.recordings[2]).toEqual({
      path: 'audio/fold10/7061-6-0-0.wav',
      row: 4,
      clips: [
        {
          startSeconds: 0,
          endSeconds: null,
          fold: '10',
          group: '7061',
          labels: [{ className: 'gun_shot', state: 'present' }],
          source: {
            licence: 'CC BY-NC 3.0',
            slice_file_name: '7061-6-0-0.wav',
            fsID: '7061',
            start: '0.0',
            end: '1.55',
            salience: '2',
          },
        },
      ],
    })
    expect(plan.issues).toEqual([
      { file: csv, row: null, kind: 'note', reason: 'note: 3 clips; the whole of UrbanSound8K has 8,732' },
    ])
  })

  it('is detected ahead of a folder of folds, wrapped in a folder, with the table beside the folds too', () => {
    expect(detectImporter([csv, ...sounds])?.importer.id).toBe('urbansound8k')
    expect(detectImporter(['U/metadata/UrbanSound8K.csv', 'U/audio/fold1/a.wav'])?.importer.id).toBe('urbansound8k')
    expect(detectImporter(['UrbanSound8K.csv', 'fold1/a.wav'])?.detection.audioFiles).toBe(1)
    expect(detectImporter(sounds)?.importer.id).toBe('folder')
  })

  it('reads what a spreadsheet saved: BOM, CRLF, semicolons, columns in another order, quotes', async () => {
    const text =
      '\ufeffclass;classID;fold;salience;end;start;fsID;slice_file_name\r\n"dog_bark";3;5;1;0,31;0,0;100032;"100032-3-0-0.wav"\r\n'
    const plan = await read(text, sounds.slice(0, 1))
    expect(plan.recordings[0]).toMatchObject({
      row: 2,
      clips: [{ fold: '5', group: '100032', source: { end: '0,31' } }],
    })
  })

  it('reports spreadsheet damage, wrong rows, missing files, stray files and duplicates', async () => {
    const lines = [
      good[0]!,
      '#NAME?,1,0,1,1,5,3,dog_bark',
      'gone-3-0-0.wav,1,0,1,1,5,3,dog_bark',
      good[0]!,
      'short,1,0',
      ',1,0,1,1,5,3,dog_bark',
    ]
    expect(await faults(table(...lines), sounds.slice(0, 2))).toEqual([
      `${csv} 3 spreadsheet damage: “#NAME?” stands where a value was; this row was left, take the original file`,
      `${csv} 6 unreadable row: 3 columns instead of 8`,
      `${csv} 7 unreadable row: the file name is empty`,
      `audio/fold5/gone-3-0-0.wav 4 no such file, though ${csv} names it`,
      'audio/fold5/100032-3-0-0.wav 5 duplicate file name: row 2 names it already; this row was left',
      `audio/fold5/100263-2-0-117.wav null no row of ${csv} names this file`,
    ])
  })

  it('takes a row with a bad fold, class number or a name that contradicts it, and says so', async () => {
    const lines = [
      '100032-3-0-0.wav,100032,0,1,1,11,3,dog_bark',
      '100263-2-0-117.wav,9,0,1,1,5,4,children_playing',
      '7061-6-0-0.wav,7061,0,1,2,5,6,gun_shot',
    ]
    expect(await faults(table(...lines))).toEqual([
      'audio/fold5/100032-3-0-0.wav 2 bad fold “11”, not a number from 1 to 10: taken without a fold',
      'audio/fold5/100263-2-0-117.wav 3 the file name says fsID 100263, the row “9”: kept the row’s',
      'audio/fold5/100263-2-0-117.wav 3 the file name says classID 2, the row 4: kept the row’s',
      'audio/fold10/7061-6-0-0.wav 4 lies outside its fold 5: kept the row’s fold',
    ])
    const folds = (await read(table(...lines))).recordings.map(({ clips }) => clips[0]!.fold)
    expect(folds).toEqual([null, '5', '5'])
  })

  it('refuses a table without its columns and another layout, naming what is missing', async () => {
    await expect(read('slice_file_name,fold,class\nx.wav,1,dog\n')).rejects.toMatchObject({
      code: 'bad-row',
      message: `${csv}, row 1: missing columns fsid, start, end, salience, classid; found slice_file_name, fold, class.`,
    })
    await expect(read(`${header},fold\n`)).rejects.toMatchObject({
      message: `${csv}, row 1: the column fold stands twice.`,
    })
    await expect(urbansound8kImporter.read(textDataset({}, sounds))).rejects.toMatchObject({
      code: 'unsupported-format',
    })
  })
})
