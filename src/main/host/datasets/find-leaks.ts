import { fingerprintVersion } from '../../../dsp/fingerprint'
import type { AuditRequest, Leak, LeakReport } from '../../../shared/contract/splits'
import { AuditedClips, type Division } from '../catalog/audited-clips'
import type { Database } from '../catalog/database'
import { countNoun } from '../catalog/labels'
import { listSoundMatches, type SplitClip } from '../catalog/split-clips'

/** What an audit looks at: a clip and the part it is in. */
export type PlacedClip = Pick<
  SplitClip,
  'id' | 'recordingPath' | 'contentHash' | 'startSeconds' | 'endSeconds' | 'group' | 'classes'
> & {
  part: string
  /** Tells recordings apart. */
  recordingKey: number | string
  /** What keeps clips together besides their group, with a name a person knows: "site harbour". */
  bonds: string[]
}

/** What to do about leaks that stand in the way. */
export const leakHint = (what: 'training' | 'export'): string =>
  `Make the split anew in Splits, move one side, or allow leaks for this ${what} (--allow-leaks).`

const mostFindings = 500
const mostClips = 12
/** Spans that have less in common than this have not: 44,100 to the second, cut by hand. */
const leastCommonSeconds = 0.05

/**
 * Looks for what is on both sides of the catalog's own split or folds. Clips that are in no part are left out.
 * @param onStep hears between the steps; what it throws ends the audit
 */
export function auditSplit(
  database: Database,
  { query, by, together }: AuditRequest,
  onStep: (done: number, total: number) => void = () => undefined,
): LeakReport {
  const audited = new AuditedClips(database, query, by, together)
  try {
    onStep(1, 4)
    const clips = audited.listParted().map((clip): PlacedClip => {
      const bonds = clip.values.flatMap((value, index) => (value === null ? [] : [`${together[index]!} ${value}`]))
      return { ...clip, bonds }
    })
    onStep(2, 4)
    const leaks = findLeaks(database, clips, by)
    onStep(3, 4)
    const summary = audited.summarize(fingerprintVersion)
    const missing = findMissingClasses(audited, sortParts(summary.parts), by)
    return {
      ...summary,
      by,
      parts: sortParts(summary.parts),
      findings: [...leaks, ...missing].slice(0, mostFindings),
      leakCount: leaks.length,
      missingCount: missing.length,
    }
  } finally {
    audited.close()
  }
}

/** The worst first. @param by what the parts are called: "split train", "fold 1" */
export function findLeaks(database: Database, clips: readonly PlacedClip[], by: Division): Leak[] {
  return [...findSameAudio(clips, by), ...findNearDuplicates(database, clips, by), ...findPartedGroups(clips, by)]
}

const sortParts = (parts: Iterable<string>): string[] =>
  [...new Set(parts)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))

/** One content in several files, whose clips have a span in common and stand in several parts. */
function findSameAudio(clips: readonly PlacedClip[], by: Division): Leak[] {
  const leaks: Leak[] = []
  for (const own of groupBy(clips, (clip) => clip.contentHash).values()) {
    if (new Set(own.map((clip) => clip.recordingKey)).size < 2 || !areParted(own)) continue
    const found = own.filter((clip) =>
      own.some(
        (other) => other.recordingKey !== clip.recordingKey && other.part !== clip.part && haveCommonSpan(clip, other),
      ),
    )
    if (found.length > 0) leaks.push(makeLeak('same-audio', found, 'The same audio file is', by))
  }
  return leaks
}

/** Two contents that sound the same over a span that clips of several parts have in common. */
function findNearDuplicates(database: Database, clips: readonly PlacedClip[], by: Division): Leak[] {
  const byHash = groupBy(clips, (clip) => clip.contentHash)
  const leaks: Leak[] = []
  for (const match of listSoundMatches(database)) {
    const [first, second] = [byHash.get(match.firstHash), byHash.get(match.secondHash)]
    if (!first || !second) continue
    const offset = match.secondStartSeconds - match.firstStartSeconds
    const end = match.firstStartSeconds + match.seconds
    const found = new Set<PlacedClip>()
    for (const a of first)
      for (const b of second) {
        const start = Math.max(a.startSeconds, b.startSeconds - offset, match.firstStartSeconds)
        const common = Math.min(a.endSeconds, b.endSeconds - offset, end) - start
        if (a.part !== b.part && common >= leastCommonSeconds) found.add(a).add(b)
      }
    if (found.size === 0) continue
    const alike = `Sound that agrees over ${match.seconds.toFixed(1)} s (${((1 - match.errorRate) * 100).toFixed(0)} % of its fingerprint) is`
    leaks.push(makeLeak('near-duplicate', [...found], alike, by))
  }
  return leaks
}

