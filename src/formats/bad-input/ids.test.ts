/** Ids and names that begin with a dash, and those that stand twice: on every format that has them. */
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { encodeNpyTexts } from '../containers/npy'
import { encodeExample } from '../containers/tf-example'
import { frameRecord } from '../containers/tfrecord'
import { importers } from '../importers/importer'
import { type Dataset, datasetOf } from '../testing/fuzz/dataset'
import { concat } from '../testing/fuzz/mutate-bytes'
import { tarEntry } from '../testing/fuzz/mutate-tar'
import { isNever, linesOf, never, type Never, readAll } from './read-all'

/** A dataset with one recording for each name, in their order. */
type Make = (names: readonly string[]) => Dataset

interface IdCase {
  make: Make
  /** What a recording of that name is called in the catalog; the name with `.wav` if not said. */
  pathOf?: (name: string) => string
  /**
   * What comes of a name that stands twice: said with its row, or said, or both rows are of one recording, since a
   * recording may have several.
   */
  twice: 'row' | 'said' | 'joined'
}

const wav = (names: readonly string[], folder = ''): string[] =>
  [...new Set(names)].map((name) => `${folder}${name}.wav`)
const lines = (...all: string[]): string => [...all, ''].join('\n')
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const record = '{"duration":2,"label":"dog"}'

