import { describe, expect, it } from 'vitest'
import { detectImporter } from './importer'
import { foldOfSpeaker, speechCommandsImporter } from './speech-commands'
import { textDataset } from './testing/text-dataset'

const sounds = [
  '_background_noise_/white_noise.wav',
  'cat/8b775397_nohash_0.wav',
  'cat/0a7c2a8d_nohash_1.wav',
  'right/bb05582b_nohash_3.wav',
]
const texts = {
  'validation_list.txt': 'cat/8b775397_nohash_0.wav\n',
  'testing_list.txt': 'right/bb05582b_nohash_3.wav\n',
}
const read = (files: Record<string, string>, names = sounds) => speechCommandsImporter.read(textDataset(files, names))
const foldsOf = async (files: Record<string, string>, names?: string[]) =>
  Object.fromEntries((await read(files, names)).recordings.map(({ path, clips }) => [path, clips[0]!.fold]))

describe('Speech Commands importer', () => {
  it('takes the split from the lists, the speaker as group and the noise as a class of its own', async () => {
    const plan = await read(texts)
    expect(await foldsOf(texts)).toEqual({
      '_background_noise_/white_noise.wav': null,
      'cat/0a7c2a8d_nohash_1.wav': 'train',
      'cat/8b775397_nohash_0.wav': 'validation',
      'right/bb05582b_nohash_3.wav': 'test',
    })
    expect(plan.classes.map(({ name }) => name)).toEqual(['_background_noise_', 'cat', 'right'])
    expect(plan.recordings.find(({ path }) => path.startsWith('right'))!.clips[0]).toEqual({
      startSeconds: 0,
      endSeconds: null,
      fold: 'test',
      group: 'bb05582b',
      labels: [{ className: 'right', state: 'present' }],
      source: { licence: 'CC BY 4.0', speaker: 'bb05582b', take: '3' },
    })
    expect(plan.issues).toEqual([
      {
        file: 'all folders',
        row: null,
        kind: 'note',
        reason: 'note: 3 clips; the whole dataset (0.01 or 0.02) has 64,727 or 105,829',
      },
    ])
  })

  it('splits speakers of the published lists as those lists do', async () => {
    for (const speaker of ['8b775397', '2643992f', '060cd039', 'f5e5e8b0', 'dbb40d24'])
      expect(await foldOfSpeaker(speaker)).toBe('validation')
    for (const speaker of ['bb05582b', '97f4c236', 'f2e59fea', 'fdb5155e', 'dc75148d'])
      expect(await foldOfSpeaker(speaker)).toBe('test')
  })

  it('works the split out by the rule, and says so, where a list is missing', async () => {
    expect(await foldsOf({})).toMatchObject({
      'cat/8b775397_nohash_0.wav': 'validation',
      'right/bb05582b_nohash_3.wav': 'test',
    })
    const { issues } = await read({ 'validation_list.txt': '' })
    expect(issues[0]).toEqual({
      file: 'testing_list.txt',
      row: null,
      reason: 'no such list: what no list names is split by the rule that the lists were made with',
    })
  })

  it('reads lists with BOM, CRLF and a spreadsheet’s leavings; reports missing, doubled and damaged lines', async () => {
    const { issues } = await read({
      'validation_list.txt':
        '\ufeff"cat/8b775397_nohash_0.wav";;\r\ncat/gone_nohash_0.wav\r\n#NAME?\r\n./cat/8b775397_nohash_0.wav\r\nright/bb05582b_nohash_3.wav\r\n',
      'testing_list.txt': 'right/bb05582b_nohash_3.wav',
    })
    expect(issues.slice(0, -1).map(({ file, row, reason }) => `${file} ${row} ${reason}`)).toEqual([
      'cat/gone_nohash_0.wav 2 no such file, though validation_list.txt names it',
      'validation_list.txt 3 spreadsheet damage: “#NAME?” stands where a value was; this row was left, take the original file',
      'cat/8b775397_nohash_0.wav 4 validation_list.txt names it twice',
      'right/bb05582b_nohash_3.wav 5 in both lists: kept as test',
    ])
  })

  it('takes a file that names no speaker without one, and says so', async () => {
    const { recordings, issues } = await read(texts, [...sounds, 'cat/meow.wav'])
    expect(recordings.find(({ path }) => path === 'cat/meow.wav')!.clips[0]).toMatchObject({ group: null, fold: null })
    expect(issues).toContainEqual({
      file: 'cat/meow.wav',
      row: null,
      reason: 'not named {speaker}_nohash_{n}: taken without a speaker',
    })
  })

  it('is detected by its names, wrapped in a folder too, and refuses another layout', async () => {
    expect(detectImporter(sounds)?.importer.id).toBe('speech-commands')
    expect(detectImporter(sounds.map((path) => `sc/${path}`))?.detection.summary).toBe(
      '4 sound files in 3 folders, as Speech Commands has them',
    )
    await expect(read({}, ['dog/a.wav'])).rejects.toMatchObject({ code: 'unsupported-format' })
    await expect(
      speechCommandsImporter.read(textDataset({ 'testing_list.txt': Uint8Array.of(0x66, 0xe9, 0x0a) }, sounds)),
    ).rejects.toMatchObject({ code: 'bad-file', message: 'testing_list.txt is not text in UTF-8.' })
  })
})
