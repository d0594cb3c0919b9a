import { describe, expect, it } from 'vitest'
import { textgridExporter } from '../exporters/textgrid'
import { faultsOf, goRoundTrip, lossesOf, manySegments, trickyClips } from '../testing/round-trip-clips'
import { encodeUtf16 } from '../testing/fuzz/mutate-text'
import { textgridLong, textgridShort } from '../testing/sample-texts'
import { textDataset, type DatasetTexts } from './testing/text-dataset'
import { textgridImporter } from './textgrid'

const read = (texts: DatasetTexts, sounds: string[] = []) => textgridImporter.read(textDataset(texts, sounds))

const expected = [
  { startSeconds: 1.25, endSeconds: 2, tier: 'bird "song"', labels: [{ className: 'Größe 5! "x"', state: 'present' }] },
  { startSeconds: 3, endSeconds: 3.001, tier: 'clicks', labels: [{ className: 'click', state: 'present' }] },
]

describe('TextGrid importer', () => {
  it.each([
    ['the long format', textgridLong],
    ['the short format', textgridShort],
    ['a mark and CRLF', `\ufeff${textgridLong.replaceAll('\n', '\r\n')}`],
    ['UTF-16, little end first', encodeUtf16(`\ufeff${textgridLong}`, true)],
    ['UTF-16, big end first', encodeUtf16(`\ufeff${textgridShort}`, false)],
  ])('reads %s', async (_what, text) => {
    const { recordings, withoutSound, issues } = await read({ 'a/x.y.TextGrid': text, 'far.TextGrid': text }, [
      'a/x.y.wav',
    ])
    expect(issues).toEqual([])
    expect(recordings).toMatchObject([{ path: 'a/x.y.wav', clips: [{ endSeconds: null, annotations: expected }] }])
    expect(withoutSound).toMatchObject([{ path: 'far', durationSeconds: 4.5, clips: [{ annotations: expected }] }])
  })

  it('takes the others where one cannot be read', async () => {
    const files = {
      'a.TextGrid': textgridLong,
      'b.TextGrid': textgridShort.slice(0, -20),
      'c.TextGrid': 'ooBinaryFile\u0008TextGrid',
      'd.TextGrid': 'x',
    }
    const { withoutSound, issues } = await read(files)
    expect(withoutSound).toHaveLength(1)
    expect(issues.map(({ reason }) => reason)).toEqual([
      'b.TextGrid is no whole TextGrid: the name of tier 2 is missing at its end.',
      'c.TextGrid is a binary TextGrid.',
      'd.TextGrid is no whole TextGrid: the file type is missing at its end.',
    ])
    await expect(read({ 'd.TextGrid': 'x' })).rejects.toThrow('no whole TextGrid')
  })
})

describe('TextGrid exporter', () => {
  it('gives back what it wrote but for what it names', async () => {
    const { certificate, texts, plan } = await goRoundTrip(textgridExporter, trickyClips())
    expect(faultsOf(certificate)).toEqual([])
    expect(lossesOf(certificate)).toEqual([
      'absent',
      'bounds',
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
    const dawn = plan.withoutSound!.find(({ path }) => path.startsWith('site a'))!
    expect(dawn.clips[0]!.annotations!.map(({ tier }) => tier).sort()).toEqual([
      'human',
      'human',
      'human',
      'human',
      'human',
      'model',
    ])
    expect(String(texts['site a/2024.05.01 dawn.TextGrid']).match(/name = ".*"/g)).toEqual([
      'name = "human"',
      'name = "human #2"',
      'name = "human #3"',
      'name = "human #4"',
      'name = "model"',
    ])
  })

  it('gives back 5,000 segments', async () => {
    const { certificate } = await goRoundTrip(textgridExporter, manySegments())
    expect(faultsOf(certificate)).toEqual([])
    expect(lossesOf(certificate)).toEqual(['bounds', 'details'])
  })
})
