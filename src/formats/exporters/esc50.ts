/**
 * ESC-50's layout (K. J. Piczak, ACM MM 2015): `audio/{FOLD}-{CLIP_ID}-{TAKE}-{TARGET}.wav` and
 * `meta/esc50.csv`. Each clip has one class and one fold.
 */
import type { ClipList, ExportClip, ExportManifest, ExportOptions } from '../../shared/job/manifest'
import { convertedExtension, copiedContainer, describeEncoding } from './clip-sound'
import { type Esc50Name, nameClips, parseEsc50Name } from './esc50-names'
import { again, classesOf, count, tally, type Exporter, type ExportContext, type PlannedAudio } from './export-plan'
import { countAbsent, inPieces, presentNames } from './plan-parts'
import { stemOf } from './unique-names'
import { csvLine } from './write-csv'

const columns = ['filename', 'fold', 'target', 'category', 'esc10', 'src_file', 'take']

/** The ten classes of ESC-50 that are ESC-10. */
const esc10Classes = new Set(
  'dog rooster rain sea_waves crackling_fire crying_baby sneezing clock_tick helicopter chainsaw'.split(' '),
)

function accept(clip: ExportClip): string | null {
  const present = presentNames(clip).length
  if (present === 0) return 'no class is present; ESC-50 gives each clip exactly one'
  if (present > 1) return 'several classes are present; ESC-50 gives each clip exactly one'
  return null
}

/** The dataset's own numbers, and the next ones after the highest for classes without or with a number already given. */
function numberClasses(classes: ExportManifest['classes'], choices: string[]): Map<string, number> {
  const targets = new Map<string, number>()
  const given = new Set<number>()
  for (const { name, code } of classes) {
    if (code === null || given.has(code)) continue
    targets.set(name, code)
    given.add(code)
  }
  let next = given.size === 0 ? 0 : Math.max(...given) + 1
  for (const { name, code } of classes) {
    if (targets.has(name)) continue
    choices.push(
      code === null
        ? `The class “${name}” had no number and became target ${next}.`
        : `The class “${name}” had the number ${code} of another class and became target ${next}.`,
    )
    targets.set(name, next++)
  }
  return targets
}

/** ESC-50 numbers its folds from 1: other names get the next free numbers, clips without a fold go to fold 1. */
function numberFolds(clips: ClipList, choices: string[]): (clip: ExportClip) => number {
  const names = new Set<string>()
  let loose = 0
  for (const { fold } of clips)
    if (fold === null) loose++
    else names.add(fold)
  const folds = new Map<string, number>()
  for (const name of names) if (/^[1-9]\d{0,3}$/.test(name)) folds.set(name, Number(name))
  let next = Math.max(0, ...folds.values()) + 1
  for (const name of [...names].sort()) {
    if (folds.has(name)) continue
    choices.push(`The fold “${name}” became fold ${next}.`)
    folds.set(name, next++)
  }
  if (loose > 0) choices.push(`Without a fold, so put into fold 1: ${count(loose, 'clip')}.`)
  return (clip) => (clip.fold === null ? 1 : folds.get(clip.fold)!)
}

interface Esc50Row extends PlannedAudio {
  fields: string[]
}

function plan(manifest: ExportManifest, context: ExportContext): ReturnType<Exporter['plan']> {
  const { clips, options } = manifest
  const choices: string[] = []
  const targets = numberClasses(classesOf(manifest), choices)
  const foldOf = numberFolds(clips, choices)
  const names = nameClips(clips)

  function makeRow(clip: ExportClip, { id, take }: Esc50Name): Esc50Row {
    const category = presentNames(clip)[0]!
    const target = targets.get(category)!
    const found = copiedContainer(clip, options, context)
    const container = found === 'wav' || found === 'ogg' ? found : null
    const filename = `${foldOf(clip)}-${id}-${take}-${target}.${container ?? convertedExtension(options)}`
    // The source row's own flag holds as long as its class does.
    const isUnchanged = parseEsc50Name(clip.recordingPath) !== null && stemOf(clip.recordingPath).endsWith(`-${target}`)
    const flag = isUnchanged ? clip.source['esc10'] : undefined
    return {
      clip,
      path: `audio/${filename}`,
      isCopy: container !== null,
      fields: [
        filename,
        String(foldOf(clip)),
        String(target),
        category,
        flag ?? (esc10Classes.has(category) ? 'True' : 'False'),
        clip.group ?? id,
        take,
      ],
    }
  }
  // By file name, as the dataset's own table.
  const order = sortPlaces(Array.from(clips, (clip, place) => makeRow(clip, names[place]!).path))
  const rows = again(function* () {
    for (const place of order) yield makeRow(clips.at(place)!, names[place]!)
  })

  return {
    audio: rows,
    finish(failed) {
      const left = again(function* () {
        for (const row of rows) if (!failed.has(row.clip.id)) yield row
      })
      function* lines(): Generator<string> {
        yield csvLine(columns)
        for (const { fields } of left) yield csvLine(fields)
      }
      return {
        files: again(() => inPieces('meta/esc50.csv', lines())),
        clips: clips.length - failed.size,
        choices: [...choices, ...describeLosses(left, options)],
        details: { targets: Object.fromEntries(targets) },
      }
    },
  }
}

/** The places of texts in their order. */
function sortPlaces(texts: readonly string[]): Uint32Array {
  return Uint32Array.from(texts.keys()).sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1))
}

/** What the layout has no place for. */
function describeLosses(rows: Iterable<Esc50Row>, options: ExportOptions): string[] {
  const { cut, ungrouped, absent, annotations } = tally(rows, {
    cut: ({ isCopy }) => !isCopy,
    ungrouped: ({ clip }) => clip.group === null,
    absent: ({ clip }) => countAbsent(clip),
    annotations: ({ clip }) => clip.annotations.length,
  })
  return [
    ...(cut > 0
      ? [`Cut as ${describeEncoding(options)}: ${count(cut, 'clip')}; every other file is a byte for byte copy.`]
      : []),
    ...(ungrouped > 0 ? [`Without a group, so src_file names the recording: ${count(ungrouped, 'clip')}.`] : []),
    ...(absent > 0 ? [`Left out: ${count(absent, '“absent” label')}; ESC-50 says only which class is present.`] : []),
    ...(annotations > 0 ? [`Left out: ${count(annotations, 'annotation')}; ESC-50 labels whole clips.`] : []),
  ]
}

export const esc50Exporter: Exporter = {
  id: 'esc50',
  name: 'ESC-50',
  description: 'audio/ and meta/esc50.csv: one class and one fold per clip, sound included.',
  holdsAudio: true,
  family: 'Benchmarks',
  importer: 'esc50',
  losses: {
    absent: 'ESC-50 says only which class is present',
    exhaustive: 'ESC-50 says only which class is present',
    segments: 'ESC-50 labels whole clips',
    split: 'ESC-50 has folds only',
    note: 'ESC-50 has no notes',
    fold: (clip) =>
      /^[1-9]\d{0,3}$/.test(clip.fold ?? '') ? null : 'ESC-50 numbers its folds, and every clip has one',
    group: (clip) => (clip.group === null ? 'ESC-50 names a source of every clip' : null),
    metadata: 'ESC-50 has its own columns only',
  },
  accept,
  plan,
}
