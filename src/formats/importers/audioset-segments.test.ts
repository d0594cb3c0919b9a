import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toDrafts } from '../../shared/job/named-drafts'
import type { RecordingDraft } from '../../shared/job/worker-event'
import { audiosetSegmentsImporter as importer, readLines } from './audioset-segments'
import type { ImportPlan, NamedBatch } from './import-plan'

const real = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'audioset')

const indices = 'index,mid,display_name\n0,/m/09x0r,"Speech"\n1,/m/05zppz,"Male speech, man speaking"\n'
const head =
  '# Segments csv created Sun Mar  5 10:54:31 2017\n# num_ytids=2\n# YTID, start_seconds, end_seconds, positive_labels\n'

async function read(
  files: Record<string, string>,
  sounds: string[] = [],
): Promise<ImportPlan & { batch: Omit<NamedBatch, 'rows'> & { recordings: RecordingDraft[] } }> {
  const plan = await importer.read({
    listing: [...Object.keys(files), ...sounds].sort(),
    readBytes: async (path) => new TextEncoder().encode(files[path]),
  })
  const batch: Omit<NamedBatch, 'rows'> & { recordings: RecordingDraft[] } = {
    recordings: [],
    planned: [],
    issues: [],
    done: 0,
    total: 0,
    message: '',
  }
  for await (const part of plan.named!) {
    batch.recordings.push(...toDrafts(part.rows))
    batch.planned.push(...part.planned)
    batch.issues.push(...part.issues)
    batch.done = part.done
    batch.total = part.total
  }
  return { ...plan, batch }
}

describe('AudioSet segments', () => {
  it('takes ids that begin with a minus, several labels, and classes by their names', async () => {
    const { classes, batch } = await read({
      'balanced_train_segments.csv': `${head}--PJHxphWEs, 30.000, 40.000, "/m/09x0r,/m/05zppz"\n-0SdAVK79lg, 0.000, 2.500, "/t/dd00088"\n`,
      'class_labels_indices.csv': indices,
    })
    expect(classes[1]).toEqual({ name: 'Male speech, man speaking', code: 1, mid: '/m/05zppz' })
    expect(batch.issues).toEqual([])
    expect(
      batch.recordings.map(({ path, contentHash, durationSeconds }) => [path, contentHash, durationSeconds]),
    ).toEqual([
      ['--PJHxphWEs', null, null],
      ['-0SdAVK79lg', null, null],
    ])
    expect(batch.recordings[0]!.clips).toEqual([
      {
        startSeconds: 30,
        endSeconds: 40,
        fold: null,
        group: null,
        split: 'train',
        labels: [
          { className: 'Speech', state: 'present' },
          { className: 'Male speech, man speaking', state: 'present' },
        ],
        source: {},
      },
    ])
    expect(batch.recordings[1]!.clips[0]!.labels).toEqual([{ className: '/t/dd00088', state: 'present' }])
    expect(batch.done).toBe(batch.total)
  })

  it('takes the sound of those that are here, cut to the segment', async () => {
    const { batch } = await read({ 'eval_segments.csv': `${head}abcdefghijk, 30.000, 40.000, "/m/09x0r"\n` }, [
      'audio/Yabcdefghijk.wav',
      'audio/other.wav',
    ])
    expect(batch.recordings).toEqual([])
    expect(batch.planned).toMatchObject([
      {
        path: 'audio/Yabcdefghijk.wav',
        row: 4,
        clips: [{ startSeconds: 0, endSeconds: null, split: 'test', source: { start_seconds: '30.000' } }],
      },
    ])
  })

  it('names the row and what is wrong with it, through CRLF, blank lines and a byte order mark', async () => {
    const rows = [
      '\uFEFF# head',
      'abcdefghijk, 30.000, 40.000, "/m/09x0r"',
      '',
      '#NAME?, 30.000, 40.000, "/m/09x0r"',
      'abcdefghijl, 40.000, 30.000, "/m/09x0r"',
      'abcdefghijm, 30.000, 40.000, ""',
      'abcdefghijn, 30.000, 40.000, "dog"',
      'abcdefghijo; 30',
      'abcdefghijp, , 40.000, "/m/09x0r"',
      'abcdefghijq, 0.000, 10.000, "/m/09x0r"',
    ]
    const { batch } = await read({ 'x_segments.csv': rows.join('\r\n') })
    expect(batch.recordings.map(({ path }) => path)).toEqual(['abcdefghijk', 'abcdefghijq'])
    expect(batch.issues.map(({ row, reason }) => [row, reason.slice(0, 30)])).toEqual([
      [4, 'spreadsheet damage: “#NAME?” s'],
      [5, '“40.000” to “30.000” is no spa'],
      [6, 'no class is named'],
      [7, '“dog” is no id of a class'],
      [8, 'this is no row of four values'],
      [9, '“” to “40.000” is no span of s'],
    ])
  })

  it('numbers lines across the pieces in which a large file is read', () => {
    const line = 'x'.repeat(999)
    const bytes = new TextEncoder().encode(`${line}\n\n`.repeat(3000))
    const rows = [...readLines(bytes, 'large.csv')]
    expect(rows).toHaveLength(3000)
    expect(rows.every((entry, index) => entry.row === 2 * index + 1 && entry.line === line)).toBe(true)
  })

  it('recognises its lists and refuses a folder without them', async () => {
    expect(importer.detect(['eval_segments.csv', 'class_labels_indices.csv'])).toMatchObject({ audioFiles: 0 })
    expect(importer.detect(['audio/a.wav'])).toBeNull()
    await expect(read({})).rejects.toMatchObject({ code: 'unsupported-format' })
  })

  it.skipIf(!existsSync(real))('reads the real lists whole: 42,531 segments, 104,686 labels', async () => {
    const listing = readdirSync(real)
    const plan = await importer.read({ listing, readBytes: async (path) => readFileSync(join(real, path)) })
    expect(plan.classes).toHaveLength(527)
    let segments = 0
    let labels = 0
    for await (const { rows, issues } of plan.named!) {
      const recordings = toDrafts(rows)
      expect(issues).toEqual([])
      segments += recordings.length
      for (const { clips } of recordings) labels += clips[0]!.labels.length
    }
    expect([segments, labels]).toEqual([22_160 + 20_371, 52_882 + 51_804])
  })
})
