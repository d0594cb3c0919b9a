import { describe, expect, it } from 'vitest'
import { fsd50kImporter } from './fsd50k'
import { judgeVotes } from './fsd50k-info'
import { detectImporter } from './importer'
import { textDataset } from './testing/text-dataset'

const guitar = '"Electric_guitar,Guitar,Music","/m/02sgy,/m/0342h,/m/04rlf"'
const dev = 'FSD50K.ground_truth/dev.csv'
const evaluation = 'FSD50K.ground_truth/eval.csv'
const ratings = 'FSD50K.metadata/pp_pnp_ratings_FSD50K.json'
const texts = {
  'FSD50K.ground_truth/vocabulary.csv':
    '1,Bark,/m/05tny_\n2,Electric_guitar,/m/02sgy\n3,Guitar,/m/0342h\n4,Music,/m/04rlf\n',
  [dev]: `fname,labels,mids,split\n64760,${guitar},train\n16399,Bark,/m/05tny_,val\n`,
  [evaluation]: `fname,labels,mids\n37199,${guitar}\n`,
  'FSD50K.metadata/dev_clips_info_FSD50K.json': JSON.stringify({
    64760: { title: 'guitarras', license: 'http://creativecommons.org/licenses/by/3.0/', uploader: 'anna' },
    16399: { title: 'dog', license: 'http://creativecommons.org/publicdomain/zero/1.0/', uploader: 'ben' },
  }),
  'FSD50K.metadata/eval_clips_info_FSD50K.json': JSON.stringify({ 37199: { license: 'CC0', uploader: 'anna' } }),
  [ratings]: JSON.stringify({
    64760: { '/m/02sgy': [1.0, 1.0, -1], '/m/05tny_': [-1, -1] },
    16399: { '/m/05tny_': [0.5, 0.5], '/m/04rlf': [0, 0], '/m/0342h': [0.5, 1], '/m/unlisted': [1, 1] },
    37199: { '/m/05tny_': [1] },
  }),
}
const sounds = ['FSD50K.dev_audio/16399.wav', 'FSD50K.dev_audio/64760.wav', 'FSD50K.eval_audio/37199.wav']
const read = (changed: Record<string, string> = {}, files = sounds) =>
  fsd50kImporter.read(textDataset({ ...texts, ...changed }, files))
const faults = async (changed: Record<string, string>, files?: string[]) =>
  (await read(changed, files)).issues
    .filter(({ reason }) => !reason.startsWith('note:'))
    .map(({ file, row, reason }) => `${file} ${row} ${reason}`)

