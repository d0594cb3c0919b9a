import type { ChangeCounts, Snapshot, SnapshotDiff, SnapshotDiffRow } from '../../../shared/contract/snapshots'
import type { Database } from './database'
import { type ClassLine, type ClipLine, type LabelLine, readChunk, readManifest } from './snapshot-reader'

const rowLimit = 500
const none = (): ChangeCounts => ({ added: 0, removed: 0, changed: 0 })

/**
 * What one snapshot has otherwise than another. Chunks that both have are not opened, and the others are read side by
 * side in the order of clips, so that the difference of two large snapshots costs what differs.
 * @throws AppError 'catalog-damaged'
 */
export function diffSnapshots(database: Database, from: Snapshot, to: Snapshot): SnapshotDiff {
  const [old, now] = [readManifest(database, from.contentHash), readManifest(database, to.contentHash)]
  const [oldClasses, nowClasses] = [readClasses(database, old.ontology), readClasses(database, now.ontology)]
  const mine = new Set(now.chunks)
  const shared = new Set(old.chunks.filter((hash) => mine.has(hash)))
  const hasMetadata = old.layout > 1 && now.layout > 1
  const tally = new Tally((id) => nowClasses.get(id)?.[1] ?? oldClasses.get(id)?.[1] ?? id)
  const left = eachLine(database, old.chunks, shared, hasMetadata)
  const right = eachLine(database, now.chunks, shared, hasMetadata)
  let a = left.next()
  let b = right.next()
  while (!a.done || !b.done) {
    const [before, after] = [a.done ? null : a.value, b.done ? null : b.value]
    if (before && after && before[0] === after[0]) {
      tally.compare(before, after)
      a = left.next()
      b = right.next()
    } else if (after === null || (before !== null && before[0] < after[0])) {
      tally.compare(before, null)
      a = left.next()
    } else {
      tally.compare(null, after)
      b = right.next()
    }
  }
  const same = now.clips - tally.clips.added - tally.clips.changed
  const byName = (counts: Map<string, ChangeCounts>): (ChangeCounts & { name: string })[] =>
    [...counts].map(([name, each]) => ({ name, ...each })).sort((x, y) => sum(y) - sum(x) || (x.name < y.name ? -1 : 1))
  const diff = {
    from,
    to,
    clips: { ...tally.clips, same },
    labels: tally.labels,
    segments: tally.segments,
    metadata: hasMetadata ? tally.metadata : null,
    splits: tally.splits,
    sounds: tally.sounds,
    classes: compareClasses(oldClasses, nowClasses),
    byClass: byName(tally.byClass),
    byAuthor: byName(tally.byAuthor),
    byMetadata: byName(tally.byMetadata),
    rows: tally.rows,
  }
  return { ...diff, changelog: writeChangelog(diff) }
}

const sum = ({ added, removed, changed }: ChangeCounts): number => added + removed + changed

/** @param hasMetadata whether both have metadata; else it is left out, so that clips are alike that differ in nothing else */
function* eachLine(
  database: Database,
  chunks: string[],
  skipped: Set<string>,
  hasMetadata: boolean,
): Generator<ClipLine> {
  for (const hash of chunks)
    if (!skipped.has(hash))
      for (const line of readChunk(database, hash).split('\n')) {
        const clip = JSON.parse(line) as ClipLine
        if (!hasMetadata) clip[13] = []
        yield clip
      }
}

function readClasses(database: Database, hash: string): Map<string, ClassLine> {
  return new Map((JSON.parse(readChunk(database, hash)) as ClassLine[]).map((line) => [line[0], line]))
}

function compareClasses(old: Map<string, ClassLine>, now: Map<string, ClassLine>): ChangeCounts {
  const counts = none()
  for (const [id, line] of now)
    if (!old.has(id)) counts.added++
    else if (JSON.stringify(old.get(id)) !== JSON.stringify(line)) counts.changed++
  for (const id of old.keys()) if (!now.has(id)) counts.removed++
  return counts
}

/** Counts the differences of clips. */
class Tally {
  readonly clips = none()
  readonly labels = none()
  readonly segments = none()
  readonly metadata = none()
  splits = 0
  sounds = 0
  readonly byClass = new Map<string, ChangeCounts>()
  readonly byAuthor = new Map<string, ChangeCounts>()
  readonly byMetadata = new Map<string, ChangeCounts>()
  readonly rows: SnapshotDiffRow[] = []

  constructor(private readonly className: (id: string) => string) {}

  compare(before: ClipLine | null, after: ClipLine | null): void {
    if (before && after && JSON.stringify(before) === JSON.stringify(after)) return
    const verdict = before === null ? 'added' : after === null ? 'removed' : 'changed'
    this.clips[verdict]++
    const details = [
      ...this.compareLabels(before, after),
      ...this.compareSegments(before, after),
      ...this.compareMetadata(before, after),
    ]
    if (before && after) details.push(...this.compareFacts(before, after))
    if (this.rows.length >= rowLimit) return
    const clip = (after ?? before)!
    this.rows.push({ clipId: clip[0], recording: clip[1], verdict, details })
  }

