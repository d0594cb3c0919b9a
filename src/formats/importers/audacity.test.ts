import { describe, expect, it } from 'vitest'
import { audacityExporter } from '../exporters/audacity'
import { faultsOf, goRoundTrip, lossesOf, manySegments, trickyClips } from '../testing/round-trip-clips'
import { audacityImporter } from './audacity'
import { recogniseImporter } from './importer'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => audacityImporter.read(textDataset(texts, sounds))

const track =
  '0.500000\t2.250000\tdog\n1.000000\t3.000000\tbird\n\\\t2000.000000\t-1.000000\n4.000000\t4.000000\tclick\n'

describe('Audacity label importer', () => {
  it('reads labels of one and of two lines, open bounds and points, beside their sound', async () => {
    const { recordings, classes, issues } = await read({ 'day/rec.01.txt': track }, ['day/rec.01.wav'])
    expect(issues).toEqual([])
    expect(classes.map(({ name }) => name)).toEqual(['bird', 'click', 'dog'])
    expect(recordings.map(({ path }) => path)).toEqual(['day/rec.01.wav'])
    expect(recordings[0]!.clips[0]!.annotations).toMatchObject([
      { startSeconds: 0.5, endSeconds: 2.25, lowHz: null, highHz: null, labels: [{ className: 'dog' }] },
      { startSeconds: 1, endSeconds: 3, lowHz: 2000, highHz: null, labels: [{ className: 'bird' }] },
      { startSeconds: 4, endSeconds: 4.001, labels: [{ className: 'click' }] },
    ])
  })

  it.each([
    ['a byte order mark and CRLF', `\ufeff${track.replaceAll('\n', '\r\n')}`],
    ['decimal commas', track.replaceAll('.', ',')],
    ['spaces', track.replaceAll('\t', '  ')],
    ['the two columns of Audacity 1.2', '0.5\tdog\n1\tbird\n\n4.0\tclick\n'],
    [
      'UTF-16',
      Uint8Array.from([0xff, 0xfe, ...new Uint8Array(new Uint16Array([...track].map((c) => c.charCodeAt(0))).buffer)]),
    ],
  ])('reads %s', async (_what, text) => {
    const { recordings, issues } = await read({ 'a.txt': text }, ['a.wav'])
    expect(issues).toEqual([])
    expect(recordings[0]!.clips[0]!.annotations!.map(({ labels }) => labels[0]!.className)).toEqual([
      'dog',
      'bird',
      'click',
    ])
  })

  it('keeps segments of recordings that are not here, and lists what it cannot read', async () => {
    const { withoutSound, issues } = await read({
      'far.txt': '1\t2\tdog\nnonsense\n\\\t1\t2\n3\t2\tturned\n-1\t1\tearly\n',
      'empty.txt': '',
      'notes.txt': 'bought a new microphone\n',
    })
    expect(withoutSound).toMatchObject([{ path: 'far', durationSeconds: 2, contentHash: null }])
    expect(issues.map(({ file, row, reason }) => `${file} ${row} ${reason}`)).toEqual([
      'far.txt 2 unreadable row: this is no label with its times',
      'far.txt 3 unreadable row: frequencies without a label before them, or no two numbers',
      'far.txt 4 the segment 3–2 s ends before it begins: left out',
      'far.txt 5 the segment -1–1 s begins before the recording: cut to its beginning',
      'notes.txt null notes.txt is no label track: no line of it has a label with its times.',
      'empty null its sound is not here and nothing is said of it, not even its length: left out',
    ])
  })

  it('is recognised by what stands in the files', async () => {
    const find = async (text: string): Promise<string | undefined> =>
      (await recogniseImporter(['a.txt', 'a.wav'], () => Promise.resolve(text)))?.importer.id
    expect(await find(track)).toBe('audacity')
    expect(await find('a transcript of speech\nin two lines\n')).toBe('folder')
  })
})

describe('Audacity label exporter', () => {
  it('gives back what it wrote but for what it names', async () => {
    const { certificate, texts, choices } = await goRoundTrip(audacityExporter, trickyClips())
    expect(faultsOf(certificate)).toEqual([])
    expect(lossesOf(certificate)).toEqual([
      'absent',
      'clip',
      'details',
      'exhaustive',
      'fold',
      'group',
      'labels',
      'metadata',
      'note',
      'segments',
      'split',
    ])
    expect(Object.keys(texts)).toEqual(['site a/2024.05.01 dawn.txt', '-silent.txt', 'site b/2024.05.01 dawn.txt'])
    expect(String(texts['site a/2024.05.01 dawn.txt']).split('\n').slice(0, 3)).toEqual([
      '0.500000\t2.250000\tBlaumeise 🐦',
      '\\\t2000.500000\t8000.000000',
      '1.000000\t3.000000\train, “heavy”',
    ])
    expect(choices.join(' ')).toContain('Left out: “absent” labels on segments')
  })

  it('gives back 5,000 segments', async () => {
    const { certificate, plan } = await goRoundTrip(audacityExporter, manySegments())
    expect(faultsOf(certificate)).toEqual([])
    expect(lossesOf(certificate)).toEqual(['details'])
    expect(plan.withoutSound!.flatMap(({ clips }) => clips[0]!.annotations!)).toHaveLength(5000)
  })
})
