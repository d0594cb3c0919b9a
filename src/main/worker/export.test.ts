import { execFileSync } from 'node:child_process'
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
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeWav } from '../../formats/audio/encode-wav'
import { decodeAudio } from '../../formats/audio/decode-audio'
import { defaultExportOptions, type ExportClip, type ExportManifest } from '../../shared/job/manifest'
import type { RecordingDraft, WorkerEvent } from '../../shared/job/worker-event'
import { runExport } from './export'
import { runImport } from './import'
import { makeInlineMedia } from './inline-media'
import type { MediaRunner } from './media-runner'

const esc10 = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'esc10')
const hasEsc10 = existsSync(esc10)

let work: string
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'earmark-export-'))
})
afterEach(() => {
  rmSync(work, { recursive: true, force: true })
  rmSync(`${work}-clips.jsonl`, { force: true })
})

type Given = ExportManifest & { clips: ExportClip[] }

interface Imported {
  recordings: RecordingDraft[]
  codes: Map<string, number | null>
}

async function importFolder(path: string): Promise<Imported> {
  const recordings: RecordingDraft[] = []
  const codes = new Map<string, number | null>()
  const tell = (event: WorkerEvent): void => {
    if (event.type === 'recordings') recordings.push(...event.recordings)
    if (event.type === 'classes') for (const { name, code } of event.classes) codes.set(name, code)
    if (event.type === 'issues') throw new Error(JSON.stringify(event.issues))
  }
  await runImport({ kind: 'import', format: 'esc50', path, known: [] }, tell, makeInlineMedia())
  return { recordings, codes }
}

/** What the host makes of an imported dataset when it exports all of it. */
function manifestOf(path: string, { recordings, codes }: Imported, out: string, format = 'esc50'): Given {
  return {
    kind: 'export',
    format,
    out,
    query: '',
    options: defaultExportOptions,
    catalogName: 'test',
    classes: [...codes].map(([name, code]) => ({ name, code, mid: null })),
    clips: recordings.flatMap((recording) =>
      recording.clips.map((clip, index) => ({
        id: `${recording.path}#${index}`,
        path: join(path, recording.path),
        contentHash: recording.contentHash,
        startSeconds: clip.startSeconds,
        endSeconds: clip.endSeconds ?? recording.durationSeconds!,
        recordingPath: recording.path,
        recordingSeconds: recording.durationSeconds,
        fold: clip.fold,
        split: null,
        isFullyAnnotated: false,
        note: '',
        group: clip.group,
        labels: clip.labels.map(({ className, state }) => ({
          className,
          state,
          classCode: codes.get(className) ?? null,
          mid: null,
        })),
        annotations: [],
        source: clip.source,
      })),
    ),
  }
}

const samples = Float32Array.from({ length: 8000 }, (_, n) => Math.round(20000 * Math.sin(n / 5)) / 32768)

/** One second at 8 kHz, written as `work/in/<name>`. */
function makeClip(name: string, changes: Partial<ExportClip> = {}): ExportClip {
  const path = join(work, 'in', name)
  const wav = encodeWav([samples, samples], 8000)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, wav)
  return {
    id: name,
    path,
    contentHash: createHash('sha256').update(wav).digest('hex'),
    startSeconds: 0,
    endSeconds: 1,
    recordingPath: name,
    recordingSeconds: 1,
    fold: '2',
    split: null,
    isFullyAnnotated: false,
    note: '',
    group: null,
    labels: [{ className: 'dog', classCode: 0, mid: null, state: 'present' }],
    annotations: [],
    source: {},
    ...changes,
  }
}

function manifestFor(clips: ExportClip[], format = 'esc50'): Given {
  const classes = [{ name: 'dog', code: 0, mid: '/m/0bt9lr' }]
  return {
    kind: 'export',
    format,
    out: join(work, 'out'),
    query: 'q',
    options: defaultExportOptions,
    catalogName: 'test',
    classes,
    clips,
  }
}

const saysNoUnknown = (clips: string): string =>
  `The format cannot say “unknown”: a class that is not listed reads as absent, also on ${clips} not fully annotated.`

interface Report {
  counts: { clips: number; files: number; skipped: number }
  choices: string[]
  files: { path: string; sizeBytes: number; sha256: string }[]
  skipped: { clip: string; reason: string }[]
}