  private compareLabels(before: ClipLine | null, after: ClipLine | null): string[] {
    const [old, now] = [labelsOf(before), labelsOf(after)]
    const details: string[] = []
    const note = (verdict: keyof ChangeCounts, [classId, state, author]: LabelLine, was?: LabelLine): void => {
      const name = this.className(classId)
      this.labels[verdict]++
      countIn(this.byClass, name, verdict)
      countIn(this.byAuthor, author, verdict)
      if (details.length >= 20) return
      const said = (label: LabelLine): string => (label[1] === 1 ? 'present' : 'absent')
      if (verdict === 'added') details.push(`${name}: ${said([classId, state, author])} (${author})`)
      else if (verdict === 'removed') details.push(`${name}: no longer ${said([classId, state, author])}`)
      else details.push(`${name}: ${said(was!)} (${was![2]}) → ${said([classId, state, author])} (${author})`)
    }
    for (const [key, label] of now) {
      const was = old.get(key)
      if (!was) note('added', label)
      else if (was[1] !== label[1] || was[2] !== label[2]) note('changed', label, was)
    }
    for (const [key, label] of old) if (!now.has(key)) note('removed', label)
    return details
  }

  private compareSegments(before: ClipLine | null, after: ClipLine | null): string[] {
    const texts = (clip: ClipLine | null): Map<string, string> =>
      new Map((clip?.[12] ?? []).map((segment) => [segment[0], JSON.stringify(segment)]))
    const [old, now] = [texts(before), texts(after)]
    const own = none()
    for (const [id, text] of now)
      if (!old.has(id)) own.added++
      else if (old.get(id) !== text) own.changed++
    for (const id of old.keys()) if (!now.has(id)) own.removed++
    for (const verdict of ['added', 'removed', 'changed'] as const) this.segments[verdict] += own[verdict]
    return sum(own) === 0 ? [] : [`segments: ${writeCounts(own)}`]
  }

  private compareMetadata(before: ClipLine | null, after: ClipLine | null): string[] {
    const [old, now] = [new Map(before?.[13]), new Map(after?.[13])]
    const details: string[] = []
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [was, is] = [old.get(name), now.get(name)]
      if (was === is) continue
      const verdict = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
      this.metadata[verdict]++
      countIn(this.byMetadata, name, verdict)
      // Of a clip that came or went it is said what it is, not all that it has.
      if (before && after && details.length < 20) details.push(`${name}: ${show(was ?? null)} → ${show(is ?? null)}`)
    }
    return details
  }

  private compareFacts(before: ClipLine, after: ClipLine): string[] {
    const details: string[] = []
    if (before[2] !== after[2]) {
      this.sounds++
      details.push('another sound')
    }
    if (before[5] !== after[5] || before[6] !== after[6] || before[7] !== after[7]) this.splits++
    for (const [place, name] of facts)
      if (before[place] !== after[place]) {
        const say = place === 9 ? (value: unknown) => (value ? 'yes' : 'no') : show
        details.push(`${name}: ${say(before[place])} → ${say(after[place])}`)
      }
    return details
  }
}

function countIn(counts: Map<string, ChangeCounts>, key: string, verdict: keyof ChangeCounts): void {
  const own = counts.get(key) ?? none()
  own[verdict]++
  counts.set(key, own)
}

const facts = [
  [1, 'recording'],
  [3, 'start'],
  [4, 'end'],
  [5, 'fold'],
  [6, 'split'],
  [7, 'group'],
  [8, 'status'],
  [9, 'fully annotated'],
  [10, 'note'],
] as const
const show = (value: string | number | null): string => (value === null || value === '' ? '–' : String(value))

/** The labels of a clip and of its segments, by where they are. */
function labelsOf(clip: ClipLine | null): Map<string, LabelLine> {
  const labels = new Map<string, LabelLine>()
  if (clip === null) return labels
  for (const label of clip[11]) labels.set(label[0], label)
  for (const segment of clip[12]) for (const label of segment[9]) labels.set(`${segment[0]} ${label[0]}`, label)
  return labels
}

function writeCounts({ added, removed, changed }: ChangeCounts): string {
  const parts = [
    added > 0 ? `${added} added` : '',
    removed > 0 ? `${removed} removed` : '',
    changed > 0 ? `${changed} changed` : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'none' : parts.join(', ')
}

/** Why metadata was not compared. */
function saysNoMetadata({ from, to }: Pick<SnapshotDiff, 'from' | 'to'>): string {
  const older = [from, to].filter(({ metadataCount }) => metadataCount === null)
  const names = older.map(({ name, contentHash }) => name ?? contentHash.slice(0, 12))
  return `not compared; ${names.join(' and ')} ${names.length === 1 ? 'was' : 'were'} made before snapshots held metadata`
}

function writeChangelog(diff: Omit<SnapshotDiff, 'changelog'>): string {
  const title = ({ name, contentHash }: Snapshot): string => name ?? contentHash.slice(0, 12)
  const table = (rows: (ChangeCounts & { name: string })[], head: string): string[] =>
    rows.length === 0
      ? []
      : [
          '',
          `| ${head} | added | removed | changed |`,
          '| --- | ---: | ---: | ---: |',
          ...rows.map(
            ({ name, added, removed, changed }) =>
              `| ${name.replaceAll('|', '\\|')} | ${added} | ${removed} | ${changed} |`,
          ),
        ]
  return [
    `## ${title(diff.to)}, since ${title(diff.from)}`,
    ...(diff.to.note === '' ? [] : ['', diff.to.note]),
    '',
    `- clips: ${writeCounts(diff.clips)}; ${diff.clips.same} as they were`,
    `- labels: ${writeCounts(diff.labels)}`,
    `- segments: ${writeCounts(diff.segments)}`,
    `- split, fold or group: ${diff.splits} clips changed`,
    `- sound: ${diff.sounds} clips changed`,
    `- metadata: ${diff.metadata === null ? saysNoMetadata(diff) : writeCounts(diff.metadata)}`,
    `- classes: ${writeCounts(diff.classes)}`,
    ...table(diff.byClass, 'class'),
    ...table(diff.byAuthor, 'annotator'),
    ...table(diff.byMetadata, 'metadata'),
    '',
  ].join('\n')
}