const formats: Readonly<Record<string, IdCase | Never>> = {
  esc50: {
    make: (names) =>
      datasetOf(
        {
          'meta/esc50.csv': lines(
            'filename,fold,target,category,esc10,src_file,take',
            ...names.map((name) => `${name}.wav,1,0,dog,True,1,A`),
          ),
        },
        wav(names, 'audio/'),
      ),
    pathOf: (name) => `audio/${name}.wav`,
    twice: 'row',
  },
  urbansound8k: {
    make: (names) =>
      datasetOf(
        {
          'metadata/UrbanSound8K.csv': lines(
            'slice_file_name,fsID,start,end,salience,fold,classID,class',
            ...names.map((name) => `${name}.wav,-1,0,1,1,5,3,dog`),
          ),
        },
        wav(names, 'audio/fold5/'),
      ),
    pathOf: (name) => `audio/fold5/${name}.wav`,
    twice: 'row',
  },
  fsd50k: {
    make: (names) =>
      datasetOf(
        {
          'FSD50K.ground_truth/dev.csv': lines(
            'fname,labels,mids,split',
            ...names.map((name) => `${name},Bark,/m/1,train`),
          ),
        },
        wav(names, 'FSD50K.dev_audio/'),
      ),
    pathOf: (name) => `FSD50K.dev_audio/${name}.wav`,
    twice: 'row',
  },
  'dcase-scenes': {
    make: (names) =>
      datasetOf({ 'meta.txt': lines(...names.map((name) => `audio/${name}.wav\tpark`)) }, wav(names, 'audio/')),
    pathOf: (name) => `audio/${name}.wav`,
    twice: 'row',
  },
  'speech-commands': never('its ids are eight hexadecimal digits; words are folders, which cannot stand twice'),
  fsdd: never('its ids begin with a digit; two of one id are tested in importers/fsdd.test.ts'),
  'audioset-csv': {
    make: (names) => datasetOf({ 'eval_segments.csv': lines(...names.map((name) => `${name}, 0.0, 10.0, "/m/1"`)) }),
    pathOf: (name) => name,
    twice: 'joined',
  },
  'audioset-strong': {
    make: (names) => datasetOf({ 'audioset_eval_strong.tsv': lines(...names.map((name) => `${name}_0\t1\t2\t/m/1`)) }),
    pathOf: (name) => name,
    twice: 'joined',
  },
  desed: {
    make: (names) =>
      datasetOf(
        { 'weak.tsv': lines('filename\tevent_labels', ...names.map((name) => `${name}.wav\tDog`)) },
        wav(names),
      ),
    twice: 'row',
  },
  'audio-folder': {
    make: (names) =>
      datasetOf({ 'metadata.csv': lines('file_name,label', ...names.map((name) => `${name}.wav,dog`)) }, wav(names)),
    twice: 'row',
  },
  webdataset: {
    make: (names) =>
      datasetOf({
        'x.tar': concat(
          ...names.flatMap((name) => [
            tarEntry({ path: `${name}.wav`, body: Uint8Array.of(1) }),
            tarEntry({ path: `${name}.json`, body: bytesOf(record) }),
          ]),
          new Uint8Array(1024),
        ),
      }),
    pathOf: (name) => `x.tar/${name}.wav`,
    twice: 'said',
  },
  nemo: {
    make: (names) =>
      datasetOf({ 'manifest.json': lines(...names.map((name) => `{"audio_filepath":"${name}.wav","duration":2}`)) }),
    twice: 'row',
  },
  kaldi: {
    make: (names) => datasetOf({ 'wav.scp': lines(...names.map((name) => `${name} ${name}.wav`)) }, wav(names)),
    twice: 'row',
  },
  tfrecord: {
    make: (names) =>
      datasetOf({
        'x.tfrecord': concat(
          ...names.map((name) =>
            frameRecord(
              encodeExample({
                key: { kind: 'bytes', values: [`${name}.wav`] },
                json: { kind: 'bytes', values: [record] },
              }),
            ),
          ),
        ),
      }),
    twice: 'row',
  },
  npz: {
    make: (names) =>
      datasetOf({
        'x.npz': zipSync({
          'keys.npy': encodeNpyTexts(names.map((name) => `${name}.wav`)),
          'records.npy': encodeNpyTexts(names.map(() => record)),
        }),
      }),
    twice: 'said',
  },
  audacity: {
    make: (names) => datasetOf(Object.fromEntries(names.map((name) => [`${name}.txt`, '1\t2\tdog\n'])), wav(names)),
    twice: 'joined',
  },
  raven: {
    make: (names) =>
      datasetOf(
        {
          'all.selections.txt': lines(
            'Selection\tView\tBegin Time (s)\tEnd Time (s)\tBegin Path\tFile Offset (s)\tSpecies',
            ...names.map((name, index) => `${index}\tSpectrogram 1\t1\t2\t${name}.wav\t1\t-wren`),
          ),
        },
        wav(names),
      ),
    twice: 'joined',
  },
  textgrid: {
    make: (names) =>
      datasetOf(
        Object.fromEntries(
          names.map((name) => [
            `${name}.TextGrid`,
            '"ooTextFile"\n"TextGrid"\n0 9 <exists> 1 "TextTier" "t" 0 9 1 3 "-click"\n',
          ]),
        ),
        wav(names),
      ),
    twice: 'joined',
  },
  'label-studio': {
    make: (names) =>
      datasetOf(
        { 'a.json': JSON.stringify(names.map((name, id) => ({ id, data: { audio: `/data/${name}.wav` } }))) },
        wav(names),
      ),
    twice: 'joined',
  },
  aoef: {
    make: (names) =>
      datasetOf(
        {
          'a.json': JSON.stringify({
            data: { recordings: names.map((name) => ({ uuid: name, path: `${name}.wav`, duration: 2 })) },
          }),
        },
        wav(names),
      ),
    twice: 'joined',
  },
  jams: {
    make: (names) =>
      datasetOf(
        Object.fromEntries(names.map((name) => [`${name}.jams`, '{"file_metadata":{"duration":2},"annotations":[]}'])),
        wav(names),
      ),
    twice: 'joined',
  },
  cvat: {
    make: (names) =>
      datasetOf(
        { 'a.tsv': lines('filename\tstart\tstop\tlabel', ...names.map((name) => `${name}.wav\t1\t2\t-dog`)) },
        wav(names),
      ),
    twice: 'joined',
  },
  'taste-profile': never('its ids are of people and songs, tested in importers/taste-profile.test.ts'),
  table: {
    make: (names) =>
      datasetOf({ 't.csv': lines('file,label', ...names.map((name) => `${name}.wav,-dog`)) }, wav(names)),
    twice: 'joined',
  },
  folder: never('names in a folder stand once; one that begins with a dash is tested in importers/folder.test.ts'),
}

const cases = Object.entries(formats).flatMap(([id, own]) => (isNever(own) ? [] : [[id, own] as const]))

