import { describe, expect, it } from 'vitest'
import { jamsExporter } from '../exporters/jams'
import { goRoundTrip, manySegments, trickyClips } from '../testing/round-trip-clips'
import { jamsImporter } from './jams'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => jamsImporter.read(textDataset(texts, sounds))

const file = JSON.stringify(
  {
    file_metadata: { title: 'x', artist: '', release: '', duration: 10, identifiers: {}, jams_version: '0.3.4' },
    annotations: [
      {
        namespace: 'segment_open',
        annotation_metadata: { curator: { name: 'Anna', email: '' } },
        data: [
          { time: 1, duration: 0.1, value: 'dog', confidence: 0.5 },
          { time: 1, duration: 0.1, value: 'cat', confidence: 0.5 },
        ],
        sandbox: {},
      },
      { namespace: 'scaper', data: [{ time: 2, duration: 1, value: { label: 'siren', snr: 6 }, confidence: 1 }] },
      { namespace: 'tag_open', data: { time: [0], duration: [10], value: ['street'], confidence: [null] } },
      {
        namespace: 'pitch_contour',
        data: [{ time: 2, duration: 0, value: { index: 0, frequency: 440 }, confidence: null }],
      },
    ],
    sandbox: {},
  },
  null,
  1,
)

describe('JAMS importer', () => {
  it('reads observations with labels, tags of the whole, and columns', async () => {
    const { recordings, issues } = await read({ 'a/x.jams': file }, ['a/x.wav'])
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
