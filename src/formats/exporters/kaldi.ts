/**
 * Kaldi's data folder (kaldi-asr.org/doc/data_prep.html): `wav.scp`, `segments`, `utt2spk`, `spk2utt` and `text`, each
 * sorted as the C locale sorts; and `utt2class`, in the manner of its other maps, for classes. The speaker is the clip's
 * group.
 */
import type { ExportClip } from '../../shared/job/manifest'
import { planSounds } from './clip-sound'
import { sortOut, type Exporter, type PlannedFile } from './export-plan'
import { compareBytes, inPieces, makeKeys, presentNames } from './plan-parts'

/** What stands in a field divided by spaces. */
const toField = (text: string): string => text.normalize('NFC').trim().replace(/\s+/g, '_') || 'none'
const toLine = (text: string): string => text.trim().replace(/\s+/g, ' ')

interface Utterance {
  clip: ExportClip
  id: string
  speaker: string
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
    const { taken, skipped } = sortOut(manifest.clips, () => null)
    const isReference = manifest.options.sound === 'reference'
    const audio = isReference
      ? []
      : planSounds(manifest, context, taken, { folder: 'audio/', usualTemplate: '{recording}_{start}' })
    const pathOf = new Map(audio.map(({ clipId, path }) => [clipId, path]))
    const keys = makeKeys(taken)
    const recordingKeys = makeKeys(
      [...new Map(taken.map((clip) => [clip.path, clip])).values()].map((clip) => ({
        ...clip,
        id: clip.path,
        startSeconds: 0,
        endSeconds: clip.recordingSeconds ?? clip.endSeconds,
      })),
    )
    const recordingOf = (clip: ExportClip): string => (isReference ? recordingKeys.get(clip.path)! : keys.get(clip.id)!)
    const utterances = taken.map((clip): Utterance => {
      const key = keys.get(clip.id)!
      // An utterance begins with its speaker, so that both sort alike.
      const speaker = clip.group === null ? key : toField(clip.group)
      return { clip, speaker, id: clip.group === null ? key : `${speaker}-${key}` }
    })
    return {
      audio,
      skipped,
      placeOf: (clip) =>
        isReference
          ? { path: recordingOf(clip), startSeconds: clip.startSeconds, endSeconds: clip.endSeconds }
          : { path: pathOf.get(clip.id)!, startSeconds: 0, endSeconds: clip.endSeconds - clip.startSeconds },
      finish(failed) {
        const left = utterances.filter(({ clip }) => !failed.has(clip.id)).sort((a, b) => compareBytes(a.id, b.id))
        return { files: writeFolder(left), clips: left.length, choices: [], details: {} }
      },
    }

    function* writeFolder(left: readonly Utterance[]): Generator<PlannedFile> {
      const scp = new Map(left.map(({ clip }) => [recordingOf(clip), isReference ? clip.path : pathOf.get(clip.id)!]))
      const speakers = new Map<string, string[]>()
      for (const { id, speaker } of left) {
        const own = speakers.get(speaker)
        if (own) own.push(id)
        else speakers.set(speaker, [id])
      }
      const sorted = <T>(map: Map<string, T>): [string, T][] => [...map].sort(([a], [b]) => compareBytes(a, b))
      yield* inPieces(
        'wav.scp',
        sorted(scp).map(([key, path]) => `${key} ${path}`),
      )
      yield* inPieces(
        'segments',
        left.map(({ clip, id }) => {
          const start = isReference ? clip.startSeconds : 0
          const end = start + clip.endSeconds - clip.startSeconds
          return `${id} ${recordingOf(clip)} ${start.toFixed(4)} ${end.toFixed(4)}`
        }),
      )
      yield* inPieces(
        'utt2spk',
        left.map(({ id, speaker }) => `${id} ${speaker}`),
      )
      yield* inPieces(
        'spk2utt',
        sorted(speakers).map(([speaker, ids]) => `${speaker} ${ids.join(' ')}`),
      )
      yield* inPieces(
        'text',
        left.map(({ clip, id }) => `${id} ${textOf(clip)}`),
      )
      yield* inPieces(
        'utt2class',
        left.map(({ clip, id }) => `${id} ${presentNames(clip).join(';')}`),
      )
    }
  },
}
