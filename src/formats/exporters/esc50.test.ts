import { describe, expect, it } from 'vitest'
import { defaultExportOptions, type ExportClip, type ExportManifest } from '../../shared/job/manifest'
import { esc50Exporter } from './esc50'
import { describeClip } from './export-plan'
import { refuseClip } from './refuse-clip'

type Changes = Partial<ExportClip> & { class?: string | null }

let nextId = 1
function makeClip(recordingPath: string, { class: className = 'dog', ...changes }: Changes = {}): ExportClip {
  return {
    id: String(nextId++),
    path: `/data/${recordingPath}`,
    contentHash: 'x',
    startSeconds: 0,
    endSeconds: 5,
    recordingPath,
    recordingSeconds: 5,
    fold: '1',
    split: null,
    isFullyAnnotated: false,
    note: '',
    group: null,
    labels: className === null ? [] : [{ className, classCode: null, mid: null, state: 'present' }],
    annotations: [],
    source: {},
    ...changes,
  }
}

function planOf(clips: ExportClip[], classes: ExportManifest['classes'] = [{ name: 'dog', code: 0, mid: null }]) {
  const manifest: ExportManifest = {
    kind: 'export',
    format: 'esc50',
    out: '/out',
    query: '',
    options: defaultExportOptions,
    catalogName: 'c',
    classes,
    clips: clips.filter((clip) => refuseClip(esc50Exporter, clip, defaultExportOptions) === null),
  }
  const container = ({ path }: ExportClip) => (path.endsWith('.ogg') ? 'ogg' : path.endsWith('.wav') ? 'wav' : null)
  const plan = esc50Exporter.plan(manifest, { createdAt: new Date(0), containerOf: container })
  const texts = plan.finish(new Set())
  return {
    plan,
    texts,
    names: Array.from(plan.audio, ({ path }) => path),
    skipped: clips.flatMap((clip) => {
      const reason = refuseClip(esc50Exporter, clip, defaultExportOptions)
      return reason === null ? [] : [`${describeClip(clip)}: ${reason}`]
    }),
    rows: String([...texts.files][0]!.content)
      .trimEnd()
      .split('\n'),
  }
}