function findPartedGroups(clips: readonly PlacedClip[], by: Division): Leak[] {
  const leaks: Leak[] = []
  const add = (own: PlacedClip[], what: string): void => {
    if (areParted(own)) leaks.push(makeLeak('group', own, what, by))
  }
  for (const [name, own] of groupBy(clips, (clip) => clip.group)) add(own, `Group ${name} is`)
  // Clips of one recording are said once, with their group where they have one.
  for (const own of groupBy(clips, (clip) => (clip.group === null ? clip.recordingKey : null)).values())
    add(own, `The recording ${own[0]!.recordingPath} is`)
  const bonds = new Set(clips.flatMap((clip) => clip.bonds))
  if (bonds.size === 0) return leaks
  const byBond = new Map<string, PlacedClip[]>()
  for (const clip of clips)
    for (const bond of clip.bonds) {
      const own = byBond.get(bond)
      if (own) own.push(clip)
      else byBond.set(bond, [clip])
    }
  for (const [bond, own] of byBond) add(own, `All that is of ${bond} is`)
  return leaks
}

function findMissingClasses(audited: AuditedClips, parts: readonly string[], by: Division): Leak[] {
  if (parts.length < 2) return []
  const classes = new Map<number, { name: string; clips: Map<string, number> }>()
  for (const { key, name, part, clips } of audited.countClasses()) {
    const own = classes.get(key) ?? { name, clips: new Map<string, number>() }
    own.clips.set(part, clips)
    classes.set(key, own)
  }
  return [...classes].flatMap(([key, { name, clips }]): Leak[] => {
    const lacking = parts.filter((part) => !clips.has(part))
    if (lacking.length === 0) return []
    const turns = parts.map((part) => (clips.has(part) ? audited.listOfClass(key, part, mostClips) : []))
    return [
      {
        kind: 'missing-class',
        message: `No clip of ${name} is in ${by === 'fold' ? 'fold ' : ''}${lacking.join(', ')}.`,
        parts: lacking,
        clips: takeTurns(turns),
        clipCount: [...clips.values()].reduce((sum, count) => sum + count, 0),
      },
    ]
  })
}

function makeLeak(kind: Leak['kind'], clips: readonly PlacedClip[], subject: string, by: Division): Leak {
  const parts = sortParts(clips.map((clip) => clip.part))
  const shown = takeTurns(parts.map((part) => clips.filter((clip) => clip.part === part)))
  return {
    kind,
    message: `${subject} in ${by === 'fold' ? 'folds ' : ''}${parts.join(' and ')} (${countNoun(clips.length, 'clip')}).`,
    parts,
    clips: shown.map(({ id, recordingPath, startSeconds, endSeconds, part }) => ({
      id,
      recordingPath,
      startSeconds,
      endSeconds,
      part,
    })),
    clipCount: clips.length,
  }
}

/** Some of each part, so that both sides can be heard. */
function takeTurns<Clip>(turns: readonly (readonly Clip[])[]): Clip[] {
  const shown: Clip[] = []
  const most = Math.min(
    mostClips,
    turns.reduce((sum, own) => sum + own.length, 0),
  )
  for (let turn = 0; shown.length < most; turn++) for (const own of turns) shown.push(...own.slice(turn, turn + 1))
  return shown.slice(0, most)
}

const areParted = (clips: readonly PlacedClip[]): boolean => clips.some((clip) => clip.part !== clips[0]!.part)

const haveCommonSpan = (a: PlacedClip, b: PlacedClip): boolean =>
  Math.min(a.endSeconds, b.endSeconds) - Math.max(a.startSeconds, b.startSeconds) >= leastCommonSeconds

function groupBy<Key extends string | number>(
  clips: readonly PlacedClip[],
  keyOf: (clip: PlacedClip) => Key | null,
): Map<Key, PlacedClip[]> {
  const groups = new Map<Key, PlacedClip[]>()
  for (const clip of clips) {
    const key = keyOf(clip)
    if (key === null) continue
    const own = groups.get(key)
    if (own) own.push(clip)
    else groups.set(key, [clip])
  }
  return groups
}
