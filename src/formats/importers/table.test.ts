import { describe, expect, it } from 'vitest'
import { tableExporter } from '../exporters/table'
import {
  annotation,
  faultsOf,
  goRoundTrip,
  label,
  lossesOf,
  manySegments,
  trickyClips,
  wholeClip,
} from '../testing/round-trip-clips'
import { guessColumns } from './guess-columns'
import { recogniseImporter } from './importer'
import type { ImportOptions } from './import-plan'
import { readTableHead, tableImporter } from './table'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = [], options?: ImportOptions) =>
  tableImporter.read(textDataset(texts, sounds), options)

const segments = [
  'File Name;Onset;Offset;Event Label;Confidence',
  'a.wav;0,5;1,5;dog;0,9',
  '-b.wav;2;3;"rain; heavy";',
  '',
].join('\r\n')

describe('table importer', () => {
  it('guesses columns by their names, with semicolons and decimal commas', async () => {
    const { recordings, withoutSound, issues } = await read({ 't.csv': `\ufeff${segments}` }, ['x/a.wav'])
    expect(issues).toEqual([])
    expect(recordings).toMatchObject([
      {
        path: 'x/a.wav',
        row: 2,
        clips: [{ annotations: [{ startSeconds: 0.5, endSeconds: 1.5, score: 0.9, labels: [{ className: 'dog' }] }] }],
      },
    ])
    expect(withoutSound).toMatchObject([
      { path: '-b.wav', durationSeconds: 3, clips: [{ annotations: [{ labels: [{ className: 'rain; heavy' }] }] }] },
    ])
  })

  it('reads columns as a person says: milliseconds, a duration, several classes in one field', async () => {
    const text = 'clip\tt0\tlen\twhat\tweather\na.wav\t1500\t500\tdog|cat\tsunny\nb.wav\t\t\tmusic\train\n'
    const { recordings, withoutSound, issues } = await read({ 't.tsv': text }, ['a.wav', 'b.wav'], {
      table: {
        columns: { file: 'Clip', start: 't0', duration: 'len', label: 'what' },
        labelSeparator: '|',
        timeUnit: 'ms',
      },
    })
    expect([issues, withoutSound]).toEqual([[], []])
    expect(recordings).toMatchObject([
      {
        clips: [
          { annotations: [{ startSeconds: 1.5, endSeconds: 2, labels: [{ className: 'dog' }, { className: 'cat' }] }] },
        ],
      },
      { clips: [{ labels: [{ className: 'music', state: 'present' }], source: { weather: 'rain' } }] },
    ])
  })

  it('takes labels, folds, splits and metadata of whole recordings', async () => {
    const text =
      'file,label,state,split,fold,Site\na.wav,dog,present,eval,3,"Fluß, Ufer"\na.wav,cat,absent,,,\nb.wav,dog,unknown,odd,,\n'
    const { recordings, issues } = await read({ 't.csv': text }, ['a.wav', 'b.wav'])
    expect(recordings[0]!.clips).toMatchObject([
      {
        endSeconds: null,
        labels: [
          { className: 'dog', state: 'present' },
          { className: 'cat', state: 'absent' },
        ],
        split: 'test',
        fold: '3',
        source: { Site: 'Fluß, Ufer' },
      },
    ])
    expect(recordings[1]!.clips[0]!.labels).toEqual([])
    expect(issues.map(({ row, reason }) => `${row} ${reason}`)).toEqual([
      '4 the split “odd” is none of train, validation and test: taken without it',
    ])
  })

  it('says which columns are missing or unclear, and lists rows that cannot be read', async () => {
    const table = { columns: { file: 'sound', label: 'label' }, labelSeparator: null, timeUnit: 's' as const }
    await expect(read({ 't.csv': 'file,label\n' }, [], { table })).rejects.toThrow('missing columns sound')
    await expect(read({ 't.csv': 'a,b\n1,2\n' })).rejects.toThrow('is not clear')
    const { issues } = await read(
      { 't.csv': 'file,start,end,label\n,1,2,x\na.wav,soon,2,x\na.wav,3,2,x\n#NAME?,1,2,x\na.wav,1\na.wav,1,,x\n' },
      ['a.wav'],
    )
    expect(issues.map(({ row, reason }) => `${row} ${reason.split(';')[0]}`).sort()).toEqual([
      '2 unreadable row: it names no sound file',
      '3 unreadable row: “soon” is no time',
      '4 the segment 3–2 s ends before it begins: left out',
      '5 spreadsheet damage: “#NAME?” stands where a value was',
      '6 unreadable row: 2 columns instead of 4',
      '7 unreadable row: the segment has no end',
    ])
  })

  it('shows the first rows with a guess, and is recognised by its header', async () => {
    const head = readTableHead(`${segments}c.wav;1;2;half a r`, 2)
    expect(head.rows).toEqual([
      ['a.wav', '0,5', '1,5', 'dog', '0,9'],
      ['-b.wav', '2', '3', 'rain; heavy', ''],
    ])
    expect(guessColumns(head.header)).toEqual({
      file: 'File Name',
      start: 'Onset',
      end: 'Offset',
      label: 'Event Label',
      score: 'Confidence',
    })
    const find = async (text: string): Promise<string | undefined> =>
      (await recogniseImporter(['t.csv', 'a.wav'], () => Promise.resolve(text)))?.importer.id
    expect(await find(segments)).toBe('table')
    expect(await find('temperature,humidity\n1,2\n')).toBe('folder')
  })
})

describe('CSV table exporter', () => {
  it('gives back all that it wrote', async () => {
    const { certificate, skipped } = await goRoundTrip(tableExporter, trickyClips())
    expect(skipped).toEqual([])
    expect(lossesOf(certificate)).toEqual(['origin'])
    expect(faultsOf(certificate)).toEqual([])
  })

  it('keeps clips of one recording apart, and metadata that is called like a column', async () => {
    const part = { path: '/data/a.wav', recordingPath: 'a.wav', recordingSeconds: 20 }
    const { certificate, texts } = await goRoundTrip(tableExporter, [
      wholeClip(1, 'a.wav', 20, [annotation(1, 1, 2, [label('dog')])], {
        ...part,
        endSeconds: 10,
        source: { Label: 'x', take: 'A' },
      }),
      wholeClip(2, 'a.wav', 20, [annotation(2, 11, 12, [label('cat')])], {
        ...part,
        startSeconds: 10,
        labels: [label('far')],
      }),
    ])
    expect(certificate.examples).toEqual([])
    expect(String(texts['annotations.csv']).split('\n')[0]).toMatch(/,fully_annotated,meta\.Label,take$/)
  })

  it('gives back 5,000 segments', async () => {
    const { certificate } = await goRoundTrip(tableExporter, manySegments())
    expect(certificate.verdict).toBe('identical')
  })
})
