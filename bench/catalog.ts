/**
 * `npm run bench -- catalog [--clips N] [--keep] [--use CATALOG]`: a catalog of AudioSet's size. Imports a generated list of 2,084,320
 * segments with the built `earmark import`, beside the sqlite3 shell's `.import` of the same rows; then asks the questions
 * of the library and prints how long the answers took, beside naive SQL.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { askAll } from './catalog-questions'
import { writeSegments } from './catalog-set'

const real = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'audioset')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export async function main(args: string[]): Promise<void> {
  if (!existsSync(real)) throw new Error(`${resolve(real)} is not there; EARMARK_TEST_DATA names another folder.`)
  const at = args.indexOf('--clips')
  const count = at < 0 ? 2_084_320 : Number(args[at + 1])
  const kept = args.indexOf('--use')
  if (kept >= 0) return askAll(resolve(args[kept + 1]!))
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
