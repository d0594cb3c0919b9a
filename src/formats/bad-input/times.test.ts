/** Times that are none, negative, swapped or beyond any recording: on every format that tells times. */
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { encodeNpyTexts } from '../containers/npy'
import { encodeSequenceExample } from '../containers/tf-example'
import { frameRecord } from '../containers/tfrecord'
import { importers } from '../importers/importer'
import { type Dataset, datasetOf } from '../testing/fuzz/dataset'
import { concat } from '../testing/fuzz/mutate-bytes'
import { tarEntry } from '../testing/fuzz/mutate-tar'
import { isNever, linesOf, never, type Never, type Read, readAll } from './read-all'

/** A dataset with a span from 1 to 2 s, and one from `start` to `end` as they are written. */
type Make = (start: string, end: string) => Dataset

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const ravenHead = 'Selection\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tSpecies'
const region = (start: string, end: string): string =>
  `{"id":"x","type":"labels","value":{"start":${start},"end":${end},"labels":["dog"]}}`
const lengthOf = (start: string, end: string): string => String(Number(end) - Number(start))

const formats: Readonly<Record<string, Make | Never>> = {
  esc50: never('it tells no times'),
  urbansound8k: never('its times say where the slice lay in its recording, and are kept as text'),
  fsd50k: never('it tells no times'),
  'dcase-scenes': never('the spans of error.txt are kept as text'),
  'speech-commands': never('it tells no times'),
  fsdd: never('it tells no times'),
  'audioset-csv': (start, end) =>
    datasetOf({ 'eval_segments.csv': `abc, 1.0, 2.0, "/m/09x0r"\nbad, ${start}, ${end}, "/m/09x0r"\n` }),
  'audioset-strong': (start, end) =>
    datasetOf({ 'audioset_eval_strong.tsv': `abc_0\t1\t2\t/m/1\nbad_0\t${start}\t${end}\t/m/1\n` }),
  desed: (start, end) =>
    datasetOf({
      'strong.tsv': `filename\tonset\toffset\tevent_label\na.wav\t1\t2\tdog\na.wav\t${start}\t${end}\tdog\n`,
    }),
  'audio-folder': (start, end) =>
    datasetOf(
      {
        'metadata.jsonl': `{"file_name":"a.wav","segments":[{"start":1,"end":2,"labels":["dog"]},{"start":${start},"end":${end},"labels":["dog"]}]}\n`,
      },
      ['a.wav'],
    ),
  webdataset: (start, end) =>
    datasetOf({
      'x.tar': concat(
        tarEntry({ path: 'a.wav', body: Uint8Array.of(1) }),
        tarEntry({
          path: 'a.json',
          body: bytesOf(
            `{"duration":9,"segments":[{"start":1,"end":2,"labels":[]},{"start":${start},"end":${end},"labels":[]}]}`,
          ),
        }),
        new Uint8Array(1024),
      ),
    }),
  nemo: (start, end) =>
    datasetOf({
      'manifest.json': `{"audio_filepath":"a.wav","offset":1,"duration":1}\n{"audio_filepath":"a.wav","offset":${start},"duration":${lengthOf(start, end)}}\n`,
    }),
  kaldi: (start, end) => datasetOf({ 'wav.scp': 'r a.wav\n', segments: `u1 r 1 2\nu2 r ${start} ${end}\n` }, ['a.wav']),
  tfrecord: (start, end) =>
    datasetOf({
      'x.tfrecord': concat(
        ...[
          ['abc', 1, 2],
          ['bad', Number(start), Number(end)],
        ].map(([id, from, to]) =>
          frameRecord(
            encodeSequenceExample(
              {
                video_id: { kind: 'bytes', values: [id as string] },
                start_time_seconds: { kind: 'floats', values: Float32Array.of(from as number) },
                end_time_seconds: { kind: 'floats', values: Float32Array.of(to as number) },
              },
              {},
            ),
          ),
        ),
      ),
    }),
  npz: (start, end) =>
    datasetOf({
      'x.npz': zipSync({
        'keys.npy': encodeNpyTexts(['a.wav']),
        'records.npy': encodeNpyTexts([
          `{"duration":9,"segments":[{"start":1,"end":2,"labels":[]},{"start":${start},"end":${end},"labels":[]}]}`,
        ]),
      }),
    }),
  audacity: (start, end) => datasetOf({ 'a.txt': `1.0\t2.0\tdog\n${start}\t${end}\tdog\n` }),
  raven: (start, end) =>
    datasetOf({ 'a.selections.txt': `${ravenHead}\n1\t1\t2\t\t\tdog\n2\t${start}\t${end}\t\t\tdog\n` }),
  textgrid: (start, end) =>
    datasetOf({
      'a.TextGrid': `File type = "ooTextFile"\n"TextGrid"\n0\n9\n<exists>\n1\n"IntervalTier"\n"t"\n0 9 2\n1 2 "dog"\n${start} ${end} "dog"\n`,
    }),
  'label-studio': (start, end) =>
    datasetOf({
      'a.json': `[{"data":{"audio":"a.wav"},"annotations":[{"result":[${region('1', '2')},${region(start, end)}]}]}]`,
    }),
  aoef: (start, end) =>
    datasetOf({
      'a.json': `{"data":{"recordings":[{"uuid":"r","path":"a.wav","duration":9}],"sound_events":[{"uuid":"e","recording":"r","geometry":{"type":"TimeInterval","coordinates":[1,2]}},{"uuid":"f","recording":"r","geometry":{"type":"TimeInterval","coordinates":[${start},${end}]}}],"sound_event_annotations":[{"uuid":"x","sound_event":"e","tags":[]},{"uuid":"y","sound_event":"f","tags":[]}]}}`,
    }),
  jams: (start, end) =>
    datasetOf({
      'a.jams': `{"file_metadata":{"duration":9},"annotations":[{"namespace":"segment_open","data":[{"time":1,"duration":1,"value":"dog"},{"time":${start},"duration":${lengthOf(start, end)},"value":"dog"}]}]}`,
    }),
  cvat: (start, end) => datasetOf({ 'a.tsv': `start\tstop\tlabel\n1\t2\tdog\n${start}\t${end}\tdog\n` }),
  'taste-profile': never('it tells no times'),
  table: (start, end) => datasetOf({ 't.csv': `file,start,end,label\na.wav,1,2,dog\na.wav,${start},${end},dog\n` }),
  folder: never('it tells no times'),
}

