import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import type { JournaledTable, Row } from './journal-tables'

/**
 * An import that fails is taken back whole, so nobody may build on its rows before it is done.
 * @throws AppError 'conflict' when the row, or what it belongs to, is of an import that is not done
 */
export function refuseWhileImported(database: Database, table: JournaledTable, row: Row): void {
  const isImported = (owner: JournaledTable, key: number): boolean =>
    database.get(
      `SELECT 1 FROM journal j WHERE j.state = 'open' AND (
         EXISTS (SELECT 1 FROM journal_changes WHERE table_name = ? AND row_key = ? AND entry_seq = j.seq)
         OR EXISTS (SELECT 1 FROM journal_ranges WHERE table_name = ? AND ? BETWEEN first_key AND last_key
           AND entry_seq = j.seq))`,
      owner,
      JSON.stringify([key]),
      owner,
      key,
    ) !== undefined
  const clip = table === 'clips' ? row.key : row.clip_key
  const annotation = table === 'annotations' ? row.key : row.annotation_key
  const ontologyClass = table === 'ontology_classes' ? row.key : row.class_key
  if (
    (clip != null && isImported('clips', Number(clip))) ||
    (annotation != null && isImported('annotations', Number(annotation))) ||
    (ontologyClass != null && isImported('ontology_classes', Number(ontologyClass)))
  )
    throw new AppError('conflict', 'An import is still adding this; it can be edited when the import is done.', {
      hint: 'Wait for the import, or cancel it.',
    })
}
