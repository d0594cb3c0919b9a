import type { LabelState, Verdict } from '../../../shared/contract/labels'
import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import { findClass, requireTarget } from './ontology'
import type { Recorder } from './recorder'
import { reopenAccepted, sayReopened } from './review-status'

export const countNoun = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Judges one class on clips; unknown takes the judgement back. @throws AppError 'not-found', 'invalid-argument' */
export function setLabel(
  database: Database,
  recorder: Recorder,
  input: { clipIds: string[]; classId: string; state: Verdict },
  author: string,
): { title: string } {
  const find = input.state === 'unknown' ? findClass : requireTarget
  const { key: classKey, name } = find(database, input.classId)
  const at = Date.now()
  let reopened = 0
  for (const clipId of new Set(input.clipIds)) {
    const clipKey = requireClip(database, clipId)
    const isChanged = writeVerdict(database, recorder, { clipKey, classKey, verdict: input.state, author, at })
    if (isChanged && reopenAccepted(database, recorder, clipKey)) reopened++
  }
  return {
    title: `Label ${countNoun(new Set(input.clipIds).size, 'clip')}: ${name} ${sayVerdict(input.state)}${sayReopened(reopened)}`,
  }
}

/** Says of clips whether every class that is heard on them is labeled. @throws AppError 'not-found' */
export function setFullyAnnotated(
  database: Database,
  recorder: Recorder,
  input: { clipIds: string[]; isFullyAnnotated: boolean },
): { title: string } {
  const clipIds = new Set(input.clipIds)
  for (const clipId of clipIds)
    recorder.update('clips', [requireClip(database, clipId)], { is_fully_annotated: Number(input.isFullyAnnotated) })
  return {
    title: `Mark ${countNoun(clipIds.size, 'clip')} as ${input.isFullyAnnotated ? 'fully' : 'partly'} annotated`,
  }
}

/** @throws AppError 'not-found' */
export function setClipNote(
  database: Database,
  recorder: Recorder,
  input: { id: string; note: string },
): { title: string } {
  recorder.update('clips', [requireClip(database, input.id)], { note: input.note.trim() })
  return { title: 'Note on a clip' }
}

/** Replaces what was present on clips by one class. @throws AppError 'not-found' */
export function correctLabel(
  database: Database,
  recorder: Recorder,
  input: { clipIds: string[]; toClassId: string },
  author: string,
): { title: string } {
  const { key: toKey, name } = requireTarget(database, input.toClassId)
  const at = Date.now()
  const judge = (clipKey: number, classKey: number, verdict: Verdict): boolean =>
    writeVerdict(database, recorder, { clipKey, classKey, verdict, author, at })
  let reopened = 0
  for (const clipId of new Set(input.clipIds)) {
    const clipKey = requireClip(database, clipId)
    const present = database.all<{ key: number }>(
      'SELECT class_key AS key FROM clip_labels WHERE clip_key = ? AND state = 1 ORDER BY class_key',
      clipKey,
    )
    let isChanged = false
    for (const { key } of present) if (key !== toKey && judge(clipKey, key, 'absent')) isChanged = true
    if (judge(clipKey, toKey, 'present')) isChanged = true
    if (isChanged && reopenAccepted(database, recorder, clipKey)) reopened++
  }
  return { title: `Correct ${countNoun(new Set(input.clipIds).size, 'clip')}: now ${name}${sayReopened(reopened)}` }
}

/** The key of a clip in this catalog. @throws AppError 'not-found' */
export function requireClip(database: Database, clipId: string): number {
  const row = database.get<{ key: number }>('SELECT key FROM clips WHERE id = ?', clipId)
  if (!row) throw new AppError('not-found', `There is no clip with the id ${clipId}.`)
  return row.key
}

/** As it is kept: 1 present, 0 absent. */
export const storedState = { present: 1, absent: 0 } as const

/** SQL that spells a kept state. */
export const stateText = (column: string): string => `CASE ${column} WHEN 1 THEN 'present' ELSE 'absent' END`

export const sayVerdict = (verdict: Verdict): string => (verdict === 'unsure' ? 'cannot be told' : verdict)

/** Writes what somebody says of a class on a clip: a label, a doubt, or neither. @returns whether it is another now */
export function writeVerdict(
  database: Database,
  recorder: Recorder,
  given: { clipKey: number; classKey: number; verdict: Verdict; author: string; at: number },
): boolean {
  const { clipKey, classKey, verdict, author, at } = given
  const state = verdict === 'unsure' ? 'unknown' : verdict
  const isLabelChanged = writeLabel(database, recorder, clipKey, classKey, state, author, at)
  const key = [clipKey, classKey]
  const hadDoubt = database.get('SELECT 1 FROM clip_doubts WHERE clip_key = ? AND class_key = ?', ...key) !== undefined
  const hasDoubt = verdict === 'unsure'
  if (hadDoubt && !hasDoubt) recorder.remove('clip_doubts', key)
  if (hasDoubt && !hadDoubt)
    recorder.insert('clip_doubts', { clip_key: clipKey, class_key: classKey, state: storedDoubt, author, at })
  return isLabelChanged || hadDoubt !== hasDoubt
}

/** The one state of a doubt. */
export const storedDoubt = 2

/** Whether a label came with an import or from a model: nobody has judged it yet. */
export const isUnjudged = (author: string): boolean => author === 'import' || author.startsWith('model:')

/**
 * A person's own judgement of a class on a clip: a label that nobody has judged yet becomes theirs, also where they say the
 * same. @returns whether the state is another now
 */
export function judgeLabel(
  database: Database,
  recorder: Recorder,
  clipKey: number,
  classKey: number,
  verdict: Verdict,
  author: string,
): boolean {
  const at = Date.now()
  const isChanged = writeVerdict(database, recorder, { clipKey, classKey, verdict, author, at })
  const own = database.get<{ author: string }>(
    'SELECT author FROM clip_labels WHERE clip_key = ? AND class_key = ?',
    clipKey,
    classKey,
  )
  if (own && isUnjudged(own.author)) recorder.update('clip_labels', [clipKey, classKey], { author, at })
  return isChanged
}

/** @returns whether the label is another now */
function writeLabel(
  database: Database,
  recorder: Recorder,
  clipKey: number,
  classKey: number,
  state: LabelState,
  author: string,
  at: number,
): boolean {
  const own = database.get<{ state: number }>(
    'SELECT state FROM clip_labels WHERE clip_key = ? AND class_key = ?',
    clipKey,
    classKey,
  )
  if (state === 'unknown') {
    if (own) recorder.remove('clip_labels', [clipKey, classKey])
    return own !== undefined
  }
  const kept = storedState[state]
  if (own?.state === kept) return false
  if (own) recorder.update('clip_labels', [clipKey, classKey], { state: kept, author, at })
  else recorder.insert('clip_labels', { clip_key: clipKey, class_key: classKey, state: kept, author, at })
  return true
}
