import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ExportClip, ExportEmbedding } from '../../shared/job/manifest'
import { textDataset } from '../importers/testing/text-dataset'
import { tfrecordImporter } from '../importers/tfrecord'
import { label, makeClip } from '../testing/made-clips'
import { readAgain, writeInMemory } from '../testing/read-again'
import { tfrecordEmbeddingsExporter } from './tfrecord-embeddings'

const quantised = (first: number): ExportEmbedding => {
  const bytes = Uint8Array.from({ length: 1280 }, (_, at) => (first + at) & 255)
  const data = Buffer.from(bytes).toString('base64')
  return { name: 'audioset', frames: 10, dimensions: 128, dtype: 'uint8', data }
}

const named = (className: string, classCode: number | null, mid: string | null): ExportClip['labels'][number] => ({
  ...label(className),
  classCode,
  mid,
})

describe('TFRecord exporter of embeddings', () => {
  it('gives back every frame, span, label and name', async () => {
    const clips = [
      makeClip('-0RWZT-miFs', {
        startSeconds: 30,
        endSeconds: 40,
        recordingSeconds: null,
        labels: [named('Speech', 0, '/m/09x0r'), named('Dog', 72, '/m/0bt9lr')],
        embeddings: [quantised(7)],
      }),
      makeClip('b', { labels: [named('a class of mine', null, null)], embeddings: [quantised(250)] }),
    ]
    const { certificate, read, texts } = await readAgain(tfrecordEmbeddingsExporter, clips)
    expect(certificate).toMatchObject({ verdict: 'identical', clips: 2 })
    expect(read.issues).toEqual([])
    expect(read.withoutSound!.map(({ path, clips: own }) => [path, own[0]!.embeddings])).toEqual(
      clips.map(({ recordingPath, embeddings }) => [
        recordingPath.replace('.wav', ''),
        embeddings!.map((own) => ({ ...own, data: new Uint8Array(Buffer.from(own.data, 'base64')) })),
      ]),
    )
    // A class keeps its number; one without gets the first that is free.
    expect(read.classes.map(({ name, code }) => [name, code])).toEqual([
      ['Speech', 0],
      ['Dog', 72],
      ['a class of mine', 1],
    ])
    expect(texts.choices).toEqual([
      'The class “a class of mine” has no AudioSet id and is written as /e/a_class_of_mine.',
    ])
  })

  it('leaves out clips without features, and says so', () => {
    const clips = [makeClip('a', { embeddings: [] }), makeClip('b', { embeddings: [quantised(0)] })]
    const { skipped, texts } = writeInMemory(tfrecordEmbeddingsExporter, clips)
    expect(skipped).toEqual([{ clipId: 'a', clip: 'a.wav', reason: 'the catalog holds no features that came with it' }])
    expect(texts.clips).toBe(1)
  })

  it('gives numbers to classes that share one, and says what labels and times it loses', async () => {
    const clip = makeClip('long', {
      startSeconds: 100_000.003,
      endSeconds: 100_010.003,
      recordingSeconds: 200_000,
      labels: [named('one', 5, null), named('two', 5, null), label('three', 'absent')],
      embeddings: [quantised(1)],
    })
    const { certificate, read, texts } = await readAgain(tfrecordEmbeddingsExporter, [clip])
    expect(read.classes.map(({ name, code }) => [name, code])).toEqual([
      ['one', 5],
      ['two', 0],
      ['three', 1],
    ])
    expect(certificate.differences.map(({ what, kind }) => `${what} ${kind}`)).toEqual(['absent expected'])
    expect(texts.choices.at(-1)).toBe('Left out: 1 “absent” label; absent cannot be told from unknown.')
  })

  it('writes many records in several files', () => {
    const clips = Array.from({ length: 10_001 }, (_, n) => makeClip(`c${n}`, { embeddings: [] }))
    const small: ExportEmbedding = { name: 'audioset', frames: 1, dimensions: 1, dtype: 'uint8', data: 'AA==' }
    const { files } = writeInMemory(
      tfrecordEmbeddingsExporter,
      clips.map((clip) => ({ ...clip, embeddings: [small] })),
    )
    expect(Object.keys(files)).toEqual([
      'data-00000-of-00002.tfrecord',
      'data-00001-of-00002.tfrecord',
      'class_labels_indices.csv',
    ])
  })

  it('reads what TensorFlow has written (scripts/make-embedding-fixture.py)', async () => {
    const path = new URL('../importers/fixtures/audioset.tfrecord', import.meta.url)
    const { withoutSound, issues } = await tfrecordImporter.read(
      textDataset({ 'eval/-0.tfrecord': new Uint8Array(readFileSync(path)) }, []),
    )
    expect(issues).toEqual([])
    const [first, second, third] = withoutSound!.map(({ path: name, clips }) => ({ name, ...clips[0]! }))
    expect(first).toMatchObject({ name: '-0RWZT-miFs', startSeconds: 30, endSeconds: 40 })
    expect(first!.labels.map(({ className }) => className)).toEqual(['class 0', 'class 72'])
    const { data, ...shape } = first!.embeddings![0]!
    expect(shape).toEqual({ name: 'audioset', frames: 10, dimensions: 128, dtype: 'uint8' })
    expect([data[0], data[127], data[128], data[1279]]).toEqual([0, 127, 1, 136])
    expect(second).toMatchObject({ endSeconds: 2.5, embeddings: [{ frames: 1, dimensions: 128 }] })
    expect(third!.embeddings).toEqual([
      {
        ...{ name: 'vggish', frames: 2, dimensions: 2, dtype: 'float32' },
        data: new Uint8Array(Float32Array.of(0.5, -1.25, 3, 1e-3).buffer),
      },
    ])
  })
})
