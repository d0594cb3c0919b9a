/** kill -9 in the middle of rendering: no half folder is taken for a whole one, and the same again goes on where it was. */
import { expect, test } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { esc10Folder, noEsc10, projectFolder } from './support/data'
import { readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { makeEsc10 } from './support/esc10'

test('a killed rendering says so, and is gone on with to the same bytes', async () => {
  test.skip(esc10Folder === null, noEsc10)
  test.skip(process.platform === 'win32', 'kill -9 is a Unix word')
  test.setTimeout(300_000)
  const { folder, catalog, userFolder } = await makeEsc10('render-kill')
  const chain = join(folder, 'chain.json')
  writeFileSync(
    chain,
    JSON.stringify({
      steps: [
        { kind: 'room', roomMeters: [3, 10], rt60Seconds: [0.1, 1], tail: 'truncate', level: 'rms' },
        { kind: 'recorded-noise', source: { query: 'label:rain' }, snrDb: [0, 20], level: 'active' },
      ],
    }),
  )
  const render = (name: string): string[] => [
    ...['augment', catalog, '--chain', chain, '--seed', '3', '--draws', '4', '--query', 'fold:1,2 label:dog'],
    ...['--out', join(folder, name)],
  ]
  const child = spawn('node', [join(projectFolder, 'bin/earmark.mjs'), ...render('out')], {
    detached: true, // a group of its own: host and worker
    env: { ...process.env, EARMARK_USER_FOLDER: userFolder },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  const partial = (): string | undefined => readdirSync(folder).find((name) => name.startsWith('out.partial-'))
  const sounds = (of: string): string[] =>
    existsSync(join(folder, of, 'train')) ? readdirSync(join(folder, of, 'train')).sort() : []
  try {
    await expect
      .poll(() => sounds(partial() ?? 'none').length, { timeout: 120_000, intervals: [10] })
      .toBeGreaterThan(5)
  } finally {
    process.kill(-child.pid!, 'SIGKILL')
    await ended
  }
  const left = partial()!
  const there = sounds(left)
  expect(there.length).toBeLessThan(64)
  expect(existsSync(join(folder, 'out'))).toBe(false)

  // Whoever opens the catalog next finds the job ended, and what can be done.
  expect((await earmark(['verify', catalog], { userFolder })).code).toBe(0)
  const [job] = readCatalog<{ status: string; error: string }>(
    catalog,
    `select status, error from jobs where kind = 'export' order by created_at desc limit 1`,
  )
  expect(job!.status).toBe('failed')
  expect(JSON.parse(job!.error)).toMatchObject({
    code: 'worker-died',
    hint: `Start the same again, into the same folder: it goes on where it was. Or delete ${join(folder, left)}.`,
  })

  const before = new Map(there.slice(0, 5).map((name) => [name, statSync(join(folder, left, 'train', name)).mtimeMs]))
  const again = await earmark(render('out'), { userFolder })
  expect(again.code, again.stderr).toBe(0)
  // The files that were there are the same files.
  expect(readdirSync(folder).filter((name) => name.startsWith('out.'))).toEqual([])
  for (const [name, at] of before) expect(statSync(join(folder, 'out/train', name)).mtimeMs, name).toBe(at)

  // As if nobody had killed it.
  expect((await earmark(render('whole'), { userFolder })).code).toBe(0)
  expect(sounds('out')).toEqual(sounds('whole'))
  expect(sounds('out')).toHaveLength(64)
  for (const name of [
    'metadata.csv',
    'augmentation.jsonl',
    'chain.json',
    ...sounds('whole').map((own) => `train/${own}`),
  ])
    expect(readFileSync(join(folder, 'out', name)).equals(readFileSync(join(folder, 'whole', name))), name).toBe(true)
  expect(readdirSync(join(folder, 'out'))).toEqual(readdirSync(join(folder, 'whole')))
})