/** Hands over the clips in a file, as the host does. */
async function exportAll({ clips, ...manifest }: Given, media: MediaRunner = makeInlineMedia()) {
  const events: WorkerEvent[] = []
  const clipsFile = `${work}-clips.jsonl`
  writeFileSync(clipsFile, clips.map((clip) => `${JSON.stringify(clip)}\n`).join(''))
  await runExport({ ...manifest, clipsFile }, (event) => void events.push(event), media)
  const report = JSON.parse(readFileSync(join(manifest.out, 'export-report.json'), 'utf8')) as Report
  return { events, report, exported: events.find((event) => event.type === 'exported')! }
}

describe('exporting', () => {
  it('copies whole recordings byte for byte, cuts the rest in every channel, and reports each file', async () => {
    const whole = makeClip('a.wav')
    const part = makeClip('b.wav', { startSeconds: 0.25, endSeconds: 0.75, fold: null })
    const { exported, report, events } = await exportAll(manifestFor([whole, part]))
    expect(exported).toMatchObject({ type: 'exported', files: 7, clips: 2, skipped: [] })
    const out = join(work, 'out')
    expect(readFileSync(join(out, 'audio/2-a-A-0.wav'))).toEqual(readFileSync(whole.path))
    const cut = await decodeAudio(readFileSync(join(out, 'audio/1-b-A-0.wav')), 'cut')
    expect(cut).toMatchObject({ sampleRateHz: 8000, durationSeconds: 0.5 })
    expect(cut.channels).toEqual([samples.slice(2000, 6000), samples.slice(2000, 6000)])
    for (const { path, sha256, sizeBytes } of report.files) {
      const bytes = readFileSync(join(out, path))
      expect([sizeBytes, sha256]).toEqual([bytes.length, createHash('sha256').update(bytes).digest('hex')])
    }
    expect(report.counts).toEqual({ clips: 2, files: 5, skipped: 0 })
    expect(report.files).toHaveLength(5)
    expect(report.choices).toContain('Without a fold, so put into fold 1: 1 clip.')
    expect(readdirSync(work).toSorted()).toEqual(['in', 'out'])
    expect(events.filter((event) => event.type === 'progress').at(-1)).toMatchObject({ done: 2, total: 2 })
  })

  it('says what it made of unknown and of what follows by the tree, and leaves out unfinished clips where asked', async () => {
    const clips = [
      makeClip('a.wav', { followedLabels: 2 }),
      makeClip('b.wav', { followedLabels: 1, isFullyAnnotated: true }),
      makeClip('gone.wav', { followedLabels: 1, path: '/nowhere' }),
    ]
    const first = await exportAll({ ...manifestFor(clips, 'desed'), propagate: true })
    expect(first.report).toMatchObject({ counts: { clips: 2 }, followedLabels: { labels: 3, clips: 2 } })
    const choices = [
      saysNoUnknown('1 clip'),
      'Written too, as was asked for: 3 labels on 2 clips that follow from others by the tree of classes.',
    ]
    expect(first.report.choices).toEqual(choices)
    expect(first.exported).toMatchObject({ choices })
    const options = { ...defaultExportOptions, unknown: 'leave-out' } as const
    const second = await exportAll({ ...manifestFor(clips, 'desed'), out: join(work, 'second'), options })
    expect(second.report).toMatchObject({ counts: { clips: 1, skipped: 2 }, options, followedLabels: null })
    expect(second.report.skipped).toMatchObject([
      { clip: 'a.wav', reason: expect.stringMatching(/not fully annotated/) },
      { clip: 'gone.wav' },
    ])
    expect(readFileSync(join(work, 'second/metadata/weak.tsv'), 'utf8')).not.toContain('a_0')
  })

  it('leaves out clips whose recording is missing or broken, names them, and goes on', async () => {
    const good = makeClip('good.wav')
    const gone = makeClip('gone.wav')
    const broken = makeClip('broken.wav', { startSeconds: 0.5 })
    rmSync(gone.path)
    writeFileSync(broken.path, 'no sound in here')
    const { exported, report } = await exportAll(manifestFor([good, gone, broken]))
    expect(exported).toMatchObject({ clips: 1 })
    expect(report.skipped.map(({ clip }) => clip)).toEqual(['gone.wav', 'broken.wav [0.500–1.000 s]'])
    expect(report.skipped[0]!.reason).toBe('the recording’s file is missing')
    expect(report.skipped[1]!.reason).toMatch(/not a sound file/)
    expect(readFileSync(join(work, 'out/meta/esc50.csv'), 'utf8').split('\n')).toHaveLength(3)
  })

  it('cuts what is named .wav and is something else, and says which recordings have changed since', async () => {
    const other = makeClip('mp3-inside.wav')
    const changed = makeClip('changed.wav', { contentHash: '0'.repeat(64) })
    writeFileSync(other.path, readFileSync('src/formats/audio/fixtures/mono.mp3'))
    const { report } = await exportAll(manifestFor([other, changed]))
    const written = readFileSync(join(work, 'out/audio/2-mp3_inside-A-0.wav'))
    expect(written.subarray(0, 4).toString()).toBe('RIFF')
    expect(report.choices).toContain(`${changed.path} has changed since it was imported; it was exported as it is now.`)
  })

  it('refuses a folder with something in it and a file, and takes an empty folder', async () => {
    const manifest = manifestFor([makeClip('a.wav')])
    mkdirSync(manifest.out)
    writeFileSync(join(manifest.out, 'mine.txt'), 'keep')
    await expect(exportAll(manifest)).rejects.toMatchObject({ code: 'conflict', message: /not empty/ })
    expect(readdirSync(manifest.out)).toEqual(['mine.txt'])
    await expect(exportAll({ ...manifest, out: join(manifest.out, 'mine.txt') })).rejects.toMatchObject({
      code: 'conflict',
    })
    rmSync(join(manifest.out, 'mine.txt'))
    await exportAll(manifest)
    expect(existsSync(join(manifest.out, 'export-report.json'))).toBe(true)
  })

  it('leaves nothing behind on a full disk, folders made for it included', async () => {
    const full: MediaRunner = {
      run: () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })),
    }
    const manifest = {
      ...manifestFor([makeClip('a.wav'), makeClip('b.wav', { startSeconds: 0.5 })]),
      out: join(work, 'new/deep/out'),
    }
    await expect(exportAll(manifest, full)).rejects.toMatchObject({ code: 'no-space', message: /new\/deep\/out/ })
    expect(readdirSync(work)).toEqual(['in'])
  })

  it('says why there is nothing to export', async () => {
    const clip = makeClip('a.wav', { labels: [] })
    await expect(exportAll(manifestFor([clip]))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'There is nothing to export as ESC-50. a.wav: no class is present; ESC-50 gives each clip exactly one.',
    })
    await expect(exportAll(manifestFor([]))).rejects.toMatchObject({ message: /query matches no clips/ })
    expect(readdirSync(work)).toEqual(['in'])
  })
})

