/**
 * AudioSet's strong labels (Hershey et al., ICASSP 2021; research.google.com/audioset/download_strong.html):
 * `audioset_strong.tsv` with segment_id (`YTID_startms`), start and end in the ten-second clip, and the class's id; and
 * `mid_to_display_name.tsv`.
 */
import type { ExportClip } from '../../shared/job/manifest'
import { eachYtid, identifyClasses, withYtids } from './audioset-csv'
import { again, classesOf, tally, type Exporter } from './export-plan'
import { inPieces, presentNames } from './plan-parts'

/** The length of AudioSet's clips. */
const clipSeconds = 10

const isEvent = ({ labels }: ExportClip['annotations'][number]): boolean =>
  labels.some(({ state }) => state === 'present')

function accept(clip: ExportClip): string | null {
  return clip.annotations.some(isEvent) ? null : 'no segment has a present class; the table lists segments only'
}

function classesOfEvents(clip: ExportClip): string {
  const names = clip.annotations.flatMap(({ labels }) =>
    labels.filter(({ state }) => state === 'present').map(({ className }) => className),
  )
  return [...new Set(names)].sort().join('\n')
}

export const audiosetStrongExporter: Exporter = {
  id: 'audioset-strong',
  name: 'AudioSet strong labels',
  description: 'audioset_strong.tsv and mid_to_display_name.tsv: start and end of every sound event, no sound.',
  holdsAudio: false,
  family: 'Sound events',
  importer: 'audioset-strong',
  losses: {
    span: 'AudioSet’s clips have ten seconds',
    labels: (clip) =>
      presentNames(clip).join('\n') === classesOfEvents(clip)
        ? null
        : 'a clip’s labels are the classes of its segments',
    absent: 'the table lists what is present',
    exhaustive: 'the table does not say it',
    segments: (clip) =>
      clip.annotations.every(({ labels }) => labels.length > 0 && labels.every(({ state }) => state === 'present'))
        ? null
        : 'a segment has a present class',
    bounds: 'the table has no frequency bounds',
    details: 'the table has no tier, author, score or note',
    origin: 'an event does not say which proposal it was',
    fold: 'AudioSet keeps each split in its own file',
    split: 'AudioSet keeps each split in its own file',
    group: 'AudioSet has no groups',
    note: 'AudioSet has no notes',
    metadata: 'AudioSet has its own columns only',
  },
  accept,
  plan(manifest) {
    const { clips } = manifest
    const choices: string[] = []
    const ids = identifyClasses(classesOf(manifest), choices)
    const startMs = (clip: ExportClip): number => Math.round(clip.startSeconds * 1000)
    const { long } = tally(clips, { long: (clip) => clip.endSeconds - clip.startSeconds > clipSeconds + 0.001 })
    if (long > 0) choices.push(`Longer than AudioSet’s ten seconds: ${long} clips; their segments stand all the same.`)
    const { renamed } = tally(withYtids(clips), { renamed: ({ isRenamed }) => isRenamed })
    if (renamed > 0) choices.push(`Not named by the file name alone (see “recordings”): ${renamed} clips.`)
    function* segments(): Generator<string> {
      yield 'segment_id\tstart_time_seconds\tend_time_seconds\tlabel'
      for (const { clip, ytid } of withYtids(clips)) {
        const length = clip.endSeconds - clip.startSeconds
        const move = (seconds: number): string => Math.min(Math.max(seconds - clip.startSeconds, 0), length).toFixed(3)
        for (const { startSeconds, endSeconds, labels } of clip.annotations)
          for (const { state, className } of labels)
            if (state === 'present')
              yield `${ytid}_${startMs(clip)}\t${move(startSeconds)}\t${move(endSeconds)}\t${ids.get(className)!}`
      }
    }
    return {
      audio: [],
      places: again(function* () {
        for (const { clip, ytid } of withYtids(clips)) {
          const startSeconds = startMs(clip) / 1000
          yield { clip, place: { path: ytid, startSeconds, endSeconds: startSeconds + clipSeconds } }
        }
      }),
      finish: () => ({
        files: again(function* () {
          yield* inPieces('audioset_strong.tsv', segments())
          yield* inPieces(
            'mid_to_display_name.tsv',
            [...ids].map(([name, id]) => `${id}\t${name.replace(/[\t\r\n]+/g, ' ')}`),
          )
        }),
        clips: clips.length,
        choices,
        details: {},
        lists: {
          recordings: again(function* () {
            for (const { clip, ytid } of eachYtid(clips)) yield { ytid, path: clip.recordingPath }
          }),
        },
      }),
    }
  },
}
