import { describe, expect, it } from 'vitest'
import { dcaseScenesImporter } from './dcase-scenes'
import { detectImporter } from './importer'
import { textDataset } from './testing/text-dataset'

const tut = {
  'meta.txt':
    'audio/b020_0_10.wav\tbeach\tb020\naudio/b020_10_20.wav\tbeach\tb020\naudio/a001_0_10.wav\tcafe/restaurant\ta001\n',
  'error.txt': 'audio/a001_0_10.wav\t1.5\t2.25\tradio\n',
  'evaluation_setup/fold1_train.txt': 'audio/b020_0_10.wav\tbeach\naudio/b020_10_20.wav\tbeach\n',
  'evaluation_setup/fold1_test.txt': 'audio/a001_0_10.wav\n',
  'evaluation_setup/fold1_evaluate.txt': 'audio/a001_0_10.wav\tcafe/restaurant\n',
  'evaluation_setup/fold2_train.txt': 'audio/a001_0_10.wav\tcafe/restaurant\n',
  'evaluation_setup/fold2_test.txt': 'audio/b020_0_10.wav\naudio/b020_10_20.wav\n',
}
const tutSounds = ['audio/a001_0_10.wav', 'audio/b020_0_10.wav', 'audio/b020_10_20.wav']
const urban = {
  'meta.csv':
    'filename\tscene_label\tidentifier\tsource_label\naudio/airport-barcelona-0-0-a.wav\tairport\tbarcelona-0\ta\naudio/bus-helsinki-20-771-b.wav\tbus\thelsinki-20\tb\n',
  'evaluation_setup/fold1_train.txt': 'audio/airport-barcelona-0-0-a.wav\tairport\n',
  'evaluation_setup/fold1_test.txt': 'audio/bus-helsinki-20-771-b.wav\n',
}
const urbanSounds = ['audio/airport-barcelona-0-0-a.wav', 'audio/bus-helsinki-20-771-b.wav']
const read = (texts: Record<string, string>, sounds: string[]) => dcaseScenesImporter.read(textDataset(texts, sounds))
const faults = async (texts: Record<string, string>, sounds: string[]) =>
  (await read(texts, sounds)).issues
    .filter(({ reason }) => !reason.startsWith('note:'))
    .map(({ file, row, reason }) => `${file} ${row} ${reason}`)

