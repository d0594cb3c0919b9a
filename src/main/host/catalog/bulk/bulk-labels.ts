/** As `labels.ts`, for clips in numbers that one by one would hold everybody up: the same rows, the same journal. */
import type { ClipChoice } from '../../../../shared/contract/clip-choice'
import type { Verdict } from '../../../../shared/contract/labels'
import { insertFrom, type OnProgress, removeWhere, changeWhere, whole } from '../bulk-changes'
import type { Database, SqlValue } from '../database'
import { countNoun, sayVerdict, storedDoubt, storedState } from '../labels'
import { findClass, requireTarget } from '../ontology'
import type { Recorder } from '../recorder'
import { sayReopened } from '../review-status'
import { ChosenClips, piece } from './chosen-clips'

/** As `setLabel`. @throws AppError 'not-found', 'invalid-argument' */
export function setLabels(
  database: Database,
  recorder: Recorder,
  input: ClipChoice & { classId: string; state: Verdict },
  author: string,
  onProgress: OnProgress,
): { title: string } {
  const find = input.state === 'unknown' ? findClass : requireTarget
  const { key, name } = find(database, input.classId)
  const at = Date.now()
  const clips = new ChosenClips(database, input)
  let reopened = 0
  const { state } = input
  clips.each((first, last) => {
    if (state === 'present' || state === 'absent') {
      const kept = storedState[state]
      reopened += reopen(database, recorder, first, last, `(${isDoubted} OR ${isNot})`, [key, key, kept])
      writeLabels(database, recorder, first, last, { key, kept, author, at })
      removeOf(database, recorder, 'clip_doubts', first, last, key)
      return
    }
    const isChanged = state === 'unknown' ? `(${isDoubted} OR ${isLabeled})` : `(NOT ${isDoubted} OR ${isLabeled})`
    reopened += reopen(database, recorder, first, last, isChanged, [key, key])
    removeOf(database, recorder, 'clip_labels', first, last, key)
    if (state === 'unknown') removeOf(database, recorder, 'clip_doubts', first, last, key)
    else insertMissing(database, recorder, 'clip_doubts', first, last, { key, kept: storedDoubt, author, at })
  }, onProgress)
  return { title: `Label ${countNoun(clips.count, 'clip')}: ${name} ${sayVerdict(state)}${sayReopened(reopened)}` }
}

/** As `correctLabel`. @throws AppError 'not-found' */
export function correctLabels(
  database: Database,
  recorder: Recorder,
  input: ClipChoice & { toClassId: string },
  author: string,
  onProgress: OnProgress,
): { title: string } {
  const { key, name } = requireTarget(database, input.toClassId)
  const at = Date.now()
  const clips = new ChosenClips(database, input)
  let reopened = 0
  clips.each((first, last) => {
    const hasOthers = `EXISTS (SELECT 1 FROM clip_labels l
      WHERE l.clip_key = clips.key AND l.class_key <> ? AND l.state = 1)`
    reopened += reopen(database, recorder, first, last, `(${hasOthers} OR ${isDoubted} OR ${isNot})`, [
      key,
      key,
      key,
      1,
    ])
    changeWhere(
      database,
      recorder,
      'clip_labels',
      { state: '0', author: '?', at: whole },
      [author, at],
      `WHERE clip_key IN ${piece} AND +class_key <> ? AND +state = 1`,
      [first, last, key],
    )
    writeLabels(database, recorder, first, last, { key, kept: 1, author, at })
    removeOf(database, recorder, 'clip_doubts', first, last, key)
  }, onProgress)
  return { title: `Correct ${countNoun(clips.count, 'clip')}: now ${name}${sayReopened(reopened)}` }
}

/** As `setFullyAnnotated`. */
export function setAllFullyAnnotated(
  database: Database,
  recorder: Recorder,
  input: ClipChoice & { isFullyAnnotated: boolean },
  onProgress: OnProgress,
): { title: string } {
  const clips = new ChosenClips(database, input)
  const kept = Number(input.isFullyAnnotated)
  clips.each((first, last) => {
    const where = `WHERE key IN ${piece} AND is_fully_annotated <> ?`
    changeWhere(database, recorder, 'clips', { is_fully_annotated: whole }, [kept], where, [first, last, kept])
  }, onProgress)
  return {
    title: `Mark ${countNoun(clips.count, 'clip')} as ${input.isFullyAnnotated ? 'fully' : 'partly'} annotated`,
  }
}

/** Condition of `clips` on which a class, bound first, is not of a state, bound second. */
const isNot =
  'NOT EXISTS (SELECT 1 FROM clip_labels l WHERE l.clip_key = clips.key AND l.class_key = ? AND l.state = ?)'

/** Conditions of `clips` that a class, bound to each, is labeled, or is said to be past telling. */
const isLabeled = 'EXISTS (SELECT 1 FROM clip_labels l WHERE l.clip_key = clips.key AND l.class_key = ?)'
const isDoubted = 'EXISTS (SELECT 1 FROM clip_doubts d WHERE d.clip_key = clips.key AND d.class_key = ?)'

/** Sets accepted clips of a piece back to done that fulfil a condition; before what they fulfil it by is changed. */
function reopen(
  database: Database,
  recorder: Recorder,
  first: number,
  last: number,
  condition: string,
  values: SqlValue[],
): number {
  const where = `WHERE key IN ${piece} AND +status = 'accepted' AND ${condition}`
  return changeWhere(database, recorder, 'clips', { status: `'done'` }, [], where, [first, last, ...values])
}

/** Gives every clip of a piece one label; those that have it so already keep its author and time. */
function writeLabels(
  database: Database,
  recorder: Recorder,
  first: number,
  last: number,
  { key, kept, author, at }: { key: number; kept: 0 | 1; author: string; at: number },
): void {
  const where = `WHERE clip_key IN ${piece} AND +class_key = ? AND +state <> ?`
  const change = { state: whole, author: '?', at: whole }
  changeWhere(database, recorder, 'clip_labels', change, [kept, author, at], where, [first, last, key, kept])
  insertMissing(database, recorder, 'clip_labels', first, last, { key, kept, author, at })
}

/** Gives the clips of a piece that have nothing of a class in a table a row of it. */
function insertMissing(
  database: Database,
  recorder: Recorder,
  table: 'clip_labels' | 'clip_doubts',
  first: number,
  last: number,
  { key, kept, author, at }: { key: number; kept: number; author: string; at: number },
): void {
  const fresh = `(SELECT clip_key, ${whole} AS class_key, ${whole} AS state, ? AS author, ${whole} AS at FROM temp.chosen_clips b
    WHERE place BETWEEN ? AND ?
      AND NOT EXISTS (SELECT 1 FROM ${table} l WHERE l.clip_key = b.clip_key AND l.class_key = ?))`
  insertFrom(database, recorder, table, fresh, [key, kept, author, at, first, last, key])
}

/** Takes what a table has of a class away from the clips of a piece. */
function removeOf(
  database: Database,
  recorder: Recorder,
  table: 'clip_labels' | 'clip_doubts',
  first: number,
  last: number,
  key: number,
): void {
  removeWhere(database, recorder, table, `WHERE clip_key IN ${piece} AND +class_key = ?`, [first, last, key])
}
