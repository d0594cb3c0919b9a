/**
 * Acoustic scenes of DCASE: `audio/`, a table of scenes and `evaluation_setup/fold{n}_{train,test,evaluate}`, as TUT
 * Acoustic Scenes 2017 has them (`meta.txt` without a header: file, scene, recording) or as TUT Urban Acoustic Scenes 2018
 * and its successors (`meta.csv` with filename, scene_label, identifier, source_label), divided by tabs. Mesaros, Heittola,
 * Virtanen: TUT database for acoustic scene classification, EUSIPCO 2016; A multi-device dataset …, DCASE 2018.
 */
import type { ClipList, ExportClip } from '../../shared/job/manifest'
import { planSounds } from './clip-sound'
import { again, count, tally, without, type Exporter, type PlannedFile } from './export-plan'
import { countAbsent, inPieces, presentNames } from './plan-parts'

type Kind = 'txt' | 'csv'

function accept(clip: ExportClip): string | null {
  const present = presentNames(clip).length
  if (present === 0) return 'no class is present; DCASE gives each clip exactly one scene'
  return present > 1 ? 'several classes are present; DCASE gives each clip exactly one scene' : null
}

/** A field of a table divided by tabs; without quotes where it can be, since the published tables have none. */
function field(text: string): string {
  return /["\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
const line = (fields: readonly string[]): string => fields.map(field).join('\t')

/** The part of each clip: folds by number, each of which tests its clips and trains on all others. */
interface Folds {
  /** The numbers that are written; one means the lists of 2018, of which clips are `train` or `test`. */
  numbers: number[]
  /** The fold that tests a clip, `train`, or null where no list names it. */
  partOf(clip: ExportClip): number | 'train' | null
  choices: string[]
  /** Why a clip's fold comes back as another. */
  loss(clip: ExportClip): string | null
}

function numberFolds(clips: ClipList): Folds {
  const names = new Set<string>()
  let loose = 0
  for (const { fold } of clips)
    if (fold === null) loose++
    else names.add(fold)
  const choices =
    loose > 0 && names.size > 0 ? [`Without a fold, so in no list of folds: ${count(loose, 'clip')}.`] : []
  if ([...names].every((name) => name === 'train' || name === 'test'))
    return {
      numbers: names.size > 0 ? [1] : [],
      partOf: ({ fold }) => (fold === null ? null : fold === 'test' ? 1 : 'train'),
      choices,
      loss: () => null,
    }
  const numbers = new Map<string, number>()
  for (const name of names) if (/^[1-9]\d{0,2}$/.test(name)) numbers.set(name, Number(name))
  let next = Math.max(0, ...numbers.values()) + 1
  for (const name of [...names].sort()) {
    if (numbers.has(name)) continue
    choices.push(`The fold “${name}” became fold ${next}.`)
    numbers.set(name, next++)
  }
  const isAlone = numbers.size === 1
  if (isAlone) choices.push('All clips are in one fold: nothing is left to train on, and it is read as “test”.')
  return {
    numbers: [...numbers.values()].sort((a, b) => a - b),
    partOf: ({ fold }) => (fold === null ? null : numbers.get(fold)!),
    choices,
    loss: ({ fold }) => {
      if (fold === null) return null
      if (isAlone) return 'the lists of a single fold say what it tests, not its number'
      return String(numbers.get(fold)) === fold ? null : 'DCASE numbers its folds'
    },
  }
}

interface Row {
  clip: ExportClip
  path: string
  scene: string
}

/** `error.txt` from what the importer has kept of it. */
function* errorLines(rows: Iterable<Row>): Generator<string> {
  for (const { clip, path } of rows)
    for (const part of (clip.source['error'] ?? '').split('; ')) {
      const [, start, end, what = ''] = /^(\S+?)–(\S+?) s ?(.*)$/.exec(part) ?? []
      if (start !== undefined && end !== undefined) yield line([path, start, end, what])
    }
}

function* metaLines(rows: Iterable<Row>, kind: Kind): Generator<string> {
  if (kind === 'csv') yield line(['filename', 'scene_label', 'identifier', 'source_label'])
  for (const { clip, path, scene } of rows) {
    const device = kind === 'csv' ? [clip.source['device'] ?? ''] : []
    yield line([path, scene, clip.group ?? '', ...device])
  }
}

/** The lists of one fold; those of meta.csv have headers since 2019, those of meta.txt have none. */
function* foldFiles(rows: Iterable<Row>, number: number, folds: Folds, kind: Kind): Generator<PlannedFile> {
  function* list(part: 'train' | 'test' | 'evaluate'): Generator<string> {
    const hasScene = part !== 'test'
    if (kind === 'csv') yield line(hasScene ? ['filename', 'scene_label'] : ['filename'])
    for (const { clip, path, scene } of rows) {
      const own = folds.partOf(clip)
      if (own === null || (own === number) === (part === 'train')) continue
      yield line(hasScene ? [path, scene] : [path])
    }
  }
  for (const part of ['train', 'test', 'evaluate'] as const)
    yield* inPieces(`evaluation_setup/fold${number}_${part}.${kind}`, list(part))
}

function makeExporter(kind: Kind): Exporter {
  const year = kind === 'txt' ? '2016 and 2017' : '2018 and later'
  return {
    id: `dcase-scenes-${kind}`,
    name: `DCASE acoustic scenes of ${year}`,
    description: `audio/, meta.${kind} with one scene per clip, and evaluation_setup with the lists of each fold.`,
    holdsAudio: true,
    takesNames: true,
    family: 'Benchmarks',
    importer: 'dcase-scenes',
    losses: {
      absent: 'DCASE says only which scene is present',
      exhaustive: 'DCASE says only which scene is present',
      segments: 'DCASE labels whole clips',
      split: 'DCASE has folds only',
      group: (clip) => (clip.group === null ? 'the place of recording is taken from the file’s name' : null),
      note: 'DCASE has no notes',
      metadata: 'DCASE has its own columns only',
    },
    accept,
    plan(manifest, context) {
      const audio = planSounds(manifest, context, {
        folder: 'audio/',
        usualTemplate: '{recording}',
        // A list of nothing but names, without a header, does not say what divides its columns.
        forbidden: /[,;\t]/g,
      })
      const folds = numberFolds(manifest.clips)
      return {
        audio,
        losses: { fold: folds.loss },
        finish(failed) {
          const rows = again(function* (): Generator<Row> {
            for (const { clip, path } of audio)
              if (!failed.has(clip.id)) yield { clip, path, scene: presentNames(clip)[0]! }
          })
          const { clips, absent, segments } = tally(without(manifest.clips, failed), {
            clips: () => 1,
            absent: countAbsent,
            segments: ({ annotations }) => annotations.length,
          })
          return {
            files: again(function* () {
              yield* inPieces(`meta.${kind}`, metaLines(rows, kind))
              yield* inPieces('error.txt', errorLines(rows))
              for (const number of folds.numbers) yield* foldFiles(rows, number, folds, kind)
            }),
            clips,
            choices: [
              ...folds.choices,
              ...(absent > 0
                ? [`Left out: ${count(absent, '“absent” label')}; DCASE lists the one that is present.`]
                : []),
              ...(segments > 0 ? [`Left out: ${count(segments, 'annotation')}; DCASE labels whole clips.`] : []),
            ],
            details: {},
          }
        },
      }
    },
  }
}

export const dcaseScenesTxtExporter = makeExporter('txt')
export const dcaseScenesCsvExporter = makeExporter('csv')
