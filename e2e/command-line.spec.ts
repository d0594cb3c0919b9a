import { expect, test } from '@playwright/test'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'
import type { Diagnosis } from '../src/shared/job/diagnosis'
import { earmark, earmarkJson } from './support/earmark'

interface Evaluated {
  run: string
  accuracy: number
  classes: string[]
  confusionMatrix: number[][]
  perClass: { label: string; precision: number; recall: number; f1: number; support: number }[]
}

interface Listed {
  id: string
  recording: string
  startSeconds: number
  endSeconds: number
  fold: string | null
  labels: { label: string; state: string }[]
}

test.describe('the whole loop from the command line', () => {
  test.skip(esc10Folder === null, noEsc10)

  test('ESC-10: import, list, cross-validate, evaluate, predict, export, verify', async () => {
    const folder = makeFolder('cli')
    const userFolder = join(folder, 'user')
    const catalog = join(folder, 'catalog')
    const options = { userFolder }

    expect((await earmark(['init', catalog], options)).code).toBe(0)
    expect(existsSync(join(catalog, 'earmark.db'))).toBe(true)

    const dryRun = ['import', catalog, esc10Folder!, '--dry-run', '--json']
    const thought = await earmarkJson<{ recordings: unknown; verdicts: Record<string, number> }>(dryRun, options)
    expect(thought.recordings).toEqual({ new: 320, known: 0 })
    expect(countIn(catalog, 'select count(*) from recordings')).toBe(0)

    const imported = await earmarkJson<Record<string, unknown>>(
      ['import', catalog, esc10Folder!, '--format', 'esc50'],
      options,
    )
    expect(imported).toEqual({ recordings: 320, clips: 320, labels: 320, annotations: 0, skipped: 0, issues: [] })
    expect(countIn(catalog, 'select count(*) from clips')).toBe(320)
    expect(countIn(catalog, 'select count(distinct group_key) from clips')).toBe(247)
    expect(countIn(catalog, 'select count(*) from ontology_classes')).toBe(10)

    // Importing the same thing again changes nothing.
    expect((await earmarkJson<typeof thought>(dryRun, options)).verdicts).toMatchObject({
      known: 320,
      new: 0,
      faulty: 0,
    })
    const idsBefore = readCatalog(catalog, 'select id from clips order by id')
    const again = await earmarkJson<{ clips: number }>(['import', catalog, esc10Folder!, '--format', 'esc50'], options)
    expect(again.clips).toBe(0)
    expect(readCatalog(catalog, 'select id from clips order by id')).toEqual(idsBefore)

    const listed = await earmark(['ls', catalog, '--query', 'label:dog fold:4', '--json'], options)
    const clips = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Listed)
    expect(clips).toHaveLength(8)
    for (const clip of clips) {
      expect(clip.fold).toBe('4')
      expect(clip.startSeconds).toBe(0)
      expect(clip.endSeconds).toBeGreaterThan(3)
      expect(clip.labels).toEqual([{ label: 'dog', state: 'present' }])
    }

    const trained = await earmarkJson<{ run: string; status: string; backend: string; seconds: number }>(
      ['train', catalog, '--recipe', 'mfcc-logistic', '--cross-validate'],
      options,
    )
    expect(trained).toMatchObject({ status: 'done' })
    expect(['tensorflow', 'wasm']).toContain(trained.backend)
    expect(trained.seconds).toBeGreaterThan(0)

    const evaluated = await earmarkJson<Evaluated>(['evaluate', catalog, '--run', trained.run], options)
    expect(evaluated.run).toBe(trained.run)
    expect(evaluated.classes).toHaveLength(10)
    // Measured outside the project at 82.8 %; the issue allows 1.5 points.
    expect(Math.abs(evaluated.accuracy - 0.828)).toBeLessThanOrEqual(0.015)
    const total = evaluated.confusionMatrix.flat().reduce((sum, count) => sum + count, 0)
    expect(total).toBe(320)
    const diagonal = evaluated.confusionMatrix.reduce((sum, row, index) => sum + row[index]!, 0)
    expect(diagonal / total).toBeCloseTo(evaluated.accuracy, 10)
    expect(evaluated.perClass.map((row) => row.support)).toEqual(new Array(10).fill(32))

    // The confusion cell is a query: as many clips as the matrix counts.
    const [row, column] = worstCell(evaluated.confusionMatrix)
    const query = `run:${trained.run} true:${evaluated.classes[row]} predicted:${evaluated.classes[column]}`
    const behind = await earmark(['ls', catalog, '--query', query, '--json'], options)
    expect(behind.stdout.trim().split('\n')).toHaveLength(evaluated.confusionMatrix[row]![column]!)

    const audio = join(esc10Folder!, 'audio', readdirSync(join(esc10Folder!, 'audio'))[0]!)
    const predicted = await earmarkJson<{ path: string; label: string; score: number }[]>(
      ['predict', audio, '--run', trained.run, '--catalog', catalog],
      options,
    )
    expect(predicted).toHaveLength(1)
    expect(predicted[0]!.path).toBe(audio)
    expect(evaluated.classes).toContain(predicted[0]!.label)
    expect(predicted[0]!.score).toBeGreaterThan(0.1)

    const out = join(folder, 'esc50-export')
    expect((await earmark(['export', catalog, '--format', 'esc50', '--out', out], options)).code).toBe(0)
    const csv = readFileSync(join(out, 'meta/esc50.csv'), 'utf8').trim().split('\n')
    expect(csv[0]).toBe('filename,fold,target,category,esc10,src_file,take')
    expect(csv.slice(1).sort()).toEqual(
      readFileSync(join(esc10Folder!, 'meta/esc10.csv'), 'utf8').trim().split(/\r?\n/).slice(1).sort(),
    )
    const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
    const exportedFiles = readdirSync(join(out, 'audio'))
    expect(exportedFiles).toHaveLength(320)
    for (const file of exportedFiles.slice(0, 20))
      expect(hash(join(out, 'audio', file))).toBe(hash(join(esc10Folder!, 'audio', file)))

    const segments = join(folder, 'audioset-export')
    const subset = ['--query', 'label:rain fold:1', '--out', segments]
    expect((await earmark(['export', catalog, '--format', 'audioset-csv', ...subset], options)).code).toBe(0)
    const lines = readFileSync(join(segments, 'segments.csv'), 'utf8').trim().split('\n')
    expect(lines.slice(0, 3).every((line) => line.startsWith('#'))).toBe(true)
    expect(lines[2]).toBe('# YTID, start_seconds, end_seconds, positive_labels')
    expect(lines).toHaveLength(3 + 8)

    expect(await earmarkJson(['verify', catalog], options)).toEqual({ ok: true, problems: [] })
    const runs = await earmarkJson<{ id: string }[]>(['runs', catalog], options)
    expect(runs.map((run) => run.id)).toContain(trained.run)
    type Doctor = Pick<Diagnosis, 'verdict' | 'backends' | 'checks' | 'measuredAt' | 'isCurrent'>
    const doctor = await earmarkJson<Doctor>(['backends'], options)
    expect(doctor.backends.find((backend) => backend.name === 'wasm')).toMatchObject({ available: true })
    expect(doctor.backends.find((backend) => backend.name === 'wasm')?.proof?.stepMs).toBeGreaterThan(0)
    expect(doctor.backends.map((backend) => backend.proof?.stepMs ?? Infinity)).toEqual(
      doctor.backends.map((backend) => backend.proof?.stepMs ?? Infinity).sort((a, b) => a - b),
    )
    expect(doctor.verdict.advice).not.toBe('')
    expect(doctor.checks.length).toBeGreaterThan(3)
    const last = await earmarkJson<Doctor>(['backends', '--cached'], options)
    expect(last).toMatchObject({ measuredAt: doctor.measuredAt, isCurrent: true })
  })

  test('logmel-cnn trains on chosen folds and tests on the other', async () => {
    const folder = makeFolder('cli-cnn')
    const options = { userFolder: join(folder, 'user') }
    const catalog = join(folder, 'catalog')
    await earmark(['init', catalog], options)
    await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)
    const split = ['--train-folds', '1,2,3', '--test-fold', '4', '--set', 'training.maxEpochs=3']
    const trained = await earmarkJson<{ run: string; status: string; backend: string }>(
      ['train', catalog, '--recipe', 'logmel-cnn', ...split],
      options,
    )
    expect(trained.status).toBe('done')
    const evaluated = await earmarkJson<Evaluated>(['evaluate', catalog, '--run', trained.run], options)
    expect(evaluated.perClass.reduce((sum, row) => sum + row.support, 0)).toBe(80)
    // Three epochs are enough to be far above the chance of one in ten.
    expect(evaluated.accuracy).toBeGreaterThan(0.2)
    expect(
      countIn(catalog, 'select count(*) from predictions p join clips c on c.key = p.clip_key where c.fold <> ?', '4'),
    ).toBe(0)
  })
})

