import { describe, expect, it } from 'vitest'
import { kaldiImporter } from './kaldi'
import { textDataset, type DatasetTexts } from './testing/text-dataset'

const read = (texts: DatasetTexts, sounds: string[] = []) => kaldiImporter.read(textDataset(texts, sounds))
const lines = (...all: string[]): string => [...all, ''].join('\n')

describe('Kaldi importer', () => {
  it('takes utterances as clips, speakers as groups, and never runs a command', async () => {
    const { recordings, withoutSound, issues } = await read(
      {
        'wav.scp': lines('rec1 a.wav', 'rec2 sph2pipe -f wav b.wav |', '-rec3 rm -rf / |'),
        segments: lines('anna-1 rec1 0,5 1.25', 'anna-2 rec1 2 -1', '-u -rec3 0 4'),
        utt2spk: lines('anna-1 anna', '-u -'),
        text: lines('anna-1 ONE TWO'),
      },
      ['a.wav', 'b.wav'],
    )
    expect(issues).toEqual([])
    expect(recordings).toMatchObject([
      {
        path: 'a.wav',
        clips: [
          { startSeconds: 0.5, endSeconds: 1.25, group: 'anna', note: 'ONE TWO' },
          { startSeconds: 2, endSeconds: null, group: null },
        ],
      },
    ])
    expect(withoutSound).toMatchObject([{ path: '-rec3', clips: [{ startSeconds: 0, endSeconds: 4, group: '-' }] }])
  })

  it('reports what a spreadsheet destroyed, spans that are none and recordings that are not there, by row', async () => {
    const { recordings, issues } = await read(
      {
        'wav.scp': lines('#NAME? b.wav', 'r a.wav', 'r c.wav'),
        segments: lines('u1 r 1 2', '#REF! r 1 2', 'u3 r 2 1', 'u4 gone 1 2', 'u5 r 1', 'u1 r 3 4'),
      },
      ['a.wav'],
    )
    expect(issues.map(({ file, row, reason }) => `${file} ${row} ${reason.split(';')[0]}`)).toEqual([
      'wav.scp 1 spreadsheet damage: “#NAME?” stands where a value was',
      'wav.scp 3 r stands twice: this row was left',
      'segments 2 spreadsheet damage: “#REF!” stands where a value was',
      'segments 6 u1 stands twice: this row was left',
      'segments 3 “2” to “1” is no span of seconds',
      'segments 4 wav.scp has no gone',
      'segments 5 “1” to “” is no span of seconds',
    ])
    expect(recordings[0]!.clips).toMatchObject([{ startSeconds: 1, endSeconds: 2 }])
  })

  it('reads a line of a million words, and one of a million blanks that ends oddly, quickly', async () => {
    const startedMs = performance.now()
    const { recordings } = await read(
      {
        'wav.scp': lines('r a.wav', `s ${'x '.repeat(1_000_000)}`, `t${' '.repeat(1_000_000)}\u2028b.wav`),
        text: `r ${'word '.repeat(1_000_000)}`,
      },
      ['a.wav'],
    )
    expect(performance.now() - startedMs).toBeLessThan(4000)
    expect(recordings.map(({ path }) => path)).toEqual(['a.wav'])
  })
})
