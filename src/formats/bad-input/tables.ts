/** The tables of the formats that have them, for tests of what spreadsheets and hands do to tables. */
import { corpusOf } from '../testing/fuzz/corpora'
import { type Dataset, datasetOf } from '../testing/fuzz/dataset'
import { never, type Never } from './read-all'

export interface TableCase {
  dataset: Dataset
  /** The table. */
  path: string
  delimiter: ',' | '\t' | ';'
  /** Line of the row that is damaged, from 1; others stand before or after it. */
  line: number
  /** Columns of that row, from 0: what names the sound, and one of free text where there is one. */
  id: number
  text: number | null
  /** The recording that the row is about. */
  recording: string
  /** Whether quotation marks divide fields; where they do not, a field with a line break is two broken lines. */
  isQuoted: boolean
}

function caseOf(
  format: string,
  at: number,
  path: string,
  given: Pick<TableCase, 'delimiter' | 'line' | 'id' | 'text' | 'recording'> & Partial<TableCase>,
): TableCase {
  return { dataset: corpusOf(format)[at]!, path, isQuoted: true, ...given }
}

const noTable = never('it has no table')

/** By the importer's id. */
export const tables: Readonly<Record<string, readonly TableCase[] | Never>> = {
  esc50: [
    caseOf('esc50', 0, 'meta/esc50.csv', {
      delimiter: ',',
      line: 3,
      id: 0,
      text: 6,
      recording: 'audio/-5-9032-A-14.wav',
    }),
  ],
  urbansound8k: [
    caseOf('urbansound8k', 0, 'metadata/UrbanSound8K.csv', {
      delimiter: ',',
      line: 3,
      id: 0,
      text: 7,
      recording: 'audio/fold10/7061-6-0-0.wav',
    }),
  ],
  fsd50k: [
    caseOf('fsd50k', 0, 'FSD50K.ground_truth/dev.csv', {
      delimiter: ',',
      line: 2,
      id: 0,
      text: 1,
      recording: 'FSD50K.dev_audio/64760.wav',
    }),
  ],
  'dcase-scenes': [
    caseOf('dcase-scenes', 0, 'meta.txt', {
      delimiter: '\t',
      line: 2,
      id: 0,
      text: 1,
      recording: 'audio/b020_10_20.wav',
    }),
    caseOf('dcase-scenes', 1, 'meta.csv', {
      delimiter: '\t',
      line: 3,
      id: 0,
      text: 1,
      recording: 'audio/bus-helsinki-20-771-b.wav',
    }),
  ],
  'speech-commands': never('its lists have one column, tested in importers/speech-commands.test.ts'),
  fsdd: noTable,
  'audioset-csv': [
    caseOf('audioset-csv', 0, 'balanced_train_segments.csv', {
      delimiter: ',',
      line: 4,
      id: 0,
      text: null,
      recording: '--PJHxphWEs',
      isQuoted: false,
    }),
  ],
  'audioset-strong': [
    caseOf('audioset-strong', 0, 'audioset_train_strong.tsv', {
      delimiter: '\t',
      line: 3,
      id: 0,
      text: 3,
      recording: '-0RFKhbpFJA',
      isQuoted: false,
    }),
  ],
  desed: [
    caseOf('desed', 0, 'strong.tsv', {
      delimiter: '\t',
      line: 2,
      id: 0,
      text: 3,
      recording: 'audio/Y00pbt6aJV8Y_350.000_360.000.wav',
    }),
    caseOf('desed', 0, 'weak.tsv', { delimiter: '\t', line: 2, id: 0, text: 1, recording: 'audio/Y-0.wav' }),
  ],
  'audio-folder': [
    {
      dataset: datasetOf({ 'metadata.csv': 'file_name,label,note\na.wav,dog,one\n-b.wav,cat,two\nc.wav,dog,three\n' }, [
        'a.wav',
        '-b.wav',
        'c.wav',
      ]),
      path: 'metadata.csv',
      delimiter: ',',
      line: 3,
      id: 0,
      text: 2,
      recording: '-b.wav',
      isQuoted: true,
    },
  ],
  webdataset: noTable,
  nemo: never('its rows are JSON'),
  kaldi: never('its files are maps of words, tested in importers/kaldi.test.ts'),
  tfrecord: noTable,
  npz: noTable,
  audacity: never('a label track is no table, tested in importers/audacity.test.ts'),
  raven: [
    caseOf('raven', 0, 'b.selections.txt', {
      delimiter: '\t',
      line: 3,
      id: 7,
      text: 9,
      recording: 'field/day 1/-c.wav',
      isQuoted: false,
    }),
  ],
  textgrid: noTable,
  'label-studio': noTable,
  aoef: noTable,
  jams: noTable,
  cvat: [
    {
      dataset: datasetOf({ 'a.tsv': 'filename\tstart\tstop\tlabel\n-a.wav\t1.5\t2.5\tdog\nb.wav\t1\t2.25\tcat\n' }, [
        '-a.wav',
        'b.wav',
      ]),
      path: 'a.tsv',
      delimiter: '\t',
      line: 2,
      id: 0,
      text: 3,
      recording: '-a.wav',
      isQuoted: true,
    },
  ],
  'taste-profile': never('its rows are no recordings, tested in importers/taste-profile.test.ts'),
  table: [
    {
      dataset: datasetOf(
        { 't.csv': 'file,start,end,label\n-a.wav,1.5,2.5,dog\nb.wav,1.25,2.5,cat\nc.wav,0.5,1.5,dog\n' },
        ['-a.wav', 'b.wav', 'c.wav'],
      ),
      path: 't.csv',
      delimiter: ',',
      line: 3,
      id: 0,
      text: 3,
      recording: 'b.wav',
      isQuoted: true,
    },
  ],
  folder: noTable,
}
