import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { makeInlineMedia } from './inline-media'
import { runSample } from './sample'

function hashFolder(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((file) => [
      file.name,
      createHash('sha256')
        .update(readFileSync(join(file.parentPath, file.name)))
        .digest('hex'),
    ]),
  )
}

it('synthesises the sample set, imports it and does the same again', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-sample-'))
  try {
    const events: WorkerEvent[] = []
    await runSample({ kind: 'sample', folder, seed: 5 }, (event) => void events.push(event), makeInlineMedia())
    const recordings = events.flatMap((event) => (event.type === 'recordings' ? event.recordings : []))
    expect(recordings).toHaveLength(60)
    expect(
      recordings.every(
        ({ sampleRateHz, channelCount, format }) => `${format} ${sampleRateHz} ${channelCount}` === 'wav 22050 1',
      ),
    ).toBe(true)
    expect(events.filter((event) => event.type === 'issues')).toEqual([])
    const classes = events.flatMap((event) => (event.type === 'classes' ? event.classes : []))
    expect(classes.map(({ name }) => name)).toEqual([
      'dog',
      'rain',
      'crickets',
      'chirping_birds',
      'engine',
      'church_bells',
    ])
    const progress = events.filter((event) => event.type === 'progress').map(({ done, total }) => ({ done, total }))
    expect(progress.every(({ done, total }, index) => total === 120 && done >= (progress[index - 1]?.done ?? 0))).toBe(
      true,
    )
    expect(progress.at(-1)!.done).toBe(120)

    const before = hashFolder(folder)
    expect(Object.keys(before)).toHaveLength(61)
    await runSample({ kind: 'sample', folder, seed: 5 }, () => undefined, makeInlineMedia())
    expect(hashFolder(folder)).toEqual(before)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
