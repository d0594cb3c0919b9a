/** What can be wrong with JSON, on every format that has some. */
import { describe, expect, it } from 'vitest'
import { importers } from '../importers/importer'
import { readOntology } from '../ontology/read-ontology'
import { ontologies } from '../testing/fuzz/corpora'
import { jsonCases } from './json'
import { isNever, linesOf, type Read, readAll } from './read-all'

const cases = Object.entries(jsonCases).flatMap(([id, own]) => (isNever(own) ? [] : [[id, own] as const]))

/** What is said of a dataset: the error that refuses it, or its issues. */
async function sayings(id: string, text: string): Promise<{ said: string; read: Read | null }> {
  const own = jsonCases[id]!
  if (isNever(own)) throw new Error(own.never)
  try {
    const read = await readAll(id, own.put(text))
    return { said: linesOf(read).join('\n'), read }
  } catch (error) {
    expect(error).toMatchObject({ name: 'AppError', code: 'bad-file' })
    return { said: (error as Error).message, read: null }
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.entries(value).flat().flatMap(textsIn) : []
}

it('every format has its JSON here, or the reason why not', () => {
  expect(Object.keys(jsonCases).sort()).toEqual(importers.map(({ id }) => id).sort())
})

describe.each(cases)('%s', (id, { document, recordings, place }) => {
  const isTold = (read: Read | null): boolean => recordings.some((path) => read?.recordings[path] !== undefined)
  /** FSD50K's information and AudioSet's ontology are beside their tables: without them the import is refused. */
  const isBeside = id === 'fsd50k' || id === 'audioset-csv'

  it('reads the document as it is', async () => {
    const { read, said } = await sayings(id, document)
    expect(isTold(read)).toBe(true)
    expect(said).not.toMatch(/JSON|twice/)
  })

  it('refuses a key that stands twice, with the place, and takes nothing of it', async () => {
    const key = /^[[\s]*\{\s*("(?:[^"\\]|\\.)*")\s*:/.exec(document)![1]!
    const twice = document.replace(/^([[\s]*\{)/, `$1${key}:1,`)
    const { said, read } = await sayings(id, twice)
    expect(said).toMatch(place)
    expect(said).toMatch(/the key “[^”]+” stands twice in one object \(line 1, column \d+\)/)
    expect(isTold(read)).toBe(false)
  })

  it('refuses a key that stands twice in another spelling', async () => {
    const inner = JSON.stringify({ odd: 1 }).replace('{', '{"\\u006fdd":2,')
    const { said } = await sayings(id, document.replace(/^([[\s]*\{)/, `$1"x":${inner},`))
    expect(said).toMatch(/the key “odd” stands twice/)
  })

  it.each([
    ['lists', (depth: number) => '['.repeat(depth) + ']'.repeat(depth)],
    ['objects', (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)],
  ])('refuses 100,000 %s within each other', async (_, nest) => {
    const { said, read } = await sayings(id, document.replace(/^([[\s]*\{)/, `$1"x":${nest(100_000)},`))
    expect(said).toMatch(place)
    expect(said).toMatch(/nested more than 500 deep|no JSON/)
    expect(isTold(read)).toBe(false)
  })

  it.each(['NaN', 'Infinity', '-Infinity', 'undefined', "'x'", '01', '1.', '.5', '0x10'])(
    'refuses %s, which is no JSON',
    async (literal) => {
      const { said, read } = await sayings(id, document.replace(/^([[\s]*\{)/, `$1"x":${literal},`))
      expect(said).toMatch(place)
      expect(said).toMatch(/no JSON/)
      expect(isTold(read)).toBe(false)
    },
  )

  it('refuses a document that breaks off', async () => {
    const { said, read } = await sayings(id, document.slice(0, -3))
    expect(said).toMatch(place)
    expect(isTold(read)).toBe(false)
  })

  it.each(['""', '7', 'null', 'true'])('refuses a document that is %s', async (text) => {
    const { said, read } = await sayings(id, text)
    expect(said).toMatch(place)
    expect(isTold(read)).toBe(false)
  })

  it('reads half a character as the sign for it', async () => {
    const { read } = await sayings(
      id,
      document.replace(/^([[\s]*\{)/, '$1"\\ud800x":"\\udfffa\\ud83d\\ude00\\\\ud800",'),
    )
    expect(isTold(read)).toBe(true)
    // What is escaped, and what is whole, stays.
    for (const text of textsIn(read)) expect(text.isWellFormed()).toBe(true)
    if (id === 'nemo') expect(textsIn(read)).toContain('\ufffda😀\\ud800')
  })

  it.runIf(isBeside)('is refused as a whole, since it tells of other files', async () => {
    expect((await sayings(id, '[')).read).toBeNull()
  })
})

describe('an ontology', () => {
  const text = ontologies['ontology.json']!
  const read = (json: string): unknown => readOntology('o.json', json)

  it('with a key twice, with circles long and short, or with an id twice is refused', () => {
    expect(() => read(text.replace('[{', '[{"id":"x",'))).toThrow(/o\.json.*the key “id” stands twice/)
    const long = Array.from({ length: 50_000 }, (_, n) => ({
      id: `/m/${n}`,
      name: `c${n}`,
      child_ids: [`/m/${(n + 1) % 50_000}`],
    }))
    let message = ''
    try {
      read(JSON.stringify(long))
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toMatch(/o\.json: The classes go round in a circle: “c\d+”.* → … → “c\d+”/)
    expect(message.length).toBeLessThan(1000)
    expect(() => read(text.replace('/t/dd00088', '/m/09x0r'))).toThrow(/id “\/m\/09x0r” is there twice/)
  })

  it('with a child that many classes name is read in time', () => {
    const parents = Array.from({ length: 50_000 }, (_, n) => ({
      id: `/m/${n}`,
      name: `c${n}`,
      child_ids: ['/m/x', '/m/x'],
    }))
    const startedMs = performance.now()
    const drafts = readOntology('o.json', JSON.stringify([...parents, { id: '/m/x', name: 'x' }]))
    expect(performance.now() - startedMs).toBeLessThan(4000)
    expect(drafts.at(-1)!.parentIds).toHaveLength(50_000)
  })

  it('nested without end is refused', () => {
    expect(() => read(`[${'['.repeat(100_000)}${']'.repeat(100_000)}]`)).toThrow(/nested more than 500 deep/)
  })
})