test.describe('wrong usage and bad input', () => {
  test('says what is wrong, with the right exit code', async () => {
    const folder = makeFolder('cli-bad')
    const options = { userFolder: join(folder, 'user') }
    const catalog = join(folder, 'catalog')

    expect((await earmark(['frobnicate'], options)).code).toBe(2)
    expect((await earmark(['train'], options)).code).toBe(2)
    const nowhere = await earmark(['ls', join(folder, 'nowhere')], options)
    expect(nowhere.code).toBe(1)
    expect(nowhere.stderr).toContain(join(folder, 'nowhere'))

    await earmark(['init', catalog], options)
    const missing = await earmark(['import', catalog, join(folder, 'absent'), '--format', 'folder'], options)
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain(join(folder, 'absent'))
    const query = await earmark(['ls', catalog, '--query', 'is:red'], options)
    expect(query.code).toBe(2)
    expect(query.stderr).toContain('character 1')
    const backend = await earmark(['train', catalog, '--recipe', 'mfcc-logistic', '--cross-validate'], options)
    expect(backend.code).toBe(1)
    expect(backend.stderr).toMatch(/no clip/i)
  })

  test('a dataset with broken files imports the rest and lists what failed', async () => {
    const folder = makeFolder('cli-broken')
    const options = { userFolder: join(folder, 'user') }
    const dataset = join(folder, 'dataset')
    const catalog = join(folder, 'catalog')
    makeBrokenDataset(dataset)
    await earmark(['init', catalog], options)
    const imported = await earmarkJson<{
      recordings: number
      clips: number
      issues: { file: string; row: number | null; reason: string }[]
    }>(['import', catalog, dataset, '--format', 'esc50'], options)

    expect(imported.recordings).toBe(2)
    expect(imported.clips).toBe(2)
    const issueOf = (name: string) => imported.issues.find((issue) => issue.file.endsWith(name))
    expect(issueOf('1-2-A-0.wav')).toMatchObject({ row: 3 }) // empty
    expect(issueOf('1-3-A-0.wav')).toMatchObject({ row: 4 }) // not audio
    expect(issueOf('1-4-A-0.wav')).toMatchObject({ row: 5, reason: expect.stringMatching(/truncated/i) })
    expect(issueOf('1-5-A-0.wav')).toMatchObject({ row: 6 }) // listed, not there
    for (const issue of imported.issues) expect(issue.reason.length).toBeGreaterThan(10)
    expect(
      readCatalog<{ path: string }>(catalog, 'select path from recordings order by path').map((r) => r.path),
    ).toEqual(['audio/1-1-A-0.wav', 'audio/1-6-Ä-1.WAV'])
    expect(await earmarkJson(['verify', catalog], options)).toEqual({ ok: true, problems: [] })

    writeFileSync(join(dataset, 'meta/esc50.csv'), 'filename,fold,category\na.wav,1,dog\n')
    const column = await earmark(['import', catalog, dataset, '--format', 'esc50'], options)
    expect(column.code).toBe(1)
    expect(column.stderr).toContain('esc50.csv')
    expect(column.stderr).toContain('target')
    expect(countIn(catalog, 'select count(*) from clips')).toBe(2)
  })
})

