import { datasetParts } from '../../../shared/contract/clip-query'
import type { SplitPlan, SplitPreview } from '../../../shared/contract/splits'
import { splitByGroups } from '../../../shared/datasets/grouped-split'
import { uniteGroups } from '../../../shared/datasets/unite-groups'
import { AppError } from '../../../shared/errors'
import type { Database } from '../catalog/database'
import { countNoun, requireClip } from '../catalog/labels'
import type { Recorder } from '../catalog/recorder'
import { listSoundMatches, listSplitClips, type SplitClip } from '../catalog/split-clips'
import { readLock, refuseLocked } from '../catalog/split-lock'

interface Planned {
  column: 'split' | 'fold'
  preview: SplitPreview
  changes: { key: number; part: string }[]
}

/** What a plan would do. @throws AppError 'invalid-argument' for a plan without clips or shares */
export function previewSplit(database: Database, plan: SplitPlan): SplitPreview {
  return planSplit(database, plan).preview
}

/** Does it, as one edit. @throws AppError 'invalid-argument', 'conflict' */
export function makeSplit(database: Database, recorder: Recorder, plan: SplitPlan): { title: string } {
  const { column, preview, changes } = planSplit(database, plan)
  for (const { key, part } of changes) recorder.update('clips', [key], { [column]: part })
  const parts = preview.parts.map(({ name, clips }) => `${column === 'fold' ? 'fold ' : ''}${name} ${clips}`)
  return { title: `Split ${countNoun(changes.length, 'clip')}: ${parts.join(', ')}` }
}

/** Puts clips into a part by hand. @throws AppError 'not-found', 'conflict' */
export function assignPart(
  database: Database,
  recorder: Recorder,
  { clipIds, part }: { clipIds: string[]; part: SplitClip['split'] },
): { title: string } {
  const ids = new Set(clipIds)
  for (const id of ids) recorder.update('clips', [requireClip(database, id)], { split: part })
  return {
    title:
      part === null
        ? `Take ${countNoun(ids.size, 'clip')} out of the split`
        : `Move ${countNoun(ids.size, 'clip')} into ${part}`,
  }
}

/** @throws AppError 'conflict' when it is locked already, or has no clips */
export function lockTest(database: Database, recorder: Recorder, author: string): { title: string } {
  refuseLocked(database, ['test'])
  const { clips } = database.get<{ clips: number }>(`SELECT count(*) AS clips FROM clips WHERE split = 'test'`)!
  if (clips === 0)
    throw new AppError('conflict', 'There is no test set to be locked.', {
      hint: 'Make a split with a test share first.',
    })
  recorder.insert('split_locks', { split: 'test', author, at: new Date().toISOString() })
  return { title: `Lock the test set (${countNoun(clips, 'clip')})` }
}

/** @throws AppError 'conflict' when it is not locked */
export function unlockTest(database: Database, recorder: Recorder): { title: string } {
  if (!readLock(database)) throw new AppError('conflict', 'The test set is not locked.')
  recorder.remove('split_locks', ['test'])
  return { title: 'Unlock the test set' }
}

/** Clips that may not be parted: one recording, one content, one group, one value of what is to stay together. */
export function groupClips(database: Database, clips: readonly SplitClip[]): string[] {
  const sameSound = new Map<string, string[]>()
  for (const { firstHash, secondHash } of listSoundMatches(database)) {
    const key = `sound ${firstHash} ${secondHash}`
    for (const hash of [firstHash, secondHash]) sameSound.set(hash, [...(sameSound.get(hash) ?? []), key])
  }
  return uniteGroups(
    clips.map(({ recordingPath, contentHash, group, values }) => [
      `file ${contentHash ?? ''} ${recordingPath}`,
      ...(contentHash === null ? [] : [`content ${contentHash}`, ...(sameSound.get(contentHash) ?? [])]),
      ...(group === null ? [] : [`group ${group}`]),
      ...values.flatMap((value, index) => (value === null ? [] : [`value ${index} ${value}`])),
    ]),
  )
}

function planSplit(database: Database, plan: SplitPlan): Planned {
  const { into, replaces, seed } = plan
  const column = into.kind === 'parts' ? 'split' : 'fold'
  const names =
    into.kind === 'parts' ? [...datasetParts] : Array.from({ length: into.count }, (_, at) => String(at + 1))
  const isLocked = readLock(database) !== null
  const shares = into.kind === 'parts' ? [into.train, into.validation, isLocked ? 0 : into.test] : names.map(() => 1)
  if (shares.every((share) => share === 0))
    throw new AppError('invalid-argument', 'No part gets a share of the clips.', {
      hint: isLocked ? 'The test set is locked; give train or validation a share.' : 'Give a part a share above 0.',
    })
  const all = listSplitClips(database, plan.query, plan.together)
  const left = new Map<string, number>()
  const leave = (reason: string): void => void left.set(reason, (left.get(reason) ?? 0) + 1)
  // A locked test set takes no part in folds: it is not what a model is chosen by.
  const clips = all.filter((clip) => {
    const isOut = column === 'fold' && isLocked && clip.split === 'test'
    if (isOut) leave('It is in the locked test set')
    const isElsewhere = column === 'fold' && !replaces && clip.fold !== null && !names.includes(clip.fold)
    if (isElsewhere) leave('It has a fold of another name, which is respected')
    return !isOut && !isElsewhere
  })
  if (clips.length === 0) throw new AppError('invalid-argument', 'No clip is to be split in this selection.')

  const groups = groupClips(database, clips)
  const fixed = clips.map((clip) => {
    const own = clip[column]
    const stays = own !== null && (!replaces || (column === 'split' && isLocked && own === 'test'))
    return stays ? names.indexOf(own) : null
  })
  const items = clips.map((clip, at) => ({ group: groups[at]!, classes: clip.classes }))
  // Classes are small numbers there.
  const keys = [...new Set(clips.flatMap((clip) => clip.classes))].sort((a, b) => a - b)
  const numbers = new Map(keys.map((key, index) => [key, index]))
  for (const item of items) item.classes = item.classes.map((key) => numbers.get(key)!)
  const dealt = splitByGroups(items, { shares, seed, fixed, keepsSingles: into.kind === 'parts' })

  const parts = names.map((name) => ({ name, clips: 0, seconds: 0, groups: new Set<string>() }))
  const counts = keys.map(() => names.map(() => 0))
  const changes: Planned['changes'] = []
  clips.forEach((clip, at) => {
    const part = dealt[at]!
    if (part < 0) return leave('Its group is in a part that is closed, or in several')
    const own = parts[part]!
    own.clips++
    own.seconds += clip.endSeconds - clip.startSeconds
    own.groups.add(groups[at]!)
    for (const index of items[at]!.classes) counts[index]![part]!++
    if (clip[column] !== names[part]) changes.push({ key: clip.key, part: names[part]! })
  })
  const classes = database.all<{ key: number; name: string }>(
    'SELECT key, name FROM ontology_classes ORDER BY code NULLS LAST, name',
  )
  return {
    column,
    changes,
    preview: {
      parts: parts.map((part) => ({ ...part, groups: part.groups.size })),
      classes: classes.flatMap(({ key, name }) => {
        const index = numbers.get(key)
        return index === undefined ? [] : [{ name, counts: counts[index]! }]
      }),
      kept: fixed.filter((part) => part !== null).length,
      changed: changes.length,
      left: [...left].map(([reason, count]) => ({ reason, count })),
    },
  }
}
