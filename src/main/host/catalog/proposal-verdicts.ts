/** What people say to what models propose. */
import type { ProposalVerdict } from '../../../shared/contract/annotations'
import { modelTier } from '../../../shared/contract/proposals'
import { AppError } from '../../../shared/errors'
import { insertLike } from './annotation-operations'
import { findKey, readAnnotation } from './annotations'
import type { Database } from './database'
import { countNoun, judgeLabel, requireClip } from './labels'
import { requireTarget } from './ontology'
import type { Recorder } from './recorder'
import { reopenAccepted, sayReopened } from './review-status'
import { refuseLockedTier } from './tiers'

/** Where a person's own segments are. */
const ownTier = 'human'

const verbs: Record<ProposalVerdict, string> = { accepted: 'Accept', edited: 'Edit', rejected: 'Reject' }

/**
 * Says one thing to proposals. Accepted or edited, a copy in the name of who says so goes to the human tier, which remembers
 * what it was made from; the proposal itself stays as the model made it, with the verdict. To reject one says only that
 * this segment is wrong: the sound may be elsewhere, or its edges too far off, so that no class becomes absent by it.
 * @throws AppError 'not-found', 'invalid-argument' for what is no proposal, 'conflict' where one is judged already, an
 *   id is taken or the human tier is locked
 */
export function judgeProposals(
  database: Database,
  recorder: Recorder,
  input: { verdict: ProposalVerdict; proposals: readonly { id: string; newId?: string | undefined }[] },
  author: string,
): { title: string; ids: string[] } {
  const { verdict } = input
  const isTaken = verdict !== 'rejected'
  if (isTaken) refuseLockedTier(database, ownTier)
  const ids: string[] = []
  const clips = new Set<number>()
  const names = new Set<string>()
  for (const { id, newId } of input.proposals) {
    const { key, clipKey, score, proposer, labels } = requireProposal(database, id)
    for (const name of labels) names.add(name)
    if (isTaken) {
      clips.add(clipKey)
      ids.push(
        insertLike(database, recorder, key, {
          id: newId,
          change: { tier: ownTier, author, score: null },
          act: verdict,
          sourceId: id,
          author,
          isJudgedAnew: true,
          score,
          proposer,
        }),
      )
    }
    recorder.insert('annotation_verdicts', { annotation_key: key, verdict, author, at: Date.now() })
  }
  const reopened = [...clips].filter((clip) => reopenAccepted(database, recorder, clip)).length
  const what = names.size > 0 && names.size <= 3 ? `: ${[...names].join(', ')}` : ''
  return { title: `${verbs[verdict]} ${sayProposals(input.proposals.length)}${what}${sayReopened(reopened)}`, ids }
}

/**
 * A class is nowhere on a clip: it becomes absent there, and what was proposed of it alone is rejected.
 * @throws AppError 'not-found', 'invalid-argument', 'conflict' where a person has a segment with the class on the clip
 */
export function rejectClass(
  database: Database,
  recorder: Recorder,
  input: { clipId: string; classId: string },
  author: string,
): { title: string } {
  const clipKey = requireClip(database, input.clipId)
  const { key: classKey, name } = requireTarget(database, input.classId)
  const other = database.get<{ tier: string; start: number }>(
    `SELECT a.tier, a.start_seconds AS start FROM annotations a JOIN annotation_labels l ON l.annotation_key = a.key
       WHERE a.clip_key = ? AND a.tier <> '${modelTier}' AND l.class_key = ? AND l.state = 1 ORDER BY a.start_seconds`,
    clipKey,
    classKey,
  )
  if (other)
    throw new AppError(
      'conflict',
      `“${name}” cannot be absent: the tier “${other.tier}” has a segment with it at ${other.start.toFixed(3)} s.`,
      { hint: 'Reject the single proposals, or remove that segment first.' },
    )
  const keys = database.pluck<number>(
    `SELECT a.key FROM annotations a JOIN annotation_labels l ON l.annotation_key = a.key
       WHERE a.clip_key = ? AND a.tier = '${modelTier}' AND l.class_key = ? AND l.state = 1
         AND NOT EXISTS (SELECT 1 FROM annotation_verdicts v WHERE v.annotation_key = a.key)
         AND NOT EXISTS (SELECT 1 FROM annotation_labels o WHERE o.annotation_key = a.key AND o.state = 1
           AND o.class_key <> l.class_key)
       ORDER BY a.key`,
    clipKey,
    classKey,
  )
  for (const key of keys)
    recorder.insert('annotation_verdicts', { annotation_key: key, verdict: 'rejected', author, at: Date.now() })
  const isChanged = judgeLabel(database, recorder, clipKey, classKey, 'absent', author)
  const reopened = sayReopened(Number(isChanged && reopenAccepted(database, recorder, clipKey)))
  return { title: `${name} absent from a clip, ${sayProposals(keys.length)} rejected${reopened}` }
}

/** Takes back that proposals were rejected. @throws AppError 'not-found', 'conflict' for one that was not rejected */
export function reconsiderProposals(database: Database, recorder: Recorder, ids: readonly string[]): { title: string } {
  const own = new Set(ids)
  for (const id of own) {
    const key = findKey(database, id)
    const verdict = database.get<{ verdict: ProposalVerdict }>(
      'SELECT verdict FROM annotation_verdicts WHERE annotation_key = ?',
      key,
    )?.verdict
    if (verdict !== 'rejected')
      throw new AppError('conflict', `This proposal is ${verdict ?? 'not judged'}, so no rejection can be taken back.`)
    recorder.remove('annotation_verdicts', [key])
  }
  return { title: `Reconsider ${sayProposals(own.size)}` }
}

const sayProposals = (count: number): string => (count === 1 ? 'a proposal' : countNoun(count, 'proposal'))

interface Waiting {
  key: number
  clipKey: number
  score: number | null
  proposer: { runId: string | null; runName: string; fold: string | null }
  labels: string[]
}

function requireProposal(database: Database, id: string): Waiting {
  const { tier, verdict, judged, score, proposal, author, labels, clipId } = readAnnotation(database, id)
  if (tier !== modelTier)
    throw new AppError('invalid-argument', `The segment ${id} is in the tier “${tier}”, so nobody has proposed it.`)
  if (verdict !== null)
    throw new AppError('conflict', `${judged!.author} has ${verdict} this proposal already.`, {
      hint: 'Undo that first, or correct the segment that it has become.',
    })
  return {
    key: findKey(database, id),
    clipKey: requireClip(database, clipId),
    score,
    proposer: proposal ?? { runId: null, runName: author, fold: null },
    labels: labels.filter(({ state }) => state === 'present').map(({ name }) => name),
  }
}
