/** Text as other systems write it: every text file of every format must be read as if it were plain. */
import { describe, expect, it } from 'vitest'
import { importers } from '../importers/importer'
import { corpusOf } from '../testing/fuzz/corpora'
import { type Dataset, withFile } from '../testing/fuzz/dataset'
import { encodeUtf16 } from '../testing/fuzz/mutate-text'
import { type Read, readAll, textFilesOf, textOf } from './read-all'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function mixLineEnds(text: string): string {
  const ends = ['\r\n', '\n', '\r']
  return text.split('\n').reduce((all, line, index) => all + ends[index % 3]! + line)
}

const ways: [string, (text: string) => Uint8Array][] = [
  ['a byte order mark', (text) => encode(`\ufeff${text}`)],
  ['CRLF', (text) => encode(text.replaceAll('\n', '\r\n'))],
  ['a byte order mark and CRLF', (text) => encode(`\ufeff${text.replaceAll('\n', '\r\n')}`)],
  ['mixed line ends', (text) => encode(mixLineEnds(text))],
  ['UTF-16, low byte first', (text) => encodeUtf16(`\ufeff${text}`, true)],
  ['UTF-16, high byte first', (text) => encodeUtf16(`\ufeff${text.replaceAll('\n', '\r\n')}`, false)],
  ['no line end at its end', (text) => encode(text.replace(/\n$/, ''))],
]

const datasets: [string, Dataset, string][] = importers.flatMap(({ id }) =>
  corpusOf(id).flatMap((dataset) =>
    textFilesOf(dataset)
      // An empty label track is one without labels.
      .filter((path) => dataset.files.get(path)!.length > 0)
      .map((path): [string, Dataset, string] => [id, dataset, path]),
  ),
)

/** Formats without text of their own. */
const withoutText = ['fsdd', 'webdataset', 'npz']

it('every format is among these, but those without text', () => {
  expect([...new Set([...datasets.map(([id]) => id), ...withoutText])].sort()).toEqual(
    importers.map(({ id }) => id).sort(),
  )
})

describe.each(ways)('with %s', (_, encodeAs) => {
  it.each(datasets.map(([id, dataset, path]) => [id, path, dataset] as const))(
    '%s reads %s as it is',
    async (id, path, dataset) => {
      const changed = withFile(dataset, path, encodeAs(textOf(dataset, path)))
      expect(await readAll(id, changed)).toEqual(await readAll(id, dataset))
    },
  )
})

describe('a file that is no text', () => {
  it.each(datasets.map(([id, dataset, path]) => [id, path, dataset] as const))(
    '%s: UTF-16 without its mark, %s, is refused by name',
    async (id, path, dataset) => {
      const changed = withFile(dataset, path, encodeUtf16(textOf(dataset, path), true))
      await expectRefusal(id, changed, path, /it holds zero bytes|is not text in UTF-8/)
    },
  )

  it.each(datasets.map(([id, dataset, path]) => [id, path, dataset] as const))(
    '%s: Latin-1 in %s is refused by name',
    async (id, path, dataset) => {
      const bytes = Uint8Array.from([...dataset.files.get(path)!, 0xe9, 0x0a])
      await expectRefusal(id, withFile(dataset, path, bytes), path, /is not text in UTF-8/)
    },
  )

  it.each(datasets.map(([id, dataset, path]) => [id, path, dataset] as const))(
    '%s: %s without a byte in it does no harm',
    async (id, path, dataset) => {
      const changed = withFile(dataset, path, new Uint8Array())
      const whole = await readAll(id, dataset)
      const read = await readAll(id, changed).catch((error: unknown) => error)
      if (read instanceof Error) {
        expect(read).toMatchObject({ name: 'AppError', code: expect.not.stringMatching('internal') as string })
        return
      }
      // What is not told any more is not made up.
      const { recordings } = read as Read
      for (const name of Object.keys(recordings))
        expect([...Object.keys(whole.recordings), ...dataset.sounds]).toContain(name)
    },
  )
})

/** The file is refused, with the whole import or as an issue; a file that nobody reads changes nothing. */
async function expectRefusal(id: string, dataset: Dataset, path: string, reason: RegExp): Promise<void> {
  const read = await readAll(id, dataset).catch((error: unknown) => error)
  const message = read instanceof Error ? read.message : (read as Read).issues.map((issue) => issue.reason).join('\n')
  if (unread.test(path)) return
  expect(message).toMatch(reason)
  expect(message).toContain(path)
}

/** Files that Earmark writes beside the data, for others or for people. */
const unread = /(^|\/)(classes\.txt|labeling-config\.xml|spk2utt|readme\.md)$/
