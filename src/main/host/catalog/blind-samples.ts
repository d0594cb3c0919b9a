import { v7 as createId } from 'uuid'
import { Random } from '../../../dsp/random'
import type { BlindSample, ReviewStatus } from '../../../shared/contract/review'
import { AppError } from '../../../shared/errors'
import { type Database, listParameter } from './database'
import { countNoun, requireClip, storedState } from './labels'
import { findClass } from './ontology'
import type { Recorder } from './recorder'

/** Draws clips of some statuses by chance. @throws AppError 'conflict' where there is none */
export function drawSample(
  database: Database,
  recorder: Recorder,
  input: { size: number; seed: number; statuses: ReviewStatus[] },
  author: string,
): { title: string; id: string } {
  // By id, which is the same in every copy of the catalog: so is the sample.
  const keys = database.pluck<number>(
    'SELECT key FROM clips WHERE status IN (SELECT value FROM json_each(?)) ORDER BY id',
    listParameter(input.statuses),
  )
  if (keys.length === 0)
    throw new AppError('conflict', `No clip is ${input.statuses.join(' or ')}.`, {
      hint: 'Mark clips as done first; a blind sample listens to them again.',
    })
  const drawn = new Random(input.seed, 'blind sample').shuffle(keys).slice(0, input.size)
  const id = createId()
  const sampleKey = recorder.insert('blind_samples', { id, seed: input.seed, author, at: new Date().toISOString() })
  drawn.forEach((clipKey, position) =>
    recorder.insert('blind_sample_clips', { sample_key: sampleKey, position, clip_key: clipKey, judged_at: null }),
  )
  return { title: `Draw a blind sample of ${countNoun(drawn.length, 'clip')}`, id }
}

/** Every sample, newest first, its clips in the order of the draw; neither labels nor authors of labels are in it. */
export function listSamples(database: Database): BlindSample[] {
  const samples = database.all<Omit<BlindSample, 'clips'> & { key: number }>(
    'SELECT key, id, seed, author, at FROM blind_samples ORDER BY key DESC',
  )
  return samples.map(({ key, ...sample }) => ({
    ...sample,
    clips: database
      .all<{ id: string; recordingPath: string; startSeconds: number; endSeconds: number; judgedAt: string | null }>(
        `SELECT c.id, r.path AS recordingPath, c.start_seconds AS startSeconds, c.end_seconds AS endSeconds,
             s.judged_at AS judgedAt
           FROM blind_sample_clips s JOIN clips c ON c.key = s.clip_key JOIN recordings r ON r.key = c.recording_key
           WHERE s.sample_key = ? ORDER BY s.position`,
        key,
      )
      .map(({ judgedAt, ...clip }) => ({ ...clip, isJudged: judgedAt !== null })),
  }))
}

/**
 * Stores a second judgement beside the labels: the classes heard are present; the others that somebody has judged on
 * the clip are absent. Judging again replaces it. @throws AppError 'not-found'
 */
export function judgeBlind(
  database: Database,
  recorder: Recorder,
  input: { sampleId: string; clipId: string; classIds: string[] },
  author: string,
): { title: string } {
  const clipKey = requireClip(database, input.clipId)
  const place = database.get<{ sample: number; position: number }>(
    `SELECT s.sample_key AS sample, s.position FROM blind_sample_clips s JOIN blind_samples b ON b.key = s.sample_key
       WHERE b.id = ? AND s.clip_key = ?`,
    input.sampleId,
    clipKey,
  )
  if (!place) throw new AppError('not-found', `The clip ${input.clipId} is not in the sample ${input.sampleId}.`)
  const heard = new Set(input.classIds.map((id) => findClass(database, id).key))
  const judged = database.pluck<number>(
    `SELECT class_key FROM clip_labels WHERE clip_key = ? UNION SELECT class_key FROM opinions WHERE clip_key = ?`,
    clipKey,
    clipKey,
  )
  const at = Date.now()
  for (const classKey of new Set([...heard, ...judged])) {
    const state = heard.has(classKey) ? storedState.present : storedState.absent
    const key = [clipKey, classKey, author, 'blind']
    const own = database.get(
      'SELECT 1 FROM opinions WHERE clip_key = ? AND class_key = ? AND author = ? AND source = ?',
      ...key,
    )
    if (own) recorder.update('opinions', key, { state, at })
    else recorder.insert('opinions', { clip_key: clipKey, class_key: classKey, author, source: 'blind', state, at })
  }
  recorder.update('blind_sample_clips', [place.sample, place.position], { judged_at: new Date(at).toISOString() })
  return { title: 'Judge a clip of a blind sample' }
}
