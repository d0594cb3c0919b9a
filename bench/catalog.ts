/**
 * `npm run bench -- catalog [--clips N] [--folder DIR] [--only import,questions]`: a catalog of AudioSet's size. Imports a
 * generated list of 2,084,320 segments with the built `earmark import`, beside the sqlite3 shell's `.import` of the same
 * rows; then asks the questions of the library and prints how long the answers took, beside naive SQL. In a folder that is
 * named the list and the catalog are kept, and used again.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { askAll } from './catalog-questions'
import { writeSegments } from './catalog-set'
import { runMeasured } from './run-measured'

const real = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'audioset')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const steps = ['import', 'questions'] as const

export async function main(args: string[]): Promise<void> {
  if (!existsSync(real)) throw new Error(`${resolve(real)} is not there; EARMARK_TEST_DATA names another folder.`)
  const { values } = parseArgs({
    args,
    options: {
      clips: { type: 'string', default: '2084320' },
      folder: { type: 'string' },
      only: { type: 'string', default: steps.join(',') },
    },
  })
  const chosen = values.only.split(',')
  const unknown = chosen.find((step) => !(steps as readonly string[]).includes(step))
  if (unknown !== undefined) throw new Error(`--only ${unknown}: the steps are ${steps.join(', ')}`)
  const folder = values.folder ? resolve(values.folder) : mkdtempSync(join(tmpdir(), 'earmark-bench-'))
  try {
    if (chosen.includes('import')) await importSet(folder, Number(values.clips))
    if (chosen.includes('questions')) await askAll(join(folder, 'catalog'))
  } finally {
    if (!values.folder) rmSync(folder, { recursive: true, force: true })
  }
}

async function importSet(folder: string, count: number): Promise<void> {
  const facts = join(folder, 'set.json')
  if (!existsSync(facts)) {
    mkdirSync(folder, { recursive: true })
    const { labels } = writeSegments(real, join(folder, 'set'), join(folder, 'plain.csv'), count)
    writeFileSync(facts, JSON.stringify({ count, labels }))
  }
  const set = JSON.parse(readFileSync(facts, 'utf8')) as { count: number; labels: number }
  console.log(`${set.count} segments, ${set.labels} labels, sorted by id`)
  const reference = runShell(folder)
  rmSync(join(folder, 'catalog'), { recursive: true, force: true })
  const own = await runImport(folder)
  console.log(`import: ${(own / reference.all).toFixed(2)} x the shell with the labels apart`)
  console.log(`        ${(own / reference.bare).toFixed(2)} x the shell with the labels left as one text\n`)
}

/**
 * The reference: what the shell needs for the same rows in bare tables. `bare` is `.import` and the two indexes that one
 * table allows: by id, and by id and span (the catalog's of recordings and of clips). `all` adds the labels as rows of
 * their own, without which no class can be found, and their two indexes (by clip and class, by class and clip). The
 * catalog holds more: stable ids and their indexes, authors and times of labels, references, a journal.
 */
function runShell(folder: string): { bare: number; all: number } {
  const statements = [
    `CREATE TABLE segments (ytid TEXT, start_seconds REAL, end_seconds REAL, labels TEXT);\n.mode csv\n.import plain.csv segments`,
    `CREATE UNIQUE INDEX by_id ON segments (ytid);
     CREATE UNIQUE INDEX by_span ON segments (ytid, start_seconds, end_seconds);`,
    `CREATE TABLE labels AS SELECT s.rowid AS segment, own.value AS mid
       FROM segments s, json_each('["' || replace(s.labels, ',', '","') || '"]') own;`,
    `CREATE UNIQUE INDEX by_segment ON labels (segment, mid);
     CREATE INDEX by_class ON labels (mid, segment);`,
  ]
  const times = statements.map((sql) => {
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
  const { tookMs: took, peakBytes: peak } = await runMeasured(
    process.execPath,
    [cli, 'import', catalog, join(folder, 'set')],
    { env },
  )
  const size = (statSync(join(catalog, 'earmark.db')).size / 1e6).toFixed(0)
  console.log(
    `  earmark import: ${seconds(took)}, ${size} MB; both processes together at most ${(peak / 1e6).toFixed(0)} MB`,
  )
  return took
}