describe('FSD50K importer', () => {
  it('reads labels with their AudioSet ids, the split, licence and uploader of each clip', async () => {
    const { classes, recordings, issues } = await read()
    expect(classes).toEqual([
      { name: 'Bark', code: 1, mid: '/m/05tny_' },
      { name: 'Electric_guitar', code: 2, mid: '/m/02sgy' },
      { name: 'Guitar', code: 3, mid: '/m/0342h' },
      { name: 'Music', code: 4, mid: '/m/04rlf' },
    ])
    expect(recordings.map(({ path, row, clips }) => [path, row, clips[0]!.fold, clips[0]!.group])).toEqual([
      ['FSD50K.dev_audio/64760.wav', 2, 'train', 'anna'],
      ['FSD50K.dev_audio/16399.wav', 3, 'validation', 'ben'],
      ['FSD50K.eval_audio/37199.wav', 2, 'test', 'anna'],
    ])
    expect(recordings[0]!.clips[0]!.source).toEqual({
      id: '64760',
      set: 'dev',
      annotation: 'possibly incomplete',
      licence: 'http://creativecommons.org/licenses/by/3.0/',
      uploader: 'anna',
      title: 'guitarras',
    })
    expect(issues.map(({ reason }) => reason)).toEqual([
      'note: 2 clips; the whole dev set has 40,966',
      'note: 1 clip; the whole eval set has 10,231',
    ])
  })

  it('adds what raters found absent or present, and leaves unsure classes unknown', async () => {
    const labels = (await read()).recordings.map(({ clips }) =>
      clips[0]!.labels.map(({ className, state }) => `${className} ${state}`),
    )
    expect(labels).toEqual([
      ['Electric_guitar present', 'Guitar present', 'Music present', 'Bark absent'],
      ['Bark present', 'Guitar present'],
      ['Electric_guitar present', 'Guitar present', 'Music present'],
    ])
    expect([[1, 0.5], [1], [1, 0.5, -1, -1], [0], [0, -1], [-1], []].map(judgeVotes)).toEqual([
      'present',
      null,
      null,
      null,
      'absent',
      'absent',
      null,
    ])
  })

  it('keeps the ground truth where raters contradict it, and says so', async () => {
    expect(await faults({ [ratings]: JSON.stringify({ 16399: { '/m/05tny_': [-1, -1] } }) })).toEqual([
      'FSD50K.dev_audio/16399.wav 3 raters found no “Bark”, the ground truth has it: kept as present',
    ])
    expect(await faults({ [ratings]: '{"16399":{"/m/05tny_":["yes"]},"1":7}' })).toEqual([
      `${ratings} null “1” is not an object: left`,
      `${ratings} null clip “16399”, “/m/05tny_”: no votes of 1, 0.5, 0, -1`,
    ])
  })

  it('reports wrong rows, missing and stray files, and files without an entry in the info', async () => {
    const rows = [
      'fname,labels,mids,split',
      '64760,Bark,"/m/05tny_,/m/04rlf",train',
      '16399,,,test',
      '#NAME?,Bark,/m/05tny_,train',
      '1,Bark,/m/05tny_,train',
      'x,Bark',
    ]
    expect(await faults({ [dev]: rows.join('\n'), [ratings]: '{}' }, [...sounds, 'FSD50K.dev_audio/5.wav'])).toEqual([
      `${dev} 4 spreadsheet damage: “#NAME?” stands where a value was; this row was left, take the original file`,
      `${dev} 6 unreadable row: 2 columns instead of 4`,
      'FSD50K.dev_audio/64760.wav 2 1 labels but 2 mids: taken by the labels',
      'FSD50K.dev_audio/16399.wav 3 no labels: taken without a label',
      'FSD50K.dev_audio/16399.wav 3 bad split “test”, neither train nor val: taken without a fold',
      'FSD50K.dev_audio/1.wav 5 no entry in the clips’ info: taken without licence and uploader',
      `FSD50K.dev_audio/1.wav 5 no such file, though ${dev} names it`,
      `FSD50K.dev_audio/5.wav null no row of ${dev} names this file`,
    ])
  })

  it('takes one half of the dataset alone, without metadata', async () => {
    const { [dev]: table } = texts
    const plan = await fsd50kImporter.read(textDataset({ [dev]: table! }, sounds))
    expect(plan.recordings.map(({ clips }) => clips[0]!.group)).toEqual([null, null])
    expect(plan.issues.map(({ reason }) => reason)).toEqual([
      'no dev_clips_info_FSD50K.json: taken without licences and uploaders',
      'note: 2 clips; the whole dev set has 40,966',
      'there is no eval.csv to name this file',
    ])
    expect(await faults({}, sounds.slice(0, 2))).toEqual([
      `${evaluation} null none of its 1 sound files is there: FSD50K.eval_audio/`,
    ])
  })

  it('refuses the whole where one table or JSON file is broken, naming it', async () => {
    await expect(read({ [evaluation]: 'name,labels\n' })).rejects.toMatchObject({
      code: 'bad-row',
      message: `${evaluation}, row 1: missing columns fname, mids; found name, labels.`,
    })
    await expect(read({ [ratings]: '{"64760": {' })).rejects.toMatchObject({ code: 'bad-file' })
    await expect(read({ [ratings]: '[1]' })).rejects.toMatchObject({
      message: `${ratings} is not a JSON object by clip.`,
    })
    await expect(fsd50kImporter.read(textDataset({}, sounds))).rejects.toMatchObject({ code: 'unsupported-format' })
  })

  it('is detected, wrapped in a folder or without the prefix too', () => {
    expect(detectImporter([dev, ...sounds])?.importer.id).toBe('fsd50k')
    expect(detectImporter(['x/ground_truth/dev.csv', 'x/dev_audio/1.wav'])?.importer.id).toBe('fsd50k')
    expect(detectImporter([dev, 'audio/1.wav'])?.importer.id).toBe('folder')
  })
})
