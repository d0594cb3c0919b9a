/** Where the formats have JSON, for tests of what can be wrong with it. */
import { corpusOf } from '../testing/fuzz/corpora'
import { type Dataset, withFile } from '../testing/fuzz/dataset'
import { tarEntry } from '../testing/fuzz/mutate-tar'
import { concat } from '../testing/fuzz/mutate-bytes'
import { frameRecord } from '../containers/tfrecord'
import { encodeExample } from '../containers/tf-example'
import { encodeNpyTexts } from '../containers/npy'
import { zipSync } from 'fflate'
import { never, textOf, type Never, withText } from './read-all'

export interface JsonCase {
  /** A document that is read, and with it a recording of its own. */
  document: string
  /** The recordings that are read with the document as it is. */
  recordings: readonly string[]
  /** A dataset with this text in place of the document. */
  put(text: string): Dataset
  /** What names the place in an error or issue. */
  place: RegExp
}

const noJson = never('it has no JSON')

function fileCase(format: string, at: number, path: string, recordings: readonly string[]): JsonCase {
  const dataset = corpusOf(format)[at]!
  return {
    document: textOf(dataset, path),
    recordings,
    put: (text) => withText(dataset, path, text),
    place: new RegExp(path.replaceAll('.', '\\.')),
  }
}

/** A document in one line of several. */
function lineCase(format: string, at: number, path: string, recording: string): JsonCase {
  const dataset = corpusOf(format)[at]!
  const [first, ...others] = textOf(dataset, path).split('\n')
  return {
    document: first!,
    recordings: [recording],
    put: (text) => withText(dataset, path, [text.replaceAll('\n', ' '), ...others].join('\n')),
    place: new RegExp(`${path.replaceAll('.', '\\.')} 1 `),
  }
}

const record = JSON.stringify({ duration: 2.5, labels: ['dog'], segments: [{ start: 0.5, end: 1, labels: ['dog'] }] })
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function packedCase(path: string, pack: (text: string) => Uint8Array, recording: string, place: RegExp): JsonCase {
  const put = (text: string): Dataset => withFile({ files: new Map(), sounds: [] }, path, pack(text))
  return { document: record, recordings: [recording], put, place }
}

/** By the importer's id. */
export const jsonCases: Readonly<Record<string, JsonCase | Never>> = {
  esc50: noJson,
  urbansound8k: noJson,
  fsd50k: fileCase('fsd50k', 0, 'FSD50K.metadata/dev_clips_info_FSD50K.json', ['FSD50K.dev_audio/16399.wav']),
  'dcase-scenes': noJson,
  'speech-commands': noJson,
  fsdd: noJson,
  'audioset-csv': fileCase('audioset-csv', 1, 'ontology.json', ['--PJHxphWEs']),
  'audioset-strong': noJson,
  desed: noJson,
  'audio-folder': lineCase('audio-folder', 0, 'train/metadata.jsonl', 'train/a.wav'),
  webdataset: packedCase(
    'x.tar',
    (text) =>
      concat(
        tarEntry({ path: 'a.wav', body: Uint8Array.of(1) }),
        tarEntry({ path: 'a.json', body: bytesOf(text) }),
        new Uint8Array(1024),
      ),
    'x.tar/a.wav',
    /x\.tar\/a\.json/,
  ),
  nemo: lineCase('nemo', 0, 'train_manifest.json', 'a.wav'),
  kaldi: noJson,
  tfrecord: packedCase(
    'x.tfrecord',
    (text) =>
      frameRecord(
        encodeExample({ key: { kind: 'bytes', values: ['a.wav'] }, json: { kind: 'bytes', values: [text] } }),
      ),
    'a.wav',
    /x\.tfrecord 1 /,
  ),
  npz: packedCase(
    'x.npz',
    (text) => zipSync({ 'keys.npy': encodeNpyTexts(['a.wav']), 'records.npy': encodeNpyTexts([text]) }),
    'a.wav',
    /x\.npz 1 /,
  ),
  audacity: noJson,
  raven: noJson,
  textgrid: noJson,
  'label-studio': fileCase('label-studio', 0, 'a.json', ['far/-away.flac']),
  aoef: fileCase('aoef', 0, 'a.json', ['night/far.wav']),
  jams: fileCase('jams', 0, 'b.jams', ['b']),
  cvat: noJson,
  'taste-profile': noJson,
  table: noJson,
  folder: noJson,
}
