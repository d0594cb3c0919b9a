import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyChain } from '../../dsp/augment/apply-chain'
import type { AugmentationChain } from '../../dsp/recipe'
import { decodeAudio } from '../../formats/audio/decode-audio'
import { encodeWav } from '../../formats/audio/encode-wav'
import type { ExportClip, RenderManifest } from '../../shared/job/manifest'
import type { SoundDraft, WorkerEvent } from '../../shared/job/worker-event'
import { runImport } from './import'
import { makeInlineMedia } from './inline-media'
import type { MediaRunner } from './media-runner'
import { runRender } from './render'

const rateHz = 8000
const samples = Float32Array.from({ length: 2 * rateHz }, (_, n) => Math.round(9000 * Math.sin(n * n * 1e-5)) / 32_768)
const chain: AugmentationChain = {
  steps: [
    { kind: 'time-shift', seconds: [0.1, 0.3], fill: 'silence' },
    { kind: 'gain', decibels: [-12, -1], onlyClasses: ['dog'] },
  ],
}

let work: string
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'earmark-render-'))
  for (const name of ['a', 'b']) writeFileSync(join(work, `${name}.wav`), encodeWav([samples], rateHz))
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

function clip(name: string, className: string, fold: string, own: Partial<ExportClip> = {}): ExportClip {
  return {
    id: `id-${name}`,
    path: join(work, `${name}.wav`),
    contentHash: null,
    startSeconds: 0.5,
    endSeconds: 1.5,
    recordingPath: `audio/${name}.wav`,
    recordingId: `recording-${name}`,
    recordingSeconds: 2,
    fold,
    split: null,
    isFullyAnnotated: true,
    note: '',
    group: null,
    labels: [{ className, classCode: null, mid: null, state: 'present' }],
    annotations: [],
    source: { take: '1' },
    ...own,
  }
}

const segment = (startSeconds: number, endSeconds: number): ExportClip['annotations'][number] => ({
  id: `${startSeconds}`,
  startSeconds,
  endSeconds,
  lowHz: 100,
  highHz: 1000,
  tier: 'human',
  author: 'me',
  score: null,
  note: '',
  labels: [{ className: 'bark', classCode: null, mid: null, state: 'present' }],
})

async function render(
  clips: ExportClip[],
  own: Partial<RenderManifest> = {},
  out = 'out',
  media: MediaRunner = makeInlineMedia(),
) {
  const clipsFile = join(work, 'clips.jsonl')
  writeFileSync(clipsFile, clips.map((one) => JSON.stringify(one) + '\n').join(''))
  const told: WorkerEvent[] = []
  const manifest: RenderManifest = {
    kind: 'render',
    out: join(work, out),
    catalogName: 'test',
    query: '',
    clipsFile,
    chain,
    seed: 4,
    epoch: 1,
    draws: 2,
    sampleRateHz: null,
    encoding: 'wav-float',
    ...own,
  }
  await runRender(manifest, (event) => told.push(event), media)
  return told.find((event) => event.type === 'exported')!
}

interface Entry {
  file: string
  sha256: string
  example: number
  drawn: { values: Record<string, number> }[]
  segments: { start: number; end: number }[]
}
const read = (path: string): Buffer => readFileSync(join(work, path))
const entriesOf = (out = 'out'): Entry[] =>
  read(`${out}/augmentation.jsonl`)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry)

