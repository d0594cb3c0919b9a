/** kill -9 in the middle of a job that proposes segments: nothing half-written, no job that never ends, and it can be done again. */
import { expect, test } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { esc10Folder, noEsc10, projectFolder } from './support/data'
import { readCatalog } from './support/database'
import { earmark, earmarkJson } from './support/earmark'
import { makeEsc10 } from './support/esc10'

test('a killed job leaves the proposals as they were before it', async () => {
  test.skip(esc10Folder === null, noEsc10)
  test.skip(process.platform === 'win32', 'kill -9 is a Unix word')
  test.setTimeout(300_000)
  const { catalog, userFolder } = await makeEsc10('propose-kill')
  const options = { userFolder }
  const train = ['train', catalog, '--recipe', 'mfcc-logistic', '--cross-validate', '--query', 'fold:1,2']
  expect((await earmark(train, options)).code).toBe(0)
  const ask = (query: string): string[] => ['propose', catalog, '--run', 'last', '--query', query]
  expect((await earmark([...ask('label:dog fold:3'), '--window', '1'], options)).code).toBe(0)
  const everything = () => ({
    segments: readCatalog(catalog, 'select * from annotations order by key'),
    labels: readCatalog(catalog, 'select * from annotation_labels order by annotation_key, class_key'),
    proposals: readCatalog(catalog, 'select * from annotation_proposals order by annotation_key'),
    journal: readCatalog(catalog, 'select count(*) as entries from journal'),
  })
  const before = everything()
  expect(before.proposals.length).toBeGreaterThan(0)

  // Over the same clips and many more, in ten times as many windows.
  const child = spawn(
    'node',
    [join(projectFolder, 'bin/earmark.mjs'), ...ask('fold:3,4'), '--window', '0.5', '--hop', '0.1'],
    {
      detached: true, // a group of its own: host and worker
      env: { ...process.env, EARMARK_USER_FOLDER: userFolder },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const ended = once(child, 'exit')
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  try {
    // Some clips are done with, many are not.
    await expect.poll(() => said, { timeout: 120_000, intervals: [20] }).toMatch(/Listening to clip (1[2-9]|[2-9]\d)/)
  } finally {
    process.kill(-child.pid!, 'SIGKILL')
    await ended
  }
  const lastJob = () =>
    readCatalog<{ id: string; status: string; error: string | null }>(
      catalog,
      `select id, status, error from jobs where kind = 'propose' order by created_at desc limit 1`,
    )[0]!
  expect(lastJob().status).toBe('running') // nobody was left to say otherwise
  expect(everything()).toEqual(before)

  // Whoever opens the catalog next finds the job ended, and nothing of it.
  expect((await earmark(['verify', catalog], options)).code).toBe(0)
  const killed = lastJob()
  expect(killed.status).toBe('failed')
  expect(killed.error).toBeTruthy()
  expect(everything()).toEqual(before)

  const again = await earmarkJson<{ counts: { waiting: number }[] }>(
    [...ask('label:dog fold:3,4'), '--window', '1'],
    options,
  )
  const now = everything()
  expect(again.counts.reduce((sum, { waiting }) => sum + waiting, 0)).toBe(now.proposals.length)
  expect(now.proposals.length).toBeGreaterThan(before.proposals.length)
  expect((await earmark(['verify', catalog], options)).code).toBe(0)
})