test('Ctrl-C cancels a run, says so and leaves a sound catalog', async () => {
  test.skip(esc10Folder === null, noEsc10)
  const folder = makeFolder('cli-cancel')
  const options = { userFolder: join(folder, 'user') }
  const catalog = join(folder, 'catalog')
  await earmark(['init', catalog], options)
  await earmark(['import', catalog, esc10Folder!, '--format', 'esc50'], options)
  const cancelled = await earmark(['train', catalog, '--recipe', 'logmel-cnn', '--test-fold', '4', '--json'], {
    ...options,
    signalAfter: /epoch/i,
  })
  expect(cancelled.code).toBe(130)
  expect(readCatalog<{ status: string }>(catalog, 'select status from runs').map((run) => run.status)).toEqual([
    'cancelled',
  ])
  expect(await earmarkJson(['verify', catalog], options)).toEqual({ ok: true, problems: [] })
})

function worstCell(matrix: number[][]): [number, number] {
  let worst: [number, number] = [0, 1]
  matrix.forEach((cells, row) =>
    cells.forEach((count, column) => {
      if (row !== column && count > matrix[worst[0]]![worst[1]]!) worst = [row, column]
    }),
  )
  return worst
}

/** Two good files, one empty, one not audio, one truncated, one missing; unicode and upper case among them. */
function makeBrokenDataset(dataset: string): void {
  mkdirSync(join(dataset, 'audio'), { recursive: true })
  mkdirSync(join(dataset, 'meta'))
  const wav = makeTone()
  const audio = (name: string): string => join(dataset, 'audio', name)
  writeFileSync(audio('1-1-A-0.wav'), wav)
  writeFileSync(audio('1-2-A-0.wav'), '')
  writeFileSync(audio('1-3-A-0.wav'), 'This is a letter, not a sound. '.repeat(100))
  writeFileSync(audio('1-4-A-0.wav'), wav.subarray(0, wav.length / 2))
  cpSync(audio('1-1-A-0.wav'), audio('1-6-Ä-1.WAV'))
  writeFileSync(
    join(dataset, 'meta/esc50.csv'),
    [
      'filename,fold,target,category,esc10,src_file,take',
      '1-1-A-0.wav,1,0,dog,True,1,A',
      '1-2-A-0.wav,1,0,dog,True,2,A',
      '1-3-A-0.wav,1,0,dog,True,3,A',
      '1-4-A-0.wav,1,0,dog,True,4,A',
      '1-5-A-0.wav,1,0,dog,True,5,A',
      '1-6-Ä-1.WAV,1,1,rooster,True,6,Ä',
    ].join('\n'),
  )
}

/** One second of 440 Hz at 8 kHz, 16 bit. */
function makeTone(): Buffer {
  const samples = 8000
  const bytes = Buffer.alloc(44 + samples * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + samples * 2, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(8000, 24)
  bytes.writeUInt32LE(16000, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples * 2, 40)
  for (let n = 0; n < samples; n++)
    bytes.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * n) / 8000)), 44 + n * 2)
  return bytes
}