describe('draws of a chain over clips', () => {
  it('are files of what training hears, with what was drawn', async () => {
    const event = await render([clip('a', 'dog', '1'), clip('b', 'cat', '2')])
    expect(event).toMatchObject({ clips: 4, skippedCount: 0, importAs: 'audio-folder' })
    const entries = entriesOf()
    expect(entries.map(({ file, example }) => [file, example])).toEqual([
      ['train/a_0.500-1.wav', 0],
      ['train/a_0.500-2.wav', 1],
      ['train/b_0.500-1.wav', 2],
      ['train/b_0.500-2.wav', 3],
    ])
    for (const [index, { file, sha256, example, drawn }] of entries.entries()) {
      const heard = { samples: samples.slice(rateHz / 2, 1.5 * rateHz), sampleRateHz: rateHz, segments: [] }
      const wanted = applyChain(heard, chain, { seed: 4, epoch: 1, example, className: index < 2 ? 'dog' : 'cat' })
      const bytes = read(`out/${file}`)
      expect((await decodeAudio(bytes, file)).channels).toEqual([wanted.sound.samples])
      expect(drawn).toEqual(wanted.drawn)
      expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
    expect(JSON.parse(read('out/chain.json').toString())).toEqual(chain)
  })

  it('are the same bytes again', async () => {
    const clips = [clip('a', 'dog', '1'), clip('b', 'cat', '2')]
    for (const encoding of ['wav16', 'flac'] as const) {
      await render(clips, { encoding }, `${encoding}-1`)
      await render(clips, { encoding }, `${encoding}-2`)
      const names = readdirSync(join(work, `${encoding}-1`), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== 'export-report.json')
        .map((entry) => join(entry.parentPath, entry.name).slice(join(work, `${encoding}-1`).length))
      expect(names.length).toBe(8)
      for (const name of names) {
        const [first, again] = [read(`${encoding}-1${name}`), read(`${encoding}-2${name}`)]
        // The checksums name the report too, which has the time.
        if (name.endsWith('checksums.sha256')) continue
        expect(again.equals(first), name).toBe(true)
      }
    }
    const before = read('wav16-1/train/a_0.500-1.wav')
    await render(clips, { encoding: 'wav16', seed: 5 }, 'other')
    expect(read('other/train/a_0.500-1.wav').equals(before)).toBe(false)
  })

  it('go on where a process that was killed left off, and write what was half written again', async () => {
    const clips = [clip('a', 'dog', '1'), clip('b', 'cat', '2')]
    const own = { encoding: 'wav16', draws: 3 } as const
    await render(clips, own, 'whole')
    const inline = makeInlineMedia()
    let asked = 0
    // A copy is what a kill leaves: nobody cleans up.
    const dying: MediaRunner = {
      run: async (kind, input) => {
        if (++asked === 5) {
          const partial = readdirSync(work).find((name) => name.startsWith('out.partial-'))!
          while (!existsSync(join(work, partial, 'train/a_0.500-3.wav')))
            await new Promise((done) => setTimeout(done, 1))
          cpSync(join(work, partial), join(work, 'left'), { recursive: true })
          writeFileSync(join(work, 'name'), partial)
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
        }
        return inline.run(kind, input)
      },
    }
    await expect(render(clips, own, 'out', dying)).rejects.toThrow('ENOSPC')
    writeFileSync(join(work, 'left/train/a_0.500-2.wav'), 'half')
    writeFileSync(join(work, 'left/.earmark-drawn.jsonl'), '{"row":{"file_na', { flag: 'a' })
    renameSync(join(work, 'left'), join(work, read('name').toString()))
    const heard: MediaRunner = {
      run: (kind, input) => {
        asked++
        return inline.run(kind, input)
      },
    }
    asked = 0
    await render(clips, own, 'out', heard)
    // The first was whole, the third too unless it was being written when the copy was made.
    expect(asked).toBeLessThanOrEqual(5)
    expect(asked).toBeGreaterThanOrEqual(4)
    const names = (folder: string): string[] =>
      readdirSync(join(work, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(work, folder).length + 1))
        .sort()
    expect(names('out')).toEqual(names('whole'))
    for (const name of names('whole'))
      if (!/report|checksums/.test(name)) expect(read(`out/${name}`).equals(read(`whole/${name}`)), name).toBe(true)
    expect(readdirSync(work).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('keep fold and group, and are imported with labels and segments where they are now', async () => {
    const annotations = [segment(0.4, 0.7), segment(0.9, 1.2)]
    await render([clip('a', 'dog', '1', { annotations }), clip('b', 'cat', '2', { group: 'farm' })])
    const [first] = entriesOf()
    const shift = first!.drawn[0]!.values['shiftSeconds']!
    expect(first!.segments[0]!.start).toBeCloseTo(shift, 3)
    expect(first!.segments[0]!.end).toBeCloseTo(0.2 + shift, 3)
    expect(first!.segments[1]!.start).toBeCloseTo(0.4 + shift, 3)

    const told: WorkerEvent[] = []
    const importing = { kind: 'import' as const, format: 'audio-folder', path: join(work, 'out'), known: [] }
    await runImport(importing, (event) => told.push(event), makeInlineMedia())
    expect(told.filter((event) => event.type === 'issues')).toEqual([])
    const drafts = told
      .flatMap((event) => (event.type === 'recordings' ? event.recordings : []))
      .sort((a, b) => (a.path < b.path ? -1 : 1)) as SoundDraft[]
    expect(drafts.map(({ path }) => path)).toEqual(entriesOf().map(({ file }) => file))
    const [a, , b] = drafts.map(({ clips }) => clips[0]!)
    expect(a).toMatchObject({
      fold: '1',
      group: 'recording-a',
      isFullyAnnotated: true,
      labels: [{ className: 'dog', state: 'present' }],
      source: { take: '1', augmented_from: 'id-a', augmented_recording: 'audio/a.wav' },
    })
    expect(a!.annotations![0]!.startSeconds).toBeCloseTo(shift, 3)
    expect(b).toMatchObject({ fold: '2', group: 'farm', labels: [{ className: 'cat', state: 'present' }] })
  })

  it('take other sounds from their own fold alone', async () => {
    const noisy: AugmentationChain = {
      steps: [{ kind: 'recorded-noise', source: { query: '' }, snrDb: [0, 0], level: 'rms' }],
    }
    const material = { contentHash: null, startSeconds: 0, endSeconds: null, group: null }
    const materials = [[{ ...material, path: join(work, 'a.wav'), fold: '1' }]]
    const event = await render([clip('a', 'dog', '1'), clip('b', 'cat', '2')], { chain: noisy, materials })
    expect(event).toMatchObject({ clips: 2, skippedCount: 1 })
    expect(event.skipped[0]!.reason).toMatch(/step 1 of the chain \(recorded-noise\) has no sound to take/)
    await expect(render([clip('b', 'cat', '2')], { chain: noisy, materials }, 'none')).rejects.toThrow(
      /No clip could be rendered: .*recorded-noise/,
    )
  })

  it('leave nothing where none can be made, and overwrite nothing', async () => {
    mkdirSync(join(work, 'mine'))
    writeFileSync(join(work, 'mine', 'x'), 'x')
    await expect(render([clip('a', 'dog', '1')], {}, 'mine')).rejects.toThrow(/is not empty/)
    await expect(render([clip('gone', 'dog', '1')], {}, 'none')).rejects.toThrow(/No clip could be rendered/)
    expect(readdirSync(work).sort()).toEqual(['a.wav', 'b.wav', 'clips.jsonl', 'mine'])
  })
})
