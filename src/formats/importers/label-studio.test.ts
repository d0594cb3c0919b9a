import { describe, expect, it } from 'vitest'
import { labelStudioExporter } from '../exporters/label-studio'
import { goRoundTrip, manySegments, trickyClips } from '../testing/round-trip-clips'
import { recogniseImporter } from './importer'
import { labelStudioImporter } from './label-studio'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => labelStudioImporter.read(textDataset(texts, sounds))

const region = (id: string, type: string, start: number, end: number, labels: string[]): object => ({
  id,
  from_name: 'label',
  to_name: 'audio',
  type,
  original_length: 12.5,
  value: { start, end, channel: 0, [type === 'audioregions' ? 'audioregions' : 'labels']: labels },
})

const tasks = JSON.stringify([
  {
    id: 1,
    data: { audio: '/data/upload/3/1a2b3c4d-my%20song.wav' },
    annotations: [
      {
        completed_by: { email: 'anna@example.org' },
        result: [
          region('a1b2', 'labels', 1, 2.5, ['Dog', 'Cat']),
          {
            id: 'a1b2',
            type: 'textarea',
            from_name: 'text',
            to_name: 'audio',
            value: { start: 1, end: 2.5, text: ['far'] },
          },
          region('c3', 'region', 3, 4, ['Cat']),
          { id: 'd4', type: 'choices', from_name: 'scene', to_name: 'audio', value: { choices: ['Outdoor'] } },
        ],
      },
      { completed_by: 7, was_cancelled: true, result: [region('x', 'labels', 0, 1, ['No'])] },
    ],
    predictions: [{ model_version: 'net-2', score: 0.75, result: [region('p', 'audioregions', 5, 6, ['Dog'])] }],
  },
  {
    id: 2,
    data: { audio: '/data/local-files/?d=far/away.flac' },
    annotations: [{ completed_by: 7, result: [region('b', 'labels', 0, 1, [])] }],
  },
  { id: 3, data: { text: 'no sound' } },
])

const min = JSON.stringify([
  {
    id: 1,
    annotation_id: 4,
    audio: 's3://bucket/my song.wav',
    label: [{ start: 1, end: 2, channel: 0, labels: ['Dog'] }],
  },
])

describe('Label Studio importer', () => {
  it('reads regions, texts, choices and predictions', async () => {
    const { recordings, withoutSound, issues } = await read({ 'export.json': tasks }, ['my song.wav'])
    expect(recordings).toMatchObject([{ path: 'my song.wav', clips: [{ labels: [{ className: 'Outdoor' }] }] }])
    expect(recordings[0]!.clips[0]!.annotations).toMatchObject([
      {
        startSeconds: 1,
        endSeconds: 2.5,
        author: 'anna@example.org',
        note: 'far',
        labels: [{ className: 'Dog' }, { className: 'Cat' }],
      },
      { startSeconds: 3, endSeconds: 4, labels: [{ className: 'Cat' }] },
      { startSeconds: 5, endSeconds: 6, tier: 'model', author: 'net-2', score: 0.75, labels: [{ className: 'Dog' }] },
    ])
    expect(withoutSound).toMatchObject([
      { path: 'far/away.flac', durationSeconds: 12.5, clips: [{ annotations: [{ author: 'user 7' }] }] },
    ])
    expect(issues.map(({ reason }) => reason)).toEqual(['task 3 names no sound'])
  })

  it('reads JSON_MIN', async () => {
    const { recordings } = await read({ 'min.json': min }, ['x/my song.wav'])
    expect(recordings).toMatchObject([
      { path: 'x/my song.wav', clips: [{ annotations: [{ startSeconds: 1, endSeconds: 2 }] }] },
    ])
  })

  it('is told from other JSON by what stands in it', async () => {
    const find = async (text: string): Promise<string | undefined> =>
      (await recogniseImporter(['a.json', 'a.wav'], () => Promise.resolve(text)))?.importer.id
    expect(await find(tasks)).toBe('label-studio')
    expect(await find(min)).toBe('label-studio')
    expect(await find('[{"name": "something else"}]')).toBe('folder')
  })

  it('passes over the reports of an export', async () => {
    const { issues } = await read({ 'a.json': tasks, 'export-report.json': '{}', 'round-trip.json': '{}' }, ['a.wav'])
    expect(issues.map(({ file }) => file)).not.toContain('round-trip.json')
    expect(issues.map(({ file }) => file)).not.toContain('export-report.json')
  })
})

describe('Label Studio exporter', () => {
  it('gives back all that it wrote', async () => {
    const { certificate, texts } = await goRoundTrip(labelStudioExporter, trickyClips())
    expect(certificate.examples).toEqual([])
    expect(certificate.verdict).toBe('identical')
    expect(String(texts['labeling-config.xml'])).toContain('<Label value="rain, “heavy”"/>')
    const [first] = JSON.parse(String(texts['tasks.json'])) as { predictions: object[]; annotations: object[] }[]
    expect(first).toMatchObject({
      data: { audio: 'site a/2024.05.01 dawn.wav' },
      annotations: [
        { result: [{ type: 'labels', value: { start: 0.5, end: 2.25, labels: ['Blaumeise 🐦'] } }, {}, {}, {}, {}] },
      ],
      predictions: [{ model_version: 'run3', result: [{ score: 0.5 }] }],
    })
  })

  it('gives back 5,000 segments', async () => {
    const { certificate } = await goRoundTrip(labelStudioExporter, manySegments())
    expect(certificate.verdict).toBe('identical')
  })
})
