import { describe, expect, it } from 'vitest'
import { cvatExporter } from '../exporters/cvat'
import { faultsOf, goRoundTrip, lossesOf, manySegments, trickyClips } from '../testing/round-trip-clips'
import { cvatImporter } from './cvat'
import { recogniseImporter } from './importer'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => cvatImporter.read(textDataset(texts, sounds))

const tsv = [
  'id\tfilename\tstart\tstop\tlabel\tsource\tscore\tmood',
  '1\tday/a.wav\t00:00:01.500\t00:01:02.25\tdog\tmanual\t\tcalm',
  '2\tday/a.wav\t01:00:00\t01:00:01\tcat\tauto\t0.75\t',
  '3\tday/a.wav\t00:00:0x\t00:00:05\tcat\tmanual\t\t',
  '',
].join('\r\n')

describe('CVAT TSV importer', () => {
  it('reads clock times, sources and scores', async () => {
    const { recordings, issues } = await read({ 'annotations.tsv': `\ufeff${tsv}` }, ['day/a.wav'])
    expect(recordings[0]!.clips[0]!.annotations).toMatchObject([
      { startSeconds: 1.5, endSeconds: 62.25, tier: 'human', score: null, labels: [{ className: 'dog' }] },
      { startSeconds: 3600, endSeconds: 3601, tier: 'model', score: 0.75, labels: [{ className: 'cat' }] },
    ])
    expect(issues.map(({ row, reason }) => `${row} ${reason}`)).toEqual(['4 unreadable row: “00:00:0x” is no time'])
  })

  it('needs start, stop and label only, beside its sound', async () => {
    const { recordings } = await read({ 'x/a.tsv': 'start\tstop\tlabel\n1\t2\tdog\n' }, ['x/a.flac'])
    expect(recordings).toMatchObject([
      { path: 'x/a.flac', clips: [{ annotations: [{ startSeconds: 1, endSeconds: 2 }] }] },
    ])
    await expect(read({ 'a.tsv': 'start\tlabel\n' })).rejects.toThrow('missing column stop')
  })

  it('is recognised by its header', async () => {
    expect((await recogniseImporter(['a.tsv'], () => Promise.resolve(tsv)))?.importer.id).toBe('cvat')
  })
})

describe('CVAT TSV exporter', () => {
  it('gives back what it wrote but for what it names', async () => {
    const { certificate, texts } = await goRoundTrip(cvatExporter, trickyClips())
    expect(faultsOf(certificate)).toEqual([])
    expect(lossesOf(certificate)).toEqual([
      'absent',
      'clip',
      'exhaustive',
      'fold',
      'group',
      'labels',
      'metadata',
      'note',
      'origin',
      'split',
    ])
    expect(String(texts['annotations.tsv']).split('\n')[1]).toMatch(
      /^1\tsite a\/2024\.05\.01 dawn\.wav\t00:00:00\.500000\t00:00:02\.250000\tBlaumeise 🐦\tmanual\t\t2000\.5\t8000\tpresent/,
    )
  })

  it('gives back 5,000 segments', async () => {
    const { certificate } = await goRoundTrip(cvatExporter, manySegments())
    expect(certificate.verdict).toBe('identical')
  })
})
