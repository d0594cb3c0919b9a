import type { Snapshot } from '../../../shared/contract/snapshots'
import type { ExportClip, ExportLabel } from '../../../shared/job/manifest'
import { resolveInside } from '../media/resolve-inside'
import { type Database, listParameter } from './database'
import { type ExportClass, type GivenLabels, makeLabels } from './export-labels'
import type { ReadClip } from './export-pages'
import { readMetadata } from './metadata'
import { readOntologyVersion } from './ontology-versions'
import { type ClipLine, type LabelLine, readChunk, readManifest } from './snapshot-reader'

/** The classes of a snapshot as lists show them: by their number, those without one by name. */
export function listSnapshotClasses(database: Database, { ontologyVersion }: Snapshot): ExportClass[] {
  return readOntologyVersion(database, ontologyVersion).sort(
    (a, b) => (a.code ?? Infinity) - (b.code ?? Infinity) || (a.name < b.name ? -1 : 1),
  )
}

/** The clips of a snapshot as it keeps them, chunk by chunk. @throws AppError 'catalog-damaged' */
export function* eachClipLine(database: Database, { contentHash }: Snapshot): Generator<ClipLine[]> {
  for (const hash of readManifest(database, contentHash).chunks)
    yield readChunk(database, hash)
      .split('\n')
      .map((line) => JSON.parse(line) as ClipLine)
}

/**
 * What a snapshot holds, as exporters take it, in the order of the clips' ids: labels, segments, divisions, notes and
 * metadata as they were then, with the classes of its version of the ontology. Only where the sound lies is asked of the
 * catalog as it is now; a clip whose sound is not that of the snapshot says so. A snapshot made before they held metadata
 * has that of now.
 * @throws AppError 'catalog-damaged'
 */
export function* eachSnapshotPage(database: Database, snapshot: Snapshot, propagate: boolean): Generator<ReadClip[]> {
  const toLabels = makeLabels(listSnapshotClasses(database, snapshot), propagate)
  for (const lines of eachClipLine(database, snapshot)) {
    const sounds = findSounds(database, lines)
    const metadata =
      snapshot.metadataCount === null ? readMetadata(database, listParameter(lines.map(([id]) => id))) : null
    yield lines.map((line) => {
      const { facts, isMissing } = toFacts(line, sounds.get(line[0]))
      let followedLabels = 0
      const withFollowed = (given: LabelLine[]): ExportLabel[] => {
        const all = toLabels(given.map(toGiven))
        followedLabels += all.length - given.length
        return all
      }
      const clip: ExportClip = {
        ...facts,
        labels: withFollowed(line[11]),
        annotations: line[12]
          .map(([id, startSeconds, endSeconds, lowHz, highHz, tier, author, score, note, labels]) => ({
            id,
            startSeconds,
            endSeconds,
            lowHz,
            highHz,
            tier,
            author,
            score,
            note,
            labels: withFollowed(labels),
          }))
          .sort((a, b) => a.startSeconds - b.startSeconds),
        source: metadata ? (metadata.get(line[0]) ?? {}) : Object.fromEntries(line[13]),
      }
      if (propagate) clip.followedLabels = followedLabels
      return { clip, isMissing }
    })
  }
}

const toGiven = ([classId, state]: LabelLine): GivenLabels[number] => ({
  classId,
  state: state === 1 ? 'present' : 'absent',
})

interface SoundRow {
  rootPath: string
  path: string
  contentHash: string | null
  seconds: number | null
  sampleRateHz: number | null
  channelCount: number | null
  isMissing: number
}

function toFacts(
  line: ClipLine,
  sound: SoundRow | undefined,
): { facts: Omit<ExportClip, 'labels' | 'annotations' | 'source'>; isMissing: boolean } {
  const [id, recordingPath, contentHash, startSeconds, endSeconds, fold, split, group, , isFullyAnnotated, note] = line
  const problem = describeProblem(contentHash, sound)
  // What is known of another sound is nothing about this one.
  const known = sound !== undefined && sound.contentHash === contentHash ? sound : null
  return {
    facts: {
      id,
      path: sound ? resolveInside(sound.rootPath, sound.path) : recordingPath,
      contentHash,
      startSeconds,
      endSeconds,
      recordingPath,
      recordingSeconds: known?.seconds ?? null,
      sampleRateHz: known?.sampleRateHz ?? null,
      channelCount: known?.channelCount ?? null,
      fold,
      split: split as ExportClip['split'],
      isFullyAnnotated: isFullyAnnotated === 1,
      note,
      group,
      ...(problem === null ? {} : { soundProblem: problem }),
    },
    isMissing: sound?.isMissing === 1,
  }
}

function describeProblem(contentHash: string | null, sound: SoundRow | undefined): string | null {
  if (sound === undefined) return 'its recording is not in the catalog any more'
  if (sound.contentHash === null || sound.contentHash === contentHash) return null
  return contentHash === null
    ? 'its sound was not known when the snapshot was made'
    : 'its sound has changed since the snapshot was made'
}

const columns = `(SELECT path FROM roots WHERE roots.key = r.root_key) AS rootPath, r.path,
  r.content_hash AS contentHash, r.duration_seconds AS seconds, r.sample_rate_hz AS sampleRateHz,
  r.channel_count AS channelCount, r.is_missing AS isMissing`

/** Where the recordings of clips lie now, by clip id; of clips that are gone, those of the same path and content. */
function findSounds(database: Database, lines: readonly ClipLine[]): Map<string, SoundRow> {
  const rows = database.all<SoundRow & { id: string }>(
    `SELECT c.id, ${columns} FROM clips c JOIN recordings r ON r.key = c.recording_key
       WHERE c.id IN (SELECT value FROM json_each(?))`,
    listParameter(lines.map(([id]) => id)),
  )
  const sounds = new Map(rows.map(({ id, ...sound }) => [id, sound as SoundRow]))
  const gone = lines.filter(([id]) => !sounds.has(id))
  if (gone.length === 0) return sounds
  const known = database.all<SoundRow>(
    `SELECT ${columns} FROM recordings r WHERE r.path IN (SELECT value FROM json_each(?))`,
    listParameter([...new Set(gone.map(([, path]) => path))]),
  )
  const byContent = new Map(known.map((sound) => [`${sound.contentHash} ${sound.path}`, sound]))
  for (const [id, path, contentHash] of gone) {
    const sound = byContent.get(`${contentHash} ${path}`)
    if (sound) sounds.set(id, sound)
  }
  return sounds
}
