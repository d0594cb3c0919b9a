import { describe, expect, it } from 'vitest'
import { aoefExporter } from '../exporters/aoef'
import { goRoundTrip, manySegments, trickyClips } from '../testing/round-trip-clips'
import { aoefImporter } from './aoef'
import { recogniseImporter } from './importer'
import { aoefProject } from '../testing/sample-texts'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => aoefImporter.read(textDataset(texts, sounds))

describe('AOEF importer', () => {
  it('reads clips, geometries, tags, notes, users and predictions', async () => {
    const { recordings, withoutSound, issues } = await read({ 'p.json': aoefProject }, ['bats.wav'])
    expect(recordings).toMatchObject([
      {
        path: 'bats.wav',
        clips: [{ startSeconds: 0, endSeconds: 5, note: 'windy', labels: [{ className: 'Myotis myotis' }] }],
      },
    ])
    expect(recordings[0]!.clips[0]!.annotations).toMatchObject([
      {
        id: '6b1f8e0c-6a52-4d0f-8f5a-9d3a4a6f8a10',
        startSeconds: 1,
        endSeconds: 1.5,
        lowHz: 20000,
        highHz: 60000,
        author: 'anna',
        note: 'clear',
        labels: [{ className: 'Myotis myotis' }, { className: 'event: Echolocation' }],
      },
      { startSeconds: 2, endSeconds: 3, lowHz: null, labels: [{ className: 'call: Echolocation' }] },
      { startSeconds: 3, endSeconds: 3.5, lowHz: 100, highHz: 200, labels: [] },
      { startSeconds: 4, endSeconds: 4.001 },
      { startSeconds: 2, endSeconds: 3, tier: 'model', score: 0.5, labels: [{ className: 'Myotis myotis' }] },
    ])
    expect(withoutSound).toMatchObject([{ path: 'night/far.wav', durationSeconds: 3 }])
    expect(issues.map(({ reason }) => reason)).toEqual([
      'there is no tag 9',
      'note: 1 points, lines and polygons were taken as the boxes around them',
    ])
  })

  it('is told from other JSON by what stands in it', async () => {
    expect((await recogniseImporter(['a.json', 'a.wav'], () => Promise.resolve(aoefProject)))?.importer.id).toBe('aoef')
  })

  it('passes over the reports of an export', async () => {
    const { issues } = await read({ 'a.json': aoefProject, 'export-report.json': '{}', 'round-trip.json': '{}' }, [
      'a.wav',
    ])
    expect(issues.map(({ file }) => file)).not.toContain('round-trip.json')
    expect(issues.map(({ file }) => file)).not.toContain('export-report.json')
  })
})

describe('AOEF exporter', () => {
  it('gives back all that it wrote', async () => {
    const { certificate } = await goRoundTrip(aoefExporter, trickyClips())
    expect(certificate.examples).toEqual([])
    expect(certificate.verdict).toBe('identical')
  })

  it('gives back 5,000 segments', async () => {
    const { certificate } = await goRoundTrip(aoefExporter, manySegments())
    expect(certificate.verdict).toBe('identical')
  })
})
