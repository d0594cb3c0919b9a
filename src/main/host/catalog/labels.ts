import type { LabelState } from '../../../shared/contract/labels'
import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import { readClass } from './ontology'
import type { Recorder } from './recorder'

export const countNoun = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Judges one class on clips; unknown takes the judgement back. @throws AppError 'not-found' */
export function setLabel(
  database: Database,
  recorder: Recorder,
  input: { clipIds: string[]; classId: string; state: LabelState },
  author: string,
): { title: string } {
  const { name } = readClass(database, input.classId)
  const at = new Date().toISOString()
  for (const clipId of new Set(input.clipIds)) {
    requireClip(database, clipId)
    writeLabel(database, recorder, clipId, input.classId, input.state, author, at)
  }
  return { title: `Label ${countNoun(new Set(input.clipIds).size, 'clip')}: ${name} ${input.state}` }
}

/** Replaces what was present on clips by one class. @throws AppError 'not-found' */
export function correctLabel(
  database: Database,
  recorder: Recorder,
  input: { clipIds: string[]; toClassId: string },
  author: string,
): { title: string } {
  const { name } = readClass(database, input.toClassId)
  const at = new Date().toISOString()
  for (const clipId of new Set(input.clipIds)) {
    requireClip(database, clipId)
    const present = database.all<{ classId: string }>(
      `SELECT class_id AS classId FROM clip_labels WHERE clip_id = ? AND state = 'present' ORDER BY class_id`,
      clipId,
    )
    for (const { classId } of present)
      if (classId !== input.toClassId) writeLabel(database, recorder, clipId, classId, 'absent', author, at)
    writeLabel(database, recorder, clipId, input.toClassId, 'present', author, at)
  }
  return { title: `Correct ${countNoun(new Set(input.clipIds).size, 'clip')}: now ${name}` }
}

function requireClip(database: Database, clipId: string): void {
  if (!database.get('SELECT 1 FROM clips WHERE id = ?', clipId))
    throw new AppError('not-found', `There is no clip with the id ${clipId}.`)
}

function writeLabel(
  database: Database,
  recorder: Recorder,
  clipId: string,
  classId: string,
  state: LabelState,
  author: string,
  at: string,
): void {
  const own = database.get<{ state: string }>(
    'SELECT state FROM clip_labels WHERE clip_id = ? AND class_id = ?',
    clipId,
    classId,
  )
  if ((own?.state ?? 'unknown') === state) return
  if (state === 'unknown') recorder.remove('clip_labels', [clipId, classId])
  else if (own) recorder.update('clip_labels', [clipId, classId], { state, author, at })
  else recorder.insert('clip_labels', { clip_id: clipId, class_id: classId, state, author, at })
}
