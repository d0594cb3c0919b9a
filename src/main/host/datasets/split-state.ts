import { datasetParts } from '../../../shared/contract/clip-query'
import type { SplitState } from '../../../shared/contract/splits'
import type { Database } from '../catalog/database'
import { readLock } from '../catalog/split-lock'

/** In the order of the work, those without a part last. */
const placeOf = (name: SplitState['parts'][number]['name']): number =>
  name === null ? datasetParts.length : datasetParts.indexOf(name)

/** Which parts and folds clips have now, and what metadata could keep clips together. */
export function readSplitState(database: Database): SplitState {
  const count = (column: 'split' | 'fold'): { name: string | null; clips: number; seconds: number }[] =>
    database.all(
      `SELECT ${column} AS name, count(*) AS clips, sum(end_seconds - start_seconds) AS seconds FROM clips
         GROUP BY ${column} ORDER BY ${column} IS NULL, CAST(${column} AS INTEGER), ${column}`,
    )
  return {
    lock: readLock(database),
    parts: (count('split') as SplitState['parts']).sort((a, b) => placeOf(a.name) - placeOf(b.name)),
    folds: count('fold'),
    metadata: database.all(
      `SELECT n.name, (SELECT count(DISTINCT value) FROM clip_metadata m WHERE m.name_key = n.key) AS "values"
         FROM metadata_names n ORDER BY n.name`,
    ),
  }
}