describe('DCASE acoustic scenes importer', () => {
  it('reads 2017: scenes, the fold that tests a file, the recording as group, annotated errors', async () => {
    const { recordings, classes, issues } = await read(tut, tutSounds)
    expect(recordings.map(({ path, clips }) => [path, clips[0]!.fold, clips[0]!.group])).toEqual([
      ['audio/b020_0_10.wav', '2', 'b020'],
      ['audio/b020_10_20.wav', '2', 'b020'],
      ['audio/a001_0_10.wav', '1', 'a001'],
    ])
    expect(recordings[2]!.row).toBe(3)
    expect(recordings[2]!.clips[0]).toMatchObject({
      labels: [{ className: 'cafe/restaurant', state: 'present' }],
      source: {
        filename: 'audio/a001_0_10.wav',
        recording: 'a001',
        error: '1.5–2.25 s radio',
        licence: 'the dataset’s own (EULA or LICENSE file)',
      },
    })
    expect(classes.map(({ name }) => name)).toEqual(['beach', 'cafe/restaurant'])
    expect(issues).toEqual([
      {
        file: 'meta.txt',
        row: null,
        kind: 'note',
        reason: 'note: 3 clips; a whole set has 1,170 or 390 or 4,680 or 1,620',
      },
    ])
  })

  it('reads 2016, whose groups are in the file names only', async () => {
    const meta = { 'T/meta.txt': 'audio/a001_30_60.wav\toffice\n' }
    const { recordings } = await read(meta, ['T/audio/a001_30_60.wav'])
    expect(recordings[0]).toMatchObject({ path: 'T/audio/a001_30_60.wav', clips: [{ group: 'a001', fold: null }] })
    expect((await read(meta, ['T/audio/a001_30_60.wav'])).issues[0]).toMatchObject({
      file: 'T/evaluation_setup',
      kind: 'note',
      reason: 'note: no lists of folds: taken without folds',
    })
  })

  it('reads 2018: city, location and device; its one fold is train and test', async () => {
    const { recordings } = await read(urban, urbanSounds)
    expect(recordings.map(({ clips }) => clips[0])).toMatchObject([
      { fold: 'train', group: 'barcelona-0', source: { city: 'barcelona', device: 'a', identifier: 'barcelona-0' } },
      { fold: 'test', group: 'helsinki-20', labels: [{ className: 'bus' }], source: { city: 'helsinki', device: 'b' } },
    ])
    const bare = {
      'meta.csv': urban['meta.csv'].replaceAll(
        /\t(identifier|source_label|barcelona-0|helsinki-20|a|b)(?=[\t\n])/g,
        '',
      ),
    }
    expect((await read(bare, urbanSounds)).recordings.map(({ clips }) => clips[0]!.group)).toEqual([
      'barcelona-0',
      'helsinki-20',
    ])
  })

  it('reports leaks and contradictions in the lists, and keeps what tests', async () => {
    const texts = {
      ...tut,
      'evaluation_setup/fold1_train.txt': 'audio/b020_0_10.wav\tbeach\naudio/a001_0_10.wav\tcafe/restaurant\n',
      'evaluation_setup/fold1_evaluate.txt': 'audio/a001_0_10.wav\toffice\naudio/gone.wav\toffice\n',
      'evaluation_setup/fold2_test.txt': 'audio/b020_0_10.wav\naudio/a001_0_10.wav\n#NAME?\naudio/b020_0_10.wav\n',
    }
    expect(
      await faults({ ...texts, 'meta.txt': `${tut['meta.txt']}audio/a001_0_10.wav\tpark\n#REF!\tx\nlonely\n` }, [
        ...tutSounds,
        'audio/stray.wav',
      ]),
    ).toEqual([
      'meta.txt 5 spreadsheet damage: “#REF!” stands where a value was; this row was left, take the original file',
      'meta.txt 6 unreadable row: 1 columns instead of 2 or 3',
      'audio/gone.wav 2 no such file, though evaluation_setup/fold1_evaluate.txt names it',
      'evaluation_setup/fold2_test.txt 3 spreadsheet damage: “#NAME?” stands where a value was; this row was left, take the original file',
      'audio/a001_0_10.wav 2 evaluation_setup/fold2_test.txt tests it, fold 1 too: kept 1',
      'audio/b020_0_10.wav 4 evaluation_setup/fold2_test.txt names it twice',
      'audio/a001_0_10.wav 2 evaluation_setup/fold1_train.txt trains on it, though the same fold tests it: kept as tested',
      'audio/a001_0_10.wav 3 evaluation_setup/fold1_evaluate.txt, row 1, says “office”: kept “cafe/restaurant”',
      'audio/a001_0_10.wav 4 evaluation_setup/fold1_evaluate.txt, row 1, says “office”: kept “park”',
      'audio/a001_0_10.wav 4 duplicate file name: row 3 names it already; this row was left',
      'audio/stray.wav null no row of meta.txt names this file',
    ])
  })

  it('reads tables that a spreadsheet saved with semicolons, BOM and CRLF', async () => {
    const meta = { 'meta.csv': `\ufeff${urban['meta.csv'].replaceAll('\t', ';').replaceAll('\n', '\r\n')}` }
    expect((await read(meta, urbanSounds)).recordings.map(({ row }) => row)).toEqual([2, 3])
    const text = { 'meta.txt': `\ufeff${tut['meta.txt'].replaceAll('\t', ';').replaceAll('\n', '\r\n')}` }
    expect((await read(text, tutSounds)).recordings.map(({ path }) => path)).toHaveLength(3)
  })

  it('is detected, and refuses a table without its columns and another layout', async () => {
    expect(detectImporter([...Object.keys(tut), ...tutSounds])?.importer.id).toBe('dcase-scenes')
    expect(detectImporter(['meta.txt', 'audio/x.wav'])?.importer.id).toBe('dcase-scenes')
    expect(detectImporter(['meta.txt', 'dog/x.wav'])?.importer.id).toBe('folder')
    await expect(read({ 'meta.csv': 'filename\tlabel\n' }, urbanSounds)).rejects.toMatchObject({
      message: 'meta.csv, row 1: missing column scene_label; found filename, label.',
    })
    await expect(read({}, tutSounds)).rejects.toMatchObject({ code: 'unsupported-format' })
  })
})