const isJson = new Set(['audio-folder', 'webdataset', 'nemo', 'npz', 'label-studio', 'aoef', 'jams'])
/** A JSON file that breaks cannot be taken in part; where each line is one, the others are. */
const isLines = new Set(['audio-folder', 'nemo', 'webdataset', 'npz'])

const cases = Object.entries(formats).flatMap(([id, make]) => (isNever(make) ? [] : [[id, make] as const]))

/** Every span that was taken, of clips and of annotations. */
function spansOf({ recordings }: Read): [number, number][] {
  return Object.values(recordings).flatMap((clips) =>
    clips.flatMap((clip) => [
      ...(clip.endSeconds === null ? [] : [[clip.startSeconds, clip.endSeconds] as [number, number]]),
      ...(clip.annotations ?? []).map(({ startSeconds, endSeconds }): [number, number] => [startSeconds, endSeconds]),
    ]),
  )
}

it('every format is among these, or has the reason why not', () => {
  expect(Object.keys(formats).sort()).toEqual(importers.map(({ id }) => id).sort())
})

describe.each(cases)('%s', (id, make) => {
  it.each([
    ['swapped', '4', '3'],
    ['negative', '-4', '-3'],
    ['a start before the beginning', '-0.5', '1.5'],
    ['beyond any recording', '1e300', '2e300'],
    ['an end beyond any recording', '3', '1e300'],
    ['beyond numbers', '1e400', '2e400'],
    ['a start beyond numbers', '-1e400', '3'],
  ])('reports times that are %s, and takes the others', async (_, start, end) => {
    const read = await readAll(id, make(start, end)).catch((error: unknown) => error)
    // What JSON cannot hold makes its file unreadable, or the record.
    if (read instanceof Error) {
      expect(isJson.has(id)).toBe(true)
      expect(read).toMatchObject({ name: 'AppError', code: 'bad-file' })
      return
    }
    expectSound(read as Read)
    expect(linesOf(read as Read).filter((line) => !line.includes('note:')).length).toBeGreaterThan(0)
  })

  it.each(['NaN', 'nan', 'Infinity', '-Infinity', 'inf', '0x3', '3s', '١'])('reports %s as a time', async (time) => {
    const read = await readAll(id, make(time, '9')).catch((error: unknown) => error)
    if (read instanceof Error) {
      expect(isJson.has(id) || id === 'textgrid').toBe(true)
      expect(read).toMatchObject({ name: 'AppError', code: 'bad-file' })
      return
    }
    expect(isLines.has(id) || !isJson.has(id)).toBe(true)
    expectSound(read as Read)
    // Numbers of TFRecord are numbers.
    if (id === 'tfrecord' && time === '0x3') return
    expect(linesOf(read as Read).filter((line) => !line.includes('note:')).length).toBeGreaterThan(0)
  })

  it('takes times in order', async () => {
    const read = await readAll(id, make('3', '4'))
    expect(linesOf(read).filter((line) => !line.includes('note:') && !line.includes('its sound is not here'))).toEqual(
      [],
    )
    expect(spansOf(read)).toEqual(expect.arrayContaining([[3, 4]]))
  })

  function expectSound(read: Read): void {
    const spans = spansOf(read)
    for (const [start, end] of spans) {
      expect(start).toBeGreaterThanOrEqual(0)
      expect(end).toBeGreaterThan(start)
      expect(end).toBeLessThanOrEqual(1e7)
    }
    if (!isJson.has(id) || spans.length > 0) expect(spans).toEqual(expect.arrayContaining([[1, 2]]))
  }
})