it('every format is among these, or has the reason why not', () => {
  expect(Object.keys(formats).sort()).toEqual(importers.map(({ id }) => id).sort())
})

describe.each(cases)('%s', (id, { make, pathOf = (name) => `${name}.wav`, twice }) => {
  it('takes names that begin with a dash as they are', async () => {
    const names = ['-dash', '--PJHxphWEs', '-1', 'plain']
    const read = await readAll(id, make(names))
    expect(Object.keys(read.recordings).sort()).toEqual(names.map(pathOf).sort())
    expect(linesOf(read).join('\n')).not.toMatch(/damage|unreadable/)
  })

  it(`of a name that stands twice ${twice === 'joined' ? 'makes one recording' : 'takes the first and says so'}`, async () => {
    const read = await readAll(id, make(['one', 'two', 'one', 'three']))
    expect(Object.keys(read.recordings).sort()).toEqual(['one', 'two', 'three'].map(pathOf).sort())
    const said = read.issues.filter(({ kind, reason }) => kind === undefined && !/note:|no lists of folds/.test(reason))
    if (twice === 'row') expect(said.filter(({ row }) => row !== null)).toHaveLength(1)
    if (twice !== 'joined')
      expect(said.map(({ reason }) => reason).join('\n')).toMatch(/twice|duplicate|already|second/)
  })
})

describe('an annotation’s id that stands twice', () => {
  const uuid = '6b1f8e0c-6a52-4d0f-8f5a-9d3a4a6f8a10'
  const sets: [string, Dataset][] = [
    [
      'raven',
      datasetOf({
        'a.selections.txt': lines(
          'Begin Time (s)\tEnd Time (s)\tSpecies\tUUID',
          `1\t2\tdog\t${uuid}`,
          `3\t4\tcat\t${uuid}`,
        ),
      }),
    ],
    [
      'cvat',
      datasetOf({ 'a.tsv': lines('start\tstop\tlabel\tannotation_id', `1\t2\tdog\t${uuid}`, `3\t4\tcat\t${uuid}`) }),
    ],
    [
      'table',
      datasetOf({ 't.csv': lines('file,start,end,label,id', `a.wav,1,2,dog,${uuid}`, `b.wav,3,4,cat,${uuid}`) }),
    ],
    [
      'label-studio',
      datasetOf({
        'a.json': JSON.stringify([
          {
            data: { audio: 'a.wav' },
            annotations: [
              {
                result: [
                  { id: uuid, type: 'labels', value: { start: 1, end: 2, labels: ['dog'] } },
                  { id: uuid, type: 'labels', value: { start: 3, end: 4, labels: ['cat'] } },
                ],
              },
            ],
          },
        ]),
      }),
    ],
  ]

  it.each(sets)('of %s is said, and neither is lost', async (id, dataset) => {
    const read = await readAll(id, dataset)
    const annotations = Object.values(read.recordings).flatMap((clips) =>
      clips.flatMap((clip) => clip.annotations ?? []),
    )
    expect(annotations.map((own) => [own.startSeconds, own.id])).toEqual([
      [1, uuid],
      [3, undefined],
    ])
    expect(linesOf(read).join('\n')).toMatch(/the id “6b1f8e0c-[^”]+” stands twice: the segment 3–4 s gets another/)
  })

  it('of AOEF is said: what names it means the first', async () => {
    const event = (start: number): object => ({
      uuid: 'e',
      recording: 'r',
      geometry: { type: 'TimeInterval', coordinates: [start, start + 1] },
    })
    const data = {
      recordings: [{ uuid: 'r', path: 'a.wav', duration: 9 }],
      sound_events: [event(1), event(3)],
      sound_event_annotations: [{ uuid, sound_event: 'e', tags: [] }],
    }
    const read = await readAll('aoef', datasetOf({ 'a.json': JSON.stringify({ data }) }))
    expect(linesOf(read)).toEqual(['a.json null sound_events: the id “e” stands twice, the second was left out'])
    expect(read.recordings['a.wav']![0]!.annotations).toMatchObject([{ startSeconds: 1, endSeconds: 2 }])
  })
})
