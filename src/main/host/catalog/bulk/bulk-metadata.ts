/** As `setMetadata` and `applyPattern`, for very many clips. */
import type { ClipChoice } from '../../../../shared/contract/clip-choice'
import { insertFrom, type OnProgress, refuseWhileImporting, removeWhere, changeWhere, whole } from '../bulk-changes'
import type { Database } from '../database'
import { ensureMetadataName, ensureMetadataNames, sayMetadata } from '../metadata'
import type { Recorder } from '../recorder'
import { ChosenClips, piece } from './chosen-clips'

/** @throws AppError 'not-found' */
export function setAllMetadata(
  database: Database,
  recorder: Recorder,
  input: ClipChoice & { name: string; value: string | null },
  onProgress: OnProgress,
): { title: string } {
  const { name, value } = input
  const nameKey = ensureMetadataName(database, name)
  const clips = new ChosenClips(database, input)
  const own = `WHERE clip_key IN ${piece} AND +name_key = ?`
  clips.each((first, last) => {
    if (value === null) return void removeWhere(database, recorder, 'clip_metadata', own, [first, last, nameKey])
    const change = { value: '?' }
    const values = [first, last, nameKey, value]
    changeWhere(database, recorder, 'clip_metadata', change, [value], `${own} AND +value <> ?`, values)
    const fresh = `(SELECT clip_key, ${whole} AS name_key, ? AS value FROM temp.chosen_clips b WHERE place BETWEEN ? AND ?
      AND NOT EXISTS (SELECT 1 FROM clip_metadata m WHERE m.clip_key = b.clip_key AND m.name_key = ?))`
    insertFrom(database, recorder, 'clip_metadata', fresh, [nameKey, value, first, last, nameKey])
  }, onProgress)
  return { title: sayMetadata(name, value, clips.count) }
}

/**
 * Keeps as metadata what is read from the paths of clips.
 * @param read the values by name; null where the path does not fit
 * @returns how many clips there are, and how many fit
 * @throws AppError 'conflict' while an import is open
 */
export function keepRead(
  database: Database,
  recorder: Recorder,
  choice: ClipChoice,
  { names, read }: { names: readonly string[]; read(path: string): Record<string, string> | null },
  onProgress: OnProgress,
): { clips: number; matched: number } {
  refuseWhileImporting(database, 'names can be read')
  const keys = ensureMetadataNames(database, names)
  database.run(
    'CREATE TEMP TABLE IF NOT EXISTS read_values (clip_key INTEGER, name_key INTEGER, value TEXT, PRIMARY KEY (clip_key, name_key)) WITHOUT ROWID',
  )
  const clips = new ChosenClips(database, choice)
  let matched = 0
  clips.each((first, last) => {
    const rows = database.all<{ key: number; path: string }>(
      `SELECT c.key, r.path FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE c.key IN ${piece}`,
      first,
      last,
    )
    const found: [number, number, string][] = []
    for (const { key, path } of rows) {
      const values = read(path)
      if (values === null) continue
      matched++
      for (const name of names) found.push([key, keys.get(name)!, values[name]!])
    }
    database.run('DELETE FROM temp.read_values')
    database.run(
      'INSERT INTO temp.read_values SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)',
      JSON.stringify(found),
    )
    const same = 'v.clip_key = clip_metadata.clip_key AND v.name_key = clip_metadata.name_key'
    changeWhere(
      database,
      recorder,
      'clip_metadata',
      { value: `(SELECT v.value FROM temp.read_values v WHERE ${same})` },
      [],
      `WHERE (clip_key, name_key) IN (SELECT clip_key, name_key FROM temp.read_values)
         AND +value <> (SELECT v.value FROM temp.read_values v WHERE ${same})`,
      [],
    )
    const fresh = `(SELECT clip_key, name_key, value FROM temp.read_values v WHERE NOT EXISTS (
      SELECT 1 FROM clip_metadata m WHERE m.clip_key = v.clip_key AND m.name_key = v.name_key))`
    insertFrom(database, recorder, 'clip_metadata', fresh)
  }, onProgress)
  return { clips: clips.count, matched }
}
