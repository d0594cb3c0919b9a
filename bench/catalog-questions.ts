/** The questions of the library, drawn at random, and how long their answers take. */
import { join } from 'node:path'
import { Random } from '../src/dsp/random'
import { openCatalog } from '../src/main/host/catalog/catalog-folder'
import { ClipReader } from '../src/main/host/catalog/clip-reader'
import type { Database } from '../src/main/host/catalog/database'
import { runCommand } from '../src/main/host/catalog/journal'
import { setLabel } from '../src/main/host/catalog/labels'
import { suggestForQuery } from '../src/main/host/catalog/query-suggestions'
import { listViews, saveView } from '../src/main/host/catalog/saved-views'
import { type ClipQuery, parseClipQuery } from '../src/shared/contract/clip-query'
import type { Facet } from '../src/shared/contract/facets'
import { addWork } from './catalog-work'

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export async function askAll(path: string): Promise<void> {
  const { database } = openCatalog(path, () => undefined)
  addWork(database)
  const open = (): ClipReader =>
    new ClipReader({
      database,
      file: join(path, 'earmark.db'),
      log: (line) => console.log(line),
      onLoaded: () => undefined,
    })
  await watchOpening(open)

  const reader = open()
  const page = (query: ClipQuery, offset = 0): Promise<unknown> =>
    reader.ask({ kind: 'page', query, offset, limit: 100 })
  await reader.ask({ kind: 'facets', query: parseClipQuery('') })
  // Values of metadata are read behind the rest; asking for them waits for it.
  for (const name of ['site', 'recorder', 'licence', 'number'])
    await reader.ask({
      kind: 'facetValues',
      query: parseClipQuery(''),
      facet: { kind: 'metadata', name },
      search: '',
      limit: 5,
    })

  const { random, one, label, words, total } = await drawFrom(database)
  const orders = ['path', 'duration', 'label', 'fold']
  const sort = (): string => one(['', ...orders.flatMap((order) => [`sort:${order}`, `sort:-${order}`])])
  const keys: Record<string, () => string> = {
    'by:': () => one(['by:ana', 'by:ben', 'by:import', 'by:ana,ben', '-by:import']),
    'note:': () => one(['note:microphone', `note:${random.integer(1000)}`, 'note:"at once"', '-note:check']),
    'no:, has:': () =>
      one([
        'no:label',
        'no:fold',
        'no:note',
        'has:note',
        'no:group',
        'no:embedding',
        'has:site',
        'no:site',
        'no:number',
      ]),
    'disagrees:': () => one(['disagrees:run1', 'disagrees:last', '-disagrees:run1']),
    'score:, true:, predicted:': () =>
      `run:last ${one([`score:>${random.uniform().toFixed(2)}`, 'score:0.4..0.6', `predicted:${name()}`, `true:${name()}`, 'is:wrong', 'is:right'])} ${one(['', 'sort:-score', 'sort:score'])}`,
    'site: and other metadata': () =>
      one([
        `site:"site ${random.integer(97)}"`,
        `recorder:unit-${random.integer(11)}`,
        'licence:CC0',
        '-licence:"CC BY 4.0"',
        `number:n${random.integer(total)}`,
      ]),
    'status:, split:, is:, under:': () =>
      one([
        'status:done',
        'status:unlabeled,returned',
        '-status:unlabeled',
        'split:train',
        'is:complete',
        '-is:complete',
        'is:annotated',
        'is:missing',
        `under:${name()}`,
      ]),
  }
  const name = (): string => JSON.stringify(one(words.classes))
  const filters: (() => string)[] = [
    () => '',
    label,
    () => `-${label()}`,
    () => `${label()} ${label()}`,
    () => `${label()} -${label()}`,
    () => `unknown:${name()} ${label()}`,
    () => `absent:${name()}`,
    () => `duration:<${(1 + random.integer(90)) / 10}`,
    () => `${label()} duration:>9`,
    () => one(['is:unlabeled', 'is:labeled']),
    () => `${words.any()} ${label()}`,
    ...Object.values(keys),
  ]
  const sorted = (text: string): string => (text.includes('sort:') ? text : `${text} ${sort()}`)
  const any = (): string => sorted(one(filters)())
  const facets: Facet[] = [
    { kind: 'author' },
    { kind: 'run' },
    ...['site', 'recorder', 'licence', 'number'].map((own) => ({ kind: 'metadata' as const, name: own })),
  ]
  const views = Array.from({ length: 30 }, (_, index) => `view ${index}`)
  for (const own of views)
    runCommand(database, 'views.save', 'ana', (recorder) =>
      saveView(database, recorder, { name: own, query: parseClipQuery(any()) }, 'ana'),
    )

  printHead('question, p95 of each first page is to be at most 100 ms')
  const ask = (what: string, work: () => Promise<unknown>, count = 400): Promise<void> => report(what, count, work)
  await ask('first page, all filters and orders', () => page(parseClipQuery(any())))
  for (const [key, draw] of Object.entries(keys))
    await ask(`first page, \`${key}\``, () => page(parseClipQuery(draw())), 200)
  for (const order of [...orders, 'score'])
    await ask(
      `first page, sorted by ${order}`,
      () =>
        page(parseClipQuery(`${order === 'score' ? 'run:last' : one(['', label()])} sort:${one(['', '-'])}${order}`)),
      200,
    )
  await ask('page at any place of a sorted list', () =>
    page(parseClipQuery(one(['', 'sort:-duration', 'sort:label', label()])), random.integer(total)),
  )
  await ask('search: names of files', () => page(parseClipQuery(words.path())), 200)
  await ask('search: labels', () => page(parseClipQuery(words.label())), 200)
  await ask('search: notes', () => page(parseClipQuery(one(['microphone', `check ${random.integer(99_999)}`]))), 200)
  await ask('search: metadata', () => page(parseClipQuery(words.metadata())), 200)
  await ask('a saved view, opened', async () => page(parseClipQuery(one(listViews(database)).query)), 200)
  await ask('facets with counts', () => reader.ask({ kind: 'facets', query: parseClipQuery(any()) }))
  for (const facet of facets)
    await ask(
      `values of ${facet.kind === 'metadata' ? `metadata ${facet.name}` : `${facet.kind}s`}`,
      () => reader.ask({ kind: 'facetValues', query: parseClipQuery(any()), facet, search: one(['', '1']), limit: 10 }),
      200,
    )
  await ask('completion of the query', async () =>
    suggestForQuery(database, one(['', 'by', 'run', 'site', 'number', 'group']), one(['', 's', 'n1', 'u'])),
  )
  const ids = database.pluck<string>('SELECT id FROM clips WHERE key % 20000 = 0')
  const classes = database.pluck<string>('SELECT id FROM ontology_classes WHERE is_abstract IS NULL')
  await report(
    'first page right after a label was set',
    100,
    async () => page(parseClipQuery(any())),
    () => {
      const input = {
        clipIds: [one(ids)],
        classId: one(classes),
        state: one(['present', 'absent', 'unknown'] as const),
      }
      reader.note(
        runCommand(database, 'labels.set', 'ana', (recorder) => setLabel(database, recorder, input, 'ana')).touched,
      )
    },
  )
  await askNaively(database, { random, word: words.any, total })
  console.log(`\nthis process, with the thread's columns: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`)
  await reader.close()
  database.close()
}

