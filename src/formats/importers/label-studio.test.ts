import { describe, expect, it } from 'vitest'
import { labelStudioExporter } from '../exporters/label-studio'
import { goRoundTrip, manySegments, trickyClips } from '../testing/round-trip-clips'
import { recogniseImporter } from './importer'
import { labelStudioImporter } from './label-studio'
import { labelStudioMin, labelStudioTasks } from '../testing/sample-texts'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => labelStudioImporter.read(textDataset(texts, sounds))

describe('Label Studio importer', () => {
  it('reads regions, texts, choices and predictions', async () => {
    const { recordings, withoutSound, issues } = await read({ 'export.json': labelStudioTasks }, ['my song.wav'])
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
      { path: 'far/-away.flac', durationSeconds: 12.5, clips: [{ annotations: [{ author: 'user 7' }] }] },
    ])
    expect(issues.map(({ reason }) => reason)).toEqual(['task 3 names no sound'])
  })

  it('reads JSON_MIN', async () => {
    const { recordings } = await read({ 'min.json': labelStudioMin }, ['x/my song.wav'])
    expect(recordings).toMatchObject([
      { path: 'x/my song.wav', clips: [{ annotations: [{ startSeconds: 1, endSeconds: 2 }] }] },
    ])
  })

  it('is told from other JSON by what stands in it', async () => {
    const find = async (text: string): Promise<string | undefined> =>
      (await recogniseImporter(['a.json', 'a.wav'], () => Promise.resolve(text)))?.importer.id
    expect(await find(labelStudioTasks)).toBe('label-studio')
    expect(await find(labelStudioMin)).toBe('label-studio')
    expect(await find('[{"name": "something else"}]')).toBe('folder')
  })

  it('passes over the reports of an export', async () => {
    const { issues } = await read({ 'a.json': labelStudioTasks, 'export-report.json': '{}', 'round-trip.json': '{}' }, [
      'a.wav',
    ])
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
