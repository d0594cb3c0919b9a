/**
 * Kaldi's data folder (kaldi-asr.org/doc/data_prep.html): `wav.scp`, `segments`, `utt2spk`, `spk2utt` and `text`, each
 * sorted as the C locale sorts; and `utt2class`, in the manner of its other maps, for classes. The speaker is the clip's
 * group.
 */
import type { ExportClip } from '../../shared/job/manifest'
import { planSounds } from './clip-sound'
import { again, type Exporter, type PlannedFile } from './export-plan'
import { compareBytes, inPieces, Keys, presentNames } from './plan-parts'

/** What stands in a field divided by spaces. */
const toField = (text: string): string => text.normalize('NFC').trim().replace(/\s+/g, '_') || 'none'
const toLine = (text: string): string => text.trim().replace(/\s+/g, ' ')

interface Utterance {
  clip: ExportClip
  id: string
  speaker: string
  /** The file of its sound. */
  path: string
  /** The key of that file. */
  recording: string
}

/** The transcript: the clip's note, else its classes, since Kaldi drops utterances without text. */
function textOf(clip: ExportClip): string {
  return toLine(clip.note) || presentNames(clip).map(toField).join(' ') || '<unk>'
}

export const kaldiExporter: Exporter = {
  id: 'kaldi',
  name: 'Kaldi data folder',
  description: 'wav.scp, segments, utt2spk, text and utt2class, sorted as Kaldi wants; sound with it or referenced.',
  holdsAudio: true,
  isSoundOptional: true,
  takesNames: true,
  family: 'Machine learning',
  importer: 'kaldi',
  losses: {
    labels: (clip) =>
      presentNames(clip).every((name) => !/[;\n\r]/.test(name))
        ? null
        : 'names in the list of classes have no semicolons',
    absent: 'Kaldi’s maps say what is present',
    exhaustive: 'Kaldi’s maps do not say it',
    segments: 'an utterance has one text',
    fold: 'a data folder is one part',
    split: 'a data folder is one part',
    group: (clip) => (clip.group !== null && toField(clip.group) !== clip.group ? 'speakers have no spaces' : null),
    note: (clip) => (toLine(clip.note) === clip.note ? null : 'a transcript is one line'),
    metadata: 'Kaldi has no metadata',
  },
  accept: () => null,
  plan(manifest, context) {
    const { clips } = manifest
    const isReference = manifest.options.sound === 'reference'
    const sounds = planSounds(manifest, context, { folder: 'audio/', usualTemplate: '{recording}_{start}' })
    function* utterances(): Generator<Utterance> {
      const keys = new Keys()
      const recordings = new Keys()
      const make = (clip: ExportClip, path: string): Utterance => {
        const key = keys.next(clip)
        // An utterance begins with its speaker, so that both sort alike.
        const speaker = clip.group === null ? key : toField(clip.group)
        const id = clip.group === null ? key : `${speaker}-${key}`
        return { clip, path, speaker, id, recording: isReference ? recordings.ofRecording(clip) : key }
      }
      if (isReference) for (const clip of clips) yield make(clip, clip.path)
      else for (const { clip, path } of sounds) yield make(clip, path)
    }
    return {
      audio: isReference ? [] : sounds,
      places: again(function* () {
        for (const { clip, path, recording } of utterances())
          yield {
            clip,
            place: isReference
              ? { path: recording, startSeconds: clip.startSeconds, endSeconds: clip.endSeconds }
              : { path, startSeconds: 0, endSeconds: clip.endSeconds - clip.startSeconds },
          }
      }),
      finish(failed) {
        const lines = sortLines(utterances(), failed, isReference)
        return {
          files: again(() => writeFolder(lines)),
          clips: clips.length - failed.size,
          choices: [],
          details: {},
        }
      },
    }
  },
}

/** Kaldi's files are each sorted by their first field: a line of each is kept for each utterance, until they are. */
function sortLines(utterances: Iterable<Utterance>, failed: ReadonlySet<string>, isReference: boolean) {
  const recordings = new Map<string, string>()
  const speakers = new Map<string, string[]>()
  const rows: { id: string; segment: string; speaker: string; text: string; classes: string }[] = []
  for (const { clip, id, speaker, path, recording } of utterances) {
    if (failed.has(clip.id)) continue
    recordings.set(recording, path)
    const own = speakers.get(speaker)
    if (own) own.push(id)
    else speakers.set(speaker, [id])
    const start = isReference ? clip.startSeconds : 0
    const end = start + clip.endSeconds - clip.startSeconds
    const segment = `${recording} ${start.toFixed(4)} ${end.toFixed(4)}`
    rows.push({ id, segment, speaker, text: textOf(clip), classes: presentNames(clip).join(';') })
  }
  rows.sort((a, b) => compareBytes(a.id, b.id))
  for (const ids of speakers.values()) ids.sort(compareBytes)
  const sorted = <T>(map: Map<string, T>): [string, T][] => [...map].sort(([a], [b]) => compareBytes(a, b))
  return { rows, recordings: sorted(recordings), speakers: sorted(speakers) }
}

function* writeFolder({ rows, recordings, speakers }: ReturnType<typeof sortLines>): Generator<PlannedFile> {
  const table = (path: string, valueOf: (row: (typeof rows)[number]) => string): Generator<PlannedFile> =>
    inPieces(
      path,
      (function* () {
        for (const row of rows) yield `${row.id} ${valueOf(row)}`
      })(),
    )
  yield* inPieces(
    'wav.scp',
    recordings.map(([key, path]) => `${key} ${path}`),
  )
  yield* table('segments', ({ segment }) => segment)
  yield* table('utt2spk', ({ speaker }) => speaker)
  yield* inPieces(
    'spk2utt',
    speakers.map(([speaker, ids]) => `${speaker} ${ids.join(' ')}`),
  )
  yield* table('text', ({ text }) => text)
  yield* table('utt2class', ({ classes }) => classes)
}
