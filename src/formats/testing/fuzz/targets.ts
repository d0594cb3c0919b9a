/** Every reader that is fed with damaged inputs: the importers as they are registered, and what they are built of. */
import { AppError } from '../../../shared/errors'
import { decodeAudio } from '../../audio/decode-audio'
import { decodeNpy, toFloats, toTexts } from '../../containers/npy'
import { readParquet } from '../../containers/parquet'
import { readTar } from '../../containers/tar'
import { decodeExample, decodeFeatureLists } from '../../containers/tf-example'
import { readRecords } from '../../containers/tfrecord'
import { guessColumns } from '../../importers/guess-columns'
import { importers } from '../../importers/importer'
import { decodeHead, decodeText } from '../../importers/read-csv'
import { readTableHead } from '../../importers/table'
import { readOntology } from '../../ontology/read-ontology'
import { corpusOf, ontologies } from './corpora'
import { type Dataset, datasetOf } from './dataset'
import { unzipSync } from 'fflate'
import { importerTarget, type FuzzTarget } from './target'

/** Formats whose files tell each of its own: one that is refused leaves the rest as if it were not there. */
const independent = new Set(['audacity', 'raven', 'textgrid', 'label-studio', 'aoef', 'jams', 'cvat', 'table'])

/** Files of one kind out of a format's datasets, each a dataset by itself. */
function filesOf(importer: string, ending: RegExp): Dataset[] {
  return corpusOf(importer).flatMap(({ files }) =>
    [...files].flatMap(([path, bytes]) => (ending.test(path) ? [datasetOf({ [path]: bytes })] : [])),
  )
}

/** A reader of single files. `read` may throw what it says it throws. */
function fileTarget(
  id: string,
  corpus: FuzzTarget['corpus'],
  read: (bytes: Uint8Array, path: string) => unknown,
): FuzzTarget {
  return {
    id,
    corpus,
    async read({ files }) {
      for (const [path, bytes] of files) await read(bytes, path)
    },
  }
}

/** As the callers of these do: a RangeError is how they refuse. */
function refuseRange<T>(read: () => T, path: string): T {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    throw new AppError('bad-file', `${path}: ${thrown.message}`, { cause: thrown })
  }
}

function readMessage(message: Uint8Array): void {
  decodeExample(message)
  decodeFeatureLists(message)
}

const containers: FuzzTarget[] = [
  fileTarget(
    'container-tar',
    () => filesOf('webdataset', /\.tar$/),
    (bytes) => {
      const { entries, refused } = readTar(bytes)
      const total = entries.reduce((sum, entry) => sum + entry.bytes.length, 0)
      if (total > bytes.length) throw new Error('entries of more bytes than the archive has')
      const climbs = entries.find(({ path }) => /^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(path) || path === '')
      if (climbs) throw new Error(`took an entry called “${climbs.path}”`)
      if (refused.some(({ path, reason }) => path === '' || reason === ''))
        throw new Error('refused without saying what')
    },
  ),
  fileTarget(
    'container-npy',
    () =>
      filesOf('npz', /\.npz$/).flatMap(({ files }) =>
        [...files.values()].flatMap((zip) =>
          Object.entries(unzipSync(zip)).map(([path, bytes]) => datasetOf({ [path]: bytes })),
        ),
      ),
    (bytes, path) => {
      const array = decodeNpy(bytes, path)
      if (array.data.length > bytes.length) throw new Error('more data than the file has')
      for (const convert of [toFloats, toTexts]) refuseWrongType(() => convert(array, path))
    },
  ),
  fileTarget('container-parquet', () => filesOf('audio-folder', /\.parquet$/), readParquet),
  fileTarget(
    'container-tfrecord',
    () => filesOf('tfrecord', /\.tfrecords?$/),
    (bytes, path) =>
      refuseRange(() => {
        for (const entry of readRecords(bytes)) if ('record' in entry) readMessage(entry.record)
      }, path),
  ),
  fileTarget(
    'container-protobuf',
    () =>
      filesOf('tfrecord', /\.tfrecords?$/).flatMap(({ files }) =>
        [...files.values()].flatMap((bytes) =>
          [...readRecords(bytes)].flatMap((entry) => ('record' in entry ? [datasetOf({ 'x.pb': entry.record })] : [])),
        ),
      ),
    (bytes, path) => refuseRange(() => readMessage(bytes), path),
  ),
]

/** An array of another type is refused, and that is no fault of what has read it. */
function refuseWrongType(convert: () => unknown): void {
  try {
    convert()
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
  }
}

const others: FuzzTarget[] = [
  fileTarget(
    'ontology',
    () => Object.entries(ontologies).map(([path, text]) => datasetOf({ [path]: text })),
    (bytes, path) => {
      const drafts = readOntology(path, decodeText(bytes, path))
      const ids = new Set(drafts.map(({ id }) => id))
      if (drafts.some(({ parentIds }) => parentIds.some((id) => !ids.has(id)))) throw new Error('a parent is not there')
      if (drafts.some(({ name }) => name.trim() === '' || !name.isWellFormed()))
        throw new Error('a class without a name')
    },
  ),
  fileTarget(
    'table-head',
    () => [...corpusOf('table'), ...corpusOf('cvat'), ...corpusOf('esc50')],
    (bytes) => {
      const { header, rows } = readTableHead(decodeHead(bytes), 5)
      if (rows.length > 5) throw new Error(`${rows.length} rows`)
      guessColumns(header)
    },
  ),
]

/** Sound files of each kind, which only a Node has on its disk. */
export function soundTarget(readFixtures: () => Promise<Readonly<Record<string, Uint8Array>>>): FuzzTarget {
  const corpus = async (): Promise<Dataset[]> =>
    Object.entries(await readFixtures()).map(([path, bytes]) => datasetOf({ [path]: bytes }))
  return fileTarget('sound', corpus, async (bytes, path) => {
    const { channels, durationSeconds, sampleRateHz } = await decodeAudio(bytes, path)
    if (!(durationSeconds > 0 && sampleRateHz > 0 && channels.length > 0)) throw new Error('sound without a length')
    for (const samples of channels)
      if (samples.length !== channels[0]!.length) throw new Error('channels of two lengths')
  })
}

/** All but sound. A format whose datasets nobody has given has an empty corpus, and a test refuses that. */
export const targets: readonly FuzzTarget[] = [
  ...importers.map((importer) =>
    importerTarget(importer, () => corpusOf(importer.id), { isIndependent: independent.has(importer.id) }),
  ),
  ...containers,
  ...others,
]
