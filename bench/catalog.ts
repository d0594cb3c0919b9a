/**
 * `npm run bench -- catalog [--clips N] [--keep]`: a catalog of AudioSet's size. Imports a generated list of 2,084,320
 * segments with the built `earmark import`, beside the sqlite3 shell's `.import` of the same rows; then asks the questions
 * of the library and prints how long the answers took, beside naive SQL.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Random } from '../src/dsp/random'
import { openCatalog } from '../src/main/host/catalog/catalog-folder'
import { ClipReader } from '../src/main/host/catalog/clip-reader'
import type { Database } from '../src/main/host/catalog/database'
import { type ClipQuery, parseClipQuery } from '../src/shared/contract/clip-query'
import { writeSegments } from './catalog-set'

const real = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'audioset')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export async function main(args: string[]): Promise<void> {
  if (!existsSync(real)) throw new Error(`${resolve(real)} is not there; EARMARK_TEST_DATA names another folder.`)
  const at = args.indexOf('--clips')
  const count = at < 0 ? 2_084_320 : Number(args[at + 1])
  const folder = mkdtempSync(join(tmpdir(), 'earmark-bench-'))
  try {
    const { labels } = writeSegments(real, join(folder, 'set'), join(folder, 'plain.csv'), count)
    console.log(`${count} segments, ${labels} labels, sorted by id`)
    const reference = runShell(folder)
    const own = await runImport(folder)
    console.log(`import: ${(own / reference.all).toFixed(2)} x the shell with the labels apart`)
    console.log(`        ${(own / reference.bare).toFixed(2)} x the shell with the labels left as one text\n`)
    await askAll(join(folder, 'catalog'))
  } finally {
    if (args.includes('--keep')) console.log(`kept: ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The reference: what the shell needs for the same rows in bare tables. `bare` is `.import` and the two indexes that one
 * table allows: by id, and by id and span (the catalog's of recordings and of clips). `all` adds the labels as rows of
 * their own, without which no class can be found, and their two indexes (by clip and class, by class and clip). The
 * catalog holds more: stable ids and their indexes, authors and times of labels, references, a journal.
 */
function runShell(folder: string): { bare: number; all: number } {
  const steps = [
    `CREATE TABLE segments (ytid TEXT, start_seconds REAL, end_seconds REAL, labels TEXT);\n.mode csv\n.import plain.csv segments`,
    `CREATE UNIQUE INDEX by_id ON segments (ytid);
     CREATE UNIQUE INDEX by_span ON segments (ytid, start_seconds, end_seconds);`,
    `CREATE TABLE labels AS SELECT s.rowid AS segment, own.value AS mid
       FROM segments s, json_each('["' || replace(s.labels, ',', '","') || '"]') own;`,
    `CREATE UNIQUE INDEX by_segment ON labels (segment, mid);
     CREATE INDEX by_class ON labels (mid, segment);`,
  ]
  const times = steps.map((sql) => {
    const start = performance.now()
    const { status, stderr } = spawnSync('sqlite3', [join(folder, 'reference.db')], { input: sql, cwd: folder })
    if (status !== 0) throw new Error(`sqlite3: ${String(stderr)}`)
    return performance.now() - start
  })
  const names = ['.import', 'two indexes', 'labels as rows', 'their two indexes']
  names.forEach((name, index) => console.log(`  sqlite3 shell, ${name}: ${seconds(times[index]!)}`))
  const version = execFileSync('sqlite3', ['--version'], { encoding: 'utf8' }).split(' ')[0]
  const size = (statSync(join(folder, 'reference.db')).size / 1e6).toFixed(0)
  console.log(`  sqlite3 ${version}: ${seconds(times.reduce((sum, time) => sum + time))}, ${size} MB`)
  rmSync(join(folder, 'reference.db'))
  return { bare: times[0]! + times[1]!, all: times.reduce((sum, time) => sum + time) }
}

async function runImport(folder: string): Promise<number> {
  const catalog = join(folder, 'catalog')
  const env = { ...process.env, EARMARK_USER_FOLDER: join(folder, 'user') }
  const cli = resolve('out/main/cli.js')
  execFileSync(process.execPath, [cli, 'init', catalog], { env })
  const start = performance.now()
  const child = spawn(process.execPath, [cli, 'import', catalog, join(folder, 'set')], { env, stdio: 'ignore' })
  let peak = 0
  const timer = setInterval(() => (peak = Math.max(peak, readMemory(child.pid!))), 100)
  const code = await new Promise((done) => child.once('exit', done))
  clearInterval(timer)
  if (code !== 0) throw new Error(`earmark import ended with ${String(code)}`)
  const took = performance.now() - start
  const size = (statSync(join(catalog, 'earmark.db')).size / 1e6).toFixed(0)
  console.log(
    `  earmark import: ${seconds(took)}, ${size} MB; both processes together at most ${(peak / 1e6).toFixed(0)} MB`,
  )
  return took
}

/** Resident bytes of a process and its children; 0 where the system does not tell. */
function readMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const own = 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    )
    return children.reduce((sum, child) => sum + readMemory(Number(child)), own)
  } catch {
    return 0
  }
}

