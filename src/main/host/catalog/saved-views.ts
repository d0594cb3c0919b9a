import { v7 as createId } from 'uuid'
import { type ClipQuery, formatClipQuery } from '../../../shared/contract/clip-query'
import type { SavedView } from '../../../shared/contract/views'
import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import type { Recorder } from './recorder'

const columns = 'id, name, query, author, at'

/** By name, as people sort them: 2 before 10. */
export function listViews(database: Database): SavedView[] {
  return database
    .all<SavedView>(`SELECT ${columns} FROM saved_views`)
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))
}

/** @throws AppError 'not-found' */
export function readView(database: Database, id: string): SavedView {
  const view = database.get<SavedView>(`SELECT ${columns} FROM saved_views WHERE id = ?`, id)
  if (!view)
    throw new AppError('not-found', `There is no saved view with the id ${id}.`, {
      hint: 'It may have been removed; undo brings it back.',
    })
  return view
}

/** @throws AppError 'conflict' for a name that is taken */
export function saveView(
  database: Database,
  recorder: Recorder,
  { name, query }: { name: string; query: ClipQuery },
  author: string,
): { title: string; id: string } {
  refuseTakenName(database, name)
  const id = createId()
  recorder.insert('saved_views', { id, name, query: formatClipQuery(query), author, at: new Date().toISOString() })
  return { title: `Save view “${name}”`, id }
}

/** @throws AppError 'not-found', 'conflict' for a name that is taken */
export function changeView(
  database: Database,
  recorder: Recorder,
  id: string,
  change: { name?: string | undefined; query?: ClipQuery | undefined },
): { title: string } {
  const before = readView(database, id)
  const name = change.name ?? before.name
  const query = change.query === undefined ? before.query : formatClipQuery(change.query)
  if (name.toLowerCase() !== before.name.toLowerCase()) refuseTakenName(database, name)
  recorder.update('saved_views', [findKey(database, id)], { name, query })
  return {
    title: name === before.name ? `Change view “${name}”` : `Rename view “${before.name}” to “${name}”`,
  }
}

/** @throws AppError 'not-found' */
export function removeView(database: Database, recorder: Recorder, id: string): { title: string } {
  const { name } = readView(database, id)
  recorder.remove('saved_views', [findKey(database, id)])
  return { title: `Remove view “${name}”` }
}

function findKey(database: Database, id: string): number {
  return database.get<{ key: number }>('SELECT key FROM saved_views WHERE id = ?', id)!.key
}

function refuseTakenName(database: Database, name: string): void {
  const taken = database.get<{ name: string }>('SELECT name FROM saved_views WHERE name = ? COLLATE NOCASE', name)
  if (taken)
    throw new AppError('conflict', `There is a view “${taken.name}” already.`, {
      hint: 'Choose another name, or change that view.',
    })
}
