import type { ClipQuery, DatasetPart } from '../../../shared/contract/clip-query'
import { compileClipQuery } from './clip-query'
import { type Database, listParameter } from './database'

/** A clip as splits and the audit see it. */
export interface SplitClip {
  key: number
  id: string
  recordingKey: number
  recordingPath: string
  contentHash: string | null
  startSeconds: number
  endSeconds: number
  fold: string | null
  split: DatasetPart | null
  group: string | null
  /** Keys of its present classes. */
  classes: number[]
  /** Values of the metadata asked for, in that order. */
  values: (string | null)[]
}

/** The clips of a query in its order. @param metadata names whose values are wanted */
export function listSplitClips(database: Database, query: ClipQuery, metadata: readonly string[] = []): SplitClip[] {
  const { listed, from, values } = compileClipQuery(query)
  const clips = database.all<SplitClip>(
    `SELECT c.key, c.id, c.recording_key AS recordingKey, r.path AS recordingPath, r.content_hash AS contentHash,
       c.start_seconds AS startSeconds, c.end_seconds AS endSeconds, c.fold, c.split, c.group_key AS "group" ${listed}`,
    ...values,
  )
  const byKey = new Map(clips.map((clip) => [clip.key, clip]))
  for (const clip of clips) {
    clip.classes = []
    clip.values = metadata.map(() => null)
  }
  const labels = database.iterate<{ clip: number; class: number }>(
    `SELECT l.clip_key AS clip, l.class_key AS class FROM clip_labels l
       WHERE l.state = 1 AND l.clip_key IN (SELECT c.key ${from}) ORDER BY l.clip_key, l.class_key`,
    ...values,
  )
  for (const label of labels) byKey.get(label.clip)!.classes.push(label.class)
  metadata.forEach((name, index) => {
    const rows = database.iterate<{ clip: number; value: string }>(
      `SELECT m.clip_key AS clip, m.value FROM clip_metadata m
         WHERE m.name_key = (SELECT key FROM metadata_names WHERE name = ?)`,
      name,
    )
    for (const { clip, value } of rows) {
      const own = byKey.get(clip)
      if (own) own.values[index] = value
    }
  })
  return clips
}

export interface SoundMatchRow {
  firstHash: string
  secondHash: string
  firstStartSeconds: number
  secondStartSeconds: number
  seconds: number
  errorRate: number
}

/** Which contents have a part in common, as far as they have been listened to. */
export function listSoundMatches(database: Database): SoundMatchRow[] {
  return database.all(
    `SELECT first_hash AS firstHash, second_hash AS secondHash, first_start_seconds AS firstStartSeconds,
       second_start_seconds AS secondStartSeconds, seconds, error_rate AS errorRate
     FROM sound_matches ORDER BY error_rate, first_hash, second_hash`,
  )
}

/** How many of these contents no audit has listened to. */
export function countUnheard(database: Database, hashes: Iterable<string>, version: number): number {
  return database.get<{ count: number }>(
    `SELECT count(*) AS count FROM json_each(?) given WHERE NOT EXISTS (
       SELECT 1 FROM heard_sounds WHERE content_hash = given.value AND version = ?)`,
    listParameter([...hashes]),
    version,
  )!.count
}

/** Every content of the catalog once, with a file that holds it. */
export function listSounds(database: Database): { rootPath: string; path: string; contentHash: string }[] {
  return database.all(
    `SELECT roots.path AS rootPath, min(r.path) AS path, r.content_hash AS contentHash
       FROM recordings r JOIN roots ON roots.key = r.root_key
       WHERE r.content_hash IS NOT NULL AND r.is_missing = 0 GROUP BY r.content_hash ORDER BY r.key`,
  )
}

/** Keeps what an audit has heard, in the place of what was known before. */
export function saveHeard(
  database: Database,
  heard: { contentHash: string; frames: number }[],
  matches: SoundMatchRow[],
  version: number,
): void {
  database.run('DELETE FROM heard_sounds')
  database.run('DELETE FROM sound_matches')
  for (const { contentHash, frames } of heard)
    database.run(
      'INSERT INTO heard_sounds (content_hash, version, frames) VALUES (?, ?, ?)',
      contentHash,
      version,
      frames,
    )
  for (const match of matches)
    database.run(
      `INSERT INTO sound_matches (first_hash, second_hash, first_start_seconds, second_start_seconds, seconds, error_rate)
         VALUES (?, ?, ?, ?, ?, ?)`,
      match.firstHash,
      match.secondHash,
      match.firstStartSeconds,
      match.secondStartSeconds,
      match.seconds,
      match.errorRate,
    )
}
