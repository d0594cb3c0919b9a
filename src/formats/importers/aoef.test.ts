import { describe, expect, it } from 'vitest'
import { aoefExporter } from '../exporters/aoef'
import { goRoundTrip, manySegments, trickyClips } from '../testing/round-trip-clips'
import { aoefImporter } from './aoef'
import { recogniseImporter } from './importer'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => aoefImporter.read(textDataset(texts, sounds))

const event = (uuid: string, type: string, coordinates: unknown): object => ({
  uuid,
  recording: 'r1',
  geometry: { type, coordinates },
})

const project = JSON.stringify(
  {
    version: '1.1.0',
    created_on: '2024-01-01T00:00:00',
    data: {
      uuid: 'p',
      collection_type: 'annotation_project',
      users: [{ uuid: 'u1', username: 'anna' }],
      tags: [
        { id: 0, key: 'species', value: 'Myotis myotis' },
        { id: 1, key: 'event', value: 'Echolocation' },
        { id: 2, key: 'call', value: 'Echolocation' },
      ],
      recordings: [
        { uuid: 'r1', path: 'night/bats.wav', duration: 10, channels: 1, samplerate: 384000, hash: null },
        { uuid: 'r2', path: 'night/far.wav', duration: 3 },
      ],
      clips: [
        { uuid: 'c1', recording: 'r1', start_time: 0, end_time: 5 },
        { uuid: 'c2', recording: 'r2', start_time: 0, end_time: 3 },
      ],
      sound_events: [
        event('e1', 'BoundingBox', [1, 20000, 1.5, 60000]),
        event('e2', 'TimeInterval', [2, 3]),
        event('e3', 'LineString', [
          [3, 100],
          [3.5, 200],
        ]),
        event('e4', 'TimeStamp', 4),
      ],
      sound_event_annotations: [
        {
          uuid: '6b1f8e0c-6a52-4d0f-8f5a-9d3a4a6f8a10',
          sound_event: 'e1',
          tags: [0, 1],
          created_by: 'u1',
          notes: [{ message: 'clear' }],
        },
        { uuid: 'a2', sound_event: 'e2', tags: [2] },
        { uuid: 'a3', sound_event: 'e3', tags: [9] },
        { uuid: 'a4', sound_event: 'e4', tags: [] },
      ],
      clip_annotations: [
        {
          uuid: 'ca',
          clip: 'c1',
          tags: [0],
          sound_events: ['6b1f8e0c-6a52-4d0f-8f5a-9d3a4a6f8a10', 'a2', 'a3'],
          notes: [{ message: 'windy' }],
        },
      ],
      sound_event_predictions: [{ uuid: 'sp', sound_event: 'e2', score: 0.5, tags: [[0, 0.75]] }],
      clip_predictions: [{ uuid: 'cp', clip: 'c1', sound_events: ['sp'], tags: [] }],
    },
  },
  null,
  1,
)

describe('AOEF importer', () => {
  it('reads clips, geometries, tags, notes, users and predictions', async () => {
    const { recordings, withoutSound, issues } = await read({ 'p.json': project }, ['bats.wav'])
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
    expect((await recogniseImporter(['a.json', 'a.wav'], () => Promise.resolve(project)))?.importer.id).toBe('aoef')
  })

  it('passes over the reports of an export', async () => {
    const { issues } = await read({ 'a.json': project, 'export-report.json': '{}', 'round-trip.json': '{}' }, ['a.wav'])
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
