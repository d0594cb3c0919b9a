import { createReadStream, rmSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { readFileSync } from 'node:fs'
import { createCatalog } from '../src/main/host/catalog/catalog-folder'
import { Recorder } from '../src/main/host/catalog/recorder'
import { ensureRoot, ingestRecordings } from '../src/main/host/catalog/recordings'
import { ensureClasses } from '../src/main/host/catalog/ontology'
import { closeEntry } from '../src/main/host/catalog/journal'
import type { RecordingDraft } from '../src/shared/job/worker-event'

export async function main([limit = '3000000', batchSize = '5000']: string[]): Promise<void> {
  rmSync('/tmp/scale/cat', { recursive: true, force: true })
  const { database } = createCatalog('/tmp/scale/cat', console.log)
  const names = readFileSync('/work/shared/data/audioset/class_labels_indices.csv', 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [, code, mid, name] = /^(\d+),([^,]+),"(.*)"$/.exec(line)!
      return { name: name!, code: Number(code), mid: mid! }
    })
  const nameOf = new Map(names.map((n) => [n.mid, n.name]))
  const recorder = new Recorder(database, { kind: 'import', title: 'x', author: 'a' }, 'open')
  const root = database.transaction(() => {
    ensureClasses(database, recorder, names)
    return ensureRoot(database, recorder, '/data/audioset', 'audioset-csv')
  })
  const start = performance.now()
  let parseMs = 0
  let n = 0
  let batch: RecordingDraft[] = []
  const flush = () => {
    database.transaction(() => {
      ingestRecordings(database, recorder, root, batch)
      recorder.writeCount()
    })
    batch = []
  }
  const none = {
    contentHash: null,
    sizeBytes: null,
    modifiedMs: null,
    format: null,
    sampleRateHz: null,
    channelCount: null,
    durationSeconds: null,
  }
  for await (const line of createInterface({ input: createReadStream('/tmp/scale/unbalanced.csv') })) {
    if (line.startsWith('#')) continue
    const [ytid, a, b, l] = line.split(', ')
    batch.push({
      path: ytid!,
      ...none,
      clips: [
        {
          startSeconds: Number(a),
          endSeconds: Number(b),
          fold: null,
          group: null,
          labels: l!
            .slice(1, -1)
            .split(',')
            .map((mid) => ({ className: nameOf.get(mid)!, state: 'present' })),
          source: {},
        },
      ],
    })
    n++
    if (batch.length >= Number(batchSize)) {
      const t = performance.now()
      flush()
      parseMs += performance.now() - t
    }
    if (n % 200000 === 0)
      console.log(
        n,
        ((performance.now() - start) / 1000).toFixed(1),
        (parseMs / 1000).toFixed(1),
        (process.memoryUsage().rss / 1e6).toFixed(0),
      )
    if (n >= Number(limit)) break
  }
  flush()
  closeEntry(database, recorder.seq!)
  console.log('all', ((performance.now() - start) / 1000).toFixed(1), 'ingest', (parseMs / 1000).toFixed(1))
  database.close()
  console.log(statSync('/tmp/scale/cat/earmark.db').size / 1e6, 'MB', process.resourceUsage().maxRSS / 1e3)
}
