import { describe, expect, it } from 'vitest'
import { dcaseScenesImporter } from '../importers/dcase-scenes'
import { textDataset } from '../importers/testing/text-dataset'
import { toExportClips } from '../testing/export-clips'
import { label, makeClip } from '../testing/made-clips'
import { readAgain, writeInMemory } from '../testing/read-again'
import { dcaseScenesCsvExporter, dcaseScenesTxtExporter } from './dcase-scenes'

const tut: Record<string, string> = {
  'meta.txt':
    'audio/b020_0_10.wav\tbeach\tb020\naudio/b020_10_20.wav\tbeach\tb020\naudio/a001_0_10.wav\tcafe/restaurant\ta001\n',
  'error.txt': 'audio/a001_0_10.wav\t1.5\t2.25\tradio\naudio/a001_0_10.wav\t4\t5\tmic, failing\n',
  'evaluation_setup/fold1_train.txt': 'audio/b020_0_10.wav\tbeach\naudio/b020_10_20.wav\tbeach\n',
  'evaluation_setup/fold1_test.txt': 'audio/a001_0_10.wav\n',
  'evaluation_setup/fold1_evaluate.txt': 'audio/a001_0_10.wav\tcafe/restaurant\n',
  'evaluation_setup/fold2_train.txt': 'audio/a001_0_10.wav\tcafe/restaurant\n',
  'evaluation_setup/fold2_test.txt': 'audio/b020_0_10.wav\naudio/b020_10_20.wav\n',
  'evaluation_setup/fold2_evaluate.txt': 'audio/b020_0_10.wav\tbeach\naudio/b020_10_20.wav\tbeach\n',
}
const urban: Record<string, string> = {
  'meta.csv':
    'filename\tscene_label\tidentifier\tsource_label\naudio/airport-barcelona-0-0-a.wav\tairport\tbarcelona-0\ta\naudio/bus-helsinki-20-771-b.wav\tbus\thelsinki-20\tb\n',
  'evaluation_setup/fold1_train.csv': 'filename\tscene_label\naudio/airport-barcelona-0-0-a.wav\tairport\n',
  'evaluation_setup/fold1_test.csv': 'filename\naudio/bus-helsinki-20-771-b.wav\n',
  'evaluation_setup/fold1_evaluate.csv': 'filename\tscene_label\naudio/bus-helsinki-20-771-b.wav\tbus\n',
}

async function importClips(texts: Record<string, string>) {
  const sounds = texts['meta.txt']
    ? ['audio/a001_0_10.wav', 'audio/b020_0_10.wav', 'audio/b020_10_20.wav']
    : ['audio/airport-barcelona-0-0-a.wav', 'audio/bus-helsinki-20-771-b.wav']
  const { recordings, classes } = await dcaseScenesImporter.read(textDataset(texts, sounds))
  return toExportClips(recordings, classes)
}
const textsOf = (files: Record<string, Uint8Array>) =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]))

describe('exporting DCASE acoustic scenes', () => {
  it.each([
    ['2017', dcaseScenesTxtExporter, tut],
    ['2018', dcaseScenesCsvExporter, urban],
  ] as const)('writes what it has read of %s, byte for byte', async (_year, exporter, texts) => {
    const { files, certificate, sounds } = await readAgain(exporter, await importClips(texts))
    expect(textsOf(files)).toEqual(texts)
    expect(sounds).toHaveLength(texts === tut ? 3 : 2)
    expect(certificate).toMatchObject({ verdict: 'identical', differences: [] })
  })

  it('numbers folds that have names, and leaves clips without a fold out of the lists', async () => {
    const clips = [
      makeClip('a', { fold: '2' }),
      makeClip('b', { fold: 'north' }),
      makeClip('c', { fold: null, labels: [label('cat'), label('dog', 'absent')] }),
    ]
    const { files, texts, certificate } = await readAgain(dcaseScenesCsvExporter, clips)
    expect(textsOf(files)).toMatchObject({
      'evaluation_setup/fold2_train.csv': 'filename\tscene_label\naudio/b.wav\tdog\n',
      'evaluation_setup/fold3_test.csv': 'filename\naudio/b.wav\n',
    })
    expect(texts.choices).toEqual([
      'Without a fold, so in no list of folds: 1 clip.',
      'The fold “north” became fold 3.',
      'Left out: 1 “absent” label; DCASE lists the one that is present.',
    ])
    expect(certificate.differences.filter(({ what }) => what === 'fold')).toEqual([
      { what: 'fold', kind: 'expected', count: 1, reason: 'DCASE numbers its folds' },
    ])
    expect(certificate.verdict).toBe('expected-losses')
  })

  it('says that a single fold is read as the test', async () => {
    const { certificate, texts } = await readAgain(dcaseScenesTxtExporter, [makeClip('a', { fold: '1', group: 'x' })])
    expect(texts.choices[0]).toBe('All clips are in one fold: nothing is left to train on, and it is read as “test”.')
    expect(certificate.examples.filter(({ kind }) => kind === 'fault')).toEqual([])
  })

  it('keeps scenes with commas, quotes and tabs; file names of lists without a header have no commas', async () => {
    const clips = [
      makeClip('one, two; three', { labels: [label('a "café", inside, or out')], fold: '1', group: 'g' }),
      makeClip('four', { labels: [label('tab\there')], fold: '2', group: 'g' }),
    ]
    for (const exporter of [dcaseScenesTxtExporter, dcaseScenesCsvExporter]) {
      const { certificate, read, sounds } = await readAgain(exporter, clips)
      expect(sounds).toEqual(['audio/one_ two_ three.wav', 'audio/four.wav'])
      expect(certificate.differences.filter(({ what }) => what !== 'metadata')).toEqual([])
      expect(read.issues.filter(({ kind }) => kind !== 'note')).toEqual([])
    }
  })

  it('refuses clips without exactly one scene, and leaves those out of every list whose sound failed', () => {
    const clips = [
      makeClip('none', { labels: [] }),
      makeClip('two', { labels: [label('a'), label('b')] }),
      makeClip('gone', { fold: '1' }),
      makeClip('kept', { fold: '2' }),
    ]
    const { plan, skipped } = writeInMemory(dcaseScenesTxtExporter, clips)
    expect(skipped.map(({ clipId, reason }) => [clipId, reason])).toEqual([
      ['none', 'no class is present; DCASE gives each clip exactly one scene'],
      ['two', 'several classes are present; DCASE gives each clip exactly one scene'],
    ])
    const texts = plan.finish(new Set(['gone']))
    expect([...texts.files].map(({ content }) => String(content)).join('')).not.toContain('gone')
    expect(texts.clips).toBe(1)
  })
})