/** What a person sees while the columns are read: the top of the whole list, again and again; all else waits. */
async function watchOpening(open: () => ClipReader): Promise<void> {
  const reader = open()
  const start = performance.now()
  const top = (offset: number): Promise<unknown> =>
    reader.ask({ kind: 'page', query: parseClipQuery(''), offset, limit: 100 })
  await top(0)
  console.log(`opened: the first page of the whole list after ${(performance.now() - start).toFixed(0)} ms`)
  const late: Promise<string>[] = [
    reader
      .ask({ kind: 'facets', query: parseClipQuery('') })
      .then(() => `counts ${seconds(performance.now() - start)}`),
    reader
      .ask({ kind: 'page', query: parseClipQuery('label:Speech sort:-duration'), offset: 0, limit: 100 })
      .then(() => `a filtered list ${seconds(performance.now() - start)}`),
  ]
  let isOver = false
  const all = Promise.all(late).finally(() => (isOver = true))
  const times: number[] = []
  while (!isOver) {
    const asked = performance.now()
    await top(100 * (times.length % 100))
    times.push(performance.now() - asked)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  times.sort((a, b) => a - b)
  const at = (share: number): string =>
    `${times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(0)} ms`
  console.log(
    `meanwhile, ${times.length} pages of its first 10,000 clips: p50 ${at(0.5)}, p95 ${at(0.95)}, worst ${at(1)}`,
  )
  console.log(`after opening: ${(await all).join(', ')}`)
  await reader.close()
}

interface Words {
  classes: string[]
  path(): string
  label(): string
  metadata(): string
  any(): string
}

async function drawFrom(database: Database): Promise<{
  random: Random
  one<T>(list: readonly T[]): T
  label(): string
  words: Words
  total: number
}> {
  const random = new Random(2, 'questions')
  const one = <T>(list: readonly T[]): T => list[random.integer(list.length)]!
  const { total } = database.get<{ total: number }>('SELECT count(*) AS total FROM clips')!
  const classes = database.pluck<string>('SELECT name FROM ontology_classes ORDER BY key')
  const paths = database.pluck<string>('SELECT path FROM recordings WHERE key % 5000 = 0')
  const path = (): string => {
    const from = random.integer(8)
    return one(paths)
      .slice(from, from + 3)
      .replaceAll('-', 'x')
  }
  const label = (): string => one(classes).split(/[ ,()]+/)[0]!
  const metadata = (): string => one([`unit-${random.integer(11)}`, `n${random.integer(total)}`, 'CC0'])
  const any = (): string => one([path, label, metadata, () => 'microphone'])()
  return {
    random,
    one,
    label: () => `label:${JSON.stringify(one(classes))}`,
    words: { classes, path, label, metadata, any },
    total,
  }
}

/** The same questions as SQL that is written without thought. */
async function askNaively(
  database: Database,
  { random, word, total }: { random: Random; word(): string; total: number },
): Promise<void> {
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
    'naive: `ORDER BY` duration': () =>
      database.all('SELECT id FROM clips ORDER BY end_seconds - start_seconds DESC LIMIT 100'),
    'naive: `author = …`': () =>
      database.all(`SELECT DISTINCT clip_key FROM clip_labels WHERE author = 'import' ORDER BY clip_key LIMIT 100`),
    'naive: `count(*) … GROUP BY` class': () =>
      database.all('SELECT class_key, count(*) FROM clip_labels WHERE state = 1 GROUP BY class_key'),
    'naive: `count(*) … GROUP BY` licence': () =>
      database.all('SELECT value, count(*) FROM clip_metadata WHERE name_key = 3 GROUP BY value'),
  }
  for (const [what, ask] of Object.entries(naive)) await report(what, 10, async () => ask())
}

export function printHead(what: string): void {
  console.log(`\n| ${what} | asked | p50 | p95 | p99 | worst |\n| --- | ---: | ---: | ---: | ---: | ---: |`)
}

async function report(
  what: string,
  count: number,
  work: () => Promise<unknown>,
  prepare: () => void = () => undefined,
): Promise<void> {
  const times: number[] = []
  for (let turn = 0; turn < count; turn++) {
    prepare()
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): string => `${times[Math.min(count - 1, Math.ceil(share * count) - 1)]!.toFixed(1)} ms`
  console.log(`| ${what} | ${count} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${at(1)} |`)
}
