/** Entry of the thread that answers lists, counts and facets of a large catalog, with a connection of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import { everyClip } from '../../../shared/contract/clip-query'
import type { ClipPosition } from '../../../shared/contract/clips'
import { toAppError } from '../../../shared/errors'
import { completeCounts } from './catalog-counts'
import { loadColumns } from './clip-columns'
import { ClipIndex } from './clip-index'
import { answerClips, type ClipQuestion } from './clip-question'
import type { ReaderMessage, ReaderReply } from './clip-reader'
import { readIdsByKey, readRowsByKey } from './clips'
import { openReader } from './database'
import { listClasses, listCountedClasses } from './ontology'

/** Quiet time after many clips came or went, as an import does batch by batch, before the columns are read again. */
const settleMs = 400

/** While an import goes on, the columns are read again this often at most. */
const longestWaitMs = 5000
const { file, manyClips } = workerData as { file: string; manyClips: number }

const port = parentPort
if (!port) throw new Error('clip-thread is started by ClipReader, not by itself')

const database = openReader(file)
let index: ClipIndex | null = null
/** Whether the index is what is in the catalog now; one that is not is still better than minutes of SQL. */
let isFresh = false
let isLoading = false
/** Counted up when the columns are no longer what is in the catalog. */
let generation = 0
let firstChangeMs = 0
let lastChangeMs = 0
/** Clips that were edited while the columns were being read. */
let editedKeys: number[] = []
/** Whether somebody was answered by what may be another now. */
let isAnsweredEarly = false
interface Asked {
  id: number
  question: ClipQuestion
}

/** Questions that wait for the columns. */
const waiting: Asked[] = []

/** Questions in their order, those that a person looks at first: rows come before counts. */
const rows: Asked[] = []
const others: Asked[] = []
const isOfRows = ({ question: { kind } }: Asked): boolean => kind === 'page' || kind === 'position' || kind === 'ids'

port.on('message', (message: ReaderMessage) => {
  if ('question' in message) enqueue(message)
  else note(message.keys)
})

function enqueue(asked: Asked): void {
  const isIdle = rows.length + others.length === 0
  ;(isOfRows(asked) ? rows : others).push(asked)
  if (isIdle) setImmediate(answerNext)
}

/** One at a time, so that what comes meanwhile can go before the rest. */
function answerNext(): void {
  const next = rows.shift() ?? others.shift()
  if (!next) return
  if (rows.length + others.length > 0) setImmediate(answerNext)
  void answer(next)
  if (!isFresh && !isLoading) void load()
}

const send = (reply: ReaderReply): void => port.postMessage(reply)

/** Takes note of an edit. @param keys null: anything may be another now */
function note(keys: number[] | null): void {
  if (isLoading && keys !== null) editedKeys.push(...keys)
  if (keys !== null && index?.refresh(keys) !== false) return
  if (keys !== null && !isFresh) return
  lastChangeMs = performance.now()
  if (isFresh || firstChangeMs === 0) firstChangeMs = lastChangeMs
  generation++
  isFresh = false
  if (!isLoading && index) void load()
}

async function load(): Promise<void> {
  isLoading = true
  try {
    while (!isFresh) {
      await waitForQuiet()
      const started = generation
      editedKeys = []
      const own = openReader(file)
      const columns = await loadColumns(own).finally(() => own.close())
      const loaded = new ClipIndex(database, columns, () => openReader(file))
      const isWhole = loaded.refresh(editedKeys)
      index = loaded
      isFresh = isWhole && started === generation
      firstChangeMs = performance.now()
      for (const asked of waiting.splice(0)) enqueue(asked)
      if (isAnsweredEarly) send({ hasLoaded: true })
      isAnsweredEarly = false
      void loadValues(loaded)
    }
  } catch (error) {
    // What waits is answered by SQL, however long it takes; the next question tries again.
    send({ log: `the columns of ${file} could not be read: ${String(error)}` })
    for (const { id, question } of waiting.splice(0)) send(replyBySql(id, question))
  } finally {
    isLoading = false
  }
}