describe('ESC-50 exporter', () => {
  it('keeps the names of an ESC-50 dataset, letting fold and target follow what has changed', () => {
    const { names, plan, texts } = planOf(
      [
        makeClip('audio/1-77-A-0.wav', { group: '77', fold: '1' }),
        makeClip('audio/1-77-B-0.ogg', { group: '77', fold: '4', class: 'rain' }),
        makeClip('audio/2-88-C-10.ogg', { group: '88', fold: '2', class: 'rain' }),
      ],
      [
        { name: 'dog', code: 0, mid: null },
        { name: 'rain', code: 10, mid: null },
      ],
    )
    expect(names).toEqual(['audio/1-77-A-0.wav', 'audio/2-88-C-10.ogg', 'audio/4-77-B-10.ogg'])
    expect([...plan.audio].every(({ isCopy }) => isCopy)).toBe(true)
    expect(texts.choices).toEqual([])
  })

  it('cuts parts and other formats as WAV and copies whole WAV and Ogg files', () => {
    const { plan } = planOf([
      makeClip('a.flac'),
      makeClip('b.ogg', { startSeconds: 1, endSeconds: 2 }),
      makeClip('c.ogg', { endSeconds: 4.9999 }),
    ])
    expect(Array.from(plan.audio, ({ path, isCopy }) => `${path} ${isCopy}`)).toEqual([
      'audio/1-a-A-0.wav false',
      'audio/1-b-A-0.wav false',
      'audio/1-c-A-0.ogg true',
    ])
  })

  it('gives every clip a name of its own, one id to a group, and no id to two groups', () => {
    const { names, rows } = planOf([
      makeClip('x/long.wav', { startSeconds: 0, endSeconds: 1 }),
      makeClip('x/long.wav', { startSeconds: 1, endSeconds: 2 }),
      makeClip('y/long.wav'),
      makeClip('p.wav', { group: 'site A/1' }),
      makeClip('q.wav', { group: 'site-A-1' }),
      makeClip('r.wav', { group: 'Vögel 鳥' }),
      makeClip('1-9-A-0.wav', { group: '9' }),
      makeClip('free.wav', { group: '9' }),
    ])
    expect(names).toEqual([
      'audio/1-9-A-0.wav',
      'audio/1-9-B-0.wav',
      'audio/1-Vögel_鳥-A-0.wav',
      'audio/1-long-A-0.wav',
      'audio/1-long-B-0.wav',
      'audio/1-long_2-A-0.wav',
      'audio/1-site_A_1-A-0.wav',
      'audio/1-site_A_1_2-A-0.wav',
    ])
    expect(rows).toContain('1-site_A_1-A-0.wav,1,0,dog,True,site A/1,A')
    expect(rows).toContain('1-long_2-A-0.wav,1,0,dog,True,long_2,A')
  })

  it('goes on after Z', () => {
    const clips = Array.from({ length: 28 }, () => makeClip('a.wav', { group: 'g', startSeconds: 1 }))
    const takes = planOf(clips).names.map((name) => name.split('-')[2]!)
    expect(takes.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(-3)).toEqual(['Z', 'AA', 'AB'])
  })

  it('numbers classes without a number, or with another’s, after the highest and says so', () => {
    const { rows, texts } = planOf(
      [
        makeClip('a.wav', { class: 'new' }),
        makeClip('b.wav', { class: 'twin' }),
        makeClip('c.wav', { class: 'sea, waves' }),
      ],
      [
        { name: 'new', code: null, mid: null },
        { name: 'dog', code: 7, mid: null },
        { name: 'twin', code: 7, mid: null },
      ],
    )
    expect(rows.slice(1)).toEqual([
      '1-a-A-8.wav,1,8,new,False,a,A',
      '1-b-A-9.wav,1,9,twin,False,b,A',
      '1-c-A-10.wav,1,10,"sea, waves",False,c,A',
    ])
    expect(texts.choices.slice(0, 2)).toEqual([
      'The class “new” had no number and became target 8.',
      'The class “twin” had the number 7 of another class and became target 9.',
    ])
  })

  it('numbers folds with other names after the highest, and puts clips without one into fold 1', () => {
    const { names, texts } = planOf([
      makeClip('a.wav', { fold: 'test' }),
      makeClip('b.wav', { fold: 'train' }),
      makeClip('c.wav', { fold: '3' }),
      makeClip('d.wav', { fold: null }),
    ])
    expect(names).toEqual(['audio/1-d-A-0.wav', 'audio/3-c-A-0.wav', 'audio/4-a-A-0.wav', 'audio/5-b-A-0.wav'])
    expect(texts.choices.slice(0, 3)).toEqual([
      'The fold “test” became fold 4.',
      'The fold “train” became fold 5.',
      'Without a fold, so put into fold 1: 1 clip.',
    ])
  })

  it('refuses clips with no class, with several and without length, and reports what is lost', () => {
    const label = (className: string, state: 'present' | 'absent') => ({ className, classCode: null, mid: null, state })
    const { skipped, texts } = planOf([
      makeClip('none.wav', { class: null }),
      makeClip('absent.wav', { labels: [label('dog', 'absent')] }),
      makeClip('two.wav', { labels: [label('dog', 'present'), label('rain', 'present')] }),
      makeClip('point.wav', { startSeconds: 2, endSeconds: 2 }),
      makeClip('good.wav', {
        labels: [label('dog', 'present'), label('rain', 'absent')],
        annotations: [
          {
            id: 'a',
            startSeconds: 0,
            endSeconds: 1,
            lowHz: null,
            highHz: null,
            tier: 'human',
            author: 'anna',
            score: null,
            note: '',
            labels: [],
          },
        ],
      }),
    ])
    expect(skipped).toEqual([
      'none.wav: no class is present; ESC-50 gives each clip exactly one',
      'absent.wav: no class is present; ESC-50 gives each clip exactly one',
      'two.wav: several classes are present; ESC-50 gives each clip exactly one',
      'point.wav [2.000–2.000 s]: the clip has no length',
    ])
    expect(texts.choices.filter((choice) => choice.startsWith('Left out'))).toEqual([
      'Left out: 1 “absent” label; ESC-50 says only which class is present.',
      'Left out: 1 annotation; ESC-50 labels whole clips.',
    ])
  })

  it('leaves out of the CSV what could not be written', () => {
    const clips = [makeClip('a.wav'), makeClip('b.wav')]
    const texts = planOf(clips).plan.finish(new Set([clips[0]!.id]))
    expect(texts.clips).toBe(1)
    expect(String([...texts.files][0]!.content).split('\n')[1]).toMatch(/^1-b-A-0\.wav/)
  })
})
