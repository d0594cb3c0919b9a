import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readCsv } from '../importers/read-csv'
import { defaultExportOptions, type ExportClip, type ExportLabel, type ExportManifest } from '../../shared/job/manifest'
import { audiosetCsvExporter } from './audioset-csv'
import { describeClip } from './export-plan'

const audioset = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'audioset')
const hasAudioset = existsSync(audioset)

const present = (className: string): ExportLabel => ({ className, classCode: null, mid: null, state: 'present' })

function makeClip(recordingPath: string, startSeconds: number, endSeconds: number, labels: ExportLabel[]): ExportClip {
  return {
    id: `${recordingPath} ${startSeconds}`,
    path: `/data/${recordingPath}`,
    contentHash: 'h',
    startSeconds,
    endSeconds,
    recordingPath,
    recordingSeconds: 600,
    fold: null,
    split: null,
    isFullyAnnotated: false,
    note: '',
    group: null,
    labels,
    annotations: [],
    source: {},
  }
}

function exportTexts(classes: ExportManifest['classes'], clips: ExportClip[], createdAt = new Date(0)) {
  const manifest: ExportManifest = {
    kind: 'export',
    format: 'audioset-csv',
    out: '/o',
    query: '',
    options: defaultExportOptions,
    catalogName: 'c',
    classes,
    clips: clips.filter((clip) => audiosetCsvExporter.accept(clip) === null),
  }
  const plan = audiosetCsvExporter.plan(manifest, { createdAt, containerOf: () => null })
  const { files, choices } = plan.finish(new Set())
  const text: Record<string, string> = {}
  for (const { path, content } of files) text[path] = `${text[path] ?? ''}${String(content)}`
  const skipped = clips.filter((clip) => audiosetCsvExporter.accept(clip) !== null).map(describeClip)
  return { skipped, choices, segments: text['segments.csv']!, indices: text['class_labels_indices.csv']! }
}

describe('AudioSet CSV exporter', () => {
  it('writes three header lines, then ids, times with three decimals and a quoted list of ids', () => {
    const { segments, indices } = exportTexts(
      [
        { name: 'Bark', code: null, mid: '/m/05tny_' },
        { name: 'Male speech, man speaking', code: null, mid: '/m/05zppz' },
        { name: 'My “own” Klänge!', code: null, mid: null },
      ],
      [
        makeClip('a/-0RWZT-miFs.wav', 420, 430, [present('Male speech, man speaking'), present('Bark')]),
        makeClip('a/-0RWZT-miFs.wav', 30.12345, 40, [present('My “own” Klänge!')]),
        makeClip('--PJHxphWEs.flac', 0, 1, [present('Bark')]),
      ],
      new Date(Date.UTC(2017, 2, 5, 10, 54, 31)),
    )
    expect(segments).toBe(
      [
        '# Segments csv created Sun Mar  5 10:54:31 2017',
        '# num_ytids=2, num_segs=3, num_unique_labels=3, num_positive_labels=4',
        '# YTID, start_seconds, end_seconds, positive_labels',
        '-0RWZT-miFs, 420.000, 430.000, "/m/05tny_,/m/05zppz"',
        '-0RWZT-miFs, 30.123, 40.000, "/e/my_own_klänge"',
        '--PJHxphWEs, 0.000, 1.000, "/m/05tny_"',
        '',
      ].join('\n'),
    )
    expect(readCsv(indices).rows.map(({ fields }) => fields)).toEqual([
      ['0', '/m/05tny_', 'Bark'],
      ['1', '/m/05zppz', 'Male speech, man speaking'],
      ['2', '/e/my_own_klänge', 'My “own” Klänge!'],
    ])
  })

  it('refuses clips without a positive label and reports made ids and what is lost', () => {
    const { skipped, choices } = exportTexts(
      [{ name: 'Dog', code: 0, mid: null }],
      [
        makeClip('a.wav', 0, 1, []),
        makeClip('b.wav', 0, 1, [{ ...present('Dog'), state: 'absent' }]),
        { ...makeClip('c.wav', 0, 1, [present('Dog'), { ...present('Cat'), state: 'absent' }]), fold: '1' },
      ],
    )
    expect(skipped).toEqual(['a.wav [0.000–1.000 s]', 'b.wav [0.000–1.000 s]'])
    expect(choices).toEqual([
      'The class “Dog” has no AudioSet id and is written as /e/dog.',
      'The class “Cat” has no AudioSet id and is written as /e/cat.',
      'Left out: 1 “absent” label; absent cannot be told from unknown.',
      'Left out: the folds of 1 clip; AudioSet keeps each split in its own file.',
    ])
  })

  it('tells apart recordings of one name and classes of one slug, and avoids signs that break the lists', () => {
    const { segments, choices } = exportTexts(
      [
        { name: 'sea waves', code: null, mid: null },
        { name: 'Sea Waves', code: null, mid: null },
      ],
      [
        makeClip('x/rec.wav', 0, 1, [present('sea waves')]),
        makeClip('y/rec.wav', 0, 1, [present('Sea Waves')]),
        makeClip('#1, "the" one.wav', 0, 1, [present('sea waves')]),
      ],
    )
    expect(segments.split('\n').slice(3, 6)).toEqual([
      'rec, 0.000, 1.000, "/e/sea_waves"',
      'rec_2, 0.000, 1.000, "/e/sea_waves_2"',
      '_1_the_one, 0.000, 1.000, "/e/sea_waves"',
    ])
    expect(choices.at(-1)).toBe('Not named by the file name alone (see “recordings”): 2 recordings.')
  })

  const missing = hasAudioset ? '' : `: skipped, no ${audioset}`
  it.skipIf(!hasAudioset)(`writes AudioSet’s own evaluation list back byte for byte${missing}`, () => {
    const original = readFileSync(join(audioset, 'eval_segments.csv'), 'utf8')
    const indices = readFileSync(join(audioset, 'class_labels_indices.csv'), 'utf8')
    const classes = readCsv(indices).rows.map(({ fields }) => ({ name: fields[2]!, code: null, mid: fields[1]! }))
    const nameOfMid = new Map(classes.map(({ mid, name }) => [mid, name]))
    const clips = original
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [ytid, start, end] = line.split(', ')
        const labels = /"(.*)"$/
          .exec(line)![1]!
          .split(',')
          .map((mid) => present(nameOfMid.get(mid)!))
        return makeClip(`${ytid}.wav`, Number(start), Number(end), labels)
      })
    expect(clips).toHaveLength(20371)
    const written = exportTexts(classes, clips, new Date(Date.UTC(2017, 2, 5, 10, 54, 25)))
    expect(written.segments).toBe(original)
    expect(written.indices).toBe(indices)
  })
})
