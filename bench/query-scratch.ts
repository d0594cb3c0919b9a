import { ClipReader } from '../src/main/host/catalog/clip-reader'
import { openCatalog } from '../src/main/host/catalog/catalog-folder'
import { parseClipQuery } from '../src/shared/contract/clip-query'
export async function main(args: string[]): Promise<void> {
  const { database } = openCatalog('/tmp/scale/cat', () => undefined)
  const reader = new ClipReader(database, '/tmp/scale/cat/earmark.db')
  const time = async (name: string, work: () => Promise<unknown>) => { const t = performance.now(); let r; try { r = await work() } catch (e) { r = String(e) } console.log(name.padEnd(60), (performance.now() - t).toFixed(1), 'ms', JSON.stringify(r)?.slice(0, 40)) }
  await time('first page, by SQL', () => reader.ask({ kind: 'page', query: parseClipQuery(''), offset: 0, limit: 100 }))
  for (let i = 0; i < 30; i++) { await time('page while loading', () => reader.ask({ kind: 'page', query: parseClipQuery(''), offset: 0, limit: 100 })); await new Promise((r) => setTimeout(r, 200)) }
  for (const text of args.length ? args : ['', 'label:Speech', 'label:Gong', '-label:Speech', 'label:Speech label:Music', 'unknown:Speech', 'abc', 'dog', 'a', 'duration:<5',  'is:unlabeled', 'sort:label', 'sort:duration', 'is:missing', 'group:x', 'fold:1', 'label:Speech sort:-label abc']) {
    const query = parseClipQuery(text)
    await time(`page ${text}`, () => reader.ask({ kind: 'page', query, offset: 0, limit: 100 }))
    await time(`page far ${text}`, () => reader.ask({ kind: 'page', query, offset: 1_000_000, limit: 100 }))
    await time(`facets ${text}`, () => reader.ask({ kind: 'facets', query }))
  }
  console.log(process.memoryUsage().rss / 1e6)
  await reader.close()
}
