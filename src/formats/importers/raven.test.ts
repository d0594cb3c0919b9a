import { describe, expect, it } from 'vitest'
import { ravenExporter } from '../exporters/raven'
import {
  annotation,
  faultsOf,
  goRoundTrip,
  label,
  lossesOf,
  manySegments,
  trickyClips,
  wholeClip,
} from '../testing/round-trip-clips'
import { ravenImporter } from './raven'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => ravenImporter.read(textDataset(texts, sounds))

const single = [
  'Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tSpecies',
  '1\tWaveform 1\t1\t0.5\t2.25\t\t\tWren',
  '1\tSpectrogram 1\t1\t0.5\t2.25\t2000\t8000.5\tWren',
  '2\tSpectrogram 1\t1\t3\t4\t0\t500\tRain',
  '',
].join('\r\n')

const several = [
  'Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tBegin Path\tFile Offset (s)\tCommon Name\tConfidence',
  '1\tSpectrogram 1\t1\t1\t2\t10\t20\tC:\\field\\day 1\\a.wav\t1\tWren\t0.9',
  '2\tSpectrogram 1\t1\t185.5\t187\t10\t20\tC:\\field\\day 1\\c.wav\t5.5\tRobin\t1.5',
  '3\tSpectrogram 1\t1\t190\t191\t10\t20\tC:\\field\\day 1\\c.wav\t\tRobin\t0.5',
  '',
].join('\n')

describe('Raven selection table importer', () => {
  it('reads a table beside its sound, once for each selection', async () => {
    const { recordings, issues } = await read({ 'x/rec.1.Table.1.selections.txt': single }, ['x/rec.1.wav'])
    expect(issues).toEqual([])
    expect(recordings.map(({ path }) => path)).toEqual(['x/rec.1.wav'])
    expect(recordings[0]!.clips[0]!.annotations).toMatchObject([
      { startSeconds: 0.5, endSeconds: 2.25, lowHz: 2000, highHz: 8000.5, labels: [{ className: 'Wren' }] },
      { startSeconds: 3, endSeconds: 4, lowHz: 0, highHz: 500, labels: [{ className: 'Rain' }] },
    ])
  })

  it('takes the offset in the file, not the time over all of them', async () => {
    const { recordings, withoutSound, issues } = await read(
      { 'all.selections.txt': several, 'all.listfile.txt': 'C:\\field\\day 1\\a.wav\nC:\\field\\day 1\\b.wav\n' },
      ['day 1/a.wav', 'day 1/b.wav', 'day 2/a.wav'],
    )
    expect(recordings.map(({ path, clips }) => [path, clips[0]!.annotations?.[0]!.startSeconds])).toEqual([
      ['day 1/a.wav', 1],
      ['day 1/b.wav', undefined],
    ])
    expect(withoutSound).toMatchObject([
      { path: 'field/day 1/c.wav', clips: [{ annotations: [{ startSeconds: 5.5, endSeconds: 7, score: null }] }] },
    ])
    expect(issues.map(({ row, reason }) => `${row} ${reason}`)).toEqual([
      '3 the score 1.5 of the segment 5.5–7 s is not from 0 to 1: taken without it',
      '4 this table is of several files and the row has no File Offset (s): where in its file is not known',
    ])
  })
})

describe('Raven selection table exporter', () => {
  it('counts Begin Time through silent files, and File Offset within each', async () => {
    const { texts } = await goRoundTrip(ravenExporter, [
      wholeClip(1, 'a.wav', 60, [annotation(1, 1, 2, [label('dog')])]),
      wholeClip(2, 'silent.wav', 120.5, []),
      wholeClip(3, 'c.wav', 30, [annotation(2, 5.25, 6, [label('cat')])]),
    ])
    const rows = String(texts['earmark.Table.1.selections.txt'])
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'))
    expect(rows.map((row) => [row[3], row[4], row[7], row[9]])).toEqual([
      ['Begin Time (s)', 'End Time (s)', 'Begin File', 'File Offset (s)'],
      ['1.000000', '2.000000', 'a.wav', '1.000000'],
      ['185.750000', '186.500000', 'c.wav', '5.250000'],
    ])
    expect(texts['sequence.listfile.txt']).toBe('/data/a.wav\n/data/silent.wav\n/data/c.wav\n')
  })

  it('gives back what it wrote but for what it names', async () => {
    const { certificate, plan, choices } = await goRoundTrip(ravenExporter, trickyClips())
    expect(faultsOf(certificate)).toEqual([])
    expect(lossesOf(certificate)).toEqual([
      'absent',
      'clip',
      'details',
      'exhaustive',
      'fold',
      'group',
      'labels',
      'metadata',
      'note',
      'origin',
      'split',
    ])
    expect(plan.withoutSound![0]!.clips[0]!.annotations![2]).toMatchObject({
      lowHz: 500,
      highHz: null,
      tier: 'model',
      score: 0.5,
    })
    expect(choices.join(' ')).toContain('drawn from 0 or to half the sample rate (24000 Hz where it is not known)')
  })

  it('keeps silent recordings whose sound is beside the table', async () => {
    const clips = trickyClips()
    const { certificate } = await goRoundTrip(
      ravenExporter,
      clips,
      clips.map(({ recordingPath }) => recordingPath),
    )
    expect(lossesOf(certificate)).not.toContain('clip')
  })

  it('gives back 5,000 segments', async () => {
    const { certificate } = await goRoundTrip(ravenExporter, manySegments())
    expect(certificate.verdict).toBe('identical')
  })
})
