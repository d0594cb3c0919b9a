/**
 * What a catalog says, read from its database and named as people name it, so that it can be foretold: by the path and
 * span of a clip, the name of a class. Beside it a fingerprint of every row that undo brings back.
 */
import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { journaledTables } from '../../src/main/host/catalog/journal-tables'

/** A thing's name, such as "label a.wav@0-1 dog", and what is said of it. */
export type State = Map<string, string>
/** New values; null where the thing is gone. */
export type Changes = (readonly [name: string, value: string | null])[]

const clip = `r.path || '@' || c.start_seconds || '-' || c.end_seconds`
const clips = 'clips c JOIN recordings r ON r.key = c.recording_key'

/** Each gives names and values. */
const sentences: string[] = [
  `SELECT 'recording ' || r.path, roots.path FROM recordings r JOIN roots ON roots.key = r.root_key`,
  `SELECT 'clip ' || ${clip}, json_array(c.fold, c.split, c.group_key, c.status, c.is_fully_annotated, c.note) FROM ${clips}`,
  `SELECT 'label ' || ${clip} || ' ' || k.name, iif(l.state = 1, 'present', 'absent') || ' by ' || l.author
     FROM ${clips} JOIN clip_labels l ON l.clip_key = c.key JOIN ontology_classes k ON k.key = l.class_key`,
  `SELECT 'metadata ' || ${clip} || ' ' || n.name, m.value
     FROM ${clips} JOIN clip_metadata m ON m.clip_key = c.key JOIN metadata_names n ON n.key = m.name_key`,
  `SELECT 'segment ' || a.id, json_array(${clip}, a.start_seconds, a.end_seconds, a.author, a.note,
       (SELECT json_group_array(k.name || l.state) FROM annotation_labels l JOIN ontology_classes k ON k.key = l.class_key
          WHERE l.annotation_key = a.key))
     FROM ${clips} JOIN annotations a ON a.clip_key = c.key`,
  `SELECT 'class ' || k.name, (SELECT json_group_array(p.name) FROM class_parents x JOIN ontology_classes p
       ON p.key = x.parent_key WHERE x.child_key = k.key) FROM ontology_classes k`,
  `SELECT 'comment ' || text, ${clip} FROM ${clips} JOIN review_comments x ON x.clip_key = c.key`,
  `SELECT 'view ' || name, query FROM saved_views`,
  `SELECT 'opinion ' || ${clip} || ' ' || k.name || ' ' || o.author, o.state
     FROM ${clips} JOIN opinions o ON o.clip_key = c.key JOIN ontology_classes k ON k.key = o.class_key`,
  `SELECT 'conflict ' || table_name || ' ' || row_id || ' ' || field, json_array(ours, theirs, decision) FROM merge_conflicts`,
  `SELECT 'merge ' || other_path, count(*) FROM merges GROUP BY other_path`,
  `SELECT 'snapshot ' || name, clip_count FROM snapshots WHERE name IS NOT NULL`,
]

function openReadOnly(catalog: string): Database.Database {
  return new Database(join(catalog, 'earmark.db'), { readonly: true, fileMustExist: true })
}

/** @param catalog its folder */
export function readState(catalog: string): State {
  const database = openReadOnly(catalog)
  try {
    return new Map(
      sentences.flatMap((sql) =>
        (database.prepare(sql).raw().all() as [string, unknown][]).map(
          ([name, value]) => [name, String(value)] as const,
        ),
      ),
    )
  } finally {
    database.close()
  }
}

/** SHA-256 of every row that the history answers for; snapshots, whose making is no edit, are not among them. */
export function fingerprint(catalog: string): string {
  const database = openReadOnly(catalog)
  try {
    const hash = createHash('sha256')
    for (const [table, { key, columns }] of Object.entries(journaledTables)) {
      if (table === 'snapshots') continue
      hash.update(table)
      const rows = database.prepare(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${key.join(', ')}`).raw()
      for (const row of rows.iterate()) hash.update(JSON.stringify(row))
    }
    return hash.digest('hex')
  } finally {
    database.close()
  }
}

/** What SQLite itself finds wrong, and what is open though nothing works on it, in sentences. */
export function findDamage(catalog: string): string[] {
  const database = openReadOnly(catalog)
  try {
    const integrity = (database.pragma('integrity_check') as { integrity_check: string }[])
      .filter((row) => row.integrity_check !== 'ok')
      .map((row) => `integrity_check: ${row.integrity_check}`)
    const references = (database.pragma('foreign_key_check') as { table: string; parent: string }[]).map(
      ({ table, parent }) => `foreign_key_check: ${table} refers to a row of ${parent} that is not there`,
    )
    const open = database
      .prepare(
        `SELECT 'job ' || title || ' is ' || status FROM jobs WHERE status IN ('queued', 'running')
         UNION ALL SELECT 'entry ' || title || ' is open' FROM journal WHERE state = 'open'`,
      )
      .pluck()
      .all() as string[]
    return [...integrity, ...references, ...open]
  } finally {
    database.close()
  }
}

export function diffStates(from: State, to: State): Changes {
  const changes: [string, string | null][] = []
  for (const [name, value] of to) if (from.get(name) !== value) changes.push([name, value])
  for (const name of from.keys()) if (!to.has(name)) changes.push([name, null])
  return changes
}

/** @returns the changes that take these back */
export function applyChanges(state: State, changes: Changes): Changes {
  const inverse = changes.map(([name]) => [name, state.get(name) ?? null] as const).reverse()
  for (const [name, value] of changes)
    if (value === null) state.delete(name)
    else state.set(name, value)
  return inverse
}
