/**
 * ESC-50's layout (K. J. Piczak, ACM MM 2015): `audio/{FOLD}-{CLIP_ID}-{TAKE}-{TARGET}.wav` and
 * `meta/esc50.csv`. Each clip has one class and one fold.
 */
import type { ExportClip, ExportManifest, ExportOptions } from '../../shared/job/manifest'
import { describeEncoding, convertedExtension } from './clip-sound'
import { nameClips, parseEsc50Name } from './esc50-names'
import {
  classesOf,
  count,
  isWholeRecording,
  sortOut,
  type Exporter,
  type ExportContext,
  type PlannedAudio,
} from './export-plan'
import { stemOf } from './unique-names'
import { writeCsv } from './write-csv'

const columns = ['filename', 'fold', 'target', 'category', 'esc10', 'src_file', 'take']

/** The ten classes of ESC-50 that are ESC-10. */
const esc10Classes = new Set(
  'dog rooster rain sea_waves crackling_fire crying_baby sneezing clock_tick helicopter chainsaw'.split(' '),
)

function presentLabels(clip: ExportClip) {
  return clip.labels.filter((label) => label.state === 'present')
}

function accept(clip: ExportClip): string | null {
  const present = presentLabels(clip).length
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
function numberFolds(clips: readonly ExportClip[], choices: string[]): (clip: ExportClip) => number {
  const names = new Set(clips.map((clip) => clip.fold).filter((fold) => fold !== null))
  const folds = new Map<string, number>()
  for (const name of names) if (/^[1-9]\d{0,3}$/.test(name)) folds.set(name, Number(name))
  let next = Math.max(0, ...folds.values()) + 1
  for (const name of [...names].sort()) {
    if (folds.has(name)) continue
    choices.push(`The fold “${name}” became fold ${next}.`)
    folds.set(name, next++)
  }
  const without = clips.filter((clip) => clip.fold === null).length
  if (without > 0) choices.push(`Without a fold, so put into fold 1: ${count(without, 'clip')}.`)
  return (clip) => (clip.fold === null ? 1 : folds.get(clip.fold)!)
}

interface Esc50Row {
  clip: ExportClip
  audio: PlannedAudio
  fields: string[]
}

function plan(manifest: ExportManifest, context: ExportContext): ReturnType<Exporter['plan']> {
  const { taken, skipped } = sortOut(manifest.clips, accept)
  const choices: string[] = []
  const targets = numberClasses(classesOf(manifest), choices)
  const foldOf = numberFolds(taken, choices)
  const names = nameClips(taken)

  const rows = taken.map((clip): Esc50Row => {
    const { id, take } = names.get(clip.id)!
    const category = presentLabels(clip)[0]!.className
    const target = targets.get(category)!
    const isKept = isWholeRecording(clip) && manifest.options.sound !== 'convert'
    const found = isKept ? context.containerOf(clip.path) : null
    const container = found === 'wav' || found === 'ogg' ? found : null
    const stem = `${foldOf(clip)}-${id}-${take}-${target}`
    const filename = `${stem}.${container ?? convertedExtension(manifest.options)}`
    // The source row's own flag holds as long as its class does.
    const isUnchanged = parseEsc50Name(clip.recordingPath) !== null && stemOf(clip.recordingPath).endsWith(`-${target}`)
    const flag = isUnchanged ? clip.source['esc10'] : undefined
    return {
      clip,
      audio: {
        clipId: clip.id,
        path: `audio/${filename}`,
        from: clip.path,
        contentHash: clip.contentHash,
        isCopy: container !== null,
        startSeconds: clip.startSeconds,
        endSeconds: clip.endSeconds,
      },
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
  })
  rows.sort((a, b) => (a.audio.path < b.audio.path ? -1 : 1))

  return {
    audio: rows.map((row) => row.audio),
    skipped,
    finish(failed) {
      const left = rows.filter((row) => !failed.has(row.clip.id))
      return {
        files: [{ path: 'meta/esc50.csv', content: writeCsv([columns, ...left.map((row) => row.fields)]) }],
        clips: left.length,
        choices: [...choices, ...describeLosses(left, manifest.options)],
        details: { targets: Object.fromEntries(targets) },
      }
    },
  }
}

/** What the layout has no place for. */
function describeLosses(rows: readonly Esc50Row[], options: ExportOptions): string[] {
  const clips = rows.map((row) => row.clip)
  const cut = rows.filter((row) => !row.audio.isCopy).length
  const ungrouped = clips.filter((clip) => clip.group === null).length
  const absent = clips.reduce((sum, clip) => sum + clip.labels.length - presentLabels(clip).length, 0)
  const annotations = clips.reduce((sum, clip) => sum + clip.annotations.length, 0)
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
