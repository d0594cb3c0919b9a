import { describe, expect, it } from 'vitest'
import { encodeExample } from '../containers/tf-example'
import { frameRecord, maskedCrc32c } from '../containers/tfrecord'
import { audiosetFrames, audiosetRecord } from '../testing/sample-texts'
import { textDataset } from './testing/text-dataset'
import { tfrecordImporter } from './tfrecord'

const indices = 'index,mid,display_name\n0,/m/09x0r,"Speech"\n72,/m/0bt9lr,"Dog"\n'

const read = (bytes: Uint8Array, texts: Record<string, string> = { 'class_labels_indices.csv': indices }) =>
  tfrecordImporter.read(textDataset({ 'bal_train/0a.tfrecord': bytes, ...texts }, []))

describe('TFRecord importer', () => {
  it('masks its checksums as TensorFlow does', () => {
    // From tensorflow: crc32c of 32 zero bytes is 8a9136aa (RFC 3720, B.4).
    const masked = maskedCrc32c(new Uint8Array(32))
    expect(masked).toBe((((0x8a9136aa >>> 15) | (0x8a9136aa << 17)) + 0xa282ead8) >>> 0)
  })

  it('takes AudioSet’s embeddings with their labels, times and values', async () => {
    const { withoutSound, issues, classes } = await read(
      Uint8Array.from([...audiosetRecord('-0RWZT-miFs', [0, 72, 500]), ...audiosetRecord('abc', [72])]),
    )
    expect(issues).toEqual([])
    expect(classes.map(({ name, code }) => [name, code])).toEqual([
      ['Speech', 0],
      ['Dog', 72],
      ['class 500', 500],
    ])
    expect(withoutSound!.map(({ path }) => path)).toEqual(['-0RWZT-miFs', 'abc'])
    const clip = withoutSound![0]!.clips[0]!
    expect(clip).toMatchObject({ startSeconds: 30, endSeconds: 40 })
    expect(clip.labels.map(({ className }) => className)).toEqual(['Speech', 'Dog', 'class 500'])
    expect(clip.embeddings).toEqual([
      {
        name: 'audioset',
        frames: 2,
        dimensions: 128,
        dtype: 'uint8',
        data: Uint8Array.from([...audiosetFrames[0]!, ...audiosetFrames[1]!]),
      },
    ])
  })

  it('leaves a record whose checksum is wrong, and what lies after a wrong length', async () => {
    const [first, second] = [audiosetRecord('first', [0]), audiosetRecord('second', [72])]
    const flipped = Uint8Array.from([...first, ...second])
    flipped[40]! ^= 1
    const one = await read(flipped)
    expect(one.withoutSound!.map(({ path }) => path)).toEqual(['second'])
    expect(one.issues).toEqual([
      { file: 'bal_train/0a.tfrecord', row: 1, reason: 'the record’s checksum is wrong: it was left' },
    ])
    flipped[40]! ^= 1
    flipped[first.length]! ^= 1
    expect((await read(flipped)).issues[0]!.reason).toMatch(/damaged from here on/)
  })

  it('names what it is not of', async () => {
    const { issues } = await read(frameRecord(encodeExample({ x: { kind: 'integers', values: [1] } })))
    expect(issues[0]!.reason).toMatch(/neither AudioSet’s nor Earmark’s/)
  })
})
