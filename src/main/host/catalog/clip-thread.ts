/** Entry of the thread that answers lists, counts and facets of a large catalog, with a connection of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import type { ClipPosition } from '../../../shared/contract/clips'
import { toAppError } from '../../../shared/errors'
import { loadColumns } from './clip-columns'
import { ClipIndex } from './clip-index'
import { answerClips, type ClipQuestion } from './clip-question'
import type { ReaderMessage, ReaderReply } from './clip-reader'
import { readRowsByKey } from './clips'
import { openReader } from './database'

/** Quiet time after many clips came or went, as an import does batch by batch, before the columns are read again. */
const settleMs = 400

const { file } = workerData as { file: string }
const port = parentPort
if (!port) throw new Error('clip-thread is started by ClipReader, not by itself')

const database = openReader(file)
let index: ClipIndex | null = null
let isLoading = false
/** Counted up when the columns are no longer what is in the catalog. */
let generation = 0
let lastChangeMs = 0
/** Clips that were edited while the columns were being read. */
let editedKeys: number[] = []

port.on('message', (message: ReaderMessage) => {
  if ('question' in message) {
    port.postMessage(reply(message.id, message.question))
    if (!index && !isLoading) void load()
  } else note(message.keys)
})

/** Takes note of an edit. @param keys null: anything may be another now */
function note(keys: number[] | null): void {
  lastChangeMs = performance.now()
  if (keys === null) drop()
  else if (isLoading) editedKeys.push(...keys)
  else if (index && !index.refresh(keys)) drop()
}

function drop(): void {
  generation++
  index = null
  if (!isLoading) void load()
}

async function load(): Promise<void> {
  isLoading = true
  try {
    while (!index) {
      const waitMs = lastChangeMs + settleMs - performance.now()
      if (lastChangeMs > 0 && waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      const started = generation
      editedKeys = []
      const own = openReader(file)
      const columns = await loadColumns(own).finally(() => own.close())
      if (started !== generation) continue
      const loaded = new ClipIndex(database, columns)
      if (loaded.refresh(editedKeys)) index = loaded
    }
  } catch (error) {
    // Lists are still answered by SQL; the next question tries again.
    port?.postMessage({ log: `the columns of ${file} could not be read: ${String(error)}` } satisfies ReaderReply)
  } finally {
    isLoading = false
  }
}

function reply(id: number, question: ClipQuestion): ReaderReply {
  try {
    return { id, answer: index ? answerByIndex(index, question) : answerClips(database, question) }
  } catch (thrown) {
    return { id, error: toAppError(thrown).toData() }
  }
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
    case 'position':
      return findPosition(own, question)
    case 'ids':
      return answerClips(database, question)
  }
}

function findPosition(own: ClipIndex, { query, id }: ClipQuestion & { kind: 'position' }): ClipPosition {
  const key = database.get<{ key: number }>('SELECT key FROM clips WHERE id = ?', id)?.key ?? -1
  const place = own.placeOf(query, key)
  const { total, keys } = own.page(query, Math.max(0, place - 1), 3)
  if (place < 0) return { index: -1, total, previousId: null, nextId: null }
  const idOf = (other: number | undefined): string | null =>
    other === undefined ? null : database.get<{ id: string }>('SELECT id FROM clips WHERE key = ?', other)!.id
  const own0 = place === 0 ? 0 : 1
  return { index: place, total, previousId: own0 === 0 ? null : idOf(keys[0]), nextId: idOf(keys[own0 + 1]) }
}
