import { v7 as createId } from 'uuid'
import type { Snapshot } from '../../../shared/contract/snapshots'
import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import { currentOntologyVersion } from './ontology-versions'
import type { Recorder } from './recorder'
import { readChunk, readForSnapshot, readManifest, type SnapshotReading } from './snapshot-reader'

const columns = `id, name, note, author, at, content_hash AS contentHash, ontology_hash AS ontologyHash,
  ontology_version AS ontologyVersion, clip_count AS clipCount, label_count AS labelCount, segment_count AS segmentCount,
  metadata_count AS metadataCount,
  (SELECT json_group_array(json_extract(r.recipe, '$.name') || ' #' || r.number ORDER BY r.number)
     FROM runs r WHERE r.snapshot_id = snapshots.id) AS runs`

type SnapshotRow = Omit<Snapshot, 'runs'> & { runs: string }
const toSnapshot = ({ runs, ...row }: SnapshotRow): Snapshot => ({ ...row, runs: JSON.parse(runs) as string[] })

/** Newest first. */
export function listSnapshots(database: Database): Snapshot[] {
  return database.all<SnapshotRow>(`SELECT ${columns} FROM snapshots ORDER BY key DESC`).map(toSnapshot)
}

/** Bytes of all snapshots' texts together, deflated. */
export function measureSnapshots(database: Database): number {
  return database.get<{ bytes: number }>('SELECT coalesce(sum(length(data)), 0) AS bytes FROM snapshot_chunks')!.bytes
}

/** @throws AppError 'not-found' */
export function readSnapshot(database: Database, id: string): Snapshot {
  const row = database.get<SnapshotRow>(`SELECT ${columns} FROM snapshots WHERE id = ?`, id)
  if (!row)
    throw new AppError('not-found', `There is no snapshot with the id ${id}.`, {
      hint: '"earmark snapshots ls" lists the snapshots.',
    })
  return toSnapshot(row)
}

/** Who makes a snapshot, and what it is called; a run's has no name. */
export interface SnapshotHead {
  name: string | null
  note: string
  author: string
}

/**
 * Makes a snapshot of the catalog as it is. Where one of the same content is there, it is that one, as it is called.
 * @throws AppError 'conflict' for a name that is taken, and while an import runs
 */
export function makeSnapshot(
  database: Database,
  head: SnapshotHead,
  onRead?: (done: number, total: number) => void,
): { id: string; isNew: boolean } {
  refuseTakenName(database, head.name)
  const version = currentOntologyVersion(database)
  return storeSnapshot(database, head, readForSnapshot(database, version.contentHash, onRead), version.number)
}

function storeSnapshot(
  database: Database,
  { name, note, author }: SnapshotHead,
  { manifest, contentHash, fresh }: SnapshotReading,
  ontologyVersion: number,
): { id: string; isNew: boolean } {
  return database.transaction(() => {
    const twin = database.get<{ id: string }>('SELECT id FROM snapshots WHERE content_hash = ?', contentHash)
    if (twin) return { id: twin.id, isNew: false }
    for (const [hash, data] of fresh)
      database.run('INSERT OR IGNORE INTO snapshot_chunks (hash, data) VALUES (?, ?)', hash, data)
    const id = createId()
    database.run(
      `INSERT INTO snapshots (id, name, note, author, at, content_hash, ontology_hash, ontology_version, clip_count, label_count, segment_count,
           metadata_count)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      name,
      note,
      author,
      new Date().toISOString(),
      contentHash,
      manifest.ontology,
      ontologyVersion,
      manifest.clips,
      manifest.labels,
      manifest.segments,
      manifest.metadata ?? null,
    )
    return { id, isNew: true }
  })
}

/** Renames a snapshot and its note; what it holds never changes. @throws AppError 'not-found', 'conflict' */
export function describeSnapshot(
  database: Database,
  recorder: Recorder,
  id: string,
  change: { name: string; note: string },
): { title: string } {
  const { name } = readSnapshot(database, id)
  if (change.name !== name) refuseTakenName(database, change.name)
  recorder.update('snapshots', [findKey(database, id)], change)
  return { title: `Describe snapshot “${change.name}”` }
}

/** Takes a snapshot out of the list; undoing brings it back, because its content stays. @throws AppError 'conflict' */
export function removeSnapshot(database: Database, recorder: Recorder, id: string): { title: string } {
  const { name, runs, contentHash } = readSnapshot(database, id)
  if (runs.length > 0)
    throw new AppError(
      'conflict',
      `${runs.join(', ')} ${runs.length === 1 ? 'was' : 'were'} trained on this snapshot.`,
      {
        hint: 'A run keeps the snapshot that it names.',
      },
    )
  recorder.remove('snapshots', [findKey(database, id)])
  return { title: `Delete snapshot “${name ?? contentHash.slice(0, 12)}”` }
}

/** What is wrong with the stored snapshots, in sentences; every text is read and hashed. */
export function checkSnapshots(database: Database): string[] {
  const problems: string[] = []
  const sound = new Set<string>()
  const check = (hash: string, of: string): void => {
    if (sound.has(hash)) return
    try {
      readChunk(database, hash)
      sound.add(hash)
    } catch (error) {
      problems.push(`Snapshot ${of}: ${(error as Error).message}`)
    }
  }
  for (const { name, contentHash, clipCount } of listSnapshots(database)) {
    const title = name === null ? contentHash.slice(0, 12) : `“${name}”`
    const before = problems.length
    check(contentHash, title)
    if (problems.length > before) continue
    const manifest = readManifest(database, contentHash)
    for (const hash of [manifest.ontology, ...manifest.chunks]) check(hash, title)
    if (manifest.clips !== clipCount)
      problems.push(`Snapshot ${title} says ${clipCount} clips and has ${manifest.clips}.`)
  }
  return problems
}

function findKey(database: Database, id: string): number {
  return database.get<{ key: number }>('SELECT key FROM snapshots WHERE id = ?', id)!.key
}

function refuseTakenName(database: Database, name: string | null): void {
  if (name !== null && database.get('SELECT 1 FROM snapshots WHERE name = ?', name))
    throw new AppError('conflict', `There is a snapshot “${name}” already.`, { hint: 'Choose another name.' })
}
