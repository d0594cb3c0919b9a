/**
 * AudioSet's segment lists (Gemmeke et al., ICASSP 2017; research.google.com/audioset/download.html):
 * `segments.csv` with three `#` lines and `YTID, start_seconds, end_seconds, positive_labels`, and
 * `class_labels_indices.csv` with `index,mid,display_name`. Text only; clips may have several labels.
 */
import type { ClipList, ExportClip, ExportManifest } from '../../shared/job/manifest'
import { again, classesOf, count, tally, type Exporter, type ExportContext } from './export-plan'
import { countAbsent, inPieces, presentNames } from './plan-parts'
import { TextNumbers } from './text-numbers'
import { stemOf, UniqueNames } from './unique-names'
import { csvField, quoted } from './write-csv'

function accept(clip: ExportClip): string | null {
  return presentNames(clip).length === 0 ? 'no class is present; AudioSet lists positive labels only' : null
}

/** The classes' AudioSet ids; those without one get `/e/` and their name in lower case. */
export function identifyClasses(classes: ExportManifest['classes'], choices: string[]): Map<string, string> {
  const slugs = new UniqueNames()
  const ids = new Map<string, string>()
  for (const { name, mid } of classes) {
    if (mid !== null) {
      ids.set(name, mid)
      continue
    }
    const slug = name
      .normalize('NFC')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
      .replace(/^_+|_+$/g, '')
    const id = `/e/${slugs.nameOf(name, slug || 'class')}`
    choices.push(`The class “${name}” has no AudioSet id and is written as ${id}.`)
    ids.set(name, id)
  }
  return ids
}

/** Weekday Mon dd hh:mm:ss yyyy in UTC: C's asctime, which pads the day with a space. */
function asctime(date: Date): string {
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`
}

/** Signs that readers which split at commas, or take `#` for a comment, would trip over. */
export function toYtid(path: string): string {
  return stemOf(path)
    .replace(/[\s",]+/g, '_')
    .replace(/^#/, '_')
}

/** Clips with the name that their recording gets. */
export function* withYtids(
  clips: Iterable<ExportClip>,
): Generator<{ clip: ExportClip; ytid: string; isRenamed: boolean }> {
  const names = new UniqueNames()
  for (const clip of clips) {
    const ytid = names.nameOf(clip.path, toYtid(clip.recordingPath))
    yield { clip, ytid, isRenamed: ytid !== stemOf(clip.recordingPath) }
  }
}

/** The same, of each recording its first clip. */
export function* eachYtid(clips: Iterable<ExportClip>): ReturnType<typeof withYtids> {
  const seen = new TextNumbers()
  for (const named of withYtids(clips)) {
    if (seen.get(named.clip.path) !== undefined) continue
    seen.set(named.clip.path, 1)
    yield named
  }
}

function plan(manifest: ExportManifest, context: ExportContext): ReturnType<Exporter['plan']> {
  const { clips } = manifest
  const choices: string[] = []
  const classes = classesOf(manifest)
  const ids = identifyClasses(classes, choices)
  const midsOf = (clip: ExportClip): string[] =>
    presentNames(clip)
      .map((name) => ids.get(name)!)
      .sort()

  function* segments(): Generator<string> {
    const mids = new Set<string>()
    const { labels } = tally(clips, {
      labels(clip) {
        const own = midsOf(clip)
        for (const mid of own) mids.add(mid)
        return own.length
      },
    })
    const { ytids } = tally(eachYtid(clips), { ytids: () => true })
    yield `# Segments csv created ${asctime(context.createdAt)}`
    yield (
      `# num_ytids=${ytids}, num_segs=${clips.length}, ` +
      `num_unique_labels=${mids.size}, num_positive_labels=${labels}`
    )
    yield '# YTID, start_seconds, end_seconds, positive_labels'
    for (const { clip, ytid } of withYtids(clips)) {
      const list = `"${midsOf(clip).join(',')}"`
      yield [ytid, clip.startSeconds.toFixed(3), clip.endSeconds.toFixed(3), list].join(', ')
    }
  }
  function* indices(): Generator<string> {
    yield 'index,mid,display_name'
    for (const [index, { name }] of classes.entries()) yield `${index},${csvField(ids.get(name)!)},${quoted(name)}`
  }

  return {
    audio: [],
    places: again(function* () {
      for (const { clip, ytid } of withYtids(clips))
        yield { clip, place: { path: ytid, startSeconds: clip.startSeconds, endSeconds: clip.endSeconds } }
    }),
    finish: () => ({
      files: again(function* () {
        yield* inPieces('segments.csv', segments())
        yield* inPieces('class_labels_indices.csv', indices())
      }),
      clips: clips.length,
      choices: [...choices, ...describeLosses(clips)],
      details: {},
      lists: {
        recordings: again(function* () {
          for (const { clip, ytid } of eachYtid(clips))
            yield { ytid, path: clip.recordingPath, contentHash: clip.contentHash }
        }),
      },
    }),
  }
}

/** What the lists have no place for. */
function describeLosses(clips: ClipList): string[] {
  const { renamed } = tally(eachYtid(clips), { renamed: ({ isRenamed }) => isRenamed })
  const { absent, annotations, folds } = tally(clips, {
    absent: countAbsent,
    annotations: (clip) => clip.annotations.length,
    folds: (clip) => clip.fold !== null,
  })
  return [
    ...(renamed > 0 ? [`Not named by the file name alone (see “recordings”): ${count(renamed, 'recording')}.`] : []),
    ...(absent > 0 ? [`Left out: ${count(absent, '“absent” label')}; absent cannot be told from unknown.`] : []),
    ...(annotations > 0
      ? [`Left out: ${count(annotations, 'annotation')}; a segment’s labels hold for all of it.`]
      : []),
    ...(folds > 0
      ? [`Left out: the folds of ${count(folds, 'clip')}; AudioSet keeps each split in its own file.`]
      : []),
  ]
}

export const audiosetCsvExporter: Exporter = {
  id: 'audioset-csv',
  name: 'AudioSet CSV',
  description: 'segments.csv and class_labels_indices.csv as AudioSet has them: several labels per clip, no sound.',
  holdsAudio: false,
  family: 'Benchmarks',
  importer: 'audioset-csv',
  losses: {
    absent: 'AudioSet lists positive labels only',
    exhaustive: 'AudioSet lists positive labels only',
    segments: 'a segment’s labels hold for all of it',
    fold: 'AudioSet keeps each split in its own file',
    split: 'AudioSet keeps each split in its own file',
    group: 'AudioSet has no groups',
    metadata: 'AudioSet has its own columns only',
    note: 'AudioSet has no notes',
  },
  accept,
  plan,
}
