import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join, posix, relative, sep } from 'node:path'
import type { RelinkPlan, RelinkRow } from '../../shared/contract/relink'
import { AppError } from '../../shared/errors'
import { listFolder } from '../media/list-folder'
import type { Database } from './catalog/database'
import { isPlaceTaken, type LinkedRecording, listLinkedRecordings, type NewPlace } from './catalog/relink'

/** What a search has found, ready to be made so. */
export interface FoundPlaces {
  plan: Omit<RelinkPlan, 'id'>
  places: NewPlace[]
  movedRoots: Map<string, string>
}

interface SearchOptions {
  database: Database
  /** Absolute paths: where files were, and a folder to look in. */
  from: string
  to: string
  signal: AbortSignal
  onProgress(done: number, total: number): void
}

const rowLimit = 500
const slashed = (path: string): string => path.split(sep).join('/')
const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/**
 * Looks for the files of recordings below `from` that are not where they were. Sizes are compared first, and only files
 * of a size that is looked for are read.
 * @throws AppError 'not-found' when no recording is below `from`, or `to` is no folder; 'cancelled'
 */
export async function findMoved({ database, from, to, signal, onProgress }: SearchOptions): Promise<FoundPlaces> {
  const recordings = listLinkedRecordings(database).filter((recording) => isInside(placeOf(recording), from))
  if (recordings.length === 0)
    throw new AppError('not-found', `No recording with a known content is below ${from}.`, {
      hint: 'Give the folder as the catalog knows it; "missing" in the library shows where files were.',
    })
  const missing: LinkedRecording[] = []
  for (const recording of recordings) if (!(await isThere(placeOf(recording)))) missing.push(recording)
  const files = new NewFiles(to, new Set(missing.map(({ sizeBytes }) => sizeBytes)), signal)
  await files.list()
  const rows: RelinkRow[] = []
  const places: NewPlace[] = []
  const claimed = new Set<string>()
  for (const [index, recording] of missing.entries()) {
    if (signal.aborted) throw new AppError('cancelled', 'The search was cancelled.')
    if (index % 50 === 0) onProgress(index, missing.length)
    const expected = slashed(relative(from, placeOf(recording)))
    const found = await files.find(recording, expected)
    if (found.verdict !== 'found') {
      rows.push({ recording: placeOf(recording), ...found })
      continue
    }
    const place = locate(recording, from, to, found.place)
    // Two recordings of one content must not end in one file.
    const isTaken = claimed.has(found.place) || isPlaceTaken(database, place, recording.key)
    claimed.add(found.place)
    rows.push({
      recording: placeOf(recording),
      verdict: isTaken ? 'taken' : 'found',
      place: join(to, found.place),
    })
    if (!isTaken) places.push({ recording, ...place, modifiedMs: files.modifiedMs(found.place) })
  }
  const verdicts = { found: 0, changed: 0, ambiguous: 0, lost: 0, taken: 0 }
  for (const { verdict } of rows) verdicts[verdict]++
  rows.sort((a, b) => Number(a.verdict === 'found') - Number(b.verdict === 'found'))
  return {
    plan: {
      recordings: recordings.length,
      inPlace: recordings.length - missing.length,
      verdicts,
      hashedBytes: files.hashedBytes,
      rows: rows.slice(0, rowLimit),
    },
    places,
    movedRoots: findMovedRoots(database, places),
  }
}

const placeOf = ({ rootPath, path }: LinkedRecording): string => join(rootPath, ...path.split('/'))

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}

/** Root and path that a recording gets for a file: a root that was at or below `from` keeps its place in the new tree. */
function locate(
  { rootPath }: LinkedRecording,
  from: string,
  to: string,
  file: string,
): { rootPath: string; path: string } {
  if (!isInside(rootPath, from)) return { rootPath: to, path: file }
  const inner = slashed(relative(from, rootPath))
  if (inner === '') return { rootPath: to, path: file }
  return file.startsWith(`${inner}/`)
    ? { rootPath: join(to, inner), path: file.slice(inner.length + 1) }
    : { rootPath: to, path: file }
}