/** Notes on 1 % of the clips, and a site and a recorder of each: what a search has to look through beside the ids. */
function addMetadata(database: Database): void {
  database.sqlite.exec(`
    INSERT INTO metadata_names (name) VALUES ('site'), ('recorder');
    INSERT INTO clip_metadata SELECT key, 1, 'site ' || (key % 97) FROM clips;
    INSERT INTO clip_metadata SELECT key, 2, 'unit-' || (key % 11) FROM clips;
    UPDATE clips SET note = 'wind on the microphone, check ' || key WHERE key % 100 = 0;`)
}

async function askAll(path: string): Promise<void> {
  const { database } = openCatalog(path, () => undefined)
  addMetadata(database)
  const reader = new ClipReader({
    database,
    file: join(path, 'earmark.db'),
    log: (line) => console.log(line),
    onLoaded: () => undefined,
  })
  const page = (query: ClipQuery, offset = 0): Promise<unknown> =>
    reader.ask({ kind: 'page', query, offset, limit: 100 })
  const first = await time(() => page(parseClipQuery('')))
  // What is not the beginning of the whole list waits for the columns.
  const waited = await time(() => reader.ask({ kind: 'facets', query: parseClipQuery('') }))
  console.log(`opened: first page ${first.toFixed(0)} ms, anything else after ${seconds(first + waited)} (once)`)

  const random = new Random(2, 'questions')
  const one = <T>(list: readonly T[]): T => list[random.integer(list.length)]!
  const { total } = await reader.ask({ kind: 'page', query: parseClipQuery(''), offset: 0, limit: 1 })
  const names = database.pluck<string>('SELECT name FROM ontology_classes ORDER BY key')
  const paths = database.pluck<string>('SELECT path FROM recordings WHERE key % 5000 = 0')
  const label = (): string => `label:${JSON.stringify(one(names))}`
  const piece = (): string => {
    const from = random.integer(8)
    return one(paths)
      .slice(from, from + 3)
      .replaceAll('-', 'x')
  }
  const word = (): string =>
    one([piece, () => one(names).split(/[ ,()]+/)[0]!, () => `unit-${random.integer(11)}`, () => 'microphone'])()
  const sort = (): string =>
    one(['', 'sort:-path', 'sort:duration', 'sort:-duration', 'sort:label', 'sort:-label', 'sort:fold'])
  const filters: (() => string)[] = [
    () => sort(),
    () => `${label()} ${sort()}`,
    () => `-${label()} ${sort()}`,
    () => `${label()} ${label()}`,
    () => `${label()} -${label()} ${sort()}`,
    () => `unknown:${JSON.stringify(one(names))} ${label()}`,
    () => `duration:<${(1 + random.integer(90)) / 10} ${sort()}`,
    () => `${label()} duration:>9`,
    () => one(['is:unlabeled', 'is:labeled', 'is:annotated', 'is:missing']) + ` ${sort()}`,
    () => `${word()} ${label()}`,
  ]
  const questions: Record<string, () => Promise<unknown>> = {
    'first page': () => page(parseClipQuery(one(filters)())),
    'page at any place': () => page(parseClipQuery(one(['', '', label()])), random.integer(total)),
    'search for words': () => page(parseClipQuery(word())),
    'facets with counts': () => reader.ask({ kind: 'facets', query: parseClipQuery(one(filters)()) }),
  }
  console.log('\n| question | asked | p50 | p95 | p99 | worst |\n| --- | ---: | ---: | ---: | ---: | ---: |')
  for (const [name, ask] of Object.entries(questions)) await report(name, 400, () => time(ask))
  const naive: Record<string, () => unknown> = {
    'naive: `LIKE` over path, note, metadata and class names': () => {
      const like = `%${word()}%`
      return database.all(
        `SELECT c.id FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE r.path LIKE ? OR c.note LIKE ?
           OR EXISTS (SELECT 1 FROM clip_metadata m WHERE m.clip_key = c.key AND m.value LIKE ?)
           OR EXISTS (SELECT 1 FROM clip_labels l JOIN ontology_classes k ON k.key = l.class_key
             WHERE l.clip_key = c.key AND l.state = 1 AND k.name LIKE ?) ORDER BY r.path LIMIT 100`,
        like,
        like,
        like,
        like,
      )
    },
    'naive: `OFFSET` to any place': () =>
      database.all(
        'SELECT c.id FROM clips c JOIN recordings r ON r.key = c.recording_key ORDER BY r.path LIMIT 100 OFFSET ?',
        random.integer(total),
      ),
    'naive: `count(*) … GROUP BY` class': () =>
      database.all('SELECT class_key, count(*) FROM clip_labels WHERE state = 1 GROUP BY class_key'),
  }
  for (const [name, ask] of Object.entries(naive)) await report(name, 10, () => time(async () => ask()))
  console.log(`\nthis process, with the thread's columns: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`)
  await reader.close()
  database.close()
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function report(name: string, count: number, measure: () => Promise<number>): Promise<void> {
  const times: number[] = []
  for (let turn = 0; turn < count; turn++) times.push(await measure())
  times.sort((a, b) => a - b)
  const at = (share: number): string => `${times[Math.min(count - 1, Math.ceil(share * count) - 1)]!.toFixed(1)} ms`
  console.log(`| ${name} | ${count} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${at(1)} |`)
}