/** Values of metadata are read when all else can be answered. */
async function loadValues(own: ClipIndex): Promise<void> {
  try {
    await own.values.loadAll(() => index === own)
  } catch (error) {
    send({ log: `the metadata of ${file} could not be read: ${String(error)}` })
  }
}

async function waitForQuiet(): Promise<void> {
  for (;;) {
    const now = performance.now()
    const waitMs = Math.min(lastChangeMs + settleMs, firstChangeMs + longestWaitMs) - now
    if (lastChangeMs === 0 || waitMs <= 0) return
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

async function answer({ id, question }: Asked): Promise<void> {
  const areMany = database.nextKey('clips') > manyClips
  if (index && (isFresh || areMany)) {
    const own = index
    isAnsweredEarly ||= !isFresh
    if (question.kind === 'facetValues') await own.prepare(question.facet).catch(() => undefined)
    if (question.kind === 'coverage') await own.prepareCoverage(question).catch(() => undefined)
    send(replyWith(id, () => answerByIndex(own, question)))
  } else if (!areMany || isSimple(question)) send(replyBySql(id, question))
  else waiting.push({ id, question })
}

/** The beginning of the whole list, which walking an index gives at once. */
function isSimple(question: ClipQuestion): boolean {
  // What SQL answers in any case need not wait for the columns.
  if (question.kind === 'counts' || question.kind === 'classes') return true
  if (question.kind !== 'page' || question.offset > 10_000) return false
  return JSON.stringify({ ...question.query, direction: 'ascending' }) === JSON.stringify(everyClip)
}

function replyWith(id: number, work: () => unknown): ReaderReply {
  try {
    return { id, answer: work() }
  } catch (thrown) {
    return { id, error: toAppError(thrown).toData() }
  }
}

function replyBySql(id: number, question: ClipQuestion): ReaderReply {
  // Names are wanted at once, and what is below them can be counted when the columns are there.
  if (question.kind === 'classes' && database.nextKey('clips') > manyClips) {
    isAnsweredEarly = true
    return replyWith(id, () => listClasses(database, false))
  }
  return replyWith(id, () => answerClips(database, question))
}

/** As `answerClips`, from memory: only the rows of the page are read. */
function answerByIndex(own: ClipIndex, question: ClipQuestion): unknown {
  switch (question.kind) {
    case 'page': {
      const { total, keys } = own.page(question.query, question.offset, question.limit)
      return { total, rows: readRowsByKey(database, keys, question.query.runId) }
    }
    case 'facets':
      return own.facets(question.query)
    case 'facetValues':
      return own.facetValues(question)
    case 'position':
      return findPosition(own, question)
    case 'classes':
      return listCountedClasses(database, (certain) => own.countClasses(certain))
    case 'counts':
      return completeCounts(database, own.size)
    case 'coverage':
      return own.coverage(question)
    case 'ids': {
      const { query, offset, limit } = question
      return readIdsByKey(database, own.page(query, offset, limit ?? Infinity).keys)
    }
  }
}

function findPosition(own: ClipIndex, { query, id }: ClipQuestion & { kind: 'position' }): ClipPosition {
  const key = database.get<{ key: number }>('SELECT key FROM clips WHERE id = ?', id)?.key ?? -1
  const place = own.placeOf(query, key)
  const { total, keys } = own.page(query, Math.max(0, place - 1), 3)
  if (place < 0) return { index: -1, total, previousId: null, nextId: null }
  const idOf = (other: number | undefined): string | null =>
    other === undefined ? null : (database.get<{ id: string }>('SELECT id FROM clips WHERE key = ?', other)?.id ?? null)
  const hasPrevious = place > 0
  return {
    index: place,
    total,
    previousId: hasPrevious ? idOf(keys[0]) : null,
    nextId: idOf(keys[hasPrevious ? 2 : 1]),
  }
}
