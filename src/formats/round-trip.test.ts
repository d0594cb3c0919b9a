import { describe, expect, it } from 'vitest'
import type { ImportIssue } from '../shared/job/worker-event'
import { exporters } from './exporters/exporter'
import { recogniseImporter } from './importers/importer'
import { compareRoundTrip } from './round-trip'
import { label, makeAnnotation, makeClip, makeRichClips } from './testing/made-clips'
import { readAgain, writeInMemory } from './testing/read-again'

const readBack = exporters.filter(({ importer }) => importer !== null)
const lossless = [
  'audio-folder-csv',
  'audio-folder-parquet',
  'nemo',
  'webdataset',
  'tfrecord-waveform',
  'tfrecord-logmel',
  'npz',
]

describe.each(readBack.map((exporter) => [exporter.id, exporter] as const))('%s', (id, exporter) => {
  it('comes back as it was, but for what the format is known not to carry', async () => {
    const { certificate, read } = await readAgain(exporter, makeRichClips())
    expect(certificate.examples.filter(({ kind }) => kind === 'fault')).toEqual([])
    if (lossless.includes(id)) expect(certificate).toMatchObject({ verdict: 'identical', clips: 8 })
    // Without the sound, some formats cannot even name a clip that has no segment: they say so.
    const isKnown = (issue: ImportIssue) =>
      issue.reason.startsWith('note:') || (!exporter.holdsAudio && issue.kind === 'unmatched')
    expect(read.issues.filter((issue) => !isKnown(issue))).toEqual([])
  })

  it('is known again by its files', async () => {
    const clips = [makeClip('a', { fold: '1', group: '7', annotations: [makeAnnotation(1, 2)] })]
    const { files, sounds } = writeInMemory(exporter, clips)
    const readHead = (path: string) => Promise.resolve(new TextDecoder().decode(files[path]!.subarray(0, 65_536)))
    const found = await recogniseImporter([...Object.keys(files), ...sounds].sort(), readHead)
    expect(found?.importer.id).toBe(exporter.importer)
  })

  it('takes 5,000 clips with a segment each, there and back', { timeout: 30_000 }, async () => {
    const clips = Array.from({ length: 5000 }, (_, n) =>
      makeClip(`r${n}`, {
        path: `/data/${n % 500}.wav`,
        recordingPath: `${n % 500}.wav`,
        recordingSeconds: 100,
        startSeconds: Math.floor(n / 500) * 10,
        endSeconds: Math.floor(n / 500) * 10 + 10,
        fold: String((n % 5) + 1),
        group: String((n % 500) + 1),
        annotations: [makeAnnotation(Math.floor(n / 500) * 10 + 1.234, Math.floor(n / 500) * 10 + 2.5)],
      }),
    )
    const { certificate } = await readAgain(exporter, clips)
    expect(certificate.clips).toBe(5000)
    expect(certificate.examples.filter(({ kind }) => kind === 'fault')).toEqual([])
  })
})

describe('the certificate', () => {
  const clip = makeClip('a', { annotations: [makeAnnotation(1, 2)] })
  const placed = [{ clip, place: { path: 'a.wav', startSeconds: 0, endSeconds: null } }]
  const draft = { startSeconds: 0, endSeconds: null, fold: null, group: null, source: {} }

  it('names what is missing, what is more and what differs, and tells faults from known losses', () => {
    const labels = [{ className: 'cat', state: 'present' as const }]
    const returned = new Map([
      [
        'a.wav',
        [
          { ...draft, labels },
          { ...draft, startSeconds: 5, labels },
        ],
      ],
    ])
    const certificate = compareRoundTrip(placed, returned, { segments: 'it has none' })
    expect(certificate.verdict).toBe('faults')
    expect(certificate.differences).toEqual([
      { what: 'labels', kind: 'fault', count: 1, reason: 'it should have come back' },
      { what: 'segments', kind: 'expected', count: 1, reason: 'it has none' },
      { what: 'clip', kind: 'fault', count: 1, reason: 'it should have come back' },
    ])
    expect(compareRoundTrip(placed, new Map(), {}).examples[0]).toMatchObject({ what: 'clip', is: 'nothing' })
  })

  it('holds features against those that came back, value by value, where the format takes them', () => {
    const own = { name: 'audioset', frames: 1, dimensions: 2, dtype: 'uint8' as const }
    const given = [
      { clip: { ...clip, annotations: [], embeddings: [{ ...own, data: btoa('ab') }] }, place: placed[0]!.place },
    ]
    const labels = [{ className: 'dog', state: 'present' as const }]
    const back = (...embeddings: { frames: number; data: Uint8Array }[]) =>
      compareRoundTrip(
        given,
        new Map([['a.wav', [{ ...draft, labels, embeddings: embeddings.map((one) => ({ ...own, ...one })) }]]]),
        {},
      )
    expect(back({ frames: 1, data: Uint8Array.of(97, 98) }).verdict).toBe('identical')
    for (const other of [
      back(),
      back({ frames: 1, data: Uint8Array.of(97, 99) }),
      back({ frames: 2, data: Uint8Array.of(97, 98, 0, 0) }),
    ])
      expect(other.differences).toMatchObject([{ what: 'embeddings', kind: 'fault', count: 1 }])
  })

  it('sees a segment that moved by two milliseconds, and not one that moved by one', () => {
    const back = (seconds: number) => {
      const annotation = makeAnnotation(1, 2 + seconds, { labels: [label('dog')] })
      const labels = [{ className: 'dog', state: 'present' as const }]
      return compareRoundTrip(placed, new Map([['a.wav', [{ ...draft, labels, annotations: [annotation] }]]]), {})
    }
    expect(back(0.001).verdict).toBe('identical')
    expect(back(0.002).differences).toMatchObject([{ what: 'segments', kind: 'fault' }])
  })
})
