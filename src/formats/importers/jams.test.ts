import { describe, expect, it } from 'vitest'
import { jamsExporter } from '../exporters/jams'
import { goRoundTrip, manySegments, trickyClips } from '../testing/round-trip-clips'
import { jamsImporter } from './jams'
import { jamsFile } from '../testing/sample-texts'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => jamsImporter.read(textDataset(texts, sounds))

describe('JAMS importer', () => {
  it('reads observations with labels, tags of the whole, and columns', async () => {
    const { recordings, issues } = await read({ 'a/x.jams': jamsFile }, ['a/x.wav'])
    expect(recordings).toMatchObject([
      { path: 'a/x.wav', clips: [{ labels: [{ className: 'street', state: 'present' }] }] },
    ])
    expect(recordings[0]!.clips[0]!.annotations).toMatchObject([
      {
        startSeconds: 1,
        endSeconds: 1.1,
        author: 'Anna',
        score: 0.5,
        labels: [{ className: 'dog' }, { className: 'cat' }],
      },
      { startSeconds: 2, endSeconds: 3, score: null, labels: [{ className: 'siren' }] },
    ])
    expect(issues.map(({ reason }) => reason)).toEqual(['note: 1 observations have no label and were passed over'])
  })
})

describe('JAMS exporter', () => {
  it('gives back all that it wrote', async () => {
    const { certificate } = await goRoundTrip(jamsExporter, trickyClips())
    expect(certificate.examples).toEqual([])
    expect(certificate.verdict).toBe('identical')
  })

  it('gives back 5,000 segments', async () => {
    const { certificate } = await goRoundTrip(jamsExporter, manySegments())
    expect(certificate.verdict).toBe('identical')
  })
})
