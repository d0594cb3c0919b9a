import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeWav } from '../../formats/audio/encode-wav'
import type { ImportIssue, SoundDraft, WorkerEvent } from '../../shared/job/worker-event'
import { runImport } from './import'
import { makeInlineMedia } from './inline-media'

const esc10 = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'esc10')
const hasEsc10 = existsSync(esc10)

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earmark-import-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function put(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

/** A tenth of a second of a tone; each frequency is other audio. */
function tone(frequencyHz: number): Uint8Array {
  return encodeWav(
    [Float32Array.from({ length: 800 }, (_, n) => 0.5 * Math.sin((2 * Math.PI * frequencyHz * n) / 8000))],
    8000,
  )
}

interface Outcome {
  events: WorkerEvent[]
  recordings: SoundDraft[]
  issues: ImportIssue[]
  skipped: number
  probed: string[]
}

async function importFolder(path: string, format: string, known: SoundDraft[] = []): Promise<Outcome> {
  const events: WorkerEvent[] = []
  const media = makeInlineMedia()
  await runImport({ kind: 'import', format, path, known }, (event) => void events.push(event), media)
  return {
    events,
    recordings: events.flatMap((event) =>
      event.type === 'recordings' ? event.recordings.filter((draft) => draft.contentHash !== null) : [],
    ),
    issues: events.flatMap((event) => (event.type === 'issues' ? event.issues : [])),
    skipped: events.reduce((sum, event) => sum + (event.type === 'skipped' ? event.count : 0), 0),
    probed: media.probed,
  }
}

describe('importing a folder', () => {
  it('takes good files and says of each bad one what is wrong with it', async () => {
    put('good/a.WAV', tone(200))
    put('good/ünï–音.wav', tone(300))
    put('bad/empty.wav', '')
    put('bad/text.wav', 'this is not sound at all, only words')
    put('bad/cut.wav', tone(400).subarray(0, 900))
    put('bad/nothing.wav', encodeWav([new Float32Array(0)], 8000))
    put('good/notes.txt', 'x')
    const { recordings, issues, skipped, events } = await importFolder(root, 'folder')
    expect(recordings.map(({ path }) => path)).toEqual(['good/a.WAV', 'good/ünï–音.wav'])
    expect(recordings[0]).toMatchObject({ format: 'wav', sampleRateHz: 8000, channelCount: 1, durationSeconds: 0.1 })
    expect(recordings[0]!.contentHash).toMatch(/^[0-9a-f]{64}$/)
    const reasons = Object.fromEntries(issues.map(({ file, reason }) => [file, reason]))
    expect(reasons['bad/empty.wav']).toMatch(/^the file is empty/)
    expect(reasons['bad/text.wav']).toMatch(/^not a sound file/)
    expect(reasons['bad/cut.wav']).toMatch(/truncated/)
    expect(reasons['bad/nothing.wav']).toMatch(/no sound/)
    expect(issues).toHaveLength(4)
    expect(skipped).toBe(1)
    expect(events.find((event) => event.type === 'classes')).toEqual({
      type: 'classes',
      classes: ['bad', 'good'].map((name) => ({ name, code: null, mid: null })),
    })
  })

  it('takes a mislabeled file and two files of the same audio, with an issue each', async () => {
    put('a.wav', tone(200))
    put('copy/b.wav', tone(200))
    put('c.mp3', tone(300))
    const { recordings, issues } = await importFolder(root, 'folder')
    expect(recordings.map(({ path }) => path)).toEqual(['a.wav', 'c.mp3', 'copy/b.wav'])
    expect(recordings[0]!.contentHash).toBe(recordings[2]!.contentHash)
    expect(issues.map(({ file, reason }) => `${file}: ${reason}`)).toEqual([
      'c.mp3: the extension says .mp3, the content is wav',
      'copy/b.wav: same audio as a.wav: both are in the catalog',
    ])
  })

  it('does not read again what is unchanged, and sends the same drafts', async () => {
    put('dog/a.wav', tone(200))
    put('dog/b.wav', tone(300))
    const first = await importFolder(root, 'folder')
    const second = await importFolder(root, 'folder', first.recordings)
    expect(second.probed).toEqual([])
    expect(second.skipped).toBe(0)
    expect(second.recordings).toEqual(first.recordings)
    put('dog/b.wav', encodeWav([new Float32Array(500).fill(0.25)], 8000))
    const third = await importFolder(root, 'folder', first.recordings)
    expect(third.probed).toEqual([join(root, 'dog/b.wav')])
    expect(third.recordings[1]!.contentHash).not.toBe(first.recordings[1]!.contentHash)
  })

  it('streams batches with progress that names files, in the order of their names', async () => {
    for (let number = 0; number < 120; number++) put(`x${String(number).padStart(3, '0')}.wav`, tone(100 + number))
    const { events, recordings } = await importFolder(root, 'folder')
    const batches = events.filter((event) => event.type === 'recordings').map((event) => event.recordings.length)
    expect(batches).toEqual([50, 50, 20])
    expect(recordings.map(({ path }) => path)).toEqual(recordings.map(({ path }) => path).toSorted())
    const progress = events.filter((event) => event.type === 'progress')
    expect(progress.some(({ message }) => /^x\d{3}\.wav$/.test(message))).toBe(true)
    expect(progress.at(-1)).toMatchObject({ done: 120, total: 120 })
  })

  it('names a path that does not exist, is a file, is of no format or holds no sound', async () => {
    await expect(importFolder(join(root, 'nowhere'), 'folder')).rejects.toMatchObject({
      code: 'not-found',
      message: `${join(root, 'nowhere')} does not exist.`,
    })
    put('a.wav', tone(200))
    await expect(importFolder(join(root, 'a.wav'), 'folder')).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(importFolder(root, 'mp4')).rejects.toMatchObject({ code: 'unsupported-format', message: /mp4/ })
    await expect(importFolder(root, 'esc50')).rejects.toMatchObject({ code: 'unsupported-format' })
    mkdirSync(join(root, 'void'))
    await expect(importFolder(join(root, 'void'), 'folder')).rejects.toMatchObject({ code: 'not-found' })
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('goes on past what may not be read', async () => {
    put('a/a.wav', tone(200))
    put('b/b.wav', tone(300))
    put('c.wav', tone(400))
    chmodSync(join(root, 'b'), 0o000)
    chmodSync(join(root, 'c.wav'), 0o000)
    const { recordings, issues } = await importFolder(root, 'folder').finally(() => chmodSync(join(root, 'b'), 0o755))
    expect(recordings.map(({ path }) => path)).toEqual(['a/a.wav'])
    expect(issues.map(({ file }) => file)).toEqual(['b', 'c.wav'])
  })

  it.skipIf(process.platform === 'win32')('follows links inside the root only and never in circles', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'earmark-outside-'))
    writeFileSync(join(outside, 'secret.wav'), tone(900))
    put('store/a.wav', tone(200))
    mkdirSync(join(root, 'dog'))
    symlinkSync('../store/a.wav', join(root, 'dog/a.wav'))
    symlinkSync(outside, join(root, 'out'))
    symlinkSync(join(outside, 'secret.wav'), join(root, 'dog/secret.wav'))
    symlinkSync('..', join(root, 'store/up'))
    symlinkSync('nowhere', join(root, 'broken.wav'))
    const { recordings, issues } = await importFolder(root, 'folder').finally(() =>
      rmSync(outside, { recursive: true }),
    )
    expect(recordings.map(({ path }) => path)).toEqual(['dog/a.wav', 'store/a.wav'])
    expect(issues.map(({ file, reason }) => `${file}: ${reason}`)).toEqual([
      'broken.wav: a link whose target does not exist',
      'dog/secret.wav: a link that leads out of the dataset’s folder: not followed',
      'out: a link that leads out of the dataset’s folder: not followed',
      'store/up: a link that leads back to a folder it lies in: not followed',
      'store/a.wav: same audio as dog/a.wav: both are in the catalog',
    ])
  })
})

