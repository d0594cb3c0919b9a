import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fsddImporter } from './fsdd'
import { detectImporter } from './importer'
import { textDataset } from './testing/text-dataset'

const read = (listing: string[]) => fsddImporter.read(textDataset({}, listing))
const real = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'fsdd')

describe('FSDD importer', () => {
  it('reads digit, speaker, index and the official test set from the names', async () => {
    const plan = await read(['recordings/7_jackson_4.wav', 'recordings/7_jackson_05.wav', 'recordings/0_theo_49.WAV'])
    expect(plan.classes).toEqual([
      { name: '0', code: 0, mid: null },
      { name: '7', code: 7, mid: null },
    ])
    expect(plan.recordings.map(({ clips }) => [clips[0]!.fold, clips[0]!.group])).toEqual([
      ['train', 'theo'],
      ['train', 'jackson'],
      ['test', 'jackson'],
    ])
    expect(plan.recordings[2]!.clips[0]).toEqual({
      startSeconds: 0,
      endSeconds: null,
      fold: 'test',
      group: 'jackson',
      labels: [{ className: '7', state: 'present' }],
      source: { licence: 'CC BY-SA 4.0', digit: '7', speaker: 'jackson', index: '4' },
    })
  })

  it('reports files named otherwise and one recording under two names', async () => {
    const { recordings, issues } = await read([
      'r/recordings/1_theo_3.wav',
      'r/recordings/1_theo_03.wav',
      'r/recordings/noise.wav',
      'r/recordings/12_theo_3.wav',
    ])
    expect(recordings.map(({ path }) => path)).toEqual(['r/recordings/1_theo_03.wav'])
    expect(issues.map(({ file, reason }) => `${file}: ${reason}`)).toEqual([
      'r/recordings/12_theo_3.wav: not named {digit}_{speaker}_{index}: left',
      'r/recordings/1_theo_3.wav: the same digit, speaker and index as r/recordings/1_theo_03.wav: left',
      'r/recordings/noise.wav: not named {digit}_{speaker}_{index}: left',
      'r/recordings/: note: 1 clip; the whole dataset has 3,000',
    ])
  })

  it('is detected by its names only where most of them agree, and refuses another layout', async () => {
    expect(detectImporter(['recordings/1_theo_3.wav', 'README.md'])?.importer.id).toBe('fsdd')
    expect(detectImporter(['1_theo_3.wav', '2_theo_3.wav'])?.importer.id).toBe('fsdd')
    expect(detectImporter(['1_theo_3.wav', 'dog.wav', 'cat.wav'])?.importer.id).toBe('folder')
    await expect(read(['dog/a.wav'])).rejects.toMatchObject({ code: 'unsupported-format' })
  })

  it.skipIf(!existsSync(real))(
    'reads the real recordings of four speakers (skipped where they are missing)',
    async () => {
      const listing = readdirSync(join(real, 'recordings')).map((name) => `recordings/${name}`)
      expect(detectImporter(listing)?.importer.id).toBe('fsdd')
      const { recordings, classes, issues } = await read(listing)
      expect(recordings).toHaveLength(2000)
      expect(classes.map(({ name }) => name).join('')).toBe('0123456789')
      expect(recordings.filter(({ clips }) => clips[0]!.fold === 'test')).toHaveLength(200)
      expect(new Set(recordings.map(({ clips }) => clips[0]!.group))).toEqual(
        new Set(['george', 'jackson', 'lucas', 'nicolas']),
      )
      expect(issues).toEqual([
        { file: 'recordings/', row: null, kind: 'note', reason: 'note: 2,000 clips; the whole dataset has 3,000' },
      ])
    },
  )
})
