/**
 * DCASE's sound event tables (DESED, Turpault et al., DCASE 2019): `metadata/strong.tsv` with filename, onset, offset and
 * event_label, where a file without events has a row without values, and `metadata/weak.tsv` with filename and
 * event_labels, divided by commas.
 */
import type { ExportClip } from '../../shared/job/manifest'
import { planSounds } from './clip-sound'
import { again, count, tally, without, type Exporter } from './export-plan'
import { countAbsent, inPieces, presentNames } from './plan-parts'

/** What a table divided by tabs, with lists divided by commas, can hold of a name. */
const toCell = (name: string): string => name.replace(/[\t\r\n,]+/g, '_')
const isCell = (name: string): boolean => toCell(name) === name && name === name.trim()

interface Event {
  onset: number
  offset: number
  label: string
}

function eventsOf(clip: ExportClip): Event[] {
  const length = clip.endSeconds - clip.startSeconds
  const move = (seconds: number): number => Math.min(Math.max(seconds - clip.startSeconds, 0), length)
  return clip.annotations
    .flatMap(({ startSeconds, endSeconds, labels }) =>
      labels
        .filter(({ state }) => state === 'present')
        .map(({ className }) => ({ onset: move(startSeconds), offset: move(endSeconds), label: className })),
    )
    .sort((a, b) => a.onset - b.onset)
}

export const desedExporter: Exporter = {
  id: 'desed',
  name: 'DCASE / DESED events',
  description: 'audio/, metadata/strong.tsv with onset and offset of each event, metadata/weak.tsv with the labels.',
  holdsAudio: true,
  takesNames: true,
  family: 'Sound events',
  importer: 'desed',
  losses: {
    labels: (clip) => (presentNames(clip).every(isCell) ? null : 'names in lists have no commas'),
    absent: 'the tables list present labels only',
    exhaustive: 'the tables do not say it',
    segments: (clip) =>
      clip.annotations.every(
        ({ labels }) =>
          labels.length > 0 && labels.every(({ state, className }) => state === 'present' && isCell(className)),
      )
        ? null
        : 'an event has a present class, named without commas',
    bounds: 'events have no frequency bounds',
    details: 'events have no tier, author, score or note',
    origin: 'an event does not say which proposal it was',
    fold: 'the tables have no folds',
    split: 'the tables have no splits',
    group: 'the tables have no groups',
    note: 'the tables have no notes',
    metadata: 'the tables have no metadata',
  },
  accept: () => null,
  plan(manifest, context) {
    const audio = planSounds(manifest, context, { folder: 'audio/', usualTemplate: '{recording}_{start}' })
    return {
      audio,
      finish(failed) {
        function* rows(): Generator<{ clip: ExportClip; name: string }> {
          for (const { clip, path } of audio)
            if (!failed.has(clip.id)) yield { clip, name: path.slice('audio/'.length) }
        }
        function* strong(): Generator<string> {
          yield 'filename\tonset\toffset\tevent_label'
          for (const { clip, name } of rows()) {
            const events = eventsOf(clip)
            if (events.length === 0) yield `${name}\t\t\t`
            for (const { onset, offset, label } of events)
              yield `${name}\t${onset.toFixed(3)}\t${offset.toFixed(3)}\t${toCell(label)}`
          }
        }
        function* weak(): Generator<string> {
          yield 'filename\tevent_labels'
          for (const { clip, name } of rows()) yield `${name}\t${presentNames(clip).map(toCell).join(',')}`
        }
        const { clips, absent } = tally(without(manifest.clips, failed), { clips: () => 1, absent: countAbsent })
        return {
          files: again(function* () {
            yield* inPieces('metadata/strong.tsv', strong())
            yield* inPieces('metadata/weak.tsv', weak())
          }),
          clips,
          choices: absent > 0 ? [`Left out: ${count(absent, '“absent” label')}; the tables list present ones.`] : [],
          details: {},
        }
      },
    }
  },
}
