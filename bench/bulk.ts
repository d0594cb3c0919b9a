/**
 * `npm run bench -- bulk --catalog DIR [--folder DIR]`: edits of very many rows in a large catalog, as `npm run bench --
 * catalog --folder DIR --only import` makes one (its DIR/catalog); the catalog itself is copied and stays as it is. Each
 * edit by the built `earmark`, beside the sqlite3 shell that makes the same rows other in one transaction and keeps no
 * history of it; then one in an open host: pages of lists meanwhile, cancelling, undoing.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Random } from '../src/dsp/random'
import { createHost } from '../src/main/host/host'
import { everyClip, parseClipQuery } from '../src/shared/contract/clip-query'
import type { Client } from '../src/shared/contract/contract'
import { toAppError } from '../src/shared/errors'
import { connect, type Connection } from '../src/shared/rpc/client'
import { createLocalPair } from '../src/shared/rpc/local-pair'
import { type Measured, runMeasured } from './run-measured'

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

interface Edit {
  name: string
  /** What follows `earmark`; `@` is the catalog. */
  args: string[]
  /** The same rows by the shell. */
  sql: string
}

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { catalog: { type: 'string' }, folder: { type: 'string' } } })
  if (!values.catalog) throw new Error('--catalog names the folder of a large catalog; it is copied.')
  const source = join(resolve(values.catalog), 'earmark.db')
  const folder = mkdtempSync(join(resolve(values.folder ?? tmpdir()), 'earmark-bulk-'))
  try {
    const clips = ask(source, 'SELECT count(*) FROM clips')
    const labels = ask(source, 'SELECT count(*) FROM clip_labels')
    console.log(`${clips} clips, ${labels} labels\n`)
    console.log('| edit | shell | processor | earmark | processor | ratio of these | at most |')
    console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
    for (const edit of listEdits(source)) await compareEdit(folder, source, edit)
    await watchHost(folder, source)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const ask = (file: string, sql: string): string =>
  execFileSync('sqlite3', ['-readonly', file, sql], { encoding: 'utf8' }).trim()

function listEdits(source: string): Edit[] {
  const largest = `SELECT k.name FROM clip_labels l JOIN ontology_classes k ON k.key = l.class_key GROUP BY l.class_key
    ORDER BY count(*) DESC LIMIT 2`
  const [first, second] = ask(source, largest).split('\n') as [string, string]
  const rare = ask(source, largest.replace('DESC LIMIT 2', 'LIMIT 1'))
  const key = (name: string): string =>
    `(SELECT key FROM ontology_classes WHERE name = '${name.replaceAll("'", "''")}')`
  return [
    {
      name: `the two largest classes merged (${first}, ${second})`,
      args: ['ontology', 'merge', '@', second, first],
      // Where both are there, present is kept.
      sql: `UPDATE clip_labels SET state = 1 WHERE class_key = ${key(first)} AND state = 0 AND EXISTS (
          SELECT 1 FROM clip_labels o WHERE o.clip_key = clip_labels.clip_key AND o.class_key = ${key(second)} AND o.state = 1);
        UPDATE OR IGNORE clip_labels SET class_key = ${key(first)} WHERE class_key = ${key(second)};
        DELETE FROM clip_labels WHERE class_key = ${key(second)};`,
    },
    {
      name: `a label on all clips (${rare})`,
      args: ['label', '@', rare, 'present'],
      sql: `INSERT INTO clip_labels SELECT key, ${key(rare)}, 1, 'ana', 0 FROM clips WHERE true ORDER BY key
          ON CONFLICT DO UPDATE SET state = 1, author = 'ana', at = 0 WHERE state = 0;
        UPDATE clips SET status = 'done' WHERE status = 'accepted';`,
    },
    {
      name: 'all clips marked as done',
      args: ['review', 'mark', '@', 'done'],
      sql: `UPDATE clips SET status = 'done' WHERE status <> 'done';`,
    },
    {
      name: 'one value of metadata on all clips',
      args: ['metadata', 'set', '@', 'origin', 'web'],
      sql: `INSERT INTO metadata_names (name) VALUES ('origin');
        INSERT INTO clip_metadata SELECT key, last_insert_rowid(), 'web' FROM clips ORDER BY key;`,
    },
    {
      name: 'all clips dealt into five folds, by group and class',
      args: ['split', '@', '--folds', '5', '--replace'],
      sql: `UPDATE clips SET fold = 1 + key % 5;`,
    },
  ]
}

async function compareEdit(folder: string, source: string, { name, args, sql }: Edit): Promise<void> {
  const reference = join(folder, 'reference.db')
  cpSync(source, reference)
  // As the catalog is written: a log beside it, waited for at the end.
  const pragmas =
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000;'
  const shell = await runMeasured('sqlite3', ['-bail', reference], { input: `${pragmas} BEGIN; ${sql} COMMIT;` })
  rmSync(reference)
  const catalog = copyCatalog(folder, source)
  const env = { ...process.env, EARMARK_USER_FOLDER: join(folder, 'user') }
  const cli = [resolve('out/main/cli.js'), ...args.map((arg) => (arg === '@' ? catalog : arg))]
  const own = await runMeasured(process.execPath, cli, { env })
  const times = ({ tookMs, processorMs }: Measured): string => `${seconds(tookMs)} | ${seconds(processorMs)}`
  const ratio = (own.processorMs / shell.processorMs).toFixed(1)
  console.log(`| ${name} | ${times(shell)} | ${times(own)} | ${ratio} | ${(own.peakBytes / 1e6).toFixed(0)} MB |`)
}

function copyCatalog(folder: string, source: string): string {
  const catalog = join(folder, 'catalog')
  rmSync(catalog, { recursive: true, force: true })
  for (const part of ['', 'runs', 'cache', 'backups']) mkdirSync(join(catalog, part), { recursive: true })
  cpSync(source, join(catalog, 'earmark.db'))
  return catalog
}

/** A label on all clips in an open host, as the window asks for it. */
async function watchHost(folder: string, source: string): Promise<void> {
  const catalog = copyCatalog(folder, source)
  const host = createHost({
    kind: 'headless',
    version: 'bench',
    userFolder: join(folder, 'user'),
    documentsFolder: folder,
    launchWorker: () => {
      throw new Error('no job of this bench has a process')
    },
    log: () => undefined,
  })
  const [ours, theirs] = createLocalPair()
  host.connect(theirs)
  const connection = connect(ours)
  const { client } = connection
  try {
    await client.workspace.open({ path: catalog })
    // The columns are read before anything is measured.
    await client.clips.facets({ query: everyClip })
    const classes = await client.ontology.list()
    const { id: classId } = classes.reduce((a, b) => (b.clipCount < a.clipCount ? b : a))
    const label = (): Promise<unknown> => client.labels.set({ query: everyClip, classId, state: 'present' })
    const names = classes.filter(({ clipCount }) => clipCount > 100).map(({ name }) => name)

    console.log('\n| in an open window | |\n| --- | ---: |')
    for (const share of [0.1, 0.5, 0.9]) {
      const { endedMs } = await cancelAt(connection, share, label)
      console.log(
        `| cancelled at ${share * 100} % of the label on all clips, until nothing of it is left | ${seconds(endedMs)} |`,
      )
    }
    const start = performance.now()
    const pages = await watchPages(client, names, label())
    console.log(`| the label on all clips, done while pages are asked for | ${seconds(performance.now() - start)} |`)
    console.log(
      `| first pages meanwhile, ${pages.length} asked one after another: p50, p95, worst | ${describe(pages)} |`,
    )
    const undoing = performance.now()
    const later = await watchPages(client, names, client.history.undo())
    console.log(`| its undo | ${seconds(performance.now() - undoing)} |`)
    console.log(`| first pages meanwhile, ${later.length} asked | ${describe(later)} |`)
    console.log(
      `\nthis process with the columns of lists: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB at its end`,
    )
    console.log(`the catalog: ${(statSync(join(catalog, 'earmark.db')).size / 1e6).toFixed(0)} MB`)
  } finally {
    await host.close()
  }
}

/** Starts an edit and cancels its job at a share of the way. @returns how long the cancelling took */
async function cancelAt(
  connection: Connection,
  share: number,
  work: () => Promise<unknown>,
): Promise<{ endedMs: number }> {
  const { client } = connection
  let cancelledAt = 0
  const stop = connection.on('jobs.changed', (job) => {
    if (job.kind !== 'edit' || cancelledAt > 0 || job.done < share * job.total || job.total === 0) return
    cancelledAt = performance.now()
    void client.jobs.cancel({ id: job.id })
  })
  try {
    await work()
    throw new Error('it was done before it could be cancelled')
  } catch (thrown) {
    if (toAppError(thrown).code !== 'cancelled') throw thrown
  } finally {
    stop()
  }
  return { endedMs: performance.now() - cancelledAt }
}

/** Asks for first pages of random queries until the work is done. @returns how long each took, in milliseconds */
async function watchPages(client: Client, names: readonly string[], work: Promise<unknown>): Promise<number[]> {
  const random = new Random(1, 'pages')
  let isOver = false
  const ended = work.finally(() => (isOver = true))
  const times: number[] = []
  while (!isOver) {
    const name = JSON.stringify(names[random.integer(names.length)])
    const text = ['', `label:${name}`, `label:${name} sort:-duration`, `-label:${name}`][random.integer(4)]!
    const start = performance.now()
    await client.clips.list({ query: parseClipQuery(text), offset: 0, limit: 100 })
    times.push(performance.now() - start)
    await new Promise((done) => setTimeout(done, 20))
  }
  await ended
  return times
}

function describe(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): string => `${sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(1)} ms`
  return `${at(0.5)}, ${at(0.95)}, ${at(1)}`
}