describe('importing ESC-50', () => {
  it('gives the CSV row of a file that cannot be read', async () => {
    put(
      'meta/esc50.csv',
      'filename,fold,target,category,esc10,src_file,take\na.wav,1,0,dog,True,1,A\nb.wav,2,0,dog,True,2,A\n',
    )
    put('audio/a.wav', '')
    put('audio/b.wav', tone(200))
    const { recordings, issues } = await importFolder(root, 'esc50')
    expect(recordings.map(({ path }) => path)).toEqual(['audio/b.wav'])
    expect(issues).toEqual([
      { file: 'audio/a.wav', row: 2, reason: expect.stringMatching(/^the file is empty/) as string },
    ])
  })
})

describe.skipIf(!hasEsc10)(`importing ESC-10${hasEsc10 ? '' : `: skipped, no ${esc10}`}`, () => {
  it('finds 320 clips, 10 classes, 4 folds and 247 groups, all sound', { timeout: 120_000 }, async () => {
    const { recordings, issues, events } = await importFolder(esc10, 'esc50')
    const clips = recordings.flatMap((recording) => recording.clips)
    expect(issues).toEqual([])
    expect(clips).toHaveLength(320)
    expect(new Set(clips.map(({ group }) => group)).size).toBe(247)
    expect(new Set(clips.map(({ fold }) => fold))).toEqual(new Set(['1', '2', '3', '4']))
    const classes = events.flatMap((event) => (event.type === 'classes' ? event.classes : []))
    expect(classes.map(({ name, code }) => `${code} ${name}`)).toEqual([
      '0 dog',
      '1 rooster',
      '10 rain',
      '11 sea_waves',
      '12 crackling_fire',
      '20 crying_baby',
      '21 sneezing',
      '38 clock_tick',
      '40 helicopter',
      '41 chainsaw',
    ])
    for (const { name } of classes) {
      expect(clips.filter(({ labels }) => labels[0]?.className === name)).toHaveLength(32)
    }
    expect(new Set(recordings.map(({ format, sampleRateHz }) => `${format} ${sampleRateHz}`))).toEqual(
      new Set(['ogg-vorbis 44100']),
    )
    // Most are 5 s; a few of ESC-10's own files are not.
    expect(recordings.filter(({ durationSeconds }) => Math.abs(durationSeconds - 5) > 0.2)).toHaveLength(3)
    expect(Math.max(...recordings.map(({ durationSeconds }) => durationSeconds))).toBeCloseTo(7.24, 2)
  })

  it('goes on past files that were damaged', { timeout: 60_000 }, async () => {
    const names = ['1-100032-A-0.ogg', '1-110389-A-0.ogg', '1-17150-A-12.ogg']
    const [header, ...rows] = readFileSync(join(esc10, 'meta/esc10.csv'), 'utf8').split('\n')
    put('meta/esc10.csv', [header, ...rows.filter((row) => names.some((name) => row.startsWith(name)))].join('\n'))
    for (const name of names) {
      mkdirSync(join(root, 'audio'), { recursive: true })
      cpSync(join(esc10, 'audio', name), join(root, 'audio', name))
    }
    const whole = readFileSync(join(root, 'audio', names[1]!))
    writeFileSync(join(root, 'audio', names[1]!), whole.subarray(0, whole.length * 0.6))
    const { recordings, issues } = await importFolder(root, 'esc50')
    expect(recordings).toHaveLength(2)
    expect(issues).toEqual([
      { file: `audio/${names[1]!}`, row: 3, reason: expect.stringMatching(/truncated/) as string },
    ])
  })
})
