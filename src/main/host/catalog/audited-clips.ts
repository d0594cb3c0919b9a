import type { ClipQuery } from '../../../shared/contract/clip-query'
import { compileClipQuery } from './clip-query'
import type { Database } from './database'
import type { SplitClip } from './split-clips'

export type Division = 'split' | 'fold'

export interface AuditSummary {
  clips: number
  parts: string[]
  /** Contents of these clips that an audit has listened to, and that none has. */
  heard: number
  unheard: number
  /** Recordings of these clips that are known by name alone. */
  withoutSound: number
}

export type FoundClip = Pick<SplitClip, 'id' | 'recordingPath' | 'startSeconds' | 'endSeconds'> & { part: string }

/**
 * The clips of a query that are in a part of a division, as an audit asks about them: in a temporary table, so that of
 * two million clips none need stand in memory that leaks nowhere. One at a time on a connection.
 */
export class AuditedClips {
  private readonly names: readonly string[]

  /** @param metadata names whose values keep clips together */
  constructor(
    private readonly database: Database,
    query: ClipQuery,
    by: Division,
    metadata: readonly string[] = [],
  ) {
    const { from, values } = compileClipQuery(query)
    this.names = metadata
    const columns = metadata.map(
      (_, index) => `, (SELECT m.value FROM clip_metadata m WHERE m.clip_key = chosen.key
         AND m.name_key = (SELECT key FROM metadata_names WHERE name = ?)) AS value${index}`,
    )
    database.run('DROP TABLE IF EXISTS temp.audited')
    database.run(
      `CREATE TEMP TABLE audited AS SELECT chosen.* ${columns.join('')}
         FROM (SELECT c.key, c.recording_key AS recording, c.group_key AS grp, r.content_hash AS hash, c.${by} AS part ${from}) chosen
         WHERE part IS NOT NULL ORDER BY chosen.key`,
      ...metadata,
      ...values,
    )
    database.run('CREATE UNIQUE INDEX temp.audited_by_key ON audited (key)')
  }

  parts(): string[] {
    return this.database.pluck('SELECT DISTINCT part FROM audited')
  }

  /** @param version of the fingerprints */
  summarize(version: number): AuditSummary {
    const counts = this.database.get<Omit<AuditSummary, 'parts'>>(
      `WITH sounds AS (SELECT DISTINCT hash FROM audited WHERE hash IS NOT NULL),
         known AS (SELECT hash, EXISTS (SELECT 1 FROM heard_sounds WHERE content_hash = hash AND version = ?) AS is_heard
           FROM sounds)
       SELECT (SELECT count(*) FROM audited) AS clips,
         (SELECT count(*) FROM known WHERE is_heard) AS heard, (SELECT count(*) FROM known WHERE NOT is_heard) AS unheard,
         (SELECT count(DISTINCT recording) FROM audited WHERE hash IS NULL) AS withoutSound`,
      version,
    )!
    return { ...counts, parts: this.parts() }
  }

  /**
   * The clips that have something in common with a clip of another part: a group, a recording, a content, a content that
   * sounds alike, or a value of metadata. All others leak nowhere. Their classes are not read.
   */
  listParted(): (SplitClip & { part: string })[] {
    const bonds = ['grp', 'recording', 'hash', ...this.names.map((_, index) => `value${index}`)]
    const parted = bonds.map(
      (bond) => `parted_${bond} AS (SELECT ${bond} FROM audited WHERE ${bond} IS NOT NULL GROUP BY 1
        HAVING min(part) <> max(part)${bond === 'hash' ? ' UNION SELECT first_hash FROM sound_matches UNION SELECT second_hash FROM sound_matches' : ''})`,
    )
    const clips = this.database.all<SplitClip & { part: string } & Record<string, string | null>>(
      `WITH ${parted.join(', ')}
       SELECT c.key, c.id, c.recording_key AS recordingKey, r.path AS recordingPath, r.content_hash AS contentHash,
           c.start_seconds AS startSeconds, c.end_seconds AS endSeconds, c.fold, c.split, c.group_key AS "group", a.part
           ${this.names.map((_, index) => `, a.value${index}`).join('')}
         FROM audited a JOIN clips c ON c.key = a.key JOIN recordings r ON r.key = c.recording_key
         WHERE ${bonds.map((bond) => `a.${bond} IN parted_${bond}`).join(' OR ')}
         ORDER BY r.path, c.start_seconds, c.key`,
    )
    return clips.map((clip) => ({ ...clip, classes: [], values: this.names.map((_, index) => clip[`value${index}`]!) }))
  }

  /** How many clips each part has of each class that is present in any. */
  countClasses(): { key: number; name: string; part: string; clips: number }[] {
    return this.database.all(
      `SELECT o.key, o.name, counted.part, counted.clips FROM (
         SELECT l.class_key, a.part, count(*) AS clips FROM clip_labels l JOIN audited a ON a.key = l.clip_key
           WHERE l.state = 1 GROUP BY 1, 2) counted
         JOIN ontology_classes o ON o.key = counted.class_key ORDER BY o.name`,
    )
  }

  /** Some clips of a part that have a class, in the order of the library. */
  listOfClass(classKey: number, part: string, limit: number): FoundClip[] {
    return this.database.all(
      `SELECT c.id, r.path AS recordingPath, c.start_seconds AS startSeconds, c.end_seconds AS endSeconds, a.part
         FROM clip_labels l JOIN audited a ON a.key = l.clip_key JOIN clips c ON c.key = a.key
           JOIN recordings r ON r.key = c.recording_key
         WHERE l.class_key = ? AND l.state = 1 AND a.part = ? ORDER BY r.path, c.start_seconds, c.key LIMIT ?`,
      classKey,
      part,
      limit,
    )
  }

  close(): void {
    this.database.run('DROP TABLE IF EXISTS temp.audited')
  }
}
