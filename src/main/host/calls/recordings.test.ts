import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importers } from '../../../formats/importers/importer'
import { type HostFixture, importScript, openHost, removeFolder, smallSet } from '../testing/host-fixture'

describe('import formats and previews', () => {
  let fixture: HostFixture

  beforeEach(() => {
    fixture = openHost(importScript(() => smallSet()))
  })

  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  it('offers every format with its name and description', async () => {
    const formats = await fixture.client.recordings.importFormats()
    expect(formats).toEqual(importers.map(({ id, name, description }) => ({ id, name, description })))
    expect(formats.every(({ name, description }) => name !== '' && description.length > 20)).toBe(true)
  })

  it.each([
    ['esc50', ['meta/esc50.csv', 'audio/1-100032-A-0.wav']],
    ['urbansound8k', ['metadata/UrbanSound8K.csv', 'audio/fold1/7061-6-0-0.wav']],
    ['fsd50k', ['FSD50K.ground_truth/dev.csv', 'FSD50K.dev_audio/64760.wav']],
    ['dcase-scenes', ['meta.txt', 'evaluation_setup/fold1_train.txt', 'audio/b020_0_10.wav']],
    ['speech-commands', ['testing_list.txt', 'right/bb05582b_nohash_3.wav']],
    ['fsdd', ['recordings/7_jackson_32.wav']],
    ['folder', ['dog/a.wav']],
  ])('finds out a folder of %s from the disk', async (format, paths) => {
    const folder = join(fixture.folder, 'dataset')
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), '')
    }
    const preview = await fixture.client.recordings.preview({ path: folder })
    expect(preview).toMatchObject({ format, audioFiles: 1 })
    expect(preview.summary).toMatch(/^1 /)
  })

  it('tells a format by what stands in its files, and shows the first rows of tables', async () => {
    const folder = join(fixture.folder, 'dataset')
    mkdirSync(folder)
    writeFileSync(join(folder, 'a.wav'), '')
    writeFileSync(join(folder, 'a.txt'), '0.5\t1.5\tdog\n')
    expect(await fixture.client.recordings.preview({ path: folder })).toMatchObject({ format: 'audacity' })
    writeFileSync(join(folder, 'a.txt'), 'nothing but words\n')
    writeFileSync(join(folder, 'b.csv'), 'Path;Onset;what\na.wav;1;dog\n')
    expect(await fixture.client.recordings.preview({ path: folder })).toMatchObject({ format: 'table' })
    expect(await fixture.client.recordings.tables({ path: folder })).toEqual([
      {
        path: 'b.csv',
        header: ['Path', 'Onset', 'what'],
        rows: [['a.wav', '1', 'dog']],
        guess: { file: 'Path', start: 'Onset' },
      },
    ])
  })
})
