/** Symbolic links in the folders of every format: out of the folder not followed and said, in circles without an end to them. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findImporter, importers } from '../../formats/importers/importer'
import { corpusOf } from '../../formats/testing/fuzz/corpora'
import { type Dataset, folderOf } from '../../formats/testing/fuzz/dataset'
import { toDrafts } from '../../shared/job/named-drafts'
import type { DatasetFolder } from '../../formats/importers/importer'
import { openDataset } from './open-dataset'

let root = ''
let outside = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earmark-links-'))
  outside = mkdtempSync(join(tmpdir(), 'earmark-outside-'))
})
afterEach(() => {
  for (const folder of [root, outside]) rmSync(folder, { recursive: true, force: true })
})

function write(folder: string, path: string, content: Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

/** All that an importer makes of a folder, or why it refuses it. */
async function outcomeOf(format: string, folder: DatasetFolder, { options }: Dataset): Promise<unknown> {
  try {
    const { classes, recordings, withoutSound, named } = await findImporter(format).read(folder, options)
    const read: unknown[] = []
    for await (const { rows, planned } of named ?? []) read.push(toDrafts(rows), planned)
    return { classes, recordings, withoutSound, read }
  } catch (error) {
    return (error as Error).message
  }
}

const cases = importers.flatMap(({ id }) => corpusOf(id).map((dataset, index) => [id, index, dataset] as const))

describe.skipIf(process.platform === 'win32').each(cases)('%s, dataset %i', (id, _, dataset) => {
  const all = folderOf(dataset).listing
  const bytesOf = (path: string): Uint8Array => dataset.files.get(path) ?? Uint8Array.of(0)

  it('reads nothing through a link that leads out, and says so of each', async () => {
    for (const linked of all) {
      for (const path of all) {
        if (path !== linked) write(root, path, bytesOf(path))
        else {
          write(outside, 'target', bytesOf(path))
          mkdirSync(dirname(join(root, path)), { recursive: true })
          symlinkSync(join(outside, 'target'), join(root, path))
        }
      }
      const { folder, issues } = await openDataset(root)
      expect(issues).toEqual([
        { file: linked, row: null, reason: 'a link that leads out of the dataset’s folder: not followed' },
      ])
      const files = new Map([...dataset.files].filter(([path]) => path !== linked))
      const without = { ...dataset, files, sounds: dataset.sounds.filter((path) => path !== linked) }
      expect(await outcomeOf(id, folder, dataset)).toEqual(await outcomeOf(id, folderOf(without), dataset))
      rmSync(root, { recursive: true })
      mkdirSync(root)
    }
  })

  it('comes to an end where links lead in circles, and reads the rest as it is', async () => {
    for (const path of all) write(root, path, bytesOf(path))
    const top = all.find((path) => path.includes('/'))?.split('/')[0]
    symlinkSync('.', join(root, 'loop'))
    symlinkSync('self', join(root, 'self'))
    symlinkSync('pong', join(root, 'ping'))
    symlinkSync('ping', join(root, 'pong'))
    if (top !== undefined) symlinkSync('..', join(root, top, 'up'))
    const { folder, issues } = await openDataset(root)
    expect(folder.listing).toEqual(all)
    expect(issues.map(({ file }) => file).sort()).toEqual(
      ['loop', 'ping', 'pong', 'self', ...(top === undefined ? [] : [`${top}/up`])].sort(),
    )
    expect(await outcomeOf(id, folder, dataset)).toEqual(await outcomeOf(id, folderOf(dataset), dataset))
  })
})