/** The roots of which every recording with a content was found at its old relative place under one new root. */
function findMovedRoots(database: Database, places: NewPlace[]): Map<string, string> {
  const moved = new Map<string, string>()
  const counts = new Map<string, number>()
  const mixed = new Set<string>()
  for (const { recording, rootPath, path } of places) {
    const old = recording.rootPath
    const own = moved.get(old) ?? rootPath
    if (own !== rootPath || path !== recording.path) mixed.add(old)
    moved.set(old, own)
    counts.set(old, (counts.get(old) ?? 0) + 1)
  }
  for (const [old, rootPath] of [...moved]) {
    const all = database.get<{ count: number }>(
      'SELECT count(*) AS count FROM recordings r JOIN roots ON roots.key = r.root_key WHERE roots.path = ?',
      old,
    )!.count
    const isNewThere = database.get('SELECT 1 FROM roots WHERE path = ?', rootPath) !== undefined
    if (mixed.has(old) || isNewThere || counts.get(old) !== all) moved.delete(old)
  }
  return moved
}

/** The files of the folder that is searched; each is hashed at most once, and only when its size is wanted. */
class NewFiles {
  hashedBytes = 0
  private readonly facts = new Map<string, { size: number; modifiedMs: number }>()
  private readonly bySize = new Map<number, string[]>()
  private readonly hashes = new Map<string, string>()

  constructor(
    private readonly root: string,
    private readonly sizes: Set<number>,
    private readonly signal: AbortSignal,
  ) {}

  async list(): Promise<void> {
    const { files } = await listFolder(this.root)
    for (const file of files) {
      if (this.signal.aborted) throw new AppError('cancelled', 'The search was cancelled.')
      const info = await stat(join(this.root, file)).catch(() => null)
      if (!info) continue
      this.facts.set(file, { size: info.size, modifiedMs: info.mtimeMs })
      if (!this.sizes.has(info.size)) continue
      const own = this.bySize.get(info.size)
      if (own) own.push(file)
      else this.bySize.set(info.size, [file])
    }
  }

  modifiedMs(file: string): number {
    return this.facts.get(file)!.modifiedMs
  }

  /** @param expected where it would be if the whole folder had moved */
  async find(recording: LinkedRecording, expected: string): Promise<Pick<RelinkRow, 'verdict' | 'place'>> {
    const { sizeBytes, contentHash } = recording
    if (this.facts.get(expected)?.size === sizeBytes && (await this.hash(expected)) === contentHash)
      return { verdict: 'found', place: expected }
    const same: string[] = []
    for (const file of this.bySize.get(sizeBytes) ?? []) if ((await this.hash(file)) === contentHash) same.push(file)
    const named = same.filter((file) => posix.basename(file) === posix.basename(recording.path))
    const [only] = same.length === 1 ? same : named.length === 1 ? named : []
    if (only !== undefined) return { verdict: 'found', place: only }
    if (same.length > 1) return { verdict: 'ambiguous', place: same.slice(0, 5).join(', ') }
    if (this.facts.has(expected))
      return { verdict: 'changed', place: `${join(this.root, expected)} has another content` }
    return { verdict: 'lost', place: `nothing in ${basename(this.root)} has its content` }
  }

  private async hash(file: string): Promise<string> {
    const own = this.hashes.get(file)
    if (own !== undefined) return own
    const hash = createHash('sha256')
    try {
      const stream = createReadStream(join(this.root, file), { signal: this.signal, highWaterMark: 1 << 20 })
      for await (const bytes of stream) hash.update(bytes as Uint8Array)
    } catch (error) {
      if (this.signal.aborted) throw new AppError('cancelled', 'The search was cancelled.', { cause: error })
      // A file that cannot be read has no content that could be compared.
      this.hashes.set(file, '')
      return ''
    }
    this.hashedBytes += this.facts.get(file)?.size ?? 0
    const digest = hash.digest('hex')
    this.hashes.set(file, digest)
    return digest
  }
}