describe('what goes with an export', () => {
  it('is a list of checksums that sha256sum reads, credits, and warnings about licences', async () => {
    const clips = [
      makeClip('a.wav', { source: { licence: 'CC BY-NC 4.0', uploader: 'anna' } }),
      makeClip('b.wav', { source: { license: 'CC BY-SA 4.0' } }),
      makeClip('c.wav'),
    ]
    const { exported } = await exportAll(manifestFor(clips))
    const out = join(work, 'out')
    expect(execFileSync('sha256sum', ['--check', 'checksums.sha256'], { cwd: out, encoding: 'utf8' })).toMatch(
      /^audio\/2-a-A-0\.wav: OK/m,
    )
    expect(readFileSync(join(out, 'CREDITS.txt'), 'utf8')).toContain('CC BY-NC 4.0 (1 recording)\n  a.wav – anna')
    expect(exported).toMatchObject({
      warnings: [
        'No licence is known of 1 recording; ask before passing them on.',
        'Not for commercial use: 1 recording, among 1 recording without that condition; it binds the set as a whole.',
        'To be shared alike: 1 recording; what is made of them keeps their licence.',
      ],
    })
  })

  it.each([
    ['wav24', 'wav'],
    ['wav-float', 'wav'],
    ['flac', 'flac'],
  ] as const)('converts to %s, sample for sample, and at another rate', async (encoding, extension) => {
    const manifest = manifestFor([makeClip('a.wav')])
    const options = { ...defaultExportOptions, sound: 'convert', encoding } as const
    await exportAll({ ...manifest, options })
    const path = join(work, `out/audio/2-a-A-0.${extension}`)
    const same = await decodeAudio(readFileSync(path), path)
    expect(same.channels).toEqual([samples, samples])
    const out = join(work, 'other')
    await exportAll({ ...manifest, out, options: { ...options, sampleRateHz: 4000 } })
    const slow = await decodeAudio(readFileSync(join(out, `audio/2-a-A-0.${extension}`)), path)
    expect(slow).toMatchObject({ sampleRateHz: 4000, durationSeconds: 1 })
  })

  it('goes on where a process that was killed left off, and writes what was half written again', async () => {
    const clips = [makeClip('a.wav'), makeClip('b.wav'), makeClip('c.wav')].map((clip, index) => ({
      ...clip,
      endSeconds: 0.9 - index / 10,
    }))
    const manifest = manifestFor(clips)
    const whole = makeInlineMedia()
    // A copy is what a kill leaves: nobody cleans up.
    let asked = 0
    const dying: MediaRunner = {
      run: async (kind, input) => {
        if (++asked === 3) {
          const partial = readdirSync(work).find((name) => name.startsWith('out.partial-'))!
          while (!existsSync(join(work, partial, 'audio/2-b-A-0.wav'))) await new Promise((done) => setTimeout(done, 1))
          cpSync(join(work, partial), join(work, 'left'), { recursive: true })
          writeFileSync(join(work, 'name'), partial)
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
        }
        return whole.run(kind, input)
      },
    }
    await expect(exportAll(manifest, dying)).rejects.toMatchObject({ code: 'no-space' })
    writeFileSync(join(work, 'left/audio/2-b-A-0.wav'), 'half')
    renameSync(join(work, 'left'), join(work, readFileSync(join(work, 'name'), 'utf8')))
    let decoded = 0
    const counting: MediaRunner = {
      run: (kind, input) => {
        decoded++
        return whole.run(kind, input)
      },
    }
    const { exported, report } = await exportAll(manifest, counting)
    expect(decoded).toBe(2)
    expect(exported).toMatchObject({ clips: 3 })
    for (const { path, sha256 } of report.files)
      expect(
        createHash('sha256')
          .update(readFileSync(join(work, 'out', path)))
          .digest('hex'),
      ).toBe(sha256)
    expect(existsSync(join(work, 'out/.earmark-export.jsonl'))).toBe(false)
  })
})

describe.skipIf(!hasEsc10)(`ESC-10 there and back${hasEsc10 ? '' : `: skipped, no ${esc10}`}`, () => {
  let there: Imported
  beforeAll(async () => {
    there = await importFolder(esc10)
  }, 120_000)

  it('comes back with the same files, clips, labels, folds and groups', { timeout: 120_000 }, async () => {
    const { exported, report } = await exportAll(manifestOf(esc10, there, join(work, 'out')))
    expect(exported).toMatchObject({
      files: 325,
      clips: 320,
      skipped: [],
      roundTrip: { verdict: 'identical', clips: 320, differences: [] },
    })
    expect(report.choices).toEqual([saysNoUnknown('320 clips')])
    const meta = readFileSync(join(work, 'out/meta/esc50.csv'), 'utf8')
    expect(meta).toBe(readFileSync(join(esc10, 'meta/esc10.csv'), 'utf8'))
    const back = await importFolder(join(work, 'out'))
    const withoutTime = (recording: RecordingDraft) => ({ ...recording, modifiedMs: 0 })
    expect(back.recordings.map(withoutTime)).toEqual(there.recordings.map(withoutTime))
    expect(back.codes).toEqual(there.codes)
  })

  it('carries a corrected label and fold into the file name and the row', async () => {
    const manifest = manifestOf(esc10, there, join(work, 'out'))
    const clip = manifest.clips.find(({ recordingPath }) => recordingPath === 'audio/1-100032-A-0.ogg')!
    clip.labels = [
      { className: 'dog', classCode: 0, mid: null, state: 'absent' },
      { className: 'rain', classCode: 10, mid: null, state: 'present' },
    ]
    clip.fold = '3'
    const { report } = await exportAll({ ...manifest, clips: [clip] })
    expect(readFileSync(join(work, 'out/meta/esc50.csv'), 'utf8').split('\n')[1]).toBe(
      '3-100032-A-10.ogg,3,10,rain,True,100032,A',
    )
    expect(report.choices).toEqual([
      'Left out: 1 “absent” label; ESC-50 says only which class is present.',
      saysNoUnknown('1 clip'),
    ])
  })

  it('is listed as AudioSet segments too', async () => {
    const { exported } = await exportAll(manifestOf(esc10, there, join(work, 'out'), 'audioset-csv'))
    expect(exported).toMatchObject({ files: 6, clips: 320, skipped: [] })
    expect(exported).toMatchObject({ roundTrip: { verdict: 'expected-losses', clips: 320 } })
    const lines = readFileSync(join(work, 'out/segments.csv'), 'utf8').split('\n')
    expect(lines[1]).toBe('# num_ytids=320, num_segs=320, num_unique_labels=10, num_positive_labels=320')
    expect(lines).toContain('1-172649-F-40, 0.000, 7.001, "/e/helicopter"')
  })
})
